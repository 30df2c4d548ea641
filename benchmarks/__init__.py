"""Benchmarks: each runs ours and its floor alternately and prints one JSON object as its last line."""
