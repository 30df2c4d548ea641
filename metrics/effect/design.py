"""The panel as arrays: regions x months, each region's start, weight and cluster. Checks what came in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.effect.results import Aside, Choices, Controls, Obstacle, SetAside, Weights
from metrics.statistics.figures import BadFigures, Bools, Floats, Ints, at_least, known

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
NEVER = 1 << 30
"""Start of a region that has none: later than any month."""
NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Design:
    """Regions x months. ``start``: place of the month of start, from ``len(months)`` on: not in the data.

    ``value`` is NaN where there is none. ``weight`` has mean 1. ``cluster``: a number a region.
    """

    regions: tuple[str, ...]
    months: tuple[str, ...]
    value: Floats
    start: Ints
    weight: Floats
    cluster: Ints
    choices: Choices
    records: int
    set_aside: tuple[SetAside, ...]

    @property
    def anticipation(self) -> int:
        """Months before the start in which it may already work."""
        return self.choices.anticipation

    @property
    def rounding(self) -> float:
        """Spread that is rounding and no spread."""
        return NOTHING * float(np.nanmax(np.abs(self.value), initial=0.0))

    @property
    def started(self) -> Bools:
        """Regions that start within the data."""
        return np.less(self.start, len(self.months))

    @property
    def without(self) -> Bools:
        """Regions untouched to the end of the data."""
        return np.greater_equal(self.start, len(self.months) + self.anticipation)

    def comparable(self, start: int, month: int) -> Bools:
        """Regions that those of a start can be compared with in a month: untouched then and at its base."""
        if self.choices.controls is Controls.NEVER:
            return self.without
        last = max(month, start - 1 - self.anticipation)
        return np.greater(self.start, last + self.anticipation) & np.not_equal(self.start, start)

    def obstacle(self) -> Obstacle | None:
        """Return what stands in the way of any estimate."""
        before = any(one.reason is Aside.STARTED_BEFORE for one in self.set_aside)
        if not np.isfinite(self.value).any() and not before:
            return Obstacle.NO_VALUES
        if len(self.months) == 1:
            return Obstacle.ONE_MONTH
        if not self.started.any():
            return Obstacle.ALL_STARTED_BEFORE if before else Obstacle.NO_START
        starts = np.unique(self.start[self.started])
        if any(self.comparable(int(g), int(g)).any() for g in starts):
            return None
        alone = len(starts) == 1 and not self.without.any()
        return Obstacle.ALL_AT_ONCE if alone else Obstacle.NO_CONTROL


def design(
    panel: pl.DataFrame, starts: pl.DataFrame, choices: Choices, groups: Mapping[str, str] | None
) -> Design:
    """Arrays of a panel (region, period, value, n) and of starts (region, start; null: never yet).

    Raises ``BadFigures`` where a month cannot be read, a region stands twice or has no line in
    ``starts`` or no group, or a value is not finite.
    """
    first, last, start = _starts(panel, starts)
    regions = tuple(sorted(start))
    value, n = _matrix(panel, regions, first, last)
    begin = np.array([_place(start[region], first) for region in regions], dtype=np.int64)
    weight = _weight(n, begin, choices.weights)
    reasons = {
        Aside.NO_VALUES: np.isnan(value).all(axis=1),
        Aside.STARTED_BEFORE: begin - 1 - choices.anticipation < 0,
        Aside.NO_RECORDS_BEFORE: weight == 0,
    }
    keep, aside = np.ones(len(regions), dtype=np.bool_), []
    for reason, hit in reasons.items():
        if (hit & keep).any():
            aside.append(SetAside(reason, tuple(np.array(regions)[hit & keep].tolist())))
        keep &= ~hit
    kept = tuple(region for region, stays in zip(regions, keep, strict=True) if stays)
    return Design(
        regions=kept,
        months=tuple(month_name(month) for month in range(first, last + 1)),
        value=value[keep],
        start=begin[keep],
        weight=weight[keep] / weight[keep].mean() if keep.any() else weight[keep],
        cluster=_clusters(kept, groups),
        choices=choices,
        records=int(n[keep].sum()),
        set_aside=tuple(aside),
    )


def month_number(month: str, where: str) -> int:
    """Months since year 0 of "2025-07". Raises ``BadFigures`` that names where it stands."""
    if not MONTH.fullmatch(month):
        raise BadFigures(f"{where}: {month!r} is no month. Write it as 2025-07.")
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_name(number: int) -> str:
    """Write a month as "2025-07"."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _starts(panel: pl.DataFrame, starts: pl.DataFrame) -> tuple[int, int, dict[str, str | None]]:
    for frame, key, name in ((starts, ["region"], "starts"), (panel, ["region", "period"], "panel")):
        twice = frame.filter(frame.select(key).is_duplicated())
        if len(twice):
            at = ", ".join(str(twice[column][0]) for column in key)
            raise BadFigures(f"{name}: {at} stands there twice. Keep one row each.")
    start: dict[str, str | None] = dict(starts.select("region", "start").iter_rows())
    unknown = sorted(set(panel["region"]) - start.keys())
    if unknown:
        raise BadFigures(f"starts: region {unknown[0]} has no row. Write null where it has not started.")
    months = [month_number(month, "panel, period") for month in panel["period"].unique()]
    return min(months, default=0), max(months, default=0), start


def _matrix(panel: pl.DataFrame, regions: tuple[str, ...], first: int, last: int) -> tuple[Floats, Floats]:
    value = np.full((len(regions), last - first + 1), np.nan)
    n = np.zeros_like(value)
    row = {region: at for at, region in enumerate(regions)}
    rows = panel.filter(pl.col("value").is_not_null())
    at = np.array([row[region] for region in rows["region"]], dtype=np.int64)
    month = np.array([month_number(m, "panel, period") - first for m in rows["period"]], dtype=np.int64)
    value[at, month] = known(rows["value"].to_numpy(), "panel, value")
    n[at, month] = at_least(rows["n"].to_numpy(), "panel, n")
    return value, n


def _place(start: str | None, first: int) -> int:
    return NEVER if start is None else month_number(start, "starts, start") - first


def _weight(n: Floats, start: Ints, weights: Weights) -> Floats:
    """Weights that the start cannot have changed: 1 each, or mean records before the first start of all."""
    if weights is Weights.REGIONS:
        return np.ones(len(n))
    inside = start[(start > 0) & (start < n.shape[1])]
    before: Floats = n[:, : int(inside.min(initial=n.shape[1]))].mean(axis=1)
    return before


def _clusters(regions: tuple[str, ...], groups: Mapping[str, str] | None) -> Ints:
    if groups is None:
        return np.arange(len(regions), dtype=np.int64)
    for region in regions:
        if region not in groups:
            raise BadFigures(f"groups: region {region} has no group. Give one, for example its province.")
    names = sorted({groups[region] for region in regions})
    return np.array([names.index(groups[region]) for region in regions], dtype=np.int64)
