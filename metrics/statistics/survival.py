"""Time to an end when some cases are still open: product-limit curves of many groups at once.

Leaving open cases out flatters whoever is slow: the long cases are the open ones. Sources: Kaplan
& Meier 1958; Greenwood 1926; Brookmeyer & Crowley 1982 with the log-log transformation of
Kalbfleisch & Prentice; Klein & Moeschberger 2003, section 4.5 (restricted mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from metrics.packing import Ints
from metrics.statistics.figures import BadFigures, Bools, Floats, alike, at_least
from metrics.statistics.intervals import LEVEL, Interval, z_of

Numbers = TypeVar("Numbers", Ints, Floats)

NEARLY = 1e-9
"""Rounding of a product of many factors: a curve this near to a share has reached it."""


@dataclass(frozen=True)
class Curves:
    """Ended and open cases of each group by time, and the curves that follow from them.

    Rows are sorted by group and time; ``starts``: the first row of each group (none is empty). At
    one time the cases that end do so before the open ones leave.
    """

    time: Floats
    ended: Ints
    left: Ints
    starts: Ints
    level: float = LEVEL

    @cached_property
    def group(self) -> Ints:
        """Group of each row."""
        sizes = np.diff(np.append(self.starts, len(self.time)))
        return np.repeat(np.arange(len(self.starts)), sizes)

    @cached_property
    def at_risk(self) -> Ints:
        """Cases that are neither ended nor gone just before each row's time."""
        gone = self.ended + self.left
        later: Ints = self._sum(gone)[self.group] - _within(gone, self.starts, self.group) + gone
        return later

    @cached_property
    def survival(self) -> Floats:
        """Share of the cases that last longer than each row's time."""
        factor = (self.at_risk - self.ended) / self.at_risk
        curve = np.empty(len(factor))
        for start, end in zip(self.starts, np.append(self.starts[1:], len(factor)), strict=False):
            np.cumprod(factor[start:end], out=curve[start:end])
        return curve

    @cached_property
    def _greenwood(self) -> Floats:
        """Variance of each curve over its square."""
        remain = self.at_risk - self.ended
        term = np.where(remain > 0, self.ended / (self.at_risk * np.maximum(remain, 1)), 0.0)
        return np.maximum(_within(term, self.starts, self.group), 0.0)

    @cached_property
    def error(self) -> Floats:
        """Greenwood's standard error of ``survival``."""
        return self.survival * np.sqrt(self._greenwood)

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """Log-log bounds of the curve; at one and at zero they are unknown (NaN above, 0 below)."""
        inside = (self.survival > 0) & (self.survival < 1)
        curve = np.where(inside, self.survival, 0.5)
        spread = np.exp(z_of(self.level) * np.sqrt(self._greenwood) / np.abs(np.log(curve)))
        lower = np.where(inside, curve**spread, np.where(self.survival <= 0, 0.0, np.nan))
        return lower, np.where(inside, curve ** (1 / spread), np.nan)

    def quantile(self, q: float) -> Interval:
        """Time by which the share ``q`` of all cases has ended, for each group.

        ``value`` is NaN where the curve does not fall so far: that many are still open. ``low``
        may stand without it; ``high`` may be missing: the interval is then open above. Where the
        curve runs level at exactly the share, the value is the middle of that stretch, as for an
        even number of ended cases.
        """
        share = 1 - q
        ends = self.ended > 0
        reached = self._first(ends & (self.survival <= share + NEARLY))
        beyond = self._first(ends & (self.survival < share - NEARLY))
        level = np.zeros(len(reached), dtype=np.bool_)
        level[self.group[np.abs(self.survival - share) <= NEARLY]] = True
        value = np.where(level & ~np.isnan(beyond), (reached + beyond) / 2, reached)
        lower, upper = self.bounds
        low, high = (self._first(ends & (bound <= share + NEARLY)) for bound in (lower, upper))
        return Interval(value, low, high)

    def restricted_mean(self, horizon: float) -> tuple[Floats, Floats]:
        """Mean time up to ``horizon`` (longer ones count as it) of each group, and its standard error.

        Beyond a group's last time its curve stays where it is. Raises ``BadFigures`` for a horizon
        that is not above zero.
        """
        if not horizon > 0:
            raise BadFigures(f"horizon: {horizon:g} is not above zero. Give the time up to which to count.")
        time = np.minimum(self.time, horizon)
        last = np.append(self.starts[1:], len(time)) - 1
        following = np.append(time[1:], horizon)
        following[last] = horizon
        area = self.survival * (following - time)
        whole = self._sum(area)
        ahead = whole[self.group] - _within(area, self.starts, self.group) + area
        remain = self.at_risk - self.ended
        counted = (remain > 0) & (self.time <= horizon)
        term = np.where(counted, self.ended / (self.at_risk * np.maximum(remain, 1)), 0.0) * ahead**2
        return time[self.starts] + whole, np.sqrt(self._sum(term))

    def _first(self, wanted: Bools) -> Floats:
        """Time of the first row of each group that is wanted; NaN where none is."""
        if not len(wanted):
            return np.empty(0)
        row = np.minimum.reduceat(np.where(wanted, np.arange(len(wanted)), len(wanted)), self.starts)
        return np.append(self.time, np.nan)[row]

    def _sum(self, values: Numbers) -> Numbers:
        return np.add.reduceat(values, self.starts) if len(values) else values


def curve(times: npt.ArrayLike, ended: npt.ArrayLike, level: float = LEVEL) -> Curves:
    """Curve of one group from single cases: how long each has lasted, and whether it has ended.

    Raises ``BadFigures`` for no cases and for times that are missing or below zero.
    """
    last, over = at_least(times, "times"), np.asarray(ended, dtype=np.float64)
    alike(last, over, what="times and ends")
    if not len(last):
        raise BadFigures("times: no cases. A curve needs at least one.")
    time, row = np.unique(last, return_inverse=True)
    total = np.bincount(row, minlength=len(time))
    ends = np.bincount(row, over, len(time)).astype(np.int64)
    return Curves(time, ends, total - ends, np.zeros(1, np.int64), level)


def _within(values: Numbers, starts: Ints, group: Ints) -> Numbers:
    """Return running sums that begin anew in each group."""
    running = np.cumsum(values)
    if not len(values):
        return values
    return running - (running[starts] - values[starts])[group]
