"""Digit preference: last digits that people write and machines do not.

Source: Mosimann et al. (2002), Accountability in Research 9, 75-92: the last digit of a count or a
time that spreads over more than ten values is as good as uniform.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.rows import alarms, dated
from metrics.model import Severity
from metrics.observation import Cause, Finding

FEWEST = 50
LARGEST = 55.4
"""Quantile of chi-square with nine degrees of freedom for a chance of one in a hundred million."""
LEAST = 0.2
"""Least size of the effect: Cramér's V of ten digits."""
TEN, LARGE = 10, 100

ABOUT = About(
    id="digit-preference",
    dimension="plausibility",
    severity=Severity.WARNING,
    watches=(
        "Last digit of durations in minutes (those over 100 minutes) and of requests (over 100), by month."
    ),
    baseline="All ten digits equally often.",
    threshold=(
        "Chi-square with a chance of one in a hundred million and V of at least 0.2, of at least 50 figures."
    ),
    blind=(
        "Figures from a random generator; sources that keep quarters of an hour, which it cannot tell from "
        "a taste."
    ),
    remedy="Ask how the figures come about; compare with a log of the application.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region, field and month."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset, field, figures in _figures(evidence):
        sums = figures.group_by("region").agg(pl.len().alias("n"))
        judged |= {(dataset, region): n for region, n in sums.iter_rows() if n >= FEWEST}
        found += [
            ABOUT.unchecked(
                dataset, region, Cause.LEARNING, f"{n} figures, {FEWEST} needed", field=field, n=n
            )
            for region, n in sums.sort("region").iter_rows()
            if n < FEWEST
        ]
        found += alarms(ABOUT, dataset, _broken(figures), field, _told)
    return ABOUT.told(judged, found)


def _told(row: dict[str, Any]) -> str:
    return f"{row['bad']} of {row['n']} figures end in {row['digit']}"


def _figures(evidence: Evidence) -> Iterator[tuple[str, str, pl.DataFrame]]:
    for dataset, field, figure in (
        ("transactions", "completed", pl.col("seconds") // 60),
        ("complaints", "resolved", pl.col("seconds") // 60),
        ("traffic", "requests", pl.col("requests")),
    ):
        rows = dated(evidence, dataset)
        if rows is not None:
            known = rows.select("region", "day", figure.alias("figure")).filter(pl.col("figure") > LARGE)
            yield (
                dataset,
                field,
                known.filter(pl.col("figure") % (24 * 60) != 0) if field != "requests" else known,
            )


def _broken(figures: pl.DataFrame) -> pl.DataFrame:
    keys = ["region", "month"]
    digits = figures.with_columns(
        (pl.col("figure") % TEN).alias("digit"), pl.col("day").dt.truncate("1mo").alias("month")
    )
    totals = digits.group_by(keys).agg(
        pl.len().alias("n"), pl.col("day").min().alias("first"), pl.col("day").max().alias("last")
    )
    counted = (
        digits.group_by(*keys, "digit")
        .agg(pl.len().alias("bad"))
        .join(totals, on=keys)
        .sort(*keys, "bad", "digit")
    )
    per_digit = pl.col("n") / TEN
    square = pl.col("bad").pow(2).sum() / per_digit.first() - pl.col("n").first()
    scored = counted.group_by(keys, maintain_order=True).agg(
        pl.col("n", "first", "last").first(), pl.col("digit", "bad").last(), square.alias("square")
    )
    strength = (pl.col("square") / (pl.col("n") * (TEN - 1))).sqrt()
    return scored.with_columns(strength.alias("value"), pl.lit(LEAST).alias("bound")).filter(
        (pl.col("n") >= FEWEST) & (pl.col("value") >= LEAST) & (pl.col("square") > LARGEST)
    )
