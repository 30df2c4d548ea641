"""What a region's count of a working day should be, from its own working days before it.

The expected count is the mean of a window of earlier working days, times a factor for the weekday,
for the first working day after a holiday, and for the beginning and the end of a month. The
factors are learnt from all earlier working days of the region and drawn towards one while few
records stand behind them. The counts are compared on Anscombe's scale, where the spread of Poisson
counts is one whatever their size: the spread is never taken to be smaller than that. The day that
is tested, and every later one, is in no window and no factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from checks.monitors.evidence import Grid
from checks.monitors.statistics import Floats, robust, stable
from metrics.calendar import EPOCH_WEEKDAY

WINDOW = 40
"""Working days of a baseline: eight weeks."""
FEWEST = 20
"""Working days with which a baseline may be made; with fewer the monitor is learning."""
PRIOR = 25.0
"""Records that stand for a factor of one."""
EDGE = 5
"""Days at either end of a month that have a factor of their own."""
OUTLIER = 4.0
"""Multiple of the level above which a count teaches a factor nothing more."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected counts of the working days, [region, day]. Not a number where the history is too short.

    ``columns``: columns of the grid that are working days. ``counts``: as observed. ``mean``: as
    expected. ``score``: observed less expected in units of the ``spread``, which is at least one.
    """

    columns: np.ndarray
    counts: Floats
    mean: Floats
    score: Floats
    spread: Floats


def expected(grid: Grid, lag: int = 0) -> Expected:
    """Compare each working day with the window that ends ``lag`` working days before it."""
    columns = np.flatnonzero(grid.open)
    counts = grid.counts[:, columns].astype(np.float64)
    counts[columns[None, :] < grid.began[:, None]] = np.nan
    mean, score, spread = (np.full(counts.shape, np.nan) for _ in range(3))
    if not len(columns):
        return Expected(columns, counts, mean, score, spread)
    factor = _factors(counts, tuple(_classes(grid.days, columns, grid.open)))
    before, weights = (_windows(values, lag) for values in (counts, factor))
    rows = np.nonzero((~np.isnan(before)).sum(axis=2) >= FEWEST)
    earlier = before[rows]
    weight = np.where(np.isnan(earlier), np.nan, weights[rows])
    level = np.nansum(earlier, axis=1) / np.nansum(weight, axis=1)
    centre, width = robust(stable(earlier) - stable(level[:, None] * weight), 1.0)
    mean[rows], spread[rows] = level * factor[rows], width
    score[rows] = (stable(counts[rows]) - stable(mean[rows]) - centre) / width
    return Expected(columns, counts, mean, score, spread)


def _windows(values: Floats, lag: int) -> Floats:
    """Return the ``WINDOW`` values that end ``lag`` before each value, which is not among them."""
    padded = np.concatenate([np.full((len(values), WINDOW + lag), np.nan), values], axis=1)
    return np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1)[:, : values.shape[1]]


def _classes(days: np.ndarray, columns: np.ndarray, opened: np.ndarray) -> Iterator[np.ndarray]:
    """Class of each working day: its weekday, whether it follows a holiday, its place in the month."""
    weekday = (days + EPOCH_WEEKDAY) % 7
    yield weekday[columns]
    holiday = np.isin(weekday, np.unique(weekday[columns])) & ~opened
    yield np.concatenate([[False], holiday[:-1]])[columns].astype(np.int64)
    date = days[columns].astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    since = (date - month.astype("datetime64[D]")).astype(np.int64)
    until = ((month + 1).astype("datetime64[D]") - date).astype(np.int64)
    yield np.where(since < EDGE, 1, np.where(until <= EDGE, 2, 0))


def _factors(counts: Floats, classes: tuple[np.ndarray, ...]) -> Floats:
    """Product of the factors of each day's classes, each learnt from the days before it."""
    known = ~np.isnan(counts)
    days = _sum_before(known.astype(np.float64))
    level = _sum_before(np.nan_to_num(counts)) / np.maximum(days, 1.0)
    usable = known & (days >= FEWEST)
    seen = np.where(usable, np.minimum(np.nan_to_num(counts), OUTLIER * level + OUTLIER), 0.0)
    plain = np.where(usable, level, 0.0)
    factor = np.ones(counts.shape)
    for kinds in classes:
        learnt = np.ones(counts.shape)
        for kind in np.unique(kinds):
            of_kind = kinds == kind
            observed, awaited = (_sum_before(np.where(of_kind, v, 0.0)) for v in (seen, plain * factor))
            learnt = np.where(of_kind, (observed + PRIOR) / (awaited + PRIOR), learnt)
        factor = factor * learnt
    return factor


def _sum_before(values: Floats) -> Floats:
    """Sum of the values before each one, which has no part in it, not even by rounding."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)[:, :-1]], axis=1)
