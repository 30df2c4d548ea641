"""Hand-made records and the roll-up rows that they add up to, built one by one without any frame."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from metrics.calendar import Calendar, calendars_of
from metrics.histogram import Histogram
from metrics.indicators import IndicatorSettings, compute
from metrics.model import IndicatorValue, Province, Region
from metrics.observation import Hold
from metrics.packing import pack
from metrics.quality import Verdicts
from metrics.regions import Registry

WEST, EAST = Province("W", "Barat", "g"), Province("E", "Timur", "g")
REGISTRY = Registry.of(
    "three",
    [
        Region("W.1", "Satu", "kota", WEST, "Asia/Jakarta", calendar="id-gov"),
        Region("W.2", "Dua", "kabupaten", WEST, "Asia/Makassar", calendar="mon-fri"),
        Region("E.1", "Tiga", "kota", EAST, "Asia/Jayapura", calendar="id-gov"),
    ],
)
CALENDARS: dict[str, Calendar] = calendars_of(r.calendar for r in REGISTRY.regions.values())
START = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
SEEN = datetime(2025, 7, 31, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Case:
    """A transaction or complaint as the archive knows it."""

    region: str
    start: datetime
    end: datetime | None = None
    due: datetime | None = None
    channel: str = ""
    dataset: str = "transactions"
    warned: bool = False

    @property
    def seconds(self) -> float:
        assert self.end is not None
        return (self.end - self.start) / timedelta(seconds=1)


def micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def local(region: str, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(REGISTRY.regions[region].timezone)).replace(tzinfo=UTC)


def local_day(region: str, instant: datetime) -> int:
    return (local(region, instant) - EPOCH) // DAY


def working_seconds(region: str, start: datetime, end: datetime) -> float:
    calendar = CALENDARS[REGISTRY.regions[region].calendar]
    before = calendar.working_us_before(np.array([micros(local(region, t)) for t in (start, end)]))
    return int(before[1] - before[0]) / 1e6


def case_rollup(cases: Iterable[Case], seen: datetime = SEEN) -> pl.DataFrame:
    """Rows of ``case_rollup``, one a record set, month, region and channel."""
    groups: dict[tuple[str, str, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        month = local(case.region, case.start).strftime("%Y-%m")
        groups[case.dataset, month, case.region, case.channel].append(case)
    return pl.DataFrame([_case_row(key, listed, seen) for key, listed in groups.items()])


def _case_row(key: tuple[str, str, str, str], cases: Sequence[Case], seen: datetime) -> dict[str, object]:
    dataset, month, region, channel = key
    ended = [case for case in cases if case.end]
    waiting = sorted((micros(c.start), micros(c.due) if c.due else -1) for c in cases if not c.end)
    elapsed = Histogram.of([case.seconds for case in ended])
    working = Histogram.of([working_seconds(region, c.start, c.end) for c in ended if c.end])
    with_due = [case for case in ended if case.due]
    on_time = sum(1 for case in with_due if case.end and case.due and case.end <= case.due)
    return {
        "dataset": dataset,
        "partition": month,
        "region": region,
        "channel": channel,
        "received": len(cases),
        "finished": len(ended),
        "open": len(waiting),
        "on_time": on_time,
        "late": len(with_due) - on_time,
        "warnings": sum(1 for case in cases if case.warned),
        "elapsed": elapsed.pack(),
        "elapsed_total_us": elapsed.total_microseconds,
        "working": working.pack(),
        "received_days": _counted(local_day(region, case.start) for case in cases),
        "finished_days": _counted(local_day(region, case.end) for case in ended if case.end),
        "open_cases": pack(*(np.array(c, np.int64) for c in zip(*waiting, strict=True))) if waiting else None,
        "last_observed_us": micros(seen),
    }


def _counted(days: Iterable[int]) -> bytes:
    counts = sorted(Counter(days).items())
    return pack(np.array([day for day, _ in counts], np.int64), np.array([n for _, n in counts], np.int64))


def figures(
    cases: Iterable[Case] = (),
    *,
    registry: Registry = REGISTRY,
    holds: Sequence[Hold] = (),
    verdicts: Verdicts | None = None,
    settings: IndicatorSettings | None = None,
    **tables: pl.DataFrame,
) -> dict[tuple[str, str, str, str], IndicatorValue]:
    """Computed values by indicator, level, region and period."""
    listed = list(cases)
    rollups = dict(tables) | ({"case_rollup": case_rollup(listed)} if listed else {})
    values = compute(rollups, registry, CALENDARS, settings, holds, verdicts)
    keyed = {(v.indicator, v.level, v.region, v.period): v for v in values}
    assert len(keyed) == len(values), "a figure was given twice"
    return keyed


@cache
def random_figures(seed: int) -> dict[tuple[str, str, str, str], IndicatorValue]:
    """Computed values of ``random_cases`` of a seed."""
    return figures(random_cases(seed))


def random_cases(seed: int, count: int = 300, dataset: str = "transactions") -> list[Case]:
    """Cases of all three regions, slow and fast ones; those that would end after ``SEEN`` are open."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        region = str(rng.choice(list(REGISTRY.regions), p=[0.5, 0.3, 0.2]))
        start = START + timedelta(seconds=int(rng.integers(0, 140 * 86400)))
        end = start + timedelta(
            seconds=int(rng.exponential({"W.1": 5, "W.2": 40, "E.1": 90}[region]) * 86400)
        )
        due = start + 14 * DAY if rng.random() < 0.7 else None
        channel = str(rng.choice(["", "digital", "counter", "other"]))
        found.append(Case(region, start, end if end <= SEEN else None, due, channel, dataset))
    return found
