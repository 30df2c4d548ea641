"""What arrived, what was turned away and why, and who is silent.

Silence is a finding of its own: a region without records is listed, never left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from metrics.datasets import DATASETS
from metrics.model import Batch
from metrics.regions import Registry

REPORTED = tuple(name for name in DATASETS if name != "rollout_events")
"""Record sets that a region is to report all the time; a step of the rollout comes when it is taken."""

SILENT_DAYS = 30
"""A region is silent in a record set when its latest record is older than this many days
than the latest record of anybody in that set."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over batches. ``accepted + rejected == read``."""

    batches: int
    read: int
    accepted: int
    rejected: int
    warned: int
    new: int
    updated: int
    unchanged: int

    @property
    def rejected_share(self) -> float | None:
        """Rejected out of read; ``None`` where nothing was read."""
        return self.rejected / self.read if self.read else None


def totals(batches: Sequence[Batch]) -> Totals:
    """Sum the batches up."""
    return Totals(
        batches=len(batches),
        read=sum(batch.read for batch in batches),
        accepted=sum(batch.accepted for batch in batches),
        rejected=sum(batch.rejected for batch in batches),
        warned=sum(sum(batch.warned_by_rule.values()) for batch in batches),
        new=sum(batch.new for batch in batches),
        updated=sum(batch.updated for batch in batches),
        unchanged=sum(batch.unchanged for batch in batches),
    )


def by_rule(batches: Sequence[Batch], *, warned: bool = False) -> pl.DataFrame:
    """Rows per record set and rule, the most frequent first: dataset, rule, n."""
    sums: dict[tuple[str, str], int] = {}
    for batch in batches:
        for rule, n in (batch.warned_by_rule if warned else batch.rejected_by_rule).items():
            sums[batch.dataset, rule] = sums.get((batch.dataset, rule), 0) + n
    rows = [{"dataset": dataset, "rule": rule, "n": n} for (dataset, rule), n in sums.items() if n]
    frame = pl.DataFrame(rows, schema={"dataset": pl.String, "rule": pl.String, "n": pl.Int64})
    return frame.sort(["n", "dataset", "rule"], descending=[True, False, False])


def by_region(rejections: pl.DataFrame) -> pl.DataFrame:
    """Rejected rows per region, the most first: region (null where unknown), n."""
    if rejections.height == 0:
        return pl.DataFrame(schema={"region": pl.String, "n": pl.Int64})
    return (
        rejections.group_by("region").agg(pl.col("n").sum()).sort(["n", "region"], descending=[True, False])
    )


def data_as_of(freshness: pl.DataFrame) -> datetime | None:
    """Latest instant at which any record was seen; ``None`` for an empty store."""
    if freshness.height == 0:
        return None
    latest = freshness["last_observed"].max()
    return latest if isinstance(latest, datetime) else None


def coverage(freshness: pl.DataFrame, registry: Registry, datasets: Sequence[str]) -> pl.DataFrame:
    """One row for every region and record set, with or without records.

    Columns: region, province, dataset, records (0 for none), last (latest anchor, or where a
    record set keeps none, the latest instant of observation; null for no records), days (behind
    the latest of anybody in that set), silent.
    """
    every = pl.DataFrame(
        [
            {"region": code, "province": region.province.code, "dataset": dataset}
            for code, region in registry.regions.items()
            for dataset in datasets
        ],
        schema={"region": pl.String, "province": pl.String, "dataset": pl.String},
    )
    known = (
        freshness.group_by("dataset", "region").agg(
            pl.col("records").sum().cast(pl.Int64),
            pl.col("last_anchor").max().fill_null(pl.col("last_observed").max()).alias("last"),
        )
        if freshness.height
        else pl.DataFrame(
            schema={
                "dataset": pl.String,
                "region": pl.String,
                "records": pl.Int64,
                "last": pl.Datetime("us", "UTC"),
            }
        )
    )
    frame = every.join(known, on=["dataset", "region"], how="left")
    behind = (pl.col("last").max().over("dataset") - pl.col("last")).dt.total_days()
    return frame.with_columns(pl.col("records").fill_null(0), behind.alias("days")).with_columns(
        silent=pl.col("days").is_null() | (pl.col("days") > SILENT_DAYS)
    )


def active(frame: pl.DataFrame) -> list[str]:
    """Record sets that anybody reports: those alone can be missing from somebody."""
    known = frame.filter(pl.col("records") > 0)["dataset"].unique().to_list()
    return [name for name in frame["dataset"].unique(maintain_order=True).to_list() if name in known]


def silent_regions(frame: pl.DataFrame) -> pl.DataFrame:
    """Regions silent in at least one record set that others report.

    Columns: region, province, missing (record sets, joined by ","), all_silent, days (since
    the latest record of any set; null where there never was one). The most silent first.
    """
    sets = active(frame)
    looked = frame.filter(pl.col("dataset").is_in(sets))
    return (
        looked.group_by("region", "province", maintain_order=True)
        .agg(
            pl.col("dataset").filter(pl.col("silent")).str.join(",").alias("missing"),
            pl.col("silent").all().alias("all_silent"),
            pl.col("days").min(),
            pl.col("silent").sum().alias("sets"),
        )
        .filter(pl.col("sets") > 0)
        .sort(["sets", "region"], descending=[True, False])
        .drop("sets")
    )


def matrix(frame: pl.DataFrame) -> pl.DataFrame:
    """Per province and record set: regions, reporting (not silent), last."""
    return (
        frame.group_by("province", "dataset", maintain_order=True)
        .agg(
            pl.len().alias("regions"),
            (~pl.col("silent")).sum().alias("reporting"),
            pl.col("last").max(),
        )
        .sort("province", maintain_order=True)
    )
