"""What can be said of a target by a date: facts from the points, paces, and a word for a probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.rollout.series import Point, months_between
from metrics.statistics.intervals import clopper_pearson

RECENT = 12.0
"""Months that a recent pace covers at least: over less, a single ceremony decides it."""


class Outlook(StrEnum):
    """Whether a target is reached. The first three are facts, the others what the model says."""

    REACHED = "reached"
    MISSED = "missed"
    UNKNOWN = "unknown"
    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    OPEN = "open"
    UNLIKELY = "unlikely"
    VERY_UNLIKELY = "very_unlikely"


LADDER = (
    (0.05, Outlook.VERY_UNLIKELY),
    (0.2, Outlook.UNLIKELY),
    (0.8, Outlook.OPEN),
    (0.95, Outlook.LIKELY),
    (1.0, Outlook.VERY_LIKELY),
)
"""Probability up to which each word holds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Mean growth a month from one count to another."""

    first: Point
    last: Point

    @property
    def per_month(self) -> float:
        """Growth in mean months of 30.44 days."""
        return (self.last.count - self.first.count) / months_between(self.first.day, self.last.day)


def fact(points: Sequence[Point], target: int, by: date) -> Outlook | None:
    """What the points themselves say of a target by a day; ``None`` where it is still ahead.

    ``UNKNOWN``: it was reached between two points, the day lies between them too.
    """
    if any(point.day <= by and point.count >= target for point in points):
        return Outlook.REACHED
    later = next((point for point in points if point.day >= by), None)
    if later is None:
        return None
    return Outlook.MISSED if later.count < target else Outlook.UNKNOWN


def word(reached: int, draws: int) -> Outlook:
    """Word for a share of simulated futures, that end of its interval taken which is nearer to a half.

    So the chance of the draws never makes the word surer than the model is.
    """
    low, high = (float(bound) for bound in clopper_pearson(reached, draws))
    nearer = min(max(low, 0.5), high)
    return next(outlook for most, outlook in LADDER if nearer <= most)


def recent_pace(points: Sequence[Point]) -> Pace | None:
    """Pace over the last ``RECENT`` months or the shortest stretch beyond; ``None`` if none is so long."""
    earlier = [p for p in points if months_between(p.day, points[-1].day) >= RECENT]
    return Pace(earlier[-1], points[-1]) if earlier else None
