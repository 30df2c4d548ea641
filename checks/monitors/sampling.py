"""Uneven sampling: probes that are recorded more often while a target is down, or up."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.rows import alarms, bulk, by_region, dated
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, LEAST = 10, 0.1

ABOUT = About(
    id="uneven-sampling",
    dimension="accuracy",
    severity=Severity.INFO,
    watches="Probes of each region and target: the share of records that are up, and the share of the time.",
    baseline="None: of probes at an even pace both shares are alike.",
    threshold="10 points apart, of at least 10 probes.",
    blind="What happened between two probes; probes that are even, but too rare.",
    remedy=(
        "Never count these records: weigh each by how long its state lasted, as the availability figures do, "
        "or ask for the probes themselves in place of the changes of state."
    ),
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and target. Days: those of nine tenths of the records that are down."""
    rows = dated(evidence, "probes")
    if rows is None:
        return []
    place = ["region", "target"]
    ordered = rows.sort(*place, "checked", "id")
    until_next = (pl.col("checked").shift(-1) - pl.col("checked")).over(place).dt.total_seconds()
    lasted = pl.min_horizontal(until_next, "valid_seconds").fill_null(0.0)
    down = pl.col("up") == 0
    shares = (
        ordered.with_columns(lasted.alias("lasted"), pl.col("up").cast(pl.Float64))
        .group_by(place, maintain_order=True)
        .agg(
            pl.len().alias("n"),
            down.sum().alias("bad"),
            pl.col("up").mean().alias("of records"),
            ((pl.col("up") * pl.col("lasted")).sum() / pl.col("lasted").sum()).alias("of time"),
            *bulk(pl.col("day").filter(down)),
        )
        .with_columns(
            (pl.col("of time") - pl.col("of records")).abs().alias("value"), pl.lit(LEAST).alias("bound")
        )
    )
    broken = shares.filter(
        (pl.col("n") >= FEWEST) & (pl.col("value") >= LEAST) & pl.col("of time").is_finite()
    )
    judged = {("probes", region): n for region, n in by_region(rows).items()}
    return ABOUT.told(judged, alarms(ABOUT, "probes", broken, "up", _told))


def _told(row: dict[str, object]) -> str:
    return (
        f"{row['of records']:.0%} of {row['n']} records are up, but {row['of time']:.0%} of the time: "
        "they are not evenly spaced"
    )
