"""Rows of a delivery, as the monitors of single records need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import SHAPES, localised
from metrics.datasets import DATASETS, SURVEY_ELEMENTS
from metrics.observation import Cause, Days, Finding

CASES = ("transactions", "complaints")
CONTENT: dict[str, tuple[str, ...]] = {
    "transactions": ("service", "channel", "status"),
    "complaints": ("service", "channel", "class", "category", "status"),
    "surveys": ("service", "channel", *SURVEY_ELEMENTS),
    "probes": ("target", "up", "reason", "total_seconds"),
    "traffic": ("target", "requests", "errors", "latency_counts"),
}
"""What a record says, besides who it is and when it was."""
PEOPLE = (*CASES, "surveys")
"""Record sets that people enter: two of their records do not begin in the same second by chance."""
SHARING, SHARE = 10, 0.05
"""Records of a region with the same time of day, to the second, from which on it is a placeholder.

A working day has 28,800 seconds and 480 minutes, so that chance gives a second of the clock to one record in
28,800, and one in 480 where seconds are not kept: one in twenty is far from both."""
DATES_ONLY = 0.9
"""Share of a region's records without a time of their own from which on its source keeps dates only."""
WITHOUT_TIMES = "the source keeps dates without times"


def dated(evidence: Evidence, dataset: str) -> pl.DataFrame | None:
    """Rows with ``day``, ``second`` (of the anchor, local); of cases ``seconds``, ``end_day``, ``ended``.

    Null where there is no end. ``None`` where the delivery holds no rows of the record set.
    """
    rows = evidence.records.get(dataset)
    if rows is None or rows.is_empty():
        return None
    anchor, end = DATASETS[dataset].anchor, SHAPES[dataset].end
    local = localised(rows, evidence.regions, anchor, *([end] if end else []))
    if not isinstance(local.schema[anchor], pl.Datetime):
        return None
    midnight = pl.col(anchor).dt.truncate("1d")
    timed = local.with_columns(
        pl.col(anchor).cast(pl.Date).alias("day"),
        (pl.col(anchor) - midnight).dt.total_seconds().alias("second"),
    )
    if end is None:
        return timed
    return timed.with_columns(
        (pl.col(end) - pl.col(anchor)).dt.total_seconds().alias("seconds"),
        pl.col(end).cast(pl.Date).alias("end_day"),
        pl.col(end).alias("ended"),
    )


def placeholder(second: pl.Expr) -> pl.Expr:
    """Whether a time of day, in seconds, stands where none was recorded: far too many of the region share it.

    Midnight where a source keeps dates, or whatever else its export fills in.
    """
    sharing = pl.len().over("region", second)
    return second.is_not_null() & (sharing >= SHARING) & (sharing >= SHARE * second.count().over("region"))


def with_times(rows: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """Those of ``dated`` rows that can be told apart by their time of day.

    Of a date, a status and a category there are so few that two records are often alike by chance.
    """
    return rows.filter(~placeholder(pl.col("second"))) if dataset in PEOPLE else rows


def without_times(about: About, dataset: str, rows: pl.DataFrame) -> Iterator[Finding]:
    """Say of each region whose ``dated`` rows are dates only that it could not be checked."""
    if dataset not in PEOPLE:
        return
    shares = (
        rows.with_columns(placeholder(pl.col("second")).alias("dates"))
        .group_by("region")
        .agg(pl.col("dates").mean().alias("share"), pl.len().alias("n"))
    )
    for region, _, n in shares.filter(pl.col("share") >= DATES_ONLY).sort("region").iter_rows():
        yield about.unchecked(dataset, region, Cause.ABSENT, WITHOUT_TIMES, n=n)


def bulk(days: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """``first`` and ``last`` day between which nine tenths of these days lie: stragglers widen no finding."""
    number = days.cast(pl.Int32)
    edges = {"first": number.quantile(0.05, "nearest"), "last": number.quantile(0.95, "nearest")}
    first, last = (edge.cast(pl.Int32).cast(pl.Date).alias(name) for name, edge in edges.items())
    return first, last


def by_region(rows: pl.DataFrame) -> dict[str, int]:
    """Rows of each region."""
    return dict(rows.group_by("region").len().iter_rows())


def alarms(
    about: About,
    dataset: str,
    groups: pl.DataFrame,
    field: str | None,
    detail: Callable[[dict[str, Any]], str],
) -> Iterator[Finding]:
    """One alarm for each row of [region, first, last, n, bad, value, bound, …]."""
    for row in groups.sort("region", "first").iter_rows(named=True):
        days: Days = (row["first"], row["last"])
        yield about.fail(
            dataset,
            row["region"],
            field,
            days,
            detail(row),
            value=row["value"],
            bound=row["bound"],
            n=row["n"],
            bad=row["bad"],
        )
