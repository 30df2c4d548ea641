"""Tests of incidents: what becomes of findings day after day, and what people do about them."""
