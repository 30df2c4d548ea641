"""Profiles of the records: what the monitors compare over time, kept up with the archive month by month.

A profile is counted from the current version of each record, so that a record that came late, or anew,
changes the month that it belongs to and nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from checks.compile import load_contract
from checks.contract import Contract
from checks.monitors.evidence import COUNTS, SHARES, of_regions
from checks.monitors.profile import counts, shares
from metrics.archive import Archive
from metrics.calendar import Calendar
from metrics.regions import Registry
from metrics.rollup import RollUp
from metrics.store import Store
from metrics.store.profiles import ProfileMark

PROFILE_VERSION = "1"
"""Raised whenever the same records would give other profiles."""
ROWS_AT_ONCE = 500_000
"""Rows that are held in memory at one time."""
JUDGED = ("transactions", "complaints", "surveys", "probes", "traffic")
"""Record sets with a day-to-day course."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What watching works on."""

    archive: Archive
    store: Store
    rollup: RollUp
    registry: Registry
    calendars: Mapping[str, Calendar]
    clock: Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing the profiles up to date gave.

    ``rows``: records read. ``versions``: of the archive, by record set.
    """

    rows: int
    versions: dict[str, int]


class Profiles:
    """Profiles of one installation, and the records that they are counted from."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.regions = of_regions(parts.registry.regions.values())
        self.contracts: dict[str, Contract] = {name: load_contract(name) for name in JUDGED}

    def bring_up(self) -> Brought:
        """Count anew the months that the archive has changed since."""
        archive, store = self._parts.archive, self._parts.store
        rows = 0
        versions: dict[str, int] = {}
        for dataset in JUDGED:
            version = archive.version(dataset)
            if version < 0:
                continue
            versions[dataset] = version
            behind = self._behind(dataset, version)
            for month in behind:
                rows += self._count(dataset, month, version)
            mark = ProfileMark(version, self._state)
            if store.profile_mark(dataset) != mark:
                store.put_profile_mark(dataset, mark, archive.months(dataset, version))
        return Brought(rows, versions)

    def records(self, dataset: str, month: str, version: int) -> Iterator[pl.DataFrame]:
        """Current records of a month, as the contract has them, in parts that memory holds."""
        schema = self.contracts[dataset].polars_schema
        there = self._parts.archive.counts(dataset, version).get(month, 0)
        codes = sorted(self._parts.registry.regions)
        size = max(1, len(codes) * ROWS_AT_ONCE // max(there, ROWS_AT_ONCE))
        for start in range(0, len(codes), size):
            table = self._parts.rollup.current(dataset, month, version, codes[start : start + size])
            if table.num_rows:
                yield pl.DataFrame(pl.from_arrow(table)).select(
                    pl.col(name).cast(kind) for name, kind in schema.items()
                )

    def counts(self, since: dt.date, last: dt.date) -> pl.DataFrame:
        """Records of each region and day, of all record sets."""
        return self._between("counts", COUNTS, since, last)

    def shares(self, since: dt.date, last: dt.date) -> pl.DataFrame:
        """Records of each region, week, field and value, of all record sets."""
        return self._between("shares", SHARES, since, last)

    def days(self) -> tuple[dt.date, dt.date] | None:
        """First and last day with records, ``None`` where there are none."""
        found: list[dt.date] = []
        for dataset in JUDGED:
            months = self._parts.archive.months(dataset)
            for month in {*months[:1], *months[-1:]}:
                for frame in self._parts.store.profile("counts", dataset, month, month):
                    found += frame["day"].to_list()
        return (min(found), max(found)) if found else None

    @cached_property
    def _state(self) -> str:
        """Digest of everything besides the records that a profile depends on."""
        calendars = sorted((name, one.digest) for name, one in self._parts.calendars.items())
        content = repr((PROFILE_VERSION, calendars, sorted(self.regions.rows())))
        return hashlib.sha256(content.encode()).hexdigest()

    def _behind(self, dataset: str, version: int) -> list[str]:
        """Months whose profiles are older than the archive."""
        months = self._parts.archive.months(dataset, version)
        mark = self._parts.store.profile_mark(dataset)
        if mark is None or mark.state != self._state:
            return months
        commits = self._parts.archive.commits(dataset, after=mark.archive_version)
        if any(commit.months is None for commit in commits):
            return months
        touched = {month for commit in commits for month in commit.months or ()}
        return [month for month in months if month in touched]

    def _count(self, dataset: str, month: str, version: int) -> int:
        """Count a month; returns the rows read. From which day on is to be judged again is written first."""
        rows = 0
        numbers, held = [pl.DataFrame(schema=COUNTS)], [pl.DataFrame(schema=SHARES)]
        for records in self.records(dataset, month, version):
            rows += records.height
            numbers.append(counts(dataset, records, self.regions))
            held.append(shares(dataset, records, self.regions, self._parts.calendars))
        number = pl.concat(numbers).sort("region", "day")
        store = self._parts.store
        changed = _first_change(store.profile("counts", dataset, month, month), number)
        unjudged = store.unjudged()
        if changed is not None and (unjudged is None or changed < unjudged):
            store.put_unjudged(changed)
        store.put_profile(dataset, month, number, pl.concat(held))
        return rows

    def _between(self, name: str, schema: pl.Schema, since: dt.date, last: dt.date) -> pl.DataFrame:
        """Profiles added up: shares of one week may stand in two months."""
        first_month, last_month = f"{since:%Y-%m}", f"{last:%Y-%m}"
        parts = [
            frame
            for dataset in JUDGED
            for frame in self._parts.store.profile(name, dataset, first_month, last_month)
        ]
        joined = pl.concat([pl.DataFrame(schema=schema), *parts])
        keys = [column for column in schema.names() if column != "n"]
        return joined.group_by(keys).agg(pl.col("n").sum()).sort(keys).select(schema.names())


def _first_change(before: Sequence[pl.DataFrame], now: pl.DataFrame) -> dt.date | None:
    was = before[0] if before else now.clear()
    both = now.join(was, on=["dataset", "region", "day"], how="full", coalesce=True, suffix="_was")
    moved = both.filter(pl.col("n").fill_null(0) != pl.col("n_was").fill_null(0))
    first: dt.date | None = moved["day"].min()  # type: ignore[assignment] # a column of dates
    return first
