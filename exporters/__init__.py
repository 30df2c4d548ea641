"""From the systems of the regions to typed records: sources, and mappings that say what is what."""
