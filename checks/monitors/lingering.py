"""Cases left open: those that stay open long after nearly all others of the region have ended.

Either they were never closed in the system, or the region leaves such cases undone. In both cases figures
of ended cases alone flatter the region.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import SHAPES
from checks.monitors.rows import alarms, bulk, dated
from metrics.model import Severity
from metrics.observation import Cause, Finding

OPEN = {
    "transactions": ("open",),
    "complaints": ("received", "in_process", "awaiting_reporter", "awaiting_confirmation", "unresolved"),
}
"""States in which a case has not ended. A test holds them to those of the roll-up."""
USUAL = 0.95
"""Share of the ended cases that took no longer than the time after which an open one is called old."""
FEWEST, FEWEST_ENDED = 10, 50
LEAST = 0.2
"""Share of the old cases that is still open, four times what ``USUAL`` leaves over."""

ABOUT = About(
    id="left-open",
    dimension="completeness",
    severity=Severity.WARNING,
    watches=(
        "Cases that are still open though they are older than 95 % of the ended ones took, of each region."
    ),
    baseline="How long the region's own cases took that ended, at least 50, else learning.",
    threshold="20 % of the cases that are so old, and 10 of them: four times what the 95 % leave over.",
    blind=(
        "Whether a case was never closed in the system or is really open; cases from before the days judged "
        "(`pantau check --from` looks further back); cases that were closed in the system too early."
    ),
    remedy=(
        "Ask whether these cases are really open, and have the ended ones closed in the system; until then "
        "use figures that count open cases."
    ),
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and record set. Days: those on which nine tenths of these cases began."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset, words in OPEN.items():
        rows = dated(evidence, dataset)
        if rows is None:
            continue
        groups = _old(rows, words, evidence.last)
        enough = pl.col("ended") >= FEWEST_ENDED
        judged |= {
            (dataset, region): n for region, n in groups.filter(enough).select("region", "n").iter_rows()
        }
        found += [
            ABOUT.unchecked(dataset, region, Cause.LEARNING, f"{n} ended cases known, {FEWEST_ENDED} needed")
            for region, n in groups.filter(~enough).select("region", "ended").sort("region").iter_rows()
        ]
        broken = groups.filter(enough & (pl.col("bad") >= FEWEST) & (pl.col("value") >= LEAST))
        found += alarms(
            ABOUT,
            dataset,
            broken,
            SHAPES[dataset].end,
            lambda row: (
                f"{row['bad']} of {row['n']} cases from {row['usual']:.0f} days ago or before are still "
                "open; 95 % of those that ended took no longer than that"
            ),
        )
    return ABOUT.told(judged, found)


def _old(rows: pl.DataFrame, words: tuple[str, ...], last: dt.date) -> pl.DataFrame:
    """[region, n, bad, ended, usual, first, last, value, bound]: ``n`` old cases, ``bad`` of them open."""
    usual = pl.col("seconds").quantile(USUAL, "higher").over("region") / 86_400
    age = (pl.lit(last) - pl.col("day")).dt.total_days() + 1
    still = pl.col("seconds").is_null() & pl.col("status").is_in(words) & pl.col("old")
    return (
        rows.with_columns(usual.alias("usual"))
        .with_columns((age >= pl.col("usual")).alias("old"))
        .group_by("region")
        .agg(
            pl.col("old").sum().alias("n"),
            still.sum().alias("bad"),
            pl.col("seconds").count().alias("ended"),
            pl.col("usual").first(),
            *bulk(pl.col("day").filter(still)),
        )
        .with_columns((pl.col("bad") / pl.col("n")).alias("value"), pl.lit(LEAST).alias("bound"))
    )
