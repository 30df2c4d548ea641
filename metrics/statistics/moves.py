"""What would move a unit in the order, with the others as they are and goalposts that stay.

Two questions about each unit and indicator: the smallest change that brings the next place, and
the place that the indicator's best value would bring. Closed forms of the three means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.statistics.aggregation import mean
from metrics.statistics.figures import BadFigures, Bools, Floats, Ints, above
from metrics.statistics.ranks import places

Mean = Literal["arithmetic", "geometric", "harmonic"]


@dataclass(frozen=True, slots=True)
class Moves:
    """Tables of units x indicators; NaN (and no place) where the value is missing.

    ``needed``: points to draw level with the next better unit; NaN for a first one. ``within``:
    whether the indicator has so many left. ``best_rank``: rank with this indicator at its best.
    """

    rank: Ints
    needed: Floats
    within: Bools
    best_rank: Ints

    @property
    def smallest(self) -> Ints:
        """Indicator with the smallest change within reach, by unit; -1 where there is none."""
        return _first(np.where(self.within, self.needed, np.inf))

    @property
    def most(self) -> Ints:
        """Indicator whose best value moves the unit most, by unit; -1 where none moves it."""
        gain = np.where(self.best_rank > 0, self.rank[:, None] - self.best_rank, 0)
        return np.where(gain.max(axis=1, initial=0) > 0, gain.argmax(axis=1), -1)


def moves(scores: Floats, weights: Floats, method: Mean = "arithmetic", best: float = 100.0) -> Moves:
    """Moves of all units from normalised scores (units x indicators, above zero unless arithmetic).

    Gaps stay gaps: a unit's mean is over what it has. Raises ``BadFigures`` for no units.
    """
    w = above(weights, "weights")
    if not scores.size:
        raise BadFigures("scores: no units or no indicators. There is nothing to move.")
    there = ~np.isnan(scores)
    if method != "arithmetic" and (scores[there] <= 0).any():
        raise BadFigures(f"scores: some are not above zero, as a {method} mean needs. Normalise to 1 to 100.")
    now = mean(scores, w[None, :], method)[0]
    share = np.where(there, w, 0.0) / np.maximum((there @ w)[:, None], np.finfo(float).tiny)
    needed = _level_with(_next_better(now)[:, None], now[:, None], scores, share, method) - scores
    lifted = np.maximum(_lifted(best, now[:, None], scores, share, method), now[:, None])
    ordered = np.sort(now[~np.isnan(now)])
    best_rank = 1 + len(ordered) - np.searchsorted(ordered, lifted, side="right")
    own_counted = np.where(there, best_rank, 0)
    return Moves(places(now), needed, there & (scores + needed <= best), own_counted.astype(np.int64))


def _next_better(score: Floats) -> Floats:
    ordered = np.append(np.unique(score[~np.isnan(score)]), np.nan)
    found: Floats = ordered[np.minimum(np.searchsorted(ordered[:-1], score, side="right"), len(ordered) - 1)]
    return found


def _level_with(goal: Floats, now: Floats, x: Floats, share: Floats, method: Mean) -> Floats:
    """Score of one indicator with which the mean is the goal; endless where it cannot be."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "arithmetic":
            return x + (goal - now) / share
        if method == "geometric":
            return x * (goal / now) ** (1 / share)
        rest = 1 / goal - (1 / now - share / x)
        return np.where(rest > 0, share / rest, np.where(np.isnan(rest), np.nan, np.inf))


def _lifted(best: float, now: Floats, x: Floats, share: Floats, method: Mean) -> Floats:
    """Mean with one indicator at its best."""
    if method == "arithmetic":
        return now + share * (best - x)
    if method == "geometric":
        return now * (best / x) ** share
    return 1 / (1 / now + share * (1 / best - 1 / x))


def _first(values: Floats) -> Ints:
    least = np.nanmin(np.where(np.isnan(values), np.inf, values), axis=1)
    return np.where(np.isfinite(least), np.nanargmin(np.where(np.isnan(values), np.inf, values), axis=1), -1)
