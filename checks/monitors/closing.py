"""Batch closing: many cases that end at the same instant, as when a clerk closes a list at once."""

from __future__ import annotations

import numpy as np
import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import SHAPES
from checks.monitors.rows import CASES, alarms, by_region, dated
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, FEWEST_CLOSED = 10, 5
MINUTE = "1m"

ABOUT = About(
    id="batch-closing",
    dimension="plausibility",
    severity=Severity.WARNING,
    watches="Cases of a region that end in the same minute.",
    baseline="The region's calendar: on a day on which it is closed nobody works through a list.",
    threshold="10 cases in one minute, or 5 in one minute of a closed day.",
    blind="Lists that are closed over an hour; midnight, at which sources put dates without a time.",
    remedy=(
        "Ask whether the cases ended then or were closed in the system then; the true day may be on paper."
    ),
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and minute."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset in CASES:
        rows = dated(evidence, dataset)
        if rows is None:
            continue
        judged |= {(dataset, region): n for region, n in by_region(rows).items()}
        ended = rows.drop_nulls("ended").with_columns(pl.col("ended").dt.truncate(MINUTE))
        timed = ended.filter(pl.col("ended") != pl.col("ended").dt.truncate("1d"))
        groups = timed.group_by("region", "ended").agg(
            pl.len().alias("bad"), pl.col("end_day").first().alias("first")
        )
        groups = _with_bound(groups.filter(pl.col("bad") >= FEWEST_CLOSED), evidence)
        broken = groups.filter(pl.col("bad") >= pl.col("bound")).join(
            ended.group_by("region").agg(pl.len().alias("n")), on="region"
        )
        found += alarms(
            ABOUT,
            dataset,
            broken.with_columns(pl.col("first").alias("last"), pl.col("bad").cast(pl.Float64).alias("value")),
            SHAPES[dataset].end,
            lambda row: f"{row['bad']} cases ended at {row['ended']:%Y-%m-%d %H:%M}, on {row['kind']} day",
        )
    return ABOUT.told(judged, found)


def _with_bound(groups: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Add the bound, and the kind of day, by the region's calendar."""
    placed = groups.join(evidence.regions.select("region", "calendar"), on="region")
    working = np.zeros(placed.height, dtype=bool)
    day = placed["first"].cast(pl.Int32).to_numpy().astype(np.int64)
    for name, calendar in evidence.calendars.items():
        mine = (placed["calendar"] == name).to_numpy()
        working[mine] = calendar.is_working(day[mine])
    opened = pl.Series("open", working, dtype=pl.Boolean)
    return placed.with_columns(opened).with_columns(
        pl.when("open").then(float(FEWEST)).otherwise(float(FEWEST_CLOSED)).alias("bound"),
        pl.when("open").then(pl.lit("a working")).otherwise(pl.lit("a closed")).alias("kind"),
    )
