"""The four signals of special cause in a series. Source: NHS England, "Making data count"; Nelson 1984."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.statistics.figures import Bools, Floats, Ints

RUN = 7
WINDOW, OF_WINDOW = 3, 2

NearRule = Literal["making-data-count", "western-electric"]
"""Which points are near a limit, of which two in three neighbours are a signal.

* ``making-data-count``: inside the limit but beyond two thirds of the way to it, and all three
  neighbours on the same side of the mean.
* ``western-electric``: beyond two thirds, outside the limit included; the third may lie anywhere.
"""


@dataclass(frozen=True, slots=True)
class Signals:
    """Whether each point is part of a signal.

    ``outside`` the limits; ``run`` of seven or more on one side of the mean; ``trend`` of seven or
    more that all rise or all fall; ``near``: two of three close to the same limit.
    """

    outside: Bools
    run: Bools
    trend: Bools
    near: Bools

    @property
    def special(self) -> Bools:
        """Whether a point is part of any signal."""
        return self.outside | self.run | self.trend | self.near


def signals(
    values: Floats, side: Floats, outside: Bools, beyond: Bools, segment: Ints, near: NearRule
) -> Signals:
    """Signals of a series; missing points are passed over, and none reaches across a change of limits.

    ``side``: 1 above the mean, -1 below, 0 on it. ``beyond``: past two thirds of the way to the
    limit on that side.
    """
    found = [np.zeros(len(values), dtype=np.bool_) for _ in range(3)]
    for number in np.unique(segment):
        places = np.flatnonzero((segment == number) & ~np.isnan(values))
        at = side[places]
        step = np.sign(np.diff(values[places]))
        close = beyond[places] if near == "western-electric" else beyond[places] & ~outside[places]
        found[0][places] = _run(at, RUN)
        found[1][places] = _trend(step, len(places))
        found[2][places] = _two_of_three(close, at, whole=near == "making-data-count")
    return Signals(outside & ~np.isnan(values), *found)


def _run(state: Floats, length: int) -> Bools:
    """Which entries are part of so many or more in a row that are the same and not zero."""
    if not len(state):
        return np.zeros(0, dtype=np.bool_)
    begins = np.flatnonzero(np.append(True, state[1:] != state[:-1]))
    sizes = np.diff(np.append(begins, len(state)))
    part: Bools = np.repeat(sizes >= length, sizes) & (state != 0)
    return part


def _trend(step: Floats, points: int) -> Bools:
    part = _run(step, RUN - 1)
    found = np.zeros(points, dtype=np.bool_)
    found[1:] |= part
    found[:-1] |= part
    return found


def _two_of_three(close: Bools, side: Floats, *, whole: bool) -> Bools:
    found = np.zeros(len(close), dtype=np.bool_)
    for way in (-1, 1):
        there = close & (side == way)
        for start in range(len(close) - WINDOW + 1):
            window = slice(start, start + WINDOW)
            if there[window].sum() >= OF_WINDOW and (not whole or (side[window] == way).all()):
                found[window] |= there[window]
    return found
