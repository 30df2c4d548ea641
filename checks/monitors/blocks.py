"""Four weeks against the twelve before them, of the same region.

Blocks are counted back from the last whole week: block 0 is the latest. What the fields held in
the three blocks before is put together by the mix of working days and closed days of the block that
is judged, so that a block with more holidays does not look different for that alone.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from checks.monitors.evidence import Evidence
from metrics.observation import Days

WEEKS = 4
REFERENCE = 3
"""Blocks that the one judged is compared with."""
KEY = ["dataset", "region", "field", "block"]


def placed(weekly: pl.DataFrame, last_day: dt.date) -> pl.DataFrame:
    """Frame of weeks with the block of each; weeks that are not over are left out."""
    whole = last_day + dt.timedelta(days=1)
    monday = whole - dt.timedelta(days=whole.weekday())
    latest = monday - dt.timedelta(weeks=1)
    back = (pl.lit(latest) - pl.col("week")).dt.total_days() // 7
    return (
        weekly.filter(pl.col("week") <= latest)
        .with_columns((back // WEEKS).cast(pl.Int64).alias("block"))
        .with_columns(
            (pl.lit(latest) - pl.duration(weeks=(pl.col("block") + 1) * WEEKS - 1))
            .cast(pl.Date)
            .alias("from_day")
        )
    )


def judged(blocks: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Blocks that reach into the days to be judged."""
    last = pl.col("from_day") + pl.duration(days=WEEKS * 7 - 1)
    return blocks.filter(last >= evidence.first)


def days_of(row: dict[str, Any]) -> Days:
    """First and last day of the block of a row."""
    first: dt.date = row["from_day"]
    return first, first + dt.timedelta(days=WEEKS * 7 - 1)


def compared(evidence: Evidence, fields: pl.Expr) -> pl.DataFrame:
    """[dataset, region, field, block, from_day, value, n, total, was, was_total] of the fields wanted.

    ``n`` of ``total`` records of the block have the value; ``was`` of ``was_total`` of the reference
    would, at the block's mix of days. Blocks without a reference have ``was_total`` 0.
    """
    keyed = [*KEY, "open"]
    weekly = placed(evidence.shares.filter(fields), evidence.last)
    blocks = weekly.group_by(*keyed, "value", "from_day").agg(pl.col("n").sum())
    now = judged(blocks, evidence)
    oldest = now["block"].max()
    near = blocks.filter(pl.col("block") <= pl.lit(oldest, pl.Int64) + REFERENCE)
    then = pl.concat(near.with_columns(pl.col("block") - back) for back in range(1, REFERENCE + 1))
    then = then.filter(pl.col("block").is_between(0, pl.lit(oldest, pl.Int64)))
    then = then.group_by(*keyed, "value").agg(pl.col("n").sum().alias("then"))
    mix = now.group_by(*keyed).agg(pl.col("n").sum().alias("stratum"))
    totals = then.group_by(*keyed).agg(pl.col("then").sum().alias("then_stratum"))
    strata = mix.join(totals, on=keyed)
    known = strata.group_by(KEY).agg(
        pl.col("stratum").sum().alias("known"), pl.col("then_stratum").sum().alias("was_total")
    )
    was = (
        then.join(strata.join(known, on=KEY), on=keyed)
        .with_columns(
            pl.col("then")
            / pl.col("then_stratum")
            * pl.col("stratum")
            / pl.col("known")
            * pl.col("was_total")
        )
        .group_by(*KEY, "value")
        .agg(pl.col("then").sum().alias("was"))
    )
    values = now.group_by(*KEY, "value").agg(pl.col("n").sum())
    heads = now.group_by(KEY).agg(pl.col("n").sum().alias("total"), pl.col("from_day").first())
    return (
        values.join(was, on=[*KEY, "value"], how="full", coalesce=True, nulls_equal=True)
        .join(heads, on=KEY)
        .join(known.select(*KEY, "was_total"), on=KEY, how="left")
        .with_columns(
            pl.col("n").fill_null(0), pl.col("was").fill_null(0.0), pl.col("was_total").fill_null(0)
        )
    )
