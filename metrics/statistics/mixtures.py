"""Empirical Bayes for counts (Poisson-gamma) and proportions (beta-binomial), by moments.

Sources: Clayton & Kaldor 1987; Marshall 1991, Applied Statistics 40:283-294 (global estimate);
Kleinman 1973, Journal of the American Statistical Association 68:46-54.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics import special
from metrics.statistics.figures import BadFigures, Floats, above, alike, counts
from metrics.statistics.intervals import LEVEL


@dataclass(frozen=True, slots=True)
class Mixed:
    """Shrunk rates or proportions.

    ``mean``: the pooled figure. ``between``: the variance of the true figures between units; 0
    says that there is no evidence that they differ. ``weight``: share that a unit's own figure
    keeps. ``value``, ``error``, ``low`` and ``high``: of the posterior distribution.
    """

    mean: float
    between: float
    weight: Floats
    value: Floats
    error: Floats
    low: Floats
    high: Floats

    @property
    def differ(self) -> bool:
        """Whether there is any spread between the units."""
        return self.between > 0


def shrink_counts(count: npt.ArrayLike, exposure: npt.ArrayLike, level: float = LEVEL) -> Mixed:
    """Shrink counts per exposure (or observed to expected ones) to the pooled rate."""
    x, time = counts(count, "counts"), above(exposure, "exposure")
    _check(x, time)
    rate, mean = x / time, float(x.sum() / time.sum())
    spread = float((time * (rate - mean) ** 2).sum() / time.sum())
    between = max(0.0, spread - mean / float(time.mean())) if len(x) > 1 else 0.0
    if between == 0:
        return _alike(mean, len(x))
    shape, pace = mean**2 / between, mean / between
    a, b = x + shape, time + pace
    tail = (1 - level) / 2
    bounds = special.gammaincinv(a, tail) / b, special.gammaincinv(a, 1 - tail) / b
    return Mixed(mean, between, time / b, a / b, np.sqrt(a) / b, *bounds)


def shrink_proportions(successes: npt.ArrayLike, n: npt.ArrayLike, level: float = LEVEL) -> Mixed:
    """Shrink proportions to the pooled one.

    The correlation within a unit is the one with which the weighted squares about the pooled
    proportion have their expected sum.
    """
    x, size = counts(successes, "successes"), above(n, "n")
    _check(x, size)
    if (x > size).any():
        raise BadFigures("successes: more than n. Check what is counted in numerator and denominator.")
    mean, total, units = float(x.sum() / size.sum()), float(size.sum()), len(x)
    chance = mean * (1 - mean)
    room = total - float((size**2).sum()) / total - (units - 1)
    surplus = float((size * (x / size - mean) ** 2).sum()) / chance - (units - 1) if chance > 0 else 0.0
    within = surplus / room if room > 0 else 0.0
    if within <= 0:
        return _alike(mean, units)
    strength = 1 / min(within, 1 - 1e-9) - 1
    a, b = x + mean * strength, size - x + (1 - mean) * strength
    tail, whole = (1 - level) / 2, a + b
    return Mixed(
        mean,
        chance / (strength + 1),
        size / whole,
        a / whole,
        np.sqrt(a * b / (whole**2 * (whole + 1))),
        special.betaincinv(a, b, tail),
        special.betaincinv(a, b, 1 - tail),
    )


def _check(x: Floats, size: Floats) -> None:
    alike(x, size, what="numerator and denominator")
    if not len(x):
        raise BadFigures("numerator: no units. There is nothing to shrink.")


def _alike(mean: float, units: int) -> Mixed:
    """No evidence that the units differ: all are the pooled figure, and what is left is its own error."""
    same, none = np.full(units, mean), np.zeros(units)
    return Mixed(mean, 0.0, none, same, none, same, same)
