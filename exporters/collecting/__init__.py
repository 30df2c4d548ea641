"""Collecting by itself: what is probed, how often, what becomes of it, and how Prometheus sees it."""
