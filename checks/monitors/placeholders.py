"""Placeholder times: instants of which only the date is known, and the time of day was filled in."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import localised
from checks.monitors.rows import DATES_ONLY, PEOPLE, SHARE, SHARING, alarms, by_region, placeholder
from metrics.datasets import DATASETS
from metrics.model import Severity
from metrics.observation import Cause, Finding

FEWEST, LEAST = 25, 0.2
SECOND_US = 1_000_000
NOT_EVENTS = frozenset({"due"})
"""Instants that are set by a rule: a deadline may well be midnight."""

ABOUT = About(
    id="placeholder-times",
    dimension="accuracy",
    severity=Severity.INFO,
    watches=(
        "Times of day, on the clock of the region, of each instant of cases and surveys but deadlines: those "
        f"that {SHARE:.0%} of the region's records and at least {SHARING} share to the second. The second at "
        "which the region opens is left out: what waited for it bunches there."
    ),
    baseline="None: chance gives a second of a working day to one record in 28,800, a minute to one in 480.",
    threshold=(
        f"{LEAST:.0%} of at least {FEWEST} instants have such a time, and others do not. Where "
        f"{DATES_ONLY:.0%} have one, the source keeps dates: nobody is alarmed, and it could not be checked."
    ),
    blind="Times that were filled in at random; times to the quarter of an hour, which spread over too many.",
    remedy=(
        "Ask which export, form or years lack the time, and leave it out of the mapping where it is not "
        "known; durations of these records are in whole days."
    ),
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and instant."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset in PEOPLE:
        rows = evidence.records.get(dataset)
        if rows is None or rows.is_empty():
            continue
        judged |= {(dataset, region): n for region, n in by_region(rows).items()}
        for field in DATASETS[dataset].instants:
            if field in NOT_EVENTS or not isinstance(rows.schema.get(field), pl.Datetime):
                continue
            groups = _filled_in(rows.select("region", pl.col(field).alias("at")), evidence)
            dates = pl.col("value") >= DATES_ONLY
            found += [
                ABOUT.unchecked(dataset, row["region"], Cause.ABSENT, _told(row), field=field, n=row["n"])
                for row in groups.filter(dates).iter_rows(named=True)
            ]
            found += alarms(ABOUT, dataset, groups.filter(~dates), field, _told)
    return ABOUT.told(judged, found)


def _told(row: dict[str, Any]) -> str:
    return (
        f"{row['bad']} of {row['n']} share their time of day with many others, "
        f"most of them {row['time']:%H:%M:%S}: only their dates are known"
    )


def _filled_in(instants: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Regions with too many: [region, n, bad, first, last, time, value, bound]."""
    local = localised(instants.drop_nulls("at"), evidence.regions, "at")
    timed = local.with_columns(pl.col("at").dt.truncate("1s"), pl.col("at").cast(pl.Date).alias("day"))
    marked = timed.with_columns(pl.col("at").dt.time().alias("time"), _at_opening(timed, evidence))
    marked = marked.with_columns(
        (placeholder(pl.col("time")) & ~pl.col("opening")).alias("filled"),
        pl.len().over("region", "time").alias("sharing"),
    ).sort("region", "filled", "sharing", "time")
    return (
        marked.group_by("region", maintain_order=True)
        .agg(
            pl.len().alias("n"),
            pl.col("filled").sum().alias("bad"),
            pl.col("day").filter("filled").min().alias("first"),
            pl.col("day").filter("filled").max().alias("last"),
            pl.col("time").last(),
        )
        .with_columns((pl.col("bad") / pl.col("n")).alias("value"), pl.lit(LEAST).alias("bound"))
        .filter((pl.col("n") >= FEWEST) & (pl.col("value") >= LEAST))
    )


def _at_opening(timed: pl.DataFrame, evidence: Evidence) -> pl.Series:
    """Whether each instant ``at`` is the second in which a session of the region's calendar begins."""
    calendar = timed.join(evidence.regions, on="region", how="left", maintain_order="left")["calendar"]
    at = timed["at"].cast(pl.Datetime("us")).cast(pl.Int64).to_numpy()
    opening = np.zeros(timed.height, dtype=bool)
    for name in calendar.unique():
        mine = (calendar == name).to_numpy()
        before, here, after = (
            evidence.calendars[name].working_us_before(at[mine] + step) for step in (-SECOND_US, 0, SECOND_US)
        )
        opening[mine] = (here == before) & (after > here)
    return pl.Series("opening", opening, dtype=pl.Boolean)
