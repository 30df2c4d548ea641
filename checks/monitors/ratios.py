"""Reconciliation: record sets of a region that used to go together no longer do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from checks.monitors.blocks import REFERENCE, WEEKS, days_of, judged, placed
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from metrics.model import Severity
from metrics.observation import Cause, Finding


@dataclass(frozen=True, slots=True)
class Pair:
    """A record set that goes with another.

    ``ended``: with the cases that ended in the weeks, not with those that began. ``factor``: how far
    their ratio may go up or down.
    """

    part: str
    whole: str
    factor: float
    ended: bool = False


PAIRS = (
    Pair("surveys", "transactions", 2.5, ended=True),
    Pair("complaints", "transactions", 2.5),
    Pair("traffic", "transactions", 3.0),
)
SCORE = 5.5
FEWEST = 15.0
"""Records that are expected or came."""

ABOUT = About(
    id="ratios",
    dimension="consistency",
    severity=Severity.WARNING,
    watches=(
        "Surveys per case that ended, complaints per case, requests per case, over four weeks of each region."
    ),
    baseline="The same ratio of the region in its twelve weeks before.",
    threshold=(
        "2.5 times as many or as few (requests: 3 times) and 5.5 spreads, with the uncertainty of both "
        "counts and of the history; at least 15 records expected or come, else learning."
    ),
    blind="Sets that fail together; a ratio that was wrong from the beginning; slow changes.",
    remedy=(
        "Find which of the two sets lacks or repeats records: see volume, twins and the source's own totals."
    ),
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each pair and block that no longer go together."""
    found: list[Finding] = []
    looked: dict[tuple[str, str], int] = {}
    weekly = _weekly(evidence)
    for pair in PAIRS:
        whole = "ended" if pair.ended else pair.whole
        frame = _blocks(weekly, pair.part, whole, evidence)
        done = frame.filter((pl.col("mean") >= FEWEST) | (pl.col("part") >= FEWEST))
        done = done.filter(pl.col("mean") > 0)
        sums = done.group_by("region").agg(pl.col("part").sum())
        looked |= {(pair.part, region): n for region, n in sums.iter_rows()}
        found += [
            ABOUT.unchecked(pair.part, region, Cause.LEARNING, "too few records, or no history of the ratio")
            for region in sorted(set(frame["region"]) - set(sums["region"]))
        ]
        found += _apart(done, pair)
    return ABOUT.told(looked, found)


def _weekly(evidence: Evidence) -> pl.DataFrame:
    """[kind, region, week, n]: records by week; kind: a record set, or "ended" (cases)."""
    begun = evidence.counts.select(
        pl.col("dataset").alias("kind"), "region", pl.col("day").dt.truncate("1w").alias("week"), "n"
    )
    ended = evidence.shares.filter(pl.col("dataset") == "transactions", pl.col("field") == "status").select(
        pl.lit("ended").alias("kind"), "region", "week", "n"
    )
    return pl.concat([begun, ended]).group_by("kind", "region", "week").agg(pl.col("n").sum())


def _blocks(weekly: pl.DataFrame, part: str, whole: str, evidence: Evidence) -> pl.DataFrame:
    """[region, block, from_day, part, whole, part_before, whole_before, mean, score].

    Weeks before the part's first whole one are left out: there was no ratio yet.
    """
    keys = ["region", "block"]
    began = weekly.filter(pl.col("kind") == part).group_by("region").agg(pl.col("week").min().alias("began"))
    both = weekly.join(began, on="region").filter(pl.col("week") > pl.col("began"))
    blocks = placed(both, evidence.last).group_by("kind", *keys, "from_day").agg(pl.col("n").sum())
    earlier = pl.concat(blocks.with_columns(pl.col("block") - back) for back in range(1, REFERENCE + 1))
    earlier = earlier.group_by("kind", *keys).agg(pl.col("n").sum())

    def of(frame: pl.DataFrame, kind: str, name: str) -> pl.DataFrame:
        return frame.filter(pl.col("kind") == kind).select(*keys, pl.col("n").alias(name))

    now = judged(blocks, evidence)
    joined = now.filter(pl.col("kind") == whole).select(*keys, "from_day", pl.col("n").alias("whole"))
    joined = joined.join(of(now, part, "part"), on=keys, how="left")
    joined = joined.join(of(earlier, whole, "whole_before"), on=keys, how="left")
    joined = joined.join(of(earlier, part, "part_before"), on=keys, how="left").fill_null(0)
    mean = pl.col("part_before") / pl.col("whole_before").clip(1, None) * pl.col("whole")
    noise = pl.sum_horizontal(
        1 / pl.col(name).clip(1, None) for name in ("part_before", "whole_before", "whole")
    )
    away = 2 * (pl.col("part") + 0.375).sqrt() - 2 * (pl.col("mean") + 0.375).sqrt()
    return joined.with_columns(mean.alias("mean"), noise.alias("noise")).with_columns(
        (away / (1 + pl.col("mean") * pl.col("noise")).sqrt()).alias("score")
    )


def _apart(done: pl.DataFrame, pair: Pair) -> Iterator[Finding]:
    ratio = (pl.col("part") + 0.5) / (pl.col("mean") + 0.5)
    apart = (pl.col("score").abs() > SCORE) & ((ratio >= pair.factor) | (ratio <= 1 / pair.factor))
    for row in done.with_columns(ratio.alias("ratio")).filter(apart).iter_rows(named=True):
        yield ABOUT.fail(
            pair.part,
            row["region"],
            None,
            days_of(row),
            f"{row['part']} of {pair.part} in {WEEKS} weeks, about {row['mean']:.0f} to be expected of "
            f"{row['whole']} {'ended ' if pair.ended else ''}{pair.whole}",
            value=row["ratio"],
            bound=pair.factor if row["ratio"] > 1 else 1 / pair.factor,
            n=row["whole"],
            bad=row["part"],
        )
