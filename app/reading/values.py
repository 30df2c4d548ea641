"""Indicator values read for a page: classes for a map, place among the others, comparison in words.

Frames are those of ``Store.indicator_values``: indicator, level, region, period, value, unit,
n, low, high, status, reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import polars as pl

from metrics.catalogue import Indicator
from metrics.model import IndicatorValue, ValueStatus

CLASSES = 5
LEAST_FOR_CLASSES = 10
"""Fewer values than this are not cut into five classes: a class would be one region or none."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Bounds of the map's classes over the values that are shown, and which end is favourable.

    ``bounds``: the inner bounds, rising; one fewer than classes. ``upwards``: larger is better.
    """

    bounds: tuple[float, ...]
    upwards: bool

    @property
    def count(self) -> int:
        """Number of classes."""
        return len(self.bounds) + 1

    def of(self, value: float | None) -> int | None:
        """Class of a value, 0 the least favourable; ``None`` for no value."""
        if value is None:
            return None
        place = int(np.searchsorted(self.bounds, value, side="left"))
        return place if self.upwards else self.count - 1 - place

    def shade(self, value: float | None) -> int | None:
        """Class stretched to the five colours, so that two classes take the two ends."""
        place = self.of(value)
        if place is None:
            return None
        return CLASSES // 2 if self.count == 1 else round(place * (CLASSES - 1) / (self.count - 1))


def classes(values: Sequence[float | None], direction: str) -> Classes:
    """Classes of equal size over the values; fewer classes where values are few or alike."""
    known = np.array([value for value in values if value is not None], dtype=float)
    upwards = direction != "down"
    if known.size == 0:
        return Classes((), upwards)
    wanted = CLASSES if known.size >= LEAST_FOR_CLASSES else min(known.size, 3)
    cuts = np.quantile(known, [step / wanted for step in range(1, wanted)], method="inverted_cdf")
    inner = sorted({float(cut) for cut in cuts if cut < known.max()})
    return Classes(tuple(inner), upwards)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one value stands among the regions that have one.

    ``ahead``: share of the other regions with a less favourable value (ties count half).
    ``low`` … ``high``: the smallest, 10 %, 50 %, 90 % and largest value.
    """

    ahead: float
    regions: int
    low: float
    tenth: float
    median: float
    ninetieth: float
    high: float


def place(value: float | None, values: Sequence[float | None], direction: str) -> Place | None:
    """Return the place of a value among others; ``None`` without a value or without others."""
    known = np.array([other for other in values if other is not None], dtype=float)
    if value is None or known.size < 2:  # noqa: PLR2004 - a place needs somebody beside
        return None
    below, equal = float((known < value).sum()), float((known == value).sum())
    share = (below + max(equal - 1, 0) / 2) / max(known.size - 1, 1)
    tenth, median, ninetieth = np.quantile(known, [0.1, 0.5, 0.9])
    return Place(
        ahead=share if direction != "down" else 1 - share,
        regions=int(known.size),
        low=float(known.min()),
        tenth=float(tenth),
        median=float(median),
        ninetieth=float(ninetieth),
        high=float(known.max()),
    )


class Comparison(StrEnum):
    """Outcome of holding an interval against a reference. ``ALIKE``: no difference is shown."""

    BETTER = "better"
    WORSE = "worse"
    ALIKE = "alike"
    UNKNOWN = "unknown"


def compare(low: float | None, high: float | None, reference: float | None, direction: str) -> Comparison:
    """Compare a 95 % interval with a reference value that is taken as exact.

    Only an interval that leaves the reference out says more than chance; without an interval
    nothing is claimed. An open upper end (a median not yet reached) counts as endless.
    """
    if reference is None or (low is None and high is None):
        return Comparison.UNKNOWN
    if low is not None and low > reference:
        return Comparison.WORSE if direction == "down" else Comparison.BETTER
    if high is not None and high < reference:
        return Comparison.BETTER if direction == "down" else Comparison.WORSE
    return Comparison.ALIKE


def periods(frame: pl.DataFrame) -> list[str]:
    """Periods that have values: years and "all" first, then months, the latest first."""
    names = frame["period"].unique().to_list() if frame.height else []
    whole = sorted((name for name in names if len(name) == 4), reverse=True)  # noqa: PLR2004 - "2025"
    months = sorted((name for name in names if len(name) > 4), reverse=True)  # noqa: PLR2004 - "2025-07"
    rest = sorted(name for name in names if len(name) < 4)  # noqa: PLR2004 - "all"
    return [*rest, *whole, *months]


def ordered(catalogue: Mapping[str, Indicator]) -> list[str]:
    """Indicators in the order of the catalogue, those with a better and a worse side first."""
    return sorted(catalogue, key=lambda name: catalogue[name].direction == "neutral")


def at(frame: pl.DataFrame, **keys: str) -> pl.DataFrame:
    """Rows of a frame where every named column has the given value."""
    return frame.filter([pl.col(name) == value for name, value in keys.items()])


FIELDS = tuple(field.name for field in fields(IndicatorValue))


def typed(frame: pl.DataFrame) -> list[IndicatorValue]:
    """Rows of a frame as indicator values, in its order."""
    rows = frame.select(FIELDS).iter_rows(named=True)
    return [IndicatorValue(**{**row, "status": ValueStatus(row["status"])}) for row in rows]


def by_region(frame: pl.DataFrame) -> dict[str, IndicatorValue]:
    """Values of one indicator, level and period by region code."""
    return {value.region: value for value in typed(frame)}


def by_indicator(frame: pl.DataFrame) -> dict[str, IndicatorValue]:
    """Values of one region and period by indicator."""
    return {value.indicator: value for value in typed(frame)}


def months(frame: pl.DataFrame) -> pl.DataFrame:
    """Monthly rows of one indicator and region in order of time."""
    return frame.filter(pl.col("period").str.contains(r"^\d{4}-\d{2}$")).sort("period")


def with_gaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Monthly rows with an empty row for each month between the first and last that has none."""
    if frame.height == 0:
        return frame
    span = pl.date_range(
        pl.lit(str(frame["period"].min()) + "-01").str.to_date(),
        pl.lit(str(frame["period"].max()) + "-01").str.to_date(),
        "1mo",
        eager=False,
    )
    every = pl.select(span.alias("first")).select(pl.col("first").dt.strftime("%Y-%m").alias("period"))
    return every.join(frame, on="period", how="left", maintain_order="left")
