"""A trial: clean simulated data, one defect in it, the gate and all monitors over it."""

from __future__ import annotations

import datetime as dt
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import polars as pl

from checks.chunk import ISSUES_SCHEMA, MappedChunk
from checks.compile import CONTRACTS, load_contract
from checks.gate import Gate
from checks.monitors import MONITORS
from checks.monitors.evidence import TOTALS, Evidence, of_regions
from checks.monitors.judging import judge
from checks.monitors.profile import columns, counts, localised, shares
from metrics.calendar import calendars_of
from metrics.datasets import DATASETS
from metrics.observation import Finding
from metrics.regions import indonesia
from simulator.country import Country
from simulator.year import simulate
from tests.checks.defects.kind import Defect, Site

YEAR = 2025
LAST = dt.date(YEAR, 12, 31)
NOW = dt.datetime(YEAR + 1, 1, 1, 12, tzinfo=dt.UTC)
REGIONS, SCALE = 4, 8.0
"""Regions of a trial, fewer than the simulator makes silent ones of, with forty cases a working day on average."""
WORKING_DAYS = 240.0
SOURCE_COLUMNS = ("id", "submitted", "status", "channel", "service", "promise_value")


@dataclass(frozen=True)
class World:
    """Clean records of a few regions, as the contracts have them, and the evidence of them."""

    seed: int
    evidence: Evidence
    region: str
    loudest: str
    begun: frozenset[str]
    alarms: frozenset[tuple[str, str, str | None, str | None]]


@dataclass(frozen=True)
class Trial:
    """What became of a defect: whether it was found, and the alarms about other regions.

    ``cases``: cases of the region on a working day, before the defect.
    """

    defect: Defect
    seed: int
    found: bool
    false: tuple[str, ...]
    cases: float
    seen: tuple[str, ...] = field(default=())


@cache
def clean(seed: int, regions: int = REGIONS, scale: float = SCALE) -> World:
    """World of a seed.

    ``begun``: regions whose digital channel began in the course of the year. ``region`` has had a digital channel since before the year; ``loudest`` has the most complaints.
    """
    every = list(indonesia().regions.values())
    step = len(every) // regions
    country = Country.of(every[seed % step :: step][:regions], seed=seed, year=YEAR, scale=scale)
    frame = of_regions(country.regions)
    calendars = calendars_of(frame["calendar"])
    records = {name: _mapped(name, rows) for name, rows in simulate(country).items()}
    totals = _totals(records["transactions"])
    adopted = country.traits.filter(pl.col("adopted") < dt.date(YEAR, 1, 1)).sort("adopted")["region"]
    region = adopted[0] if len(adopted) else country.regions[0].code
    source = columns("transactions", region, _source(records["transactions"], region))
    evidence = Evidence(
        first=dt.date(YEAR, 1, 1),
        last=LAST,
        regions=frame,
        calendars=calendars,
        contracts={name: load_contract(name) for name in CONTRACTS},
        counts=pl.concat(counts(name, rows, frame) for name, rows in records.items()),
        shares=pl.concat(shares(name, rows, frame, calendars) for name, rows in records.items()),
        records=records,
        columns=source,
        columns_before=source,
        totals=totals,
        expected=_expected(frame),
    )
    loudest = records["complaints"].group_by("region").len().sort("len", "region")["region"][-1]
    found = frozenset(_key(item) for item in alarms(evidence))
    later = country.traits.filter(pl.col("adopted") >= dt.date(YEAR, 1, 1))["region"]
    return World(seed, evidence, region, loudest, frozenset(later), found)


def try_out(defect: Defect, seed: int) -> Trial:
    """Plant a defect into the world of a seed and look who finds it."""
    world = clean(seed)
    rng = np.random.default_rng([seed, zlib.crc32(defect.id.encode())])
    region = world.loudest if defect.dataset == "complaints" else world.region
    other = next(code for code in world.evidence.regions["region"] if code != region)
    site = Site(region, other, defect.days, world.evidence.regions, rng)
    spoilt, rejected = _spoilt(defect, world, site)
    seen = [item for item in alarms(spoilt) if _key(item) not in world.alarms]
    hit = any(_matches(item, defect, site) for item in seen)
    hit |= any(_rejects(row, defect, site) for row in rejected)
    expected = {region} | ({other} if defect.both else set()) | ({None} if defect.nameless else set())
    false = [str(_key(item)) for item in seen if item.region not in expected]
    false += [f"{rule} in {region}" for region, rule, _ in rejected if region not in expected]
    cases = world.evidence.records["transactions"].filter(pl.col("region") == region).height / WORKING_DAYS
    return Trial(defect, seed, hit, tuple(false), cases, tuple(str(_key(item)) for item in seen))


def alarms(evidence: Evidence) -> Iterator[Finding]:
    """All that fails. A monitor that breaks is an error of the test."""
    for ran in judge(evidence, MONITORS, time.perf_counter):
        for item in ran.findings:
            assert item.cause != "broken", item.detail
            if item.failed:
                yield item


def _key(item: Finding) -> tuple[str, str, str | None, str | None]:
    return item.monitor, item.dataset, item.region, item.field


def _mapped(dataset: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Records as a mapping hands them over: the contract's columns, and the number of the row."""
    schema = load_contract(dataset).polars_schema
    known = [
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
        if name != "simulated"
    ]
    return (
        frame.select(*known, pl.lit(value=True).alias("simulated"))
        .select(schema.names())
        .with_row_index("_row")
        .cast({"_row": pl.Int64})
    )


def _source(rows: pl.DataFrame, region: str) -> pl.DataFrame:
    """A batch of one source as it came: dates are text."""
    return (
        rows.filter(pl.col("region") == region)
        .select(SOURCE_COLUMNS)
        .with_columns(pl.col("submitted").dt.to_string("%Y-%m-%d"))
    )


def _totals(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.group_by("region")
        .agg(pl.len().cast(pl.Int64).alias("total"))
        .select(pl.lit("transactions").alias("dataset"), "region", "total", pl.col("total").alias("taken"))
        .cast(TOTALS)
    )


def _expected(regions: pl.DataFrame) -> pl.DataFrame:
    """Every region has a source of its own for every record set with cases."""
    datasets = pl.DataFrame({"dataset": ["transactions", "complaints"]})
    since = pl.lit(dt.date(YEAR, 1, 1)).alias("since")
    return datasets.join(regions, how="cross").select("dataset", "region", since)


def _spoilt(
    defect: Defect, world: World, site: Site
) -> tuple[Evidence, list[tuple[str | None, str, dt.date | None]]]:
    """Evidence with the defect in it, and what the gate rejected or warned of: region, rule, day."""
    evidence = world.evidence
    if defect.part == "totals":
        return replace(evidence, totals=defect.plant(evidence.totals, site)), []
    if defect.part == "columns":
        came = columns(
            "transactions",
            site.region,
            defect.plant(_source(evidence.records["transactions"], site.region), site),
        )
        return replace(evidence, columns=came), []
    name = defect.dataset
    frame = (
        defect.plant(evidence.records[name], site)
        .drop("_row")
        .with_row_index("_row")
        .cast({"_row": pl.Int64})
    )
    kept, judged = _gated(name, frame, evidence)
    fresh = replace(
        evidence,
        records={**evidence.records, name: kept},
        counts=_replaced(evidence.counts, name, counts(name, kept, evidence.regions)),
        shares=_replaced(evidence.shares, name, shares(name, kept, evidence.regions, evidence.calendars)),
    )
    return fresh, judged


def _replaced(frame: pl.DataFrame, dataset: str, part: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame.filter(pl.col("dataset") != dataset), part])


def _gated(
    dataset: str, frame: pl.DataFrame, evidence: Evidence
) -> tuple[pl.DataFrame, list[tuple[str | None, str, dt.date | None]]]:
    """Rows that the gate accepts, as they came, and (region, rule, day) of those it does not or warns of."""
    issues = pl.DataFrame(schema=ISSUES_SCHEMA)
    gate = Gate(evidence.contracts[dataset], evidence.codes, NOW, key=b"secret")
    verdict = gate.open().check(MappedChunk(frame, issues, frame.select("_row", "id")))
    days = localised(
        frame.select("_row", "region", DATASETS[dataset].anchor), evidence.regions, DATASETS[dataset].anchor
    )
    day = pl.col(DATASETS[dataset].anchor).cast(pl.Date).alias("day")
    told = pl.concat(
        [
            verdict.rejected.select("_row", "region", pl.col("rules")),
            verdict.accepted.drop_nulls("warnings").select(
                "_row", "region", pl.col("warnings").alias("rules")
            ),
        ]
    ).join(days.select("_row", day), on="_row", how="left")
    kept = frame.filter(pl.col("_row").is_in(verdict.accepted["_row"].implode()))
    rows = (
        told.with_columns(pl.col("rules").str.split(","))
        .explode("rules")
        .select("region", "rules", "day")
        .unique()
    )
    return kept, list(rows.iter_rows())


def _matches(item: Finding, defect: Defect, site: Site) -> bool:
    right = item.monitor == defect.found_by and item.dataset == (defect.elsewhere or defect.dataset)
    return right and item.region == site.region and item.field == defect.field and _near(item.days, defect)


def _near(days: tuple[dt.date, dt.date] | None, defect: Defect) -> bool:
    """Whether the days overlap those of the defect, and reach at most a month beyond them."""
    if days is None:
        return defect.part != "records"
    first, last = defect.days
    month = dt.timedelta(days=31)
    return days[0] <= last and days[1] >= first and days[0] >= first - month and days[1] <= last + month


def _rejects(row: tuple[str | None, str, dt.date | None], defect: Defect, site: Site) -> bool:
    region, rule, day = row
    where = None if defect.nameless else site.region
    known = day is None or defect.field in {"submitted", "received", "answered"} or _near((day, day), defect)
    return rule == defect.found_by and region == where and known
