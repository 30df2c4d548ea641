"""What the monitors look at: frames that the caller has read. Nothing here reads or writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from checks.contract import Contract
from metrics.calendar import Calendar, epoch_day
from metrics.model import Region

COUNTS = pl.Schema({"dataset": pl.String(), "region": pl.String(), "day": pl.Date(), "n": pl.Int64()})
"""Columns of ``Evidence.counts``."""
SHARES = pl.Schema(
    {
        "dataset": pl.String(),
        "region": pl.String(),
        "week": pl.Date(),
        "open": pl.Boolean(),
        "field": pl.String(),
        "value": pl.String(),
        "n": pl.Int64(),
    }
)
"""Columns of ``Evidence.shares``."""
COLUMNS = pl.Schema(
    {
        "dataset": pl.String(),
        "source": pl.String(),
        "field": pl.String(),
        "type": pl.String(),
        "rows": pl.Int64(),
        "nulls": pl.Int64(),
        "values": pl.List(pl.String()),
        "formats": pl.List(pl.String()),
    }
)
"""Columns of ``Evidence.columns``."""
TOTALS = pl.Schema({"dataset": pl.String(), "region": pl.String(), "total": pl.Int64(), "taken": pl.Int64()})
"""Columns of ``Evidence.totals``."""
EXPECTED = pl.Schema({"dataset": pl.String(), "region": pl.String(), "since": pl.Date()})
"""Columns of ``Evidence.expected``."""


SEVERAL = 3
"""Regions that deliver a record set, from which on a day without any record is taken for the collection's."""


@dataclass(frozen=True)
class Evidence:
    """Everything that the monitors may know. Days are the region's own.

    ``first`` to ``last``: the days to be judged, both over; earlier ones are history only.
    ``regions``: [region, calendar, zone], one row a region. ``counts``: records of each day
    (``profile.counts``; days without records may be left out). ``shares``: what the fields hold,
    by week (``profile.shares``). ``records``: the rows of the delivery, by record set, with the
    contract's columns. ``columns`` and ``columns_before``: what the batch as it came, and the one
    before it from the same source, looked like (``profile.columns``); ``source`` is a region's
    code, or any other name. ``totals``: how many records a source says it has, and how many of
    them were taken in. ``expected``: regions with a source of their own, and the day on which it was first
    asked. ``contracts``: by record set.
    """

    first: dt.date
    last: dt.date
    regions: pl.DataFrame
    calendars: Mapping[str, Calendar]
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    counts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COUNTS))
    shares: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SHARES))
    records: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    columns: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COLUMNS))
    columns_before: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COLUMNS))
    totals: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TOTALS))
    expected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EXPECTED))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Codes of the regions."""
        return frozenset(self.regions["region"])

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """Records of each day as matrices: one for each record set and calendar that has records."""
        return tuple(self._grids())

    def _grids(self) -> Iterable[Grid]:
        counted = self.counts.filter(pl.col("day") <= self.last, pl.col("n") > 0)
        collected = _collected(counted)
        joined = counted.join(self.regions, on="region").sort("dataset", "calendar", "region", "day")
        for (dataset, calendar), part in joined.group_by(["dataset", "calendar"], maintain_order=True):
            days = collected.get(str(dataset))
            yield _grid(str(dataset), self.calendars[str(calendar)], part, self, days)


@dataclass(frozen=True, slots=True)
class Grid:
    """Records of one record set by region (rows) and day (columns, without a gap to the last day).

    ``hours``: working hours of each day; ``open``: whether it has any. ``collected``: whether any region
    delivered anything on the day. Where none of several did, nobody asked them: it is no day of any
    region's schedule, and has no working hours here.
    """

    dataset: str
    regions: tuple[str, ...]
    days: np.ndarray
    counts: np.ndarray
    hours: np.ndarray
    collected: np.ndarray
    first: int

    @property
    def open(self) -> np.ndarray:
        """Whether each day is a working day."""
        opened: np.ndarray = self.hours > 0
        return opened

    @property
    def began(self) -> np.ndarray:
        """Column of the first day with records, of each region."""
        began: np.ndarray = (self.counts > 0).argmax(axis=1)
        return began

    @property
    def ended(self) -> np.ndarray:
        """Column of the last day with records, of each region."""
        ended: np.ndarray = self.counts.shape[1] - 1 - (self.counts[:, ::-1] > 0).argmax(axis=1)
        return ended


def _collected(counted: pl.DataFrame) -> dict[str, np.ndarray]:
    """Epoch days with records of any region, of the record sets that several regions deliver."""
    several = counted.group_by("dataset").agg(
        pl.col("region").n_unique().alias("regions"), pl.col("day").unique().cast(pl.Int32)
    )
    return {
        row["dataset"]: np.array(row["day"], dtype=np.int64)
        for row in several.filter(pl.col("regions") >= SEVERAL).iter_rows(named=True)
    }


def _grid(
    dataset: str, calendar: Calendar, part: pl.DataFrame, evidence: Evidence, collected: np.ndarray | None
) -> Grid:
    day = part["day"].cast(pl.Int32).to_numpy().astype(np.int64)
    days = np.arange(day.min(), epoch_day(evidence.last) + 1, dtype=np.int64)
    regions = part["region"].unique(maintain_order=True)
    row = part["region"].replace_strict(regions, list(range(len(regions))), return_dtype=pl.Int64).to_numpy()
    counts = np.zeros((len(regions), len(days)), dtype=np.int64)
    np.add.at(counts, (row, day - days[0]), part["n"].to_numpy())
    edges = calendar.working_us_before(np.append(days, days[-1] + 1) * 86_400_000_000)
    asked = np.ones(len(days), dtype=bool) if collected is None else np.isin(days, collected)
    hours = np.where(asked, np.diff(edges) / 3.6e9, 0.0)
    return Grid(dataset, tuple(regions), days, counts, hours, asked, epoch_day(evidence.first))


def of_regions(regions: Iterable[Region]) -> pl.DataFrame:
    """Frame of a registry's regions: [region, calendar, zone]."""
    rows = [(item.code, item.calendar, item.timezone) for item in regions]
    return pl.DataFrame(
        rows, schema={"region": pl.String, "calendar": pl.String, "zone": pl.String}, orient="row"
    )
