"""Identical durations: many cases of a region that took the same time to the second."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import SHAPES
from checks.monitors.rows import CASES, alarms, by_region, dated
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, SHARE = 8, 0.15
DAY_SECONDS = 86_400

ABOUT = About(
    id="identical-durations",
    dimension="plausibility",
    severity=Severity.WARNING,
    watches="The most frequent duration (to the second, more than a second) of each region and month.",
    baseline="None: durations of people's work differ.",
    threshold="8 cases and 15 % of those that ended, of a month.",
    blind="Durations in whole days, of sources that keep dates only; durations made up with some noise.",
    remedy="Ask how the end of a case is recorded; a form may fill it in by itself.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and month."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset in CASES:
        rows = dated(evidence, dataset)
        if rows is None:
            continue
        judged |= {(dataset, region): n for region, n in by_region(rows).items()}
        month = pl.col("day").dt.truncate("1mo").alias("month")
        timed = rows.filter(pl.col("seconds") > 1).with_columns(month)
        totals = timed.group_by("region", "month").agg(pl.len().alias("n"))
        groups = (
            timed.filter(pl.col("seconds") % DAY_SECONDS != 0)
            .group_by("region", "month", "seconds")
            .agg(pl.len().alias("bad"), pl.col("day").min().alias("first"), pl.col("day").max().alias("last"))
            .join(totals, on=["region", "month"])
            .with_columns((pl.col("bad") / pl.col("n")).alias("value"), pl.lit(SHARE).alias("bound"))
            .filter((pl.col("bad") >= FEWEST) & (pl.col("value") > SHARE))
        )
        found += alarms(
            ABOUT,
            dataset,
            groups,
            SHAPES[dataset].end,
            lambda row: f"{row['bad']} of {row['n']} cases took exactly {row['seconds']} seconds",
        )
    return ABOUT.told(judged, found)
