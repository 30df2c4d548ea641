"""Duplicates under other keys: the same content with another id."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.rows import alarms, by_region, dated, with_times, without_times
from metrics.datasets import VERSION
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, SHARE = 3, 0.005
NOT_CONTENT = frozenset({"id", VERSION, "simulated", "_row", "warnings"})

ABOUT = About(
    id="twins",
    dimension="uniqueness",
    severity=Severity.WARNING,
    watches="Records of a region that are alike in every column of the contract but their id.",
    baseline="None.",
    threshold="3 further copies, and 0.5 % of the region's records in the delivery.",
    blind=(
        "The same case with a corrected word or instant; copies in an earlier delivery; records with a date "
        "but no time of their own (could not be checked)."
    ),
    remedy="Ask which id is the case's own; a system that is moved often numbers its cases anew.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and record set with copies."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset, contract in evidence.contracts.items():
        every = dated(evidence, dataset)
        if every is None:
            continue
        found += without_times(ABOUT, dataset, every)
        rows = with_times(every, dataset)
        content = [
            name for name in contract.polars_schema if name in rows.columns and name not in NOT_CONTENT
        ]
        judged |= {(dataset, region): n for region, n in by_region(rows).items()}
        hashed = rows.select("region", "day", pl.struct(content).hash().alias("content"))
        copy = ~pl.col("content").is_first_distinct().over("region")
        groups = (
            hashed.with_columns(copy.alias("copy"))
            .group_by("region")
            .agg(
                pl.len().alias("n"),
                pl.col("copy").sum().alias("bad"),
                pl.col("day").filter("copy").min().alias("first"),
                pl.col("day").filter("copy").max().alias("last"),
            )
            .with_columns((pl.col("bad") / pl.col("n")).alias("value"), pl.lit(SHARE).alias("bound"))
            .filter((pl.col("bad") >= FEWEST) & (pl.col("value") > SHARE))
        )
        found += alarms(
            ABOUT,
            dataset,
            groups,
            "id",
            lambda row: f"{row['bad']} of {row['n']} records are there under another id",
        )
    return ABOUT.told(judged, found)
