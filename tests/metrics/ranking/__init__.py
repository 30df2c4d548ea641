"""Method files, scores, ranges and the laws of the ranking."""
