"""Sensitivity indices: which uncertain choice a result depends on.

Sources: Saltelli et al. 2010, Computer Physics Communications 181:259-270 (design, first-order
estimator); Jansen 1999 (total-order estimator). The total index of a choice is the share of the
variance that stays as long as only this choice is open; totals add up to more than 1 where
choices act together. First-order indices need many runs; report totals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.statistics.figures import BadFigures, Floats
from metrics.statistics.intervals import LEVEL

REPEATS = 500


@dataclass(frozen=True, slots=True)
class Indices:
    """One entry a factor, with bootstrap bounds of the level; all NaN where the result never varies."""

    variance: float
    first: Floats
    total: Floats
    first_low: Floats
    first_high: Floats
    total_low: Floats
    total_high: Floats


def design(runs: int, factors: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Two independent uniform samples A and B (runs x factors); ``swapped`` mixes them."""
    if runs < 2 or factors < 1:  # noqa: PLR2004 - a variance needs two
        raise BadFigures(f"design: {runs} runs of {factors} factors. Two runs and one factor are the least.")
    return rng.random((runs, factors)), rng.random((runs, factors))


def swapped(a: Floats, b: Floats, factor: int) -> Floats:
    """Sample A with one factor's column from B."""
    mixed = a.copy()
    mixed[:, factor] = b[:, factor]
    return mixed


def indices(
    of_a: Floats, of_b: Floats, of_mixed: Floats, rng: np.random.Generator, level: float = LEVEL
) -> Indices:
    """Indices from the results for A and B (runs) and for each swapped sample (factors x runs)."""
    variance = float(np.concatenate([of_a, of_b]).var(ddof=1))
    if variance == 0:
        none = np.full(len(of_mixed), np.nan)
        return Indices(0.0, none, none, none, none, none, none)
    runs = len(of_a)
    alone = of_b * (of_mixed - of_a) / variance
    together = (of_a - of_mixed) ** 2 / (2 * variance)
    picks = rng.multinomial(runs, np.full(runs, 1 / runs), REPEATS).T / runs
    tails = [(1 - level) / 2, (1 + level) / 2]
    first, total = (np.quantile(each @ picks, tails, axis=1) for each in (alone, together))
    return Indices(variance, alone.mean(axis=1), together.mean(axis=1), *first, *total)
