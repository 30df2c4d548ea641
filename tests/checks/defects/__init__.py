"""Seeded defects: kinds of faults, planted into clean simulated data, each to be found where it is."""
