"""The dashboard. Reads the store and nothing else; ``main.py`` is the table of pages."""
