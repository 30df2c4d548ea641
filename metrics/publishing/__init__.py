"""Published rankings: inputs frozen, results computed from the archive, every byte to be computed again."""
