"""What the stored facts say, shaped for a page. Pure functions on frames and core types."""
