"""From which day to which the records of each region and record set reach, out of the roll-ups.

A day that lies after the last observation is none: nobody has seen it.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.indicators.panel import Panel, month_ends, month_starts
from metrics.indicators.unpacking import flatten

SCHEMA = {"dataset": pl.String, "place": pl.Int64, "first": pl.Int64, "last": pl.Int64, "over": pl.Int64}

PACKED = {
    "probes": ("probe_rollup", "days", ("day", "up_us", "down_us", "probes", "failures")),
    "traffic": ("traffic_rollup", "days", ("day", "requests", "errors")),
}
"""Table, column and packed numbers that hold the days of what is measured all the time."""


def spans(rollups: Mapping[str, pl.DataFrame], panel: Panel) -> pl.DataFrame:
    """Span of each record set and place that is a region.

    Columns: dataset, place, first, last (local epoch days with records), over (the last of them
    that had ended when its records were seen). Surveys are counted by month, so theirs reaches
    from the first day of a month to the last.
    """
    cases = rollups["case_rollup"]
    found = []
    for dataset in ("transactions", "complaints"):
        rows = panel.placed(cases.filter(pl.col("dataset") == dataset))
        days = flatten(rows, "received_days", ("day", "count"), ("place",))
        found.append(_edged(dataset, rows, _edges(days, "day", "day"), panel))
    for dataset, (table, column, names) in PACKED.items():
        rows = panel.placed(rollups[table])
        found.append(
            _edged(dataset, rows, _edges(flatten(rows, column, names, ("place",)), "day", "day"), panel)
        )
    surveys = panel.placed(rollups["survey_rollup"])
    months = surveys["month"].to_numpy()
    ends = surveys.select(
        "place",
        pl.Series("begin", month_starts(months), dtype=pl.Int64),
        pl.Series("end", month_ends(months), dtype=pl.Int64),
    )
    found.append(_edged("surveys", surveys, _edges(ends, "begin", "end"), panel))
    return pl.concat(found)


def _edges(days: pl.DataFrame, begin: str, end: str) -> pl.DataFrame:
    return days.group_by("place").agg(first=pl.col(begin).min(), last=pl.col(end).max())


def _edged(dataset: str, rows: pl.DataFrame, edges: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Edges that do not go beyond the day of the last observation."""
    as_of = rows.group_by("place").agg(pl.col("last_observed_us").max()).drop_nulls()
    seen = panel.local_day(as_of["place"].to_numpy(), as_of["last_observed_us"].to_numpy())
    known = edges.join(as_of.select("place", seen=pl.Series(seen, dtype=pl.Int64)), on="place")
    last = pl.min_horizontal("last", "seen")
    return (
        known.select(
            pl.lit(dataset).alias("dataset"),
            "place",
            "first",
            pl.max_horizontal("first", last).alias("last"),
            pl.min_horizontal(last, pl.col("seen") - 1).alias("over"),
        )
        .cast(SCHEMA)  # type: ignore[arg-type] # polars' own schema
        .sort("place")
    )
