"""What the pages read, against what the command line prints of the same store."""
