"""Definitions of the indicators, one module a record set; ``metrics.catalogue`` lists them all."""
