"""Tests of metrics/effect."""
