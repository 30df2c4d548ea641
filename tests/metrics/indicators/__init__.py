"""Indicators against slow references on hand-made records."""
