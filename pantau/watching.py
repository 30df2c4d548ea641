"""Watching the data: the monitors over what has changed, and incidents from what they and the rules find.

Derived from the archive and the store alone, so that a run after a crash, or on another machine, finds
the same. A run judges the last ``WINDOW`` days again, since late records change them, and besides them the
days from the first on whose number of records has changed; what was found on other days stays as it was.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import polars as pl

from checks.compile import CONTRACTS, load_contract
from checks.incidents import Changes, Places, follow
from checks.monitors import MONITORS
from checks.monitors.evidence import COLUMNS, EXPECTED, Evidence
from checks.monitors.judging import Ran, judge
from exporters.shapes import Shapes
from metrics.model import Outcome, Severity
from metrics.observation import Cost, Finding, Watch
from metrics.store.profiles import Shape
from pantau.profiles import JUDGED, ROWS_AT_ONCE, Parts, Profiles
from pantau.verdicts import rule_verdicts

WINDOW = 35
"""Days that are judged again in each run."""
HISTORY, HISTORY_OF_SHARES = dt.timedelta(days=430), dt.timedelta(days=147)
"""What the monitors may compare with, before the first day judged: of the numbers of records a year and the
weeks around it; of what the fields hold the twelve weeks before a block of four, and a month between."""
LIVE_DAYS = 3
"""Days after the last fetch within which sources count as being collected."""


class Watching:
    """Runs of the monitors over one installation. One process at a time, as for the intake."""

    def __init__(self, parts: Parts, shapes: Shapes | None = None) -> None:
        self._parts = parts
        self._shapes = shapes
        self._profiles = Profiles(parts)
        self._contracts = {name: load_contract(name) for name in CONTRACTS}

    def run(self, *, from_day: dt.date | None = None) -> Watch | None:
        """Judge what has changed, and follow it up; ``None`` where nothing has, or no day is over.

        ``from_day``: judge everything from this day on.
        """
        began, now = time.perf_counter(), self._parts.clock()
        brought = self._profiles.bring_up()
        shapes, are_new = self._known_shapes()
        unjudged = self._parts.store.unjudged()
        span = self._span([day for day in (unjudged, from_day) if day], now)
        if span is None or not (are_new or from_day or self._is_news(brought.versions, span[1])):
            changes = self._followed([], now, span[1] if span else now.date())
            self._parts.store.put_incidents(changes.incidents, changes.acts)
            return None
        first, last = span
        ran: list[Ran] = []
        rows = brought.rows
        for begins, ends in self._windows(first, last):
            evidence = self._evidence(begins, ends, shapes)
            rows += sum(frame.height for frame in evidence.records.values())
            ran += judge(evidence, MONITORS, time.perf_counter)
        findings = settled(ran)
        watch = Watch(
            f"{now:%Y%m%dT%H%M%S%f}",
            now,
            time.perf_counter() - began,
            first,
            last,
            rows,
            brought.versions,
            self._parts.store.simulated(),
        )
        day = now.date()
        costs = [Cost(part.monitor, "", day, 1, part.seconds * 1000, part.rows) for part in ran]
        changes = self._followed(findings, now, last)
        self._parts.store.put_watch(watch, findings, costs, changes.incidents, changes.acts)
        self._parts.store.put_shapes(_accepted(shapes, findings))
        return watch

    def _is_news(self, versions: Mapping[str, int], last: dt.date) -> bool:
        """Whether the archive, or the day, is another than in the latest run."""
        latest = self._parts.store.watches(1)
        return not latest or (latest[0].archive_versions, latest[0].last) != (dict(versions), last)

    def _known_shapes(self) -> tuple[list[Shape], bool]:
        """What the batches of each source look like, and whether this process has taken in any."""
        store = self._parts.store
        known = store.shapes()
        new = self._shapes.take(known) if self._shapes is not None else []
        store.put_shapes(new)
        return store.shapes() if new else known, bool(new)

    def _followed(self, findings: Sequence[Finding], now: dt.datetime, last: dt.date) -> Changes:
        """What becomes of the incidents, by what the monitors and the latest batches say."""
        store = self._parts.store
        rules = rule_verdicts(store.standings(current=True), self._contracts)
        return follow(
            store.incidents(),
            [*findings, *rules],
            self._places(),
            now=now,
            last=last,
            simulated=store.simulated(),
        )

    def _places(self) -> Places:
        """Province of each region, and the platform of its digital service, where it is known."""
        regions = self._parts.registry.regions
        provinces = {code: region.province.code for code, region in regions.items()}
        events = self._parts.store.rollout_events()
        return Places(provinces, {event.region: event.platform for event in events if event.platform})

    def _span(self, changed: Sequence[dt.date], now: dt.datetime) -> tuple[dt.date, dt.date] | None:
        """First and last day to be judged, ``None`` where none is over."""
        known = self._profiles.days()
        if known is None:
            return None
        earliest, latest = known
        zones = self._profiles.regions["zone"].unique().to_list()
        over = min(now.astimezone(ZoneInfo(zone)).date() for zone in zones) - dt.timedelta(days=1)
        last = over if self._is_live(now) else min(latest, over)
        first = min([last - dt.timedelta(days=WINDOW - 1), *changed])
        return (max(first, earliest), last) if last >= earliest else None

    def _is_live(self, now: dt.datetime) -> bool:
        """Whether sources are being collected, so that a day without records is a silent day."""
        tried = [state.attempted for state in self._parts.store.sources() if state.attempted]
        return bool(tried) and max(tried) > now - dt.timedelta(days=LIVE_DAYS)

    def _windows(self, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
        """The days to be judged in stretches of months whose records fit into memory together."""
        counted = {dataset: self._parts.archive.counts(dataset) for dataset in JUDGED}
        start, room = first, ROWS_AT_ONCE
        for month in _months(first, last):
            here = sum(min(there.get(month, 0), ROWS_AT_ONCE // 4) for there in counted.values())
            begins = dt.date.fromisoformat(f"{month}-01")
            room -= here
            if room < 0 and begins > start:
                yield start, begins - dt.timedelta(days=1)
                start, room = begins, ROWS_AT_ONCE - here
        yield start, last

    def _evidence(self, first: dt.date, last: dt.date, shapes: Sequence[Shape]) -> Evidence:
        rows = {dataset: self._rows(dataset, first, last) for dataset in JUDGED}
        return Evidence(
            first=first,
            last=last,
            regions=self._profiles.regions,
            calendars=self._parts.calendars,
            contracts=self._contracts,
            counts=self._profiles.counts(first - HISTORY, last),
            shares=self._profiles.shares(first - HISTORY_OF_SHARES, last),
            records={dataset: frame for dataset, frame in rows.items() if frame is not None},
            columns=_described(shape.columns for shape in shapes),
            columns_before=_described(shape.before for shape in shapes),
            totals=self._parts.store.source_totals(),
            expected=self._expected(),
        )

    def _expected(self) -> pl.DataFrame:
        """Regions with a source of their own, and the day on which any was first asked."""
        store = self._parts.store
        asked = {source: first.date() for source, first in store.first_source_runs().items()}
        rows = [
            (state.dataset, state.region, asked[state.id])
            for state in store.sources()
            if state.region is not None and state.id in asked
        ]
        known = pl.DataFrame(rows, schema=EXPECTED, orient="row")
        return known.group_by("dataset", "region").agg(pl.col("since").min())

    def _rows(self, dataset: str, first: dt.date, last: dt.date) -> pl.DataFrame | None:
        """Current records of the months from a day to another; of a large record set the latest months."""
        version = self._parts.archive.version(dataset)
        there = self._parts.archive.counts(dataset, version) if version >= 0 else {}
        found: list[pl.DataFrame] = []
        room = ROWS_AT_ONCE
        for month in reversed(_months(first, last)):
            room -= there.get(month, 0)
            if room >= 0 and month in there:
                found += self._profiles.records(dataset, month, version)
        return pl.concat(found) if found else None


def _accepted(shapes: Sequence[Shape], findings: Iterable[Finding]) -> list[Shape]:
    """Shapes that the next batch is compared with: of sources without a critical change, the latest."""
    broken = {
        (item.dataset, item.region)
        for item in findings
        if item.monitor == "schema" and item.failed and item.severity is Severity.CRITICAL
    }
    whole = {dataset for dataset, region in broken if region is None}
    return [
        replace(shape, before=shape.columns)
        for shape in shapes
        if shape.before != shape.columns
        and shape.dataset not in whole
        and (shape.dataset, shape.source.partition("/")[0]) not in broken
    ]


def _described(sources: Iterable[Sequence[Mapping[str, object]]]) -> pl.DataFrame:
    return pl.DataFrame([dict(row) for columns in sources for row in columns], schema=COLUMNS)


def _months(first: dt.date, last: dt.date) -> list[str]:
    """Months "YYYY-MM" from a day to another."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]


def settled(ran: Iterable[Ran]) -> list[Finding]:
    """Findings of stretches that follow each other: of one that goes on into the next, the longer.

    A pass, or "could not be checked", of an earlier stretch gives way to what the latest says.
    """
    kept: dict[tuple[object, ...], Finding] = {}
    for part in ran:
        for item in part.findings:
            since = item.days[0] if item.days else None
            place = (item.monitor, item.dataset, item.region, item.field)
            kept[*place, item.outcome is Outcome.FAIL, since if item.failed else None] = item
    return sorted(kept.values(), key=lambda item: item.order)
