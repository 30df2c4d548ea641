"""Tests of the probes, against servers on loopback."""
