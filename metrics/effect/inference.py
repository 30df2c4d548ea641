"""Intervals, uniform bands, the joint test and the detectable effect, from influence functions.

Regions of a cluster move together: influences are summed by cluster first. Few clusters on one side
of the comparison say little about their spread, however many are on the other: with m clusters on the
smaller side the variance is multiplied by m/(m-1), and t with m-1 degrees of freedom is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from metrics.effect.design import Design
from metrics.effect.figure import Figure, mean
from metrics.effect.results import Estimate
from metrics.statistics.figures import Floats, Ints

LEVEL, POWER = 0.95, 0.8
DRAWS = 2000
SINGULAR = 1e10


@dataclass(frozen=True, slots=True)
class Joint:
    """F test that several figures are all zero."""

    statistic: float
    degrees: tuple[int, int]
    p: float


def estimate(figure: Figure, design: Design) -> Estimate:
    """Estimate of a figure. Errors as in Callaway & Sant'Anna 2021, theorem 2, clustered (remark 10)."""
    m = smaller_side(figure, design.cluster)
    treated, controls = int(figure.treated.sum()), int(figure.controls.sum())
    spread = float(np.sqrt((_summed([figure], design.cluster) ** 2).sum()))
    if m < 2 or spread <= design.rounding:  # noqa: PLR2004 - a spread needs two
        return Estimate(figure.value, None, None, None, None, m, treated, controls)
    error = spread * (m / (m - 1)) ** 0.5
    half = float(special.stdtrit(m - 1, (1 + LEVEL) / 2)) * error
    p = float(2 * special.stdtr(m - 1, -abs(figure.value) / error))
    return Estimate(figure.value, error, figure.value - half, figure.value + half, p, m, treated, controls)


def bands(
    figures: Sequence[Figure], estimates: Sequence[Estimate], design: Design
) -> list[tuple[float, float] | None]:
    """Bounds that hold all figures together with 95 %; ``None`` where a figure has no interval.

    Callaway & Sant'Anna 2021, algorithm 1, with normal multipliers: the quantile of the largest of
    the studentised figures, as a level that each figure's own t distribution then turns into a width.
    """
    judged = [at for at, one in enumerate(estimates) if one.error is not None]
    found: list[tuple[float, float] | None] = [None] * len(figures)
    if not judged:
        return found
    sums = _summed([figures[at] for at in judged], design.cluster)
    sums /= np.sqrt((sums**2).sum(axis=0))
    multipliers = np.random.default_rng(design.choices.seed).standard_normal((DRAWS, len(sums)))
    largest = np.abs(multipliers @ sums).max(axis=1)
    tail = min(float(special.ndtr(-np.quantile(largest, LEVEL))), (1 - LEVEL) / 2)
    for at in judged:
        one = estimates[at]
        half = -float(special.stdtrit(one.clusters - 1, tail)) * float(one.error or 0)
        found[at] = one.value - half, one.value + half
    return found


def all_zero(figures: Sequence[Figure], design: Design) -> Joint | None:
    """Wald test that all are zero, as Hotelling's F; ``None`` where they cannot be told apart.

    The plain chi-squared of a Wald test finds far too much with few clusters or many figures.
    """
    k = len(figures)
    m = smaller_side(mean(figures), design.cluster) if figures else 0  # of all that take part in any
    if k == 0 or m <= k:
        return None
    sums = _summed(figures, design.cluster)
    covariance = sums.T @ sums * m / (m - 1)
    if not np.linalg.cond(covariance) < SINGULAR:  # of no spread at all it is not a number
        return None
    values = np.array([one.value for one in figures])
    f = float(values @ np.linalg.solve(covariance, values)) * (m - k) / (k * (m - 1))
    return Joint(f, (k, m - k), float(special.fdtrc(k, m - k, f)))


def detectable(one: Estimate) -> float | None:
    """Smallest effect found with 80 % power in a two-sided test at 5 % (Bloom 1995)."""
    if one.error is None:
        return None
    degrees = one.clusters - 1
    return one.error * float(special.stdtrit(degrees, (1 + LEVEL) / 2) + special.stdtrit(degrees, POWER))


def smaller_side(figure: Figure, cluster: Ints) -> int:
    """Clusters on the smaller side of the comparison."""
    return min(len(np.unique(cluster[side])) for side in (figure.treated, figure.controls))


def _summed(figures: Sequence[Figure], cluster: Ints) -> Floats:
    """Influence of each cluster on each figure: clusters x figures; the sum of squares is the variance."""
    order = np.argsort(cluster, kind="stable")
    first = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    influence = np.array([one.influence[order] for one in figures])
    sums: Floats = np.add.reduceat(influence, first, axis=1).T / len(cluster)
    return sums
