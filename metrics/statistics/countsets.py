"""Confidence sets for the ranks of counts, by exact tests and Holm's procedure.

Source: Bazylik, Mogstad, Romano, Shaikh & Wilhelm 2021, "Finite- and Large-Sample Inference for
Ranks using Multinomial Data" (arXiv 2402.00192). Given the sum of two counts, the first is
binomial; for every ordered pair "j is not larger than k" is tested by the probability of so many
or more. With different exposures the binomial share is that of the exposure (Przyborowski &
Wilenski 1940). The level holds for any sample size.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics import special
from metrics.statistics.figures import BadFigures, Floats, Ints, above, alike, counts
from metrics.statistics.intervals import LEVEL
from metrics.statistics.ranks import Direction, places
from metrics.statistics.ranksets import LOWEST_LEVEL, ROWS, RankSets


def simultaneous_of_counts(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike | None = None,
    *,
    direction: Direction = "up",
    level: float = LEVEL,
) -> RankSets:
    """Sets that hold the true ranks of all units together, by count or by count per exposure."""
    x, time = _checked(count, exposure, level)
    p = len(x)
    kept = list(_small(x, time, 1 - level))
    values = [value for value, _, _ in kept]
    cut = _holm(np.concatenate(values) if values else np.empty(0), p * (p - 1), 1 - level)
    smaller, larger = np.zeros(p, np.int64), np.zeros(p, np.int64)
    for value, unit, other in kept:
        surely = value <= cut
        smaller += np.bincount(unit[surely], minlength=p)
        larger += np.bincount(other[surely], minlength=p)
    return _sets(x / time, larger, smaller, direction, level, marginal=False)


def marginal_of_counts(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike | None = None,
    *,
    direction: Direction = "up",
    level: float = LEVEL,
) -> RankSets:
    """Sets that hold the true rank of each unit taken by itself."""
    x, time = _checked(count, exposure, level)
    p = len(x)
    smaller, larger = np.zeros(p, np.int64), np.zeros(p, np.int64)
    for unit in range(p):
        down = _larger(x[unit], time[unit], x, time)
        up = _larger(x, time, x[unit], time[unit])
        down[unit] = up[unit] = 1.0
        cut = _holm(np.concatenate([down, up]), 2 * (p - 1), 1 - level)
        smaller[unit], larger[unit] = (down <= cut).sum(), (up <= cut).sum()
    return _sets(x / time, larger, smaller, direction, level, marginal=True)


def _checked(count: npt.ArrayLike, exposure: npt.ArrayLike | None, level: float) -> tuple[Floats, Floats]:
    x = counts(count, "counts")
    time = np.ones_like(x) if exposure is None else above(exposure, "exposure")
    alike(x, time, what="counts and exposure")
    if not LOWEST_LEVEL < level < 1:
        raise BadFigures(f"level: {level:g} is not between 0.5 and 1. Write 95 % as 0.95.")
    return x, time


def _larger(x: Floats, time: Floats, other: Floats, other_time: Floats) -> Floats:
    """Probability of ``x`` or more out of both counts if its rate were the same."""
    chance = special.betainc(np.maximum(x, 1), other + 1, time / (time + other_time))
    return np.where(x > 0, chance, 1.0)


def _small(
    x: Floats, time: Floats, alpha: float
) -> Iterator[tuple[Floats, npt.NDArray[np.int32], npt.NDArray[np.int32]]]:
    """P-values up to ``alpha`` of "unit is not larger than other", with both places.

    Where the rate is not the higher one, the p-value is a half or more: the binomial median is
    not below the whole part of its mean.
    """
    rate = x / time
    for start in range(0, len(x), ROWS):
        unit, other = np.nonzero(rate[start : start + ROWS, None] > rate)
        unit += start
        value = _larger(x[unit], time[unit], x[other], time[other])
        few = value <= alpha
        yield value[few], unit[few].astype(np.int32), other[few].astype(np.int32)


def _holm(values: Floats, tests: int, alpha: float) -> float:
    """Largest p-value that Holm's step-down procedure rejects among so many tests; -1 for none."""
    ordered = np.sort(values)[:tests]
    held = ordered <= alpha / (tests - np.arange(len(ordered)))
    rejected = len(held) if held.all() else int(np.argmin(held))
    return float(ordered[rejected - 1]) if rejected else -1.0


def _sets(
    rate: Floats, larger: Ints, smaller: Ints, direction: Direction, level: float, *, marginal: bool
) -> RankSets:
    better, worse = (larger, smaller) if direction == "up" else (smaller, larger)
    kind: Literal["marginal", "simultaneous"] = "marginal" if marginal else "simultaneous"
    rank = places(rate, direction)
    return RankSets(rank, 1 + better, len(rate) - worse, kind, level, np.nan, 1)
