"""The one composition root: command line, configuration and wiring."""
