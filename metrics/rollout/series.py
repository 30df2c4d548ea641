"""Published counts as a series over time: one authority's alone, certain and dated points only.

What cannot be a point is listed with the reason, so that a forecast can show what it rests on.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.model import PublishedFigure

DAYS_A_MONTH = 365.25 / 12
DENOMINATORS = "regions_denominator"
YEAR, MONTH = len("2024"), len("2024-06")


class Omission(StrEnum):
    """Why a figure is no point of its series."""

    BLANK = "blank"
    UNVERIFIED = "unverified"
    NO_DAY = "no_day"
    TWO_VALUES = "two_values"


@dataclass(frozen=True, slots=True)
class Point:
    """A count on a day."""

    day: date
    count: int


@dataclass(frozen=True, slots=True)
class CountSeries:
    """Points of one authority in order of day, one a day, and its figures that are none with the reason."""

    name: str
    authority: str
    points: tuple[Point, ...]
    omitted: tuple[tuple[PublishedFigure, Omission], ...] = ()


@dataclass(frozen=True, slots=True)
class Denominator:
    """How many regions there are, as an authority counts them. Kept as given: 508 is not 514."""

    whole: int
    authority: str


def authorities(figures: Iterable[PublishedFigure], series: str) -> tuple[str, ...]:
    """Who published a value of a series, in order of name."""
    return tuple(sorted({f.authority for f in figures if f.series == series and f.value is not None}))


def denominators(figures: Iterable[PublishedFigure]) -> tuple[Denominator, ...]:
    """Stated denominators, the smallest first."""
    stated = {
        Denominator(int(f.value), f.authority)
        for f in figures
        if f.series == DENOMINATORS and f.value is not None and f.verified
    }
    return tuple(sorted(stated, key=lambda one: (one.whole, one.authority)))


def certain_series(figures: Iterable[PublishedFigure], series: str, authority: str) -> CountSeries:
    """Verified counts of one authority that have a day.

    A figure of a month counts from the month's last day on, when it was certainly reached; one of a
    whole year has no place among points weeks apart. Two values of one day are both left out:
    nothing says which is right. Blank rows name no authority and belong to all.
    """
    omitted: list[tuple[PublishedFigure, Omission]] = []
    dated: dict[date, list[PublishedFigure]] = defaultdict(list)
    for figure in figures:
        if figure.series != series or figure.authority not in ("", authority):
            continue
        if figure.value is None:
            omitted.append((figure, Omission.BLANK))
        elif not figure.verified:
            omitted.append((figure, Omission.UNVERIFIED))
        elif len(figure.as_of) == YEAR:
            omitted.append((figure, Omission.NO_DAY))
        else:
            dated[_day(figure.as_of)].append(figure)
    points: list[Point] = []
    for day, same in sorted(dated.items()):
        counts = {int(figure.value) for figure in same if figure.value is not None}
        if len(counts) == 1:
            points.append(Point(day, counts.pop()))
        else:
            omitted.extend((figure, Omission.TWO_VALUES) for figure in same)
    return CountSeries(series, authority, tuple(points), tuple(omitted))


def months_between(first: date, last: date) -> float:
    """Mean months of 30.44 days from one day to another; below zero where the second is earlier."""
    return (last - first).days / DAYS_A_MONTH


def _day(as_of: str) -> date:
    if len(as_of) == MONTH:
        year, month = (int(part) for part in as_of.split("-"))
        return date(year, month, monthrange(year, month)[1])
    return date.fromisoformat(as_of)
