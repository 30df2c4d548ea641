"""Tests of the package metrics.statistics."""
