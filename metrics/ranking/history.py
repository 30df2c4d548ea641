"""Signals over time: each place's indicators by month, on an XmR chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from metrics.catalogue import CATALOGUE
from metrics.model import IndicatorValue
from metrics.ranking.detail import SignalDetail
from metrics.ranking.method import Method
from metrics.ranking.scores import usable
from metrics.statistics.xmr import Better, xmr

LENGTH = len("2025-07")
JANUARY, DECEMBER = 1, 12
OUTSIDE = 0.0027
"""Share of the points of a steady, normal series that lie outside limits of three standard deviations."""

Series = dict[str, float]


def signals(
    values: Iterable[IndicatorValue], method: Method, level: str, computed: datetime
) -> dict[str, dict[str, SignalDetail]]:
    """Signals by place and indicator, where there are figures of months that were over when computed."""
    wanted = {component.id for component in method.indicators}
    this_month = f"{computed:%Y-%m}"
    series: dict[tuple[str, str], Series] = {}
    for value in values:
        fits = value.level == level and value.indicator in wanted and len(value.period) == LENGTH
        if fits and value.period < this_month and usable(value) and value.value is not None:
            series.setdefault((value.region, value.indicator), {})[value.period] = value.value
    found: dict[str, dict[str, SignalDetail]] = {}
    for (place, indicator), by_month in sorted(series.items()):
        found.setdefault(place, {})[indicator] = _signal(by_month, CATALOGUE[indicator].direction)
    return found


def _signal(by_month: Mapping[str, float], better: Better) -> SignalDetail:
    """Chart of a series; months without a figure are gaps, in no signal."""
    months = _months(min(by_month), max(by_month))
    chart = xmr([by_month.get(month, np.nan) for month in months], better=better)
    known = not np.isnan(chart.low[-1])
    return SignalDetail(
        months=len(by_month),
        first=months[0],
        last=months[-1],
        value=by_month[months[-1]],
        centre=float(chart.centre[-1]),
        low=float(chart.low[-1]) if known else None,
        high=float(chart.high[-1]) if known else None,
        trial=bool(chart.trial[-1]),
        variation=chart.variation,
        special=tuple(month for month, special in zip(months, chart.signals.special, strict=True) if special),
    )


def _months(first: str, last: str) -> list[str]:
    """Months from the first to the last, both included."""
    year, month = int(first[:4]), int(first[5:])
    found = [first]
    while found[-1] < last:
        year, month = (year, month + 1) if month < DECEMBER else (year + 1, JANUARY)
        found.append(f"{year:04}-{month:02}")
    return found
