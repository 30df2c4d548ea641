"""Availability from probes, weighted by how long each state stood. A gap is unknown, not down.

The interval takes the days of each region as clusters, because outages last: the variance of
the ratio over days gives an effective number of independent looks (Kish 1965) for Wilson's interval.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from metrics.indicators.measures import Measured
from metrics.indicators.panel import GROUP, Panel, months_of
from metrics.indicators.unpacking import flatten
from metrics.statistics.figures import Floats
from metrics.statistics.intervals import wilson

SECOND_US = 1e6
COLUMNS = ("day", "up_us", "down_us", "probes", "failures")
SUMS = ("up_us", "down_us", "probes", "days", "known2", "down_known", "down2")


def availability(rollup: pl.DataFrame, panel: Panel) -> Measured:
    """Share of the known time in which the service was up."""
    daily = flatten(panel.placed(rollup), "days", COLUMNS, ("place",))
    clusters = daily.group_by("place", "day").agg(pl.col("up_us", "down_us", "probes").sum())
    known = (pl.col("up_us") + pl.col("down_us")) / SECOND_US
    down = pl.col("down_us") / SECOND_US
    cells = clusters.with_columns(
        pl.Series("month", months_of(clusters["day"].to_numpy()), pl.Int64),
        days=(known > 0).cast(pl.Int64),
        known2=known**2,
        down_known=down * known,
        down2=down**2,
    )
    sums = panel.pooled(cells, SUMS)
    standing = sums.filter(pl.col("up_us") + pl.col("down_us") > 0)
    up, down_us = (standing[name].to_numpy().astype(np.float64) for name in ("up_us", "down_us"))
    ratio = up / (up + down_us)
    low, high = wilson(ratio, _effective_days(standing, ratio))
    frame = standing.select(*GROUP, n="probes").with_columns(
        pl.Series("value", ratio), pl.Series("low", low), pl.Series("high", high)
    )
    return Measured("availability_ratio", frame, sums.select(GROUP), "only-gaps")


def _effective_days(sums: pl.DataFrame, ratio: Floats) -> Floats:
    """Effective number of independent looks: p(1-p) over the variance between days.

    The number of days where they do not differ; never more than the probes.
    """
    up, down, known2, cross, down2, days, probes = (
        sums[name].cast(pl.Float64).to_numpy()
        for name in ("up_us", "down_us", "known2", "down_known", "down2", "days", "probes")
    )
    known = (up + down) / SECOND_US
    share = 1 - ratio
    residual = np.maximum(down2 - 2 * share * cross + share**2 * known2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = days / (days - 1) * residual / known**2
        looks = ratio * share / variance
    usable = (days > 1) & (residual > 0) & (ratio * share > 0)
    return np.where(usable, np.clip(looks, 1, np.maximum(probes, 1)), days)
