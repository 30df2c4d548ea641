"""Indicators: figures with their denominators and intervals, from roll-up rows.

``compute`` makes them all; ``metrics.catalogue`` says what each one means.
"""

from __future__ import annotations

from metrics.indicators.compute import compute
from metrics.indicators.settings import IndicatorSettings

__all__ = ["IndicatorSettings", "compute"]
