"""Level, quantile and arrays of intervals for ``metrics.ranking``; their home is ``metrics.statistics``."""

from __future__ import annotations

from metrics.statistics.figures import Floats
from metrics.statistics.intervals import LEVEL, Z

__all__ = ["LEVEL", "Floats", "Z"]
