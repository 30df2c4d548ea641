"""Tests of the roll-ups."""
