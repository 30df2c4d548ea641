"""The share of one value of a field has risen: what two monitors ask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.monitors.blocks import compared, days_of
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import FILLED
from metrics.observation import Cause, Finding


@dataclass(frozen=True, slots=True)
class Rise:
    """How much of a rise is one: share points, normal quantile, records now and before.

    ``ceiling``: a share that is too high also without a history; above 1: there is none.
    """

    effect: float
    quantile: float
    fewest: int
    fewest_before: int
    ceiling: float = 2.0


def risen(
    about: About, evidence: Evidence, fields: pl.Expr, counted: pl.Expr, rise: Rise, what: str
) -> list[Finding]:
    """One finding for each field and block in which the share of the values counted has risen.

    On the arcsine scale, on which the spread of a share does not depend on the share.
    Source: Cohen (1988), Statistical Power Analysis, ch. 6.
    """
    keys = ["dataset", "region", "field", "block"]
    frame = (
        compared(evidence, fields)
        .group_by(keys)
        .agg(
            pl.col("n").filter(counted).sum().alias("bad"),
            pl.col("was").filter(counted).sum(),
            pl.col("total", "was_total", "from_day").first(),
        )
    )
    learnt = (pl.col("total") >= rise.fewest) & (pl.col("was_total") >= rise.fewest_before)
    share, before = pl.col("bad") / pl.col("total"), pl.col("was") / pl.col("was_total")
    apart = 2 * share.sqrt().arcsin() - 2 * before.clip(0, 1).sqrt().arcsin()
    score = apart / (1 / pl.col("total") + 1 / pl.col("was_total")).sqrt()
    lone = (pl.col("total") >= rise.fewest) & (share >= rise.ceiling)
    rose = learnt & (share - before >= rise.effect) & (score > rise.quantile)
    scored = frame.with_columns(
        share.alias("share"),
        before.alias("before"),
        (rose | lone).fill_null(value=False).alias("rose"),
        (learnt | (rise.ceiling <= 1) & (pl.col("total") >= rise.fewest)).alias("done"),
    )
    found = [_found(about, row, rise, what) for row in scored.filter("rose").iter_rows(named=True)]
    sums = scored.group_by("dataset", "region").agg(
        pl.col("total").filter("done").sum().alias("looked"),
        pl.col("done").any(),
        pl.col("total").max().alias("most"),
    )
    judged = {(d, r): looked for d, r, looked, done, _ in sums.iter_rows() if done}
    for dataset, region, _, done, most in sums.iter_rows():
        if not done:
            text = f"{most} records in four weeks; {rise.fewest}, and {rise.fewest_before} before, needed"
            found.append(about.unchecked(dataset, region, Cause.LEARNING, text, n=most))
    return about.told(judged, found)


def _found(about: About, row: dict[str, Any], rise: Rise, what: str) -> Finding:
    before = row["before"] if math.isfinite(row["before"]) else None
    text = f"{what} in {row['share']:.0%} of {row['total']} records"
    return about.fail(
        row["dataset"],
        row["region"],
        row["field"].removeprefix(FILLED),
        days_of(row),
        text if before is None else f"{text}, {before:.0%} in the twelve weeks before",
        value=row["share"],
        bound=rise.ceiling if before is None else min(before + rise.effect, rise.ceiling),
        n=row["total"],
        bad=row["bad"],
    )
