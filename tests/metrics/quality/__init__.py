"""The data-quality score and its parts."""
