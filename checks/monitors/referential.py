"""Unknown services: names that the region never used before."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.monitors.blocks import days_of, judged, placed
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from metrics.model import Severity
from metrics.observation import Cause, Finding

FIELDS = ("service", "category")
FEWEST_BEFORE = 100
"""Records before with which a list of names may be called known."""
BULK, BULK_SHARE = 10, 0.1
SINGLE, LONG = 3, 500
"""Records of a new name, and records before, with which it is told though it is not in bulk."""

ABOUT = About(
    id="referential",
    dimension="consistency",
    severity=Severity.WARNING,
    watches="Names of services and categories in four weeks of a region.",
    baseline="All names that the region used in the weeks before; at least 100 records, else learning.",
    threshold=(
        "Names never used before in 10 records and 10 % of the block (warning), or in 3 records of a region "
        "with 500 records before (information)."
    ),
    blind="A wrong name that is on the list; whether a new service is a real one.",
    remedy=(
        "If the service is new, nothing; if it is a known one by another name, add the name to the mapping."
    ),
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each field and block with new names."""
    blocks = placed(evidence.shares, evidence.last).filter(
        pl.col("field").is_in(FIELDS), pl.col("value").is_not_null()
    )
    keys = ["dataset", "region", "field"]
    values = blocks.group_by(*keys, "block", "value").agg(pl.col("n").sum(), pl.col("from_day").first())
    since = blocks.group_by(*keys, "value").agg(pl.col("block").max().alias("oldest"))
    heads = (
        values.group_by(*keys, "block")
        .agg(pl.col("n").sum().alias("total"))
        .sort(*keys, pl.col("block"), descending=[False, False, False, True])
        .with_columns((pl.col("total").cum_sum().over(keys) - pl.col("total")).alias("before"))
    )
    asked = judged(values, evidence).join(heads, on=[*keys, "block"]).join(since, on=[*keys, "value"])
    known = asked.filter(pl.col("before") >= FEWEST_BEFORE)
    new = (
        known.filter(pl.col("oldest") == pl.col("block"))
        .group_by(*keys, "block")
        .agg(
            pl.col("n").sum(),
            pl.col("total", "before", "from_day").first(),
            pl.col("value").sort().head(3),
            pl.len(),
        )
    )
    looked = known.group_by("dataset", "region").agg(pl.col("n").sum())
    counted = {(dataset, region): n for dataset, region, n in looked.iter_rows()}
    learning = [
        ABOUT.unchecked(dataset, region, Cause.LEARNING, f"fewer than {FEWEST_BEFORE} records before")
        for dataset, region in asked.select("dataset", "region").unique().iter_rows()
        if (dataset, region) not in counted
    ]
    return ABOUT.told(counted, [*_new(new), *learning])


def _new(new: pl.DataFrame) -> Iterator[Finding]:
    for row in new.iter_rows(named=True):
        bulk = row["n"] >= max(BULK, BULK_SHARE * row["total"])
        if not bulk and (row["n"] < SINGLE or row["before"] < LONG):
            continue
        names = ", ".join(f"'{name}'" for name in row["value"])
        yield ABOUT.fail(
            row["dataset"],
            row["region"],
            row["field"],
            days_of(row),
            f"{row['len']} names never used before ({names}) in {row['n']} of {row['total']} records",
            value=row["n"] / row["total"],
            bound=BULK_SHARE if bulk else 0.0,
            n=row["total"],
            bad=row["n"],
            severity=ABOUT.severity if bulk else Severity.INFO,
        )
