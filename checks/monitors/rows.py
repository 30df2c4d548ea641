"""Rows of a delivery, as the monitors of single records need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import SHAPES, localised
from metrics.datasets import DATASETS, SURVEY_ELEMENTS
from metrics.observation import Days, Finding

CASES = ("transactions", "complaints")
CONTENT: dict[str, tuple[str, ...]] = {
    "transactions": ("service", "channel", "status"),
    "complaints": ("service", "channel", "class", "category", "status"),
    "surveys": ("service", "channel", *SURVEY_ELEMENTS),
    "probes": ("target", "up", "reason", "total_seconds"),
    "traffic": ("target", "requests", "errors", "latency_counts"),
}
"""What a record says, besides who it is and when it was."""


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
