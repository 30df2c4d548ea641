"""Charts for rare counts, where an XmR chart would see signals in mere whole numbers.

Sources: Montgomery, Introduction to Statistical Quality Control, section 7.3 (u chart); Benneyan
2001, Health Care Management Science 4:305-318 (g chart).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Bools, Floats, above, alike, counts

SIGMAS = 3


@dataclass(frozen=True, slots=True)
class RareChart:
    """One entry a point; ``outside``: beyond the limits of three standard deviations."""

    value: Floats
    centre: float
    low: Floats
    high: Floats

    @property
    def outside(self) -> Bools:
        """Whether each point is beyond its limits."""
        return (self.value < self.low) | (self.value > self.high)


def u_chart(count: npt.ArrayLike, exposure: npt.ArrayLike) -> RareChart:
    """Chart of events per exposure (complaints per application, say), limits by each period's exposure."""
    x, time = counts(count, "counts"), above(exposure, "exposure")
    alike(x, time, what="counts and exposure")
    if not len(x):
        raise BadFigures("counts: no points. A chart needs a series with at least one.")
    centre = float(x.sum() / time.sum())
    arm = SIGMAS * np.sqrt(centre / time)
    return RareChart(x / time, centre, np.maximum(centre - arm, 0.0), centre + arm)


def g_chart(between: npt.ArrayLike) -> RareChart:
    """Chart of the cases between one event and the next; a point above the limit is fewer events."""
    x = counts(between, "cases between events")
    if not len(x):
        raise BadFigures("cases between events: no points. A chart needs a series with at least one.")
    centre = float(x.mean())
    arm = SIGMAS * (centre * (centre + 1)) ** 0.5
    return RareChart(x, centre, np.full(len(x), max(centre - arm, 0.0)), np.full(len(x), centre + arm))
