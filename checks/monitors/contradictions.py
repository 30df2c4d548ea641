"""Contradictions between record sets: what cannot be so, whatever the history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from checks.monitors.blocks import WEEKS, days_of, judged, placed
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from metrics.model import Severity
from metrics.observation import Finding

FEWEST = 5
FEWEST_ONLINE = 10
FEWEST_CASES = 100
"""Cases of a region with which its list of services may be called known."""

ABOUT = About(
    id="contradictions",
    dimension="consistency",
    severity=Severity.CRITICAL,
    watches=(
        "More surveys in four weeks than cases that ended in these and the four before; complaints about a "
        "service for which nobody ever applied; more digital cases in four weeks than requests."
    ),
    baseline="The other record sets of the same region and weeks.",
    threshold="5 surveys; 5 complaints, where 100 cases are known; 10 digital cases.",
    blind="Regions that deliver only one of the two sets.",
    remedy="Find the set that is not complete: fetch these weeks again from its source.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each contradiction, region and block."""
    blocks = placed(evidence.shares, evidence.last)
    now = judged(blocks, evidence)
    found = [*_surveys(blocks, now), *_complaints(blocks, now), *_online(now, evidence)]
    sums = now.filter(pl.col("field") == "channel").group_by("dataset", "region").agg(pl.col("n").sum())
    return ABOUT.told({(dataset, region): n for dataset, region, n in sums.iter_rows()}, found)


def _surveys(blocks: pl.DataFrame, now: pl.DataFrame) -> Iterator[Finding]:
    """Each answer is to a case: there are no more of them than cases that ended not long before."""
    status = blocks.filter(pl.col("dataset") == "transactions", pl.col("field") == "status")
    ended = status.group_by("region", "block").agg(pl.col("n").sum().alias("ended"))
    twice = pl.concat([ended, ended.with_columns(pl.col("block") - 1)])
    reach = twice.group_by("region", "block").agg(pl.col("ended").sum())
    answers = now.filter(pl.col("dataset") == "surveys", pl.col("field") == "channel")
    surveys = answers.filter(pl.col("region").is_in(ended["region"].unique().implode()))
    groups = surveys.group_by("region", "block", "from_day").agg(pl.col("n").sum())
    both = groups.join(reach, on=["region", "block"], how="left").with_columns(pl.col("ended").fill_null(0))
    wrong = both.filter((pl.col("n") >= FEWEST) & (pl.col("n") > pl.col("ended")))
    for row in wrong.sort("region", "block").iter_rows(named=True):
        text = (
            f"{row['n']} surveys in {WEEKS} weeks, {row['ended']} cases ended in them or the {WEEKS} before"
        )
        yield _told("surveys", None, row, row["ended"], text)


def _complaints(blocks: pl.DataFrame, now: pl.DataFrame) -> Iterator[Finding]:
    named = (pl.col("field") == "service") & pl.col("value").is_not_null()
    cases = blocks.filter(named, pl.col("dataset") == "transactions")
    known = cases.group_by("region").agg(pl.col("n").sum()).filter(pl.col("n") >= FEWEST_CASES)["region"]
    complaints = now.filter(named, pl.col("dataset") == "complaints", pl.col("region").is_in(known.implode()))
    groups = complaints.join(cases.select("region", "value").unique(), on=["region", "value"], how="anti")
    sums = groups.group_by("region", "block", "from_day").agg(pl.col("n").sum(), pl.col("value").min())
    for row in sums.filter(pl.col("n") >= FEWEST).sort("region", "block").iter_rows(named=True):
        text = f"{row['n']} complaints about services, such as '{row['value']}', for which nobody applied"
        yield _told("complaints", "service", row, 0, text)


def _online(now: pl.DataFrame, evidence: Evidence) -> Iterator[Finding]:
    digital = now.filter(
        pl.col("dataset") == "transactions", pl.col("field") == "channel", pl.col("value") == "digital"
    )
    requests = evidence.counts.filter(pl.col("dataset") == "traffic").select(
        "region", pl.col("day").dt.truncate("1w").alias("week"), pl.col("n").alias("requests")
    )
    weeks = requests.group_by("region", "week").agg(pl.col("requests").sum())
    both = (
        digital.group_by("region", "block", "from_day", "week")
        .agg(pl.col("n").sum())
        .join(weeks, on=["region", "week"])
    )
    sums = both.group_by("region", "block", "from_day").agg(pl.col("n", "requests").sum())
    wrong = sums.filter((pl.col("n") >= FEWEST_ONLINE) & (pl.col("n") > pl.col("requests")))
    for row in wrong.sort("region", "block").iter_rows(named=True):
        text = f"{row['n']} digital cases in {WEEKS} weeks, of only {row['requests']} requests"
        yield _told("traffic", "requests", row, row["requests"], text)


def _told(dataset: str, field: str | None, row: dict[str, Any], most: int, text: str) -> Finding:
    return ABOUT.fail(
        dataset,
        row["region"],
        field,
        days_of(row),
        text,
        value=float(row["n"]),
        bound=float(most),
        n=row["n"],
        bad=row["n"] - most,
    )
