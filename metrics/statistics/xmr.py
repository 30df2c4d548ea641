"""XmR charts: whether a series shows more than its own routine variation.

Sources: Wheeler 1993 (constants 2.66 and 3.267); Nelson 1982 (ranges above 3.267 times their mean
are left out, once); NHS England, "Making data count" (the four signals, the icons). Control
limits of a rate or of the cases between events: ``rarecharts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Bools, Floats, Ints
from metrics.statistics.signals import NearRule, Signals, signals

LIMIT = 2.66
RANGE_LIMIT = 3.267
NEAR = 2 / 3
ENOUGH = 12
"""With fewer points than this limits are on trial."""

ROUNDING = 1e-9

Better = Literal["up", "down", "neutral"]
Variation = Literal[
    "unknown",
    "common-cause",
    "improvement-high",
    "improvement-low",
    "concern-high",
    "concern-low",
    "neutral-high",
    "neutral-low",
]
"""State of the latest point: where nothing special is seen "common-cause"; without limits "unknown"."""

Assurance = Literal["consistently-passes", "consistently-fails", "hit-and-miss", "no-target"]


@dataclass(frozen=True, slots=True)
class Rebase:
    """New limits from the point ``at`` (place from 0), because of a named event."""

    at: int
    event: str


@dataclass(frozen=True, slots=True)
class XmR:
    """A chart, one entry a point; a missing point is NaN, is in no signal and is passed over by the rest.

    ``segment``: 0 before the first rebase, then 1, 2 …; ``trial`` says of each point whether its
    segment's limits rest on fewer than 12 points. Limits of a segment with one point are NaN.
    """

    value: Floats
    centre: Floats
    low: Floats
    high: Floats
    mean_range: Floats
    segment: Ints
    trial: Bools
    signals: Signals
    variation: Variation
    assurance: Assurance


def xmr(
    values: npt.ArrayLike,
    *,
    better: Better = "up",
    target: float | None = None,
    rebases: Sequence[Rebase] = (),
    baseline: int | None = None,
    screen: bool = True,
    near: NearRule = "making-data-count",
) -> XmR:
    """Return the chart of a series in time order.

    Limits are the mean ± 2.66 times the mean moving range. ``baseline``: so many first points of
    each segment make its limits (all by default). ``screen``: leave ranges above 3.267 times
    their mean out, once; the mean of the values keeps all points. Raises ``BadFigures`` for no
    points at all and for a rebase without a named event or outside the series.
    """
    x = np.asarray(values, dtype=np.float64)
    if np.isinf(x).any():
        raise BadFigures(
            f"values: entry {int(np.argmax(np.isinf(x)))} is endless. Correct it or mark it missing."
        )
    known = ~np.isnan(x)
    if x.ndim != 1 or not known.any():
        raise BadFigures("values: no points. A chart needs a series with at least one.")
    segment = _segments(len(x), rebases)
    centre, spread, trial = np.full(len(x), np.nan), np.full(len(x), np.nan), np.ones(len(x), dtype=np.bool_)
    for number in range(segment[-1] + 1):
        inside = segment == number
        points = x[inside & known][:baseline]
        if len(points):
            centre[inside], spread[inside] = points.mean(), _mean_range(points, screen=screen)
            trial[inside] = len(points) < ENOUGH
    arm, side = LIMIT * spread, x - centre
    side = np.where(np.abs(side) <= ROUNDING * np.nanmax(np.abs(x)), 0.0, side)
    found = signals(x, np.sign(side), np.abs(side) > arm, np.abs(side) > NEAR * arm, segment, near)
    last = int(np.flatnonzero(known)[-1])
    return XmR(
        x,
        centre,
        centre - arm,
        centre + arm,
        spread,
        segment,
        trial,
        found,
        _variation(bool(found.special[last]), float(side[last]), float(arm[last]), better),
        _assurance(float(centre[last] - arm[last]), float(centre[last] + arm[last]), target, better),
    )


def _segments(points: int, rebases: Sequence[Rebase]) -> Ints:
    segment = np.zeros(points, dtype=np.int64)
    for rebase in rebases:
        if not rebase.event.strip():
            raise BadFigures(
                f"rebase at {rebase.at}: without an event. Name what changed, or keep the limits."
            )
        if not 0 < rebase.at < points:
            raise BadFigures(
                f"rebase at {rebase.at} ({rebase.event}): outside the series of {points} points."
            )
        segment[rebase.at :] += 1
    return segment


def _mean_range(points: Floats, *, screen: bool) -> float:
    moving = np.abs(np.diff(points))
    if not len(moving):
        return float("nan")
    mean = float(moving.mean())
    kept = moving[moving < RANGE_LIMIT * mean] if screen else moving
    return float(kept.mean()) if len(kept) else mean


def _variation(special: bool, side: float, arm: float, better: Better) -> Variation:  # noqa: FBT001 - a fact
    """State of a point by the side of the mean that it lies on, as the NHS icons have it."""
    if np.isnan(arm):
        return "unknown"
    if not special:
        return "common-cause"
    if better == "neutral":
        return "neutral-high" if side > 0 else "neutral-low"
    if side > 0:
        return "improvement-high" if better == "up" else "concern-high"
    return "concern-low" if better == "up" else "improvement-low"


def _assurance(low: float, high: float, target: float | None, better: Better) -> Assurance:
    if target is None or better == "neutral" or np.isnan(low):
        return "no-target"
    if low <= target <= high:
        return "hit-and-miss"
    return "consistently-passes" if (target < low) == (better == "up") else "consistently-fails"
