"""What a seeded defect is, and where it is planted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from checks.monitors.profile import localised
from metrics.datasets import DATASETS

SIX_WEEKS = (dt.date(2025, 9, 1), dt.date(2025, 10, 12))
TO_THE_END = (dt.date(2025, 10, 1), dt.date(2025, 12, 31))


def some(first: dt.date, days: int) -> tuple[dt.date, dt.date]:
    """Days from the first, so many of them."""
    return first, first + dt.timedelta(days=days - 1)


@dataclass(frozen=True)
class Site:
    """Where a defect is planted: a region and days. ``other``: another region, to copy into."""

    region: str
    other: str
    days: tuple[dt.date, dt.date]
    regions: pl.DataFrame
    rng: np.random.Generator

    def inside(self, frame: pl.DataFrame, column: str) -> pl.Series:
        """Which rows are of the region, and of the days on its clock."""
        return self._on_days(frame, column) & (frame["region"] == self.region)

    def _on_days(self, frame: pl.DataFrame, column: str) -> pl.Series:
        day = localised(frame.select("region", column), self.regions, column)[column].cast(pl.Date)
        return day.is_between(*self.days).fill_null(value=False)

    def chosen(self, frame: pl.DataFrame, dataset: str, share: float = 1.0) -> pl.Series:
        """Which rows are of the site; of these a share by chance."""
        lucky = pl.Series(self.rng.random(frame.height) < share)
        return self.inside(frame, DATASETS[dataset].anchor) & lucky

    def few(self, frame: pl.DataFrame, dataset: str, number: int, where: pl.Expr | None = None) -> pl.Series:
        """Which rows of the site, at most so many of those that fit, evenly over the days."""
        fits = self.chosen(frame, dataset)
        fits = fits & frame.select(where.fill_null(value=False)).to_series() if where is not None else fits
        places = fits.arg_true()
        picked = places.gather_every(max(1, len(places) // number)).head(number)
        return pl.Series(np.isin(np.arange(frame.height), picked.to_numpy()))


Plant = Callable[[pl.DataFrame, Site], pl.DataFrame]


@dataclass(frozen=True)
class Defect:
    """A kind of defect.

    ``plant``: from the clean records of the record set to the spoilt ones. ``found_by``: the rule
    or monitor that must find it, in ``field`` (``None``: of the whole record). ``anomaly``: found by
    statistics, so that chance has a say. ``nameless``: the records no longer say their region.
    ``both``: it shows in both regions. ``elsewhere``: record set that the finding is about.
    """

    id: str
    dataset: str
    found_by: str
    plant: Plant
    effect: str
    field: str | None = None
    days: tuple[dt.date, dt.date] = SIX_WEEKS
    anomaly: bool = False
    nameless: bool = False
    both: bool = False
    elsewhere: str | None = None
    part: str = "records"
    """What is spoilt: "records", or the "columns" of the batch as it came, or the "totals"."""


def changed(frame: pl.DataFrame, where: pl.Series, **columns: pl.Expr) -> pl.DataFrame:
    """Frame in which columns of some rows are something else."""
    flag = pl.Series("_here", where, dtype=pl.Boolean)
    return (
        frame.with_columns(flag)
        .with_columns(
            pl.when("_here").then(value.cast(frame.schema[name])).otherwise(name).alias(name)
            for name, value in columns.items()
        )
        .drop("_here")
    )


def copied(frame: pl.DataFrame, where: pl.Series, letter: str, **columns: pl.Expr) -> pl.DataFrame:
    """Frame with further rows: copies of some, with ids of their own and some columns changed."""
    further = frame.filter(where).with_columns(pl.format("{}{}", pl.lit(letter), "id").alias("id"), **columns)
    return pl.concat([frame, further.cast(frame.schema)])


def moved(days: float) -> Callable[[str], pl.Expr]:
    """Give a column of instants, so many days later."""
    return lambda name: pl.col(name) + pl.duration(seconds=round(days * 86_400))
