"""Tests of the kinds of sources."""
