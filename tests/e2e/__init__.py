"""From one end to the other: real records, the real command line, real databases and a real browser."""
