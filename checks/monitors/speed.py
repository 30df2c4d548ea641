"""Impossible speed: cases that ended in the second in which they began, in bulk."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import SHAPES
from checks.monitors.rows import CASES, alarms, by_region, dated
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, SHARE = 5, 0.03
INSTANT_SECONDS = 1

ABOUT = About(
    id="impossible-speed",
    dimension="plausibility",
    severity=Severity.CRITICAL,
    watches="Cases that ended within a second of their beginning, of each region and month.",
    baseline="None: no clerk can.",
    threshold="5 cases and 3 % of those that ended, of a month.",
    blind=(
        "Cases that a machine decides at once, which it takes for impossible; cases that are entered after "
        "the fact, some minutes long."
    ),
    remedy=(
        "Ask whether the cases were entered after the fact; without true instants leave them out of "
        "durations."
    ),
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
        quick = pl.col("seconds").is_between(0, INSTANT_SECONDS)
        groups = (
            rows.filter(pl.col("seconds").is_not_null())
            .group_by("region", pl.col("day").dt.truncate("1mo").alias("month"))
            .agg(
                pl.len().alias("n"),
                quick.sum().alias("bad"),
                pl.col("day").filter(quick).min().alias("first"),
                pl.col("day").filter(quick).max().alias("last"),
            )
            .with_columns((pl.col("bad") / pl.col("n")).alias("value"), pl.lit(SHARE).alias("bound"))
            .filter((pl.col("bad") >= FEWEST) & (pl.col("value") > SHARE))
        )
        found += alarms(
            ABOUT,
            dataset,
            groups,
            SHAPES[dataset].end,
            lambda row: f"{row['bad']} of {row['n']} cases ended in the second in which they began",
        )
    return ABOUT.told(judged, found)
