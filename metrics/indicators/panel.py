"""Places and periods of the figures, and the pooling of records over both.

A place is a number: the regions, then the provinces, then the nation. A period is a number:
0 for all, 2025, 202507. Pooling adds up records; no figure of a place is an average of figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import polars as pl

from metrics.calendar import DAY_US, Calendar
from metrics.packing import Ints
from metrics.regions import Registry

GROUP = ("place", "period")
WHOLE = 0
NATION = "*"
KEY_RANGE = 1 << 20
LEAST_KEY = -1
"""Periods, buckets and elements lie in -1 … a million: three of them fit into one number."""
MONTHS = 100
"""Months are numbered year * 100 + month."""


class Panel:
    """Regions, provinces and the nation as numbered places, each with its clock and calendar."""

    def __init__(self, registry: Registry, calendars: dict[str, Calendar]) -> None:
        self.regions = list(registry.regions.values())
        self.calendars = calendars
        codes, provinces = list(registry.regions), list(registry.provinces)
        levels = ["region"] * len(codes) + ["province"] * len(provinces) + ["nation"]
        self.levels = levels
        self.codes = [*codes, *provinces, NATION]
        self.nation = len(codes) + len(provinces)
        self._region_place = pl.DataFrame(
            {"region": codes, "place": np.arange(len(codes))}, schema={"region": pl.String, "place": pl.Int64}
        )
        number = {code: len(codes) + i for i, code in enumerate(provinces)}
        self._province_of = np.array([number[r.province.code] for r in self.regions], dtype=np.int64)

    def placed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with ``place`` and ``month`` (202507); rows of regions that are not registered go."""
        month = pl.col("partition").str.replace("-", "").cast(pl.Int64).alias("month")
        return self.numbered(rows).with_columns(month)

    def numbered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with the ``place`` of their region; rows of regions that are not registered go."""
        return rows.join(self._region_place, on="region", how="inner")

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of places that are regions, with the code of the ``region``."""
        return rows.join(self._region_place, on="place", how="inner")

    def over_periods(self, cells: pl.DataFrame, by: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
        """Sums of cells that have a place and a ``month``, by place, period and ``by`` (at most one)."""
        monthly = _summed(cells.with_columns(period="month"), by, sums)
        yearly = _summed(monthly.with_columns(pl.col("period") // MONTHS), by, sums)
        whole = _summed(yearly.with_columns(period=pl.lit(WHOLE, pl.Int64)), by, sums)
        return pl.concat([monthly, yearly, whole])

    def over_places(self, cells: pl.DataFrame, by: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
        """Cells of regions by period, and the sums over provinces and the nation beneath them."""
        regional = _summed(cells, by, sums)
        province = pl.Series("place", self._province_of[regional["place"].to_numpy()], pl.Int64)
        provincial = _summed(regional.with_columns(province), by, sums)
        national = _summed(provincial.with_columns(place=pl.lit(self.nation, pl.Int64)), by, sums)
        return pl.concat([regional, provincial, national])

    def pooled(self, cells: pl.DataFrame, sums: Sequence[str], by: Sequence[str] = ()) -> pl.DataFrame:
        """Sums over all levels and all periods."""
        return self.over_places(self.over_periods(cells, by, sums), by, sums)

    @cached_property
    def clocks(self) -> dict[str, Ints]:
        """Places of the regions on each time zone."""
        return _grouped([region.timezone for region in self.regions])

    @cached_property
    def calendar_places(self) -> dict[str, Ints]:
        """Places of the regions on each calendar."""
        return _grouped([region.calendar for region in self.regions])

    def local_us(self, place: Ints, utc_us: Ints) -> Ints:
        """Instants (µs UTC) as µs on the clock of each one's region."""
        local = np.empty_like(utc_us)
        zone_of = self._number_of(self.clocks)
        for number, zone in enumerate(self.clocks):
            chosen = zone_of[place] == number
            utc = pl.Series(utc_us[chosen]).cast(pl.Datetime("us", "UTC"))
            naive = utc.dt.convert_time_zone(zone).dt.replace_time_zone(None)
            local[chosen] = naive.to_physical().to_numpy()
        return local

    def local_day(self, place: Ints, utc_us: Ints) -> Ints:
        """Local epoch day of each instant."""
        return np.floor_divide(self.local_us(place, utc_us), DAY_US)

    def working_us_before(self, place: Ints, local_us: Ints) -> Ints:
        """Working µs before each local instant, by the calendar of its region."""
        before = np.empty_like(local_us)
        for name, chosen in self._by_calendar(place):
            before[chosen] = self.calendars[name].working_us_before(local_us[chosen])
        return before

    def workday_index(self, place: Ints, days: Ints) -> Ints:
        """Working days up to and including each local day, by the calendar of its region."""
        index = np.empty_like(days)
        for name, chosen in self._by_calendar(place):
            index[chosen] = self.calendars[name].workday_index(days[chosen])
        return index

    def _by_calendar(self, place: Ints) -> list[tuple[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
        of = self._number_of(self.calendar_places)[place]
        return [(name, of == number) for number, name in enumerate(self.calendar_places)]

    def _number_of(self, grouped: dict[str, Ints]) -> Ints:
        numbers = np.zeros(len(self.regions), dtype=np.int64)
        for number, places in enumerate(grouped.values()):
            numbers[places] = number
        return numbers


def period_name(period: int) -> str:
    """Name of a period: "all", "2025" or "2025-07"."""
    if period == WHOLE:
        return "all"
    return str(period) if period < MONTHS * MONTHS else f"{period // MONTHS}-{period % MONTHS:02d}"


def month_ends(months: Ints) -> Ints:
    """Last epoch day of each month (202507)."""
    return month_starts(months + np.where(months % MONTHS == 12, MONTHS - 11, 1)) - 1  # noqa: PLR2004 - December


def month_starts(months: Ints) -> Ints:
    """First epoch day of each month (202507)."""
    count = (months // MONTHS - 1970) * 12 + months % MONTHS - 1
    return count.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def months_of(days: Ints) -> Ints:
    """Month (202507) of each epoch day."""
    count = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return (count // 12 + 1970) * MONTHS + count % 12 + 1


def month_rows(window: pl.DataFrame) -> pl.DataFrame:
    """Months of each place's window (place, first, last): place, month, from, until; days, both included."""
    low, high = (months_of(window[name].to_numpy()) for name in ("first", "last"))
    start, end = ((m // MONTHS) * 12 + m % MONTHS - 1 for m in (low, high))
    count = end - start + 1
    row = np.repeat(np.arange(len(count)), count)
    serial = start[row] + np.arange(len(row)) - (np.cumsum(count) - count)[row]
    month = (serial // 12) * MONTHS + serial % 12 + 1
    return window[row].select(
        "place",
        pl.Series("month", month, pl.Int64),
        pl.max_horizontal("first", pl.Series(month_starts(month), dtype=pl.Int64)).alias("from"),
        pl.min_horizontal("last", pl.Series(month_ends(month), dtype=pl.Int64)).alias("until"),
    )


def at_ends(cells: pl.DataFrame) -> pl.DataFrame:
    """States of places at the ends of months (place, month, …) as those at the ends of all periods."""
    monthly = cells.with_columns(period="month")
    last = (
        cells.sort("place", "month").group_by("place", pl.col("month") // MONTHS, maintain_order=True).last()
    )
    yearly = last.with_columns(period="month")
    whole = yearly.group_by("place", maintain_order=True).last().with_columns(period=pl.lit(WHOLE, pl.Int64))
    return pl.concat([part.select(monthly.columns) for part in (monthly, yearly, whole)]).drop("month")


def _summed(cells: pl.DataFrame, by: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
    """Sums by place, period and ``by``, sorted. All keys go into one number, which sorts as they do."""
    key = pl.col("place")
    for name in ("period", *by):
        key = key * KEY_RANGE + (pl.col(name) - LEAST_KEY)
    rest = pl.col("key")
    decoded = []
    for name in reversed(("period", *by)):
        decoded.append((rest % KEY_RANGE + LEAST_KEY).alias(name))
        rest = rest // KEY_RANGE
    found = cells.select(key.alias("key"), *sums).group_by("key").agg(pl.col(name).sum() for name in sums)
    return found.sort("key").select(rest.alias("place"), *reversed(decoded), *sums)


def _grouped(names: Sequence[str]) -> dict[str, Ints]:
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(name, []).append(place)
    return {name: np.array(places, dtype=np.int64) for name, places in found.items()}
