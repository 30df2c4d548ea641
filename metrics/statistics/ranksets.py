"""Confidence sets for ranks, after Mogstad, Romano, Shaikh & Wilhelm 2023.

Source: "Inference for Ranks with Applications to Mobility across Neighbourhoods and Academic
Achievement across Countries", Review of Economic Studies, doi 10.1093/restud/rdad006, section 3.
Every ordered pair is tested for "j is not better than k" by its studentised difference; the
critical value is the quantile of the largest difference under a parametric bootstrap of
independent normal errors; step-down leaves out what was rejected and repeats. A unit's set runs
from 1 + (how many are surely better) to p - (how many are surely worse).

What the two kinds mean:

* ``marginal``: for one unit named in advance. Its set holds its true rank with the level's
  probability; looking through the sets of many units, some will be wrong.
* ``simultaneous``: for a whole table. With the level's probability **all** sets hold the true
  ranks together. Use it wherever several units are shown, compared or grouped. It contains the
  marginal set that is made from the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Bools, Floats, Ints, alike, at_least, known
from metrics.statistics.intervals import LEVEL
from metrics.statistics.maxima import Maxima, MaximaOfOne, studentised
from metrics.statistics.ranks import Direction, places, upwards

DRAWS = 2_000
LOWEST_LEVEL = 0.5
ROWS = 256
"""Units whose differences to all others are held at once."""


@dataclass(frozen=True, slots=True)
class RankSets:
    """Rank of each unit (1 the best) and the ranks from ``low`` to ``high`` that it may have.

    ``critical``: the last critical value, in standard errors of a difference (for marginal sets
    the largest of the units'); NaN where the sets come from exact tests. ``steps``: the most
    rounds of step-down that were needed.
    """

    rank: Ints
    low: Ints
    high: Ints
    kind: Literal["simultaneous", "marginal"]
    level: float
    critical: float
    steps: int

    def best(self, tau: int) -> Bools:
        """Which units may be among the ``tau`` best.

        From simultaneous sets: together they hold all of the truly ``tau`` best with the level's
        probability (the projection set of the same paper, section 3.4).
        """
        return self.low <= tau

    def worst(self, tau: int) -> Bools:
        """Which units may be among the ``tau`` worst, read as ``best``."""
        return self.high > len(self.high) - tau

    @property
    def none_differ(self) -> bool:
        """Whether no two units can be told apart: there is then no order to show."""
        return bool((self.low == 1).all() and (self.high == len(self.high)).all())


def simultaneous(
    values: npt.ArrayLike,
    errors: npt.ArrayLike,
    *,
    seed: int,
    direction: Direction = "up",
    level: float = LEVEL,
    draws: int = DRAWS,
    stepdown: bool = True,
) -> RankSets:
    """Sets that hold the true ranks of all units together. ``errors``: standard errors of independent values.

    None and one unit have trivial sets. Raises ``BadFigures`` for a missing value or error (leave
    the unit out), a negative error, or a level of 0.5 and less.
    """
    x, s = _checked(values, errors, direction, level, draws)
    p = len(x)
    better, worse = np.zeros(p, np.int64), np.zeros(p, np.int64)
    critical, steps = np.nan, 0
    if p > 1:
        maxima = Maxima(_normal(draws, p, seed), s)
        open_pairs = ~np.eye(p, dtype=np.bool_)
        found = True
        while found and open_pairs.any():
            critical, steps = maxima.quantile(level, open_pairs), steps + 1
            found = _reject(x, s, critical, open_pairs, better, worse) and stepdown
    return RankSets(places(x), 1 + better, p - worse, "simultaneous", level, critical, steps)


def marginal(
    values: npt.ArrayLike,
    errors: npt.ArrayLike,
    *,
    seed: int,
    direction: Direction = "up",
    level: float = LEVEL,
    draws: int = DRAWS,
    stepdown: bool = True,
) -> RankSets:
    """Sets that hold the true rank of each unit taken by itself. Arguments and errors as ``simultaneous``."""
    x, s = _checked(values, errors, direction, level, draws)
    p = len(x)
    low, high = np.ones(p, np.int64), np.full(p, p, dtype=np.int64)
    largest, rounds = np.nan, 0
    if p > 1:
        normal = np.where(s > 0, _normal(draws, p, seed), 0.0)
        extreme = np.abs(normal).max(axis=1)
        for unit in range(p):
            t = studentised(x[unit] - x, np.hypot(s[unit], s))
            one = MaximaOfOne(normal, s, unit, extreme)
            beats, beaten = (np.arange(p) != unit for _ in range(2))
            critical, steps = np.inf, 0
            while steps == 0 or (stepdown and ((t > critical) & beats | (-t > critical) & beaten).any()):
                beats, beaten = beats & (t <= critical), beaten & (-t <= critical)
                if not (beats.any() or beaten.any()):
                    break
                critical, steps = one.quantile(level, beats, beaten), steps + 1
            low[unit], high[unit] = 1 + (-t > critical).sum(), p - (t > critical).sum()
            largest, rounds = np.fmax(largest, critical), max(rounds, steps)
    return RankSets(places(x), low, high, "marginal", level, float(largest), rounds)


def _checked(
    values: npt.ArrayLike, errors: npt.ArrayLike, direction: Direction, level: float, draws: int
) -> tuple[Floats, Floats]:
    x, s = upwards(known(values, "values"), direction), at_least(errors, "standard errors")
    alike(x, s, what="values and standard errors")
    if x.ndim != 1:
        raise BadFigures(f"values: {x.ndim} dimensions. Give one value a unit.")
    if not LOWEST_LEVEL < level < 1:
        raise BadFigures(f"level: {level:g} is not between 0.5 and 1. Write 95 % as 0.95.")
    if draws < 1 / (1 - level):
        raise BadFigures(f"draws: {draws} are too few for a level of {level:g}. Take 1,000 or more.")
    return x, s


def _normal(draws: int, units: int, seed: int) -> Floats:
    return np.random.default_rng(seed).standard_normal((draws, units))


def _reject(x: Floats, s: Floats, critical: float, open_pairs: Bools, better: Ints, worse: Ints) -> bool:
    """Close the pairs whose first unit is surely better, and count them. Whether there were any."""
    found = False
    for start in range(0, len(x), ROWS):
        rows = slice(start, start + ROWS)
        t = studentised(x[rows, None] - x, np.hypot(s[rows, None], s))
        surely = (t > critical) & open_pairs[rows]
        if surely.any():
            found = True
            open_pairs[rows] &= ~surely
            better += surely.sum(axis=0)
            worse[rows] += surely.sum(axis=1)
    return found
