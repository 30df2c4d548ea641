"""Commands, one module for each kind of work."""
