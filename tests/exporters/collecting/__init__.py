"""The exporter at work: its sweep, its configuration, what it shows."""
