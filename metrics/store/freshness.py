"""How much there is of each record set and region, and how recent it is."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, select

from metrics.packing import unpack
from metrics.store import bulk
from metrics.store.tables import (
    CASE_ROLLUP,
    PROBE_ROLLUP,
    ROLLOUT_EVENT,
    SEED,
    SURVEY_ROLLUP,
    TRAFFIC_ROLLUP,
)

_INSTANT = pl.Datetime("us", "UTC")
_NO_INSTANT = pl.lit(None, dtype=_INSTANT)


def freshness(connection: Connection) -> pl.DataFrame:
    """One row per record set and region.

    Columns: dataset, region, records, first_anchor, last_anchor, last_observed, simulated.
    ``records``: cases, answers, probes, events; of traffic the requests. The instants are
    aware (UTC), and null where the roll-up does not keep them: the first of a survey, a probe
    and an interval of traffic, the last of a survey and an interval. An event's date counts
    from its midnight UTC. The seed's events are left out: no region delivered them.
    """
    parts = [_cases(connection), _surveys(connection), _probes(connection), _traffic(connection)]
    counted = pl.concat([*parts, _events(connection)])
    return (
        counted.group_by("dataset", "region")
        .agg(
            pl.col("records").sum(),
            pl.col("first_anchor").min(),
            pl.col("last_anchor", "last_observed").max(),
            pl.col("simulated").any(),
        )
        .sort("dataset", "region")
    )


def _row(
    frame: pl.DataFrame,
    *,
    dataset: pl.Expr,
    records: pl.Expr,
    first: pl.Expr = _NO_INSTANT,
    last: pl.Expr = _NO_INSTANT,
    observed: pl.Expr = _NO_INSTANT,
) -> pl.DataFrame:
    return frame.select(
        dataset.alias("dataset"),
        "region",
        records.cast(pl.Int64).alias("records"),
        first.cast(_INSTANT).alias("first_anchor"),
        last.cast(_INSTANT).alias("last_anchor"),
        observed.cast(_INSTANT).alias("last_observed"),
        "simulated",
    )


def _total(blobs: pl.Series, columns: int, counted: int) -> pl.Series:
    """Sum of one column of each packed blob."""
    return pl.Series("records", [int(unpack(blob, columns)[counted].sum()) for blob in blobs], dtype=pl.Int64)


def _cases(connection: Connection) -> pl.DataFrame:
    t = CASE_ROLLUP.c
    statement = select(
        t.dataset, t.region, t.received, t.first_anchor_us, t.last_anchor_us, t.last_observed_us, t.simulated
    )
    return _row(
        bulk.read_frame(connection, statement),
        dataset=pl.col("dataset"),
        records=pl.col("received"),
        first=pl.col("first_anchor_us"),
        last=pl.col("last_anchor_us"),
        observed=pl.col("last_observed_us"),
    )


def _surveys(connection: Connection) -> pl.DataFrame:
    t = SURVEY_ROLLUP.c
    frame = bulk.read_frame(connection, select(t.region, t.respondents, t.last_observed_us, t.simulated))
    return _row(
        frame,
        dataset=pl.lit("surveys"),
        records=pl.col("respondents"),
        observed=pl.col("last_observed_us"),
    )


def _probes(connection: Connection) -> pl.DataFrame:
    t = PROBE_ROLLUP.c
    statement = select(t.region, t.days, t.last_checked_us, t.last_observed_us, t.simulated)
    frame = bulk.read_frame(connection, statement)
    return _row(
        frame.with_columns(_total(frame["days"], 5, 3)),
        dataset=pl.lit("probes"),
        records=pl.col("records"),
        last=pl.col("last_checked_us"),
        observed=pl.col("last_observed_us"),
    )


def _traffic(connection: Connection) -> pl.DataFrame:
    t = TRAFFIC_ROLLUP.c
    frame = bulk.read_frame(connection, select(t.region, t.days, t.last_observed_us, t.simulated))
    return _row(
        frame.with_columns(_total(frame["days"], 3, 1)),
        dataset=pl.lit("traffic"),
        records=pl.col("records"),
        observed=pl.col("last_observed_us"),
    )


def _events(connection: Connection) -> pl.DataFrame:
    t = ROLLOUT_EVENT.c
    frame = bulk.read_frame(connection, select(t.region, t.date, t.simulated).where(t.partition != SEED))
    midnight = pl.col("date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return _row(frame, dataset=pl.lit("rollout_events"), records=pl.lit(1), first=midnight, last=midnight)
