"""How a unit's figures are written."""

RATIO_UNITS = frozenset({"ratio", "share", "proportion", "fraction"})
"""Written as a percentage."""

TINY_UNITS = frozenset({"index", "per_1000", "per 1000", "score"})
"""Written with two decimals."""
