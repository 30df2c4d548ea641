"""Quantiles of the largest studentised difference under a parametric bootstrap, without making all of it.

A draw gives every unit ``j`` a normal error ``s_j g_j``; of interest is the largest of
``(s_j g_j - s_k g_k) / sqrt(s_j**2 + s_k**2)`` over the pairs that are still open. By Cauchy and
Schwarz no pair exceeds ``hypot(max(g_j, 0), max(-g_k, 0))``: the units with the most extreme
``g`` nearly always hold the largest, the bound tells where they may not, and only the draws that
can reach the wanted quantile are looked at more closely. The result is exactly that of comparing
all pairs in all draws (tests compare the two).
"""

from __future__ import annotations

import numpy as np

from metrics.statistics.figures import Bools, Floats

EXTREMES = 8
"""So many units at each end of a draw are compared with each other first."""

BLOCK = 1 << 21
"""Differences that are held at once."""


def studentised(difference: Floats, spread: Floats) -> Floats:
    """Differences in standard errors; without any error a difference is endless and none is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, difference / spread)


class Maxima:
    """Normal draws (draws x units) of units with these standard errors."""

    def __init__(self, draws: Floats, errors: Floats) -> None:
        self._g = np.where(errors > 0, draws, 0.0)
        self._errors = errors
        units, take = len(errors), min(EXTREMES, len(errors))
        order = np.argpartition(self._g, (take - 1, units - take), axis=1)
        self._low, self._high = order[:, :take], order[:, units - take :]
        near_high, near_low = self._positive(self._high), self._positive(self._low, -1.0)
        self._most, self._least = near_high.max(axis=1), near_low.max(axis=1)
        inside = take == units
        self._rest = np.maximum(  # no pair with a unit outside the extremes exceeds this
            np.hypot(0.0 if inside else near_high.min(axis=1), 0.0 if inside else self._least),
            np.hypot(0.0 if inside else near_low.min(axis=1), 0.0 if inside else self._most),
        )
        self._near = self._pairs(np.arange(len(draws))[:, None], self._high, self._low)

    def _positive(self, units: np.ndarray[tuple[int, ...], np.dtype[np.int64]], sign: float = 1.0) -> Floats:
        return np.maximum(sign * np.take_along_axis(self._g, units, 1), 0.0)

    def _pairs(
        self,
        rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
        high: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
        low: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    ) -> Floats:
        """Studentised differences of each of ``high`` to each of ``low``."""
        one, two = self._errors[high][..., :, None], self._errors[low][..., None, :]
        above, below = self._g[rows, high][..., :, None], self._g[rows, low][..., None, :]
        return studentised(one * above - two * below, np.hypot(one, two))

    def quantile(self, level: float, open_pairs: Bools) -> float:
        """Quantile (linear between draws) of the largest difference over ordered pairs that are open."""
        among = open_pairs[self._high[:, :, None], self._low[:, None, :]]
        largest = np.where(among, self._near, 0.0).max(axis=(1, 2))
        floor = np.partition(largest, wanted(level, len(largest)))[wanted(level, len(largest))]
        for row in np.flatnonzero((self._rest > largest) & (self._rest > floor)):
            largest[row] = max(largest[row], self._whole(int(row), float(floor), open_pairs))
        return float(np.quantile(largest, level))

    def _whole(self, row: int, floor: float, open_pairs: Bools) -> float:
        """Largest difference of a draw, if it is above ``floor``."""
        g = self._g[row]
        high = np.flatnonzero(np.hypot(np.maximum(g, 0), self._least[row]) > floor)
        low = np.flatnonzero(np.hypot(np.maximum(-g, 0), self._most[row]) > floor)
        found = 0.0
        step = max(1, BLOCK // max(len(low), 1))
        for start in range(0, len(high) if len(low) else 0, step):
            some = high[start : start + step]
            values = self._pairs(np.array(row), some, low)
            found = max(found, float(np.where(open_pairs[np.ix_(some, low)], values, 0.0).max()))
        return found


class MaximaOfOne:
    """Draws of one unit's studentised differences to all others, made as far as they are asked for."""

    def __init__(self, draws: Floats, errors: Floats, unit: int, largest: Floats) -> None:
        self._draws, self._errors, self._unit = draws, errors, unit
        own, spread = np.abs(draws[:, unit]) * errors[unit], errors[unit]
        if errors.min() > 0:
            with np.errstate(divide="ignore"):
                worst = np.clip(spread**2 * largest / own, errors.min(), errors.max())
            bound = (own + worst * largest) / np.hypot(spread, worst)
        else:
            bound = np.hypot(draws[:, unit], largest)
        self._order = np.argsort(-bound)
        self._bound = np.append(bound[self._order], 0.0)
        self._made = np.empty((0, len(errors)))

    def quantile(self, level: float, beats: Bools, beaten: Bools) -> float:
        """Quantile of the largest difference over the units it may beat and those that may beat it."""
        total = len(self._order)
        keep = total - wanted(level, total)
        largest = self._largest(0, beats, beaten)
        while (made := len(largest)) < total:
            if made >= keep and np.partition(largest, -keep)[-keep] >= self._bound[made]:
                break
            if len(self._made) == made:
                self._make(max(keep, made // 2))
            largest = np.concatenate([largest, self._largest(made, beats, beaten)])
        return float(np.quantile(np.append(largest, np.zeros(total - made)), level))

    def _largest(self, start: int, beats: Bools, beaten: Bools) -> Floats:
        rows = self._made[start:]
        if beats.sum() + beaten.sum() == 2 * (len(beats) - 1):  # all are open: nothing to leave out
            either: Floats = np.abs(rows).max(axis=1, initial=0.0)
            return either
        up = rows[:, beats].max(axis=1, initial=0.0)
        largest: Floats = np.maximum(up, -rows[:, beaten].min(axis=1, initial=0.0))
        return largest

    def _make(self, more: int) -> None:
        rows = self._draws[self._order[len(self._made) : len(self._made) + more]] * self._errors
        own = rows[:, self._unit, None]
        spread = np.hypot(self._errors[self._unit], self._errors)
        self._made = np.concatenate([self._made, studentised(own - rows, spread)])


def wanted(level: float, draws: int) -> int:
    """Place (from 0, rising) of the lower of the two draws that a linear quantile lies between."""
    return int(np.floor((draws - 1) * level))
