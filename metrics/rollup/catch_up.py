"""Bring the store's roll-ups up to the archive: only the months that changed, in one transaction.

What drives a roll-up is the archive's own log, not the process that wrote to it: each record
set has a watermark, the version of the archive that its roll-up stands for. Whatever was
committed since is rolled up and put into the store together with the new watermark and the
batches' own accounts, which the log carries. A process that dies between the two leaves
nothing behind that the next run would not find.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from metrics.ahead import one_ahead
from metrics.archive import Archive, Commit
from metrics.calendar import Calendar, epoch_day
from metrics.datasets import DATASETS
from metrics.model import Batch, CheckResult
from metrics.regions import Registry
from metrics.rollup.cases import case_rollup
from metrics.rollup.context import DAYS_OF_CALENDAR, Context
from metrics.rollup.engine import Engine
from metrics.rollup.events import event_rollup
from metrics.rollup.probes import probe_rollup
from metrics.rollup.surveys import survey_rollup
from metrics.rollup.traffic import traffic_rollup
from metrics.store import Store

ROLLUP_VERSION = "1"
"""Raised whenever the same records would be rolled up into other rows."""

ROLLUPS: dict[str, tuple[str, Callable[[str, Context], pa.Table]]] = {
    "transactions": ("case_rollup", case_rollup),
    "complaints": ("case_rollup", case_rollup),
    "surveys": ("survey_rollup", survey_rollup),
    "probes": ("probe_rollup", probe_rollup),
    "traffic": ("traffic_rollup", traffic_rollup),
    "rollout_events": ("rollout_event", event_rollup),
}

ROWS_AT_ONCE = 300_000
"""Rows that are rolled up in one go: fewer cost time, more cost memory."""

_FIRST_DAY, _LAST_DAY = 9_131, 40_176  # 1995-01-01 and 2079-12-31


@dataclass(frozen=True, slots=True)
class RollUpSettings:
    """``complaint_days``: working days in which a complaint of a class is to be resolved.

    The defaults are the classes of SP4N-LAPOR!; other classes have no deadline of their own.
    """

    complaint_days: Mapping[str, int] = field(
        default_factory=lambda: {"information": 5, "non_supervisory": 14, "supervisory": 60}
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """A batch that this process just took in, with what only this process knows of it.

    ``checks``: results that are kept of the batch. ``judged``: all, for the history of each check.
    """

    batch: Batch
    checks: Sequence[CheckResult] = ()
    judged: Sequence[CheckResult] = ()
    rejections: Mapping[tuple[str | None, str], int] = field(default_factory=dict)


class RollUp:
    """Roll-ups of one archive into one store."""

    def __init__(
        self,
        archive: Archive,
        store: Store,
        engine: Engine,
        registry: Registry,
        calendars: Mapping[str, Calendar],
        settings: RollUpSettings | None = None,
    ) -> None:
        self._archive = archive
        self._store = store
        self._engine = engine
        self._registry = registry
        self._calendars = calendars
        self._settings = settings or RollUpSettings()
        self.digest = _digest(registry, calendars, self._settings)

    @cached_property
    def _context(self) -> Context:
        """Tables beside the records; made when something is to be rolled up, not before."""
        engine = self._engine
        return Context(
            engine=engine,
            regions=engine.table("regions", _region_table(self._registry, self._calendars)),
            days=engine.table("days", _day_table(self._calendars)),
            class_days=engine.table("class_days", _class_table(self._settings)),
            month=engine.table("month_of_rollup", _month_table("1970-01")),
            wanted=engine.table("wanted_regions", _wanted(())),
        )

    def catch_up(self, dataset: str, arrivals: Sequence[Arrival] = ()) -> list[str]:
        """Roll up what the archive has and the store has not; returns the months it touched."""
        version = self._archive.version(dataset)
        commits, months = self._behind(dataset, version)
        if not months and not arrivals and not commits:
            return []
        known = {arrival.batch.id for arrival in arrivals}
        name = ROLLUPS[dataset][0]
        with self._store.rollup_transaction(dataset) as writer:
            for group, rows in self._rolled_up(dataset, months, version):
                writer.replace(group, {name: rows})
            for arrival in _recovered(commits, known):
                writer.batches([arrival.batch])
                writer.rejections(arrival.batch.id, arrival.rejections)
            for arrival in arrivals:
                writer.batches([arrival.batch])
                writer.rejections(arrival.batch.id, arrival.rejections)
                writer.checks(arrival.batch.id, arrival.checks)
                writer.history(arrival.judged, arrival.batch.finished or arrival.batch.started)
            writer.watermark(archive_version=version, calendar_hash=self.digest)
        return months

    def rebuild(self, dataset: str) -> list[str]:
        """Roll every month up anew, and drop what the archive has no records of."""
        version = self._archive.version(dataset)
        months = self._archive.months(dataset, version) if version >= 0 else []
        if not months and self._store.watermark(dataset) is None:
            return []
        name = ROLLUPS[dataset][0]
        gone = sorted(set(self._store.partitions(dataset)) - set(months))
        with self._store.rollup_transaction(dataset) as writer:
            writer.replace(gone, {})
            for group, rows in self._rolled_up(dataset, months, version):
                writer.replace(group, {name: rows})
            writer.watermark(archive_version=version, calendar_hash=self.digest)
        return months

    def as_of(self, dataset: str, version: int) -> Iterator[pa.Table]:
        """Rows of all months as of a version of the archive, some months at a time."""
        months = self._archive.months(dataset, version)
        for _, rows in self._rolled_up(dataset, months, version):
            yield rows

    def rows(self, dataset: str, months: Sequence[str], version: int) -> pa.Table:
        """Rows of some months as of a version of the archive (of one month, where it has neighbours)."""
        context = self._context  # first: making it sets the month anew
        wanted = [*months]
        if reach := DATASETS[dataset].neighbours:
            [month] = months
            there = self._archive.months(dataset, version)
            at = there.index(month)
            wanted = there[max(0, at - reach) : at + reach + 1]
            self._engine.table("month_of_rollup", _month_table(month))
        self._engine.load(self._archive, dataset, wanted, version)
        return ROLLUPS[dataset][1](dataset, context)

    def current(self, dataset: str, month: str, version: int, regions: Sequence[str]) -> pa.Table:
        """Current version of each record of some regions and a month, with all columns of the archive."""
        context = self._context
        self._engine.table("wanted_regions", _wanted(regions))
        self._engine.load(self._archive, dataset, [month], version)
        return context.run(dataset, "current", _of_wanted)

    def _rolled_up(
        self, dataset: str, months: Sequence[str], version: int
    ) -> Iterator[tuple[list[str], pa.Table]]:
        """Groups of months with their rows. One is computed while the caller puts the last away."""
        groups = self._groups(dataset, months, version)
        return one_ahead((group, self.rows(dataset, group, version)) for group in groups)

    def _groups(self, dataset: str, months: Sequence[str], version: int) -> list[list[str]]:
        """Months to roll up together: as many as have ``ROWS_AT_ONCE``, one at least."""
        if DATASETS[dataset].neighbours:
            return [[month] for month in months]
        counts = self._archive.counts(dataset, version) if months else {}
        groups: list[list[str]] = []
        room = 0
        for month in months:
            room -= counts.get(month, 0)
            if room < 0:
                groups.append([])
                room = ROWS_AT_ONCE - counts.get(month, 0)
            groups[-1].append(month)
        return groups

    def _behind(self, dataset: str, version: int) -> tuple[list[Commit], list[str]]:
        """Commits that the store has not heard of, and the months to roll up again."""
        there = self._archive.months(dataset, version) if version >= 0 else []
        watermark = self._store.watermark(dataset)
        if watermark is None or watermark.calendar_hash != self.digest:
            after = -1 if watermark is None else watermark.archive_version
            return self._archive.commits(dataset, after=after), there
        commits = self._archive.commits(dataset, after=watermark.archive_version)
        if any(commit.months is None for commit in commits):
            return commits, there
        changed = {month for commit in commits for month in commit.months or ()}
        reach = DATASETS[dataset].neighbours
        touched = {
            neighbour
            for at, month in enumerate(there)
            if month in changed
            for neighbour in there[max(0, at - reach) : at + reach + 1]
        }
        return commits, sorted(touched)


def _recovered(commits: Sequence[Commit], known: set[str]) -> list[Arrival]:
    """Batches that were committed by a process that died before it could tell the store."""
    found = []
    for commit in commits:
        account: dict[str, Any] | None = commit.batch
        if not account or account["id"] in known:
            continue
        rejections = {(region, rule): n for region, rule, n in account["rejections"]}
        fields = {name: value for name, value in account.items() if name != "rejections"}
        for name in ("started", "finished"):
            fields[name] = dt.datetime.fromisoformat(fields[name]) if fields[name] else None
        found.append(Arrival(Batch(**{**fields, "archive_version": commit.version}), rejections=rejections))
    return found


def _digest(registry: Registry, calendars: Mapping[str, Calendar], settings: RollUpSettings) -> str:
    """Of everything besides the records that a roll-up depends on."""
    content = {
        "version": ROLLUP_VERSION,
        "calendars": {name: calendar.digest for name, calendar in sorted(calendars.items())},
        "regions": {code: region.calendar for code, region in sorted(registry.regions.items())},
        "complaint_days": dict(sorted(settings.complaint_days.items())),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _region_table(registry: Registry, calendars: Mapping[str, Calendar]) -> pa.Table:
    number = {name: at for at, name in enumerate(sorted(calendars))}
    regions = registry.regions.values()
    return pa.table(
        {
            "region": pa.array([region.code for region in regions], pa.string()),
            "calendar": pa.array([number[region.calendar] for region in regions], pa.int64()),
        }
    )


def _day_table(calendars: Mapping[str, Calendar]) -> pa.Table:
    tables = []
    for number, name in enumerate(sorted(calendars)):
        table = calendars[name].day_table(_FIRST_DAY, _LAST_DAY).drop_columns(["calendar"])
        for key, column in (("day_key", "day"), ("workday_key", "workday_index")):
            table = table.append_column(key, pc.add(table.column(column), number * DAYS_OF_CALENDAR))
        tables.append(table)
    return pa.concat_tables(tables)


def _wanted(regions: Sequence[str]) -> pa.Table:
    return pa.table({"region": pa.array(regions, pa.string())})


def _of_wanted(records: ir.Table, context: Context) -> ir.Table:
    return records.semi_join(context.wanted, "region")


def _month_table(month: str) -> pa.Table:
    """One row: a month "YYYY-MM" with its first and last epoch day."""
    first = dt.date.fromisoformat(f"{month}-01")
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return pa.table(
        {
            "month": pa.array([month], pa.string()),
            "first_day": pa.array([epoch_day(first)], pa.int64()),
            "last_day": pa.array([epoch_day(following) - 1], pa.int64()),
        }
    )


def _class_table(settings: RollUpSettings) -> pa.Table:
    days = settings.complaint_days
    return pa.table(
        {
            "class": pa.array(list(days), pa.string()),
            "working_days": pc.cast(pa.array(np.array(list(days.values()), np.int64)), pa.float64()),
        }
    )
