"""Regions that are connected, and from which no record of a set has ever come."""

from __future__ import annotations

import datetime as dt

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from metrics.model import Severity
from metrics.observation import Finding

PATIENCE = dt.timedelta(days=3)
"""Days that a source may take from its first fetch to its first record."""

ABOUT = About(
    id="never-delivered",
    dimension="coverage",
    severity=Severity.WARNING,
    watches="Regions with a source of their own, and whether any record of its set has come from them.",
    baseline="None: a source that is asked has something to give.",
    threshold="No record, three days after the source was first asked.",
    blind="Regions that share a source with others; regions without a source, which the rollout page shows.",
    remedy="Look at the source's last fetch: does it fail, or answer with nothing? Ask the region.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each record set and region that is expected and has no record."""
    known = evidence.counts.filter(pl.col("n") > 0).group_by("dataset", "region").agg(pl.col("n").sum())
    due = evidence.expected.filter(pl.col("since") <= evidence.last - PATIENCE)
    joined = due.join(known, on=["dataset", "region"], how="left").sort("dataset", "region")
    judged = {
        (dataset, region): n
        for dataset, region, n in joined.drop_nulls("n").select("dataset", "region", "n").iter_rows()
    }
    found = [
        ABOUT.fail(
            dataset,
            region,
            None,
            (since, evidence.last),
            f"no record since it was first asked on {since}",
            value=float((evidence.last - since).days),
            bound=float(PATIENCE.days),
        )
        for dataset, region, since in joined.filter(pl.col("n").is_null())
        .select("dataset", "region", "since")
        .iter_rows()
    ]
    return ABOUT.told(judged, found)
