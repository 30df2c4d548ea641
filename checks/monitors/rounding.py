"""Round numbers: durations that are multiples of 5, 10 or 60 minutes far more often than work is."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import SHAPES
from checks.monitors.rows import CASES, DATES_ONLY, WITHOUT_TIMES, alarms, dated
from metrics.model import Severity
from metrics.observation import Cause, Finding

MINUTES = {60: 0.3, 10: 0.45, 5: 0.6}
"""Multiples, coarsest first, and the share of the durations from which on they are too many."""
FEWEST = 25
MINUTE_SECONDS, DAY_SECONDS = 60, 86_400

ABOUT = About(
    id="round-numbers",
    dimension="plausibility",
    severity=Severity.WARNING,
    watches="Durations of the cases of each region and month, in minutes, but for whole days.",
    baseline="One in 60 is a multiple of an hour, one in 10 of ten minutes, one in 5 of five, by chance.",
    threshold=(
        "30 % multiples of 60, 45 % of 10 or 60 % of 5, of at least 25 cases that took a minute or more."
    ),
    blind="Figures made up with odd minutes; sources that keep dates only (could not be checked).",
    remedy="Ask whether the times are recorded or written in from memory.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and month, for the coarsest multiple."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset in CASES:
        rows = dated(evidence, dataset)
        if rows is None:
            continue
        minutes = rows.filter(pl.col("seconds") >= MINUTE_SECONDS).with_columns(
            (pl.col("seconds") // MINUTE_SECONDS).alias("minutes"),
            pl.col("day").dt.truncate("1mo").alias("month"),
        )
        whole_days = pl.col("seconds") % DAY_SECONDS == 0
        daily = minutes.group_by("region").agg(whole_days.mean(), n=(~whole_days).sum())
        plain = set(daily.filter(pl.col("seconds") >= DATES_ONLY)["region"])
        found += [ABOUT.unchecked(dataset, region, Cause.ABSENT, WITHOUT_TIMES) for region in sorted(plain)]
        judged |= {(dataset, region): n for region, _, n in daily.iter_rows()}
        found += alarms(
            ABOUT,
            dataset,
            _broken(minutes.filter(~whole_days, ~pl.col("region").is_in(sorted(plain)))),
            SHAPES[dataset].end,
            lambda row: f"{row['bad']} of {row['n']} durations are multiples of {row['of']} minutes",
        )
    return ABOUT.told(judged, found)


def _broken(minutes: pl.DataFrame) -> pl.DataFrame:
    """Months with too many multiples: [region, month, n, bad, of, value, bound, first, last]."""
    counted = minutes.group_by("region", "month").agg(
        pl.len().alias("n"),
        pl.col("day").min().alias("first"),
        pl.col("day").max().alias("last"),
        *((pl.col("minutes") % of == 0).sum().alias(f"of {of}") for of in MINUTES),
    )
    parts = [
        counted.with_columns(
            pl.col(f"of {of}").alias("bad"),
            pl.lit(of).alias("of"),
            (pl.col(f"of {of}") / pl.col("n")).alias("value"),
            pl.lit(share).alias("bound"),
        )
        for of, share in MINUTES.items()
    ]
    broken = pl.concat(parts).filter((pl.col("n") >= FEWEST) & (pl.col("value") >= pl.col("bound")))
    return broken.sort("of", descending=True).unique(["region", "month"], keep="first", maintain_order=True)
