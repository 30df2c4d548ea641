"""Constant values: a measurement that is the same, time after time."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.rows import alarms, by_region, dated
from metrics.model import Severity
from metrics.observation import Finding

RUNS = {"traffic": ("requests", 6), "probes": ("total_seconds", 8)}
"""Measurements, and how often one may follow itself."""

ABOUT = About(
    id="constant-values",
    dimension="plausibility",
    severity=Severity.WARNING,
    watches=(
        "Requests of an interval, and seconds of successful probes, of each region and target, in order of "
        "time."
    ),
    baseline="None: a measurement varies.",
    threshold="The same number (not zero) 6 times running for requests, 8 times for seconds.",
    blind="Few requests, which may be equal by chance but rarely six times; values that alternate.",
    remedy="Ask whether the figure is measured; an exporter that hangs repeats its last one.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each run of equal values."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset, (field, longest) in RUNS.items():
        rows = dated(evidence, dataset)
        if rows is None:
            continue
        judged |= {(dataset, region): n for region, n in by_region(rows).items()}
        measured = rows.filter(pl.col("up")) if dataset == "probes" else rows
        place = ["region", "target"]
        ordered = measured.sort(*place, "day", "second", field)
        number = pl.col(field).rle_id().over(place).alias("run")
        groups = (
            ordered.with_columns(number)
            .filter(pl.col(field) > 0)
            .group_by(*place, "run")
            .agg(
                pl.len().alias("bad"),
                pl.col("day").min().alias("first"),
                pl.col("day").max().alias("last"),
                pl.col(field).first().alias("figure"),
            )
            .filter(pl.col("bad") >= longest)
            .with_columns(
                pl.col("bad").alias("n"),
                pl.col("bad").cast(pl.Float64).alias("value"),
                pl.lit(float(longest)).alias("bound"),
            )
        )
        found += alarms(
            ABOUT, dataset, groups, field, lambda row: f"{row['figure']} came {row['bad']} times running"
        )
    return ABOUT.told(judged, found)
