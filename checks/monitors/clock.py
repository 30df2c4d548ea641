"""Clocks: records from the future, and records seen before they began."""

from __future__ import annotations

import datetime as dt

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import localised
from checks.monitors.rows import alarms
from metrics.datasets import DATASETS, VERSION
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, SHARE = 3, 0.02

ABOUT = About(
    id="clock",
    dimension="timeliness",
    severity=Severity.WARNING,
    watches="Records that begin after they were seen, or after the last day judged, of each region.",
    baseline="None: no record may.",
    threshold="3 records and 2 % of the region's records in the delivery.",
    blind="A clock that is slow; a source that writes no time of observation of its own.",
    remedy="Set the source's clock, or the time zone of the mapping, and send the records again.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and record set with too many such records."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    end = dt.datetime.combine(evidence.last, dt.time()) + dt.timedelta(days=1)
    for dataset, rows in evidence.records.items():
        anchor = DATASETS[dataset].anchor
        if not isinstance(rows.schema[anchor], pl.Datetime):
            continue
        local = localised(rows.select("region", anchor, VERSION), evidence.regions, anchor, VERSION)
        ahead = (pl.col(anchor) > pl.col(VERSION)) | (pl.col(anchor) >= end)
        day = pl.col(anchor).cast(pl.Date).filter(ahead)
        groups = local.group_by("region").agg(
            pl.len().alias("n"), ahead.sum().alias("bad"), day.min().alias("first"), day.max().alias("last")
        )
        judged |= {(dataset, region): n for region, n in groups.select("region", "n").iter_rows()}
        scored = groups.with_columns(
            (pl.col("bad") / pl.col("n")).alias("value"), pl.lit(SHARE).alias("bound")
        )
        broken = scored.filter((pl.col("bad") >= FEWEST) & (pl.col("value") > SHARE))
        found += alarms(
            ABOUT,
            dataset,
            broken,
            anchor,
            lambda row: f"{row['bad']} of {row['n']} records are from the future",
        )
    return ABOUT.told(judged, found)
