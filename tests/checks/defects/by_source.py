"""Defects of a batch as it came: its columns, and the total that the source gives."""

from __future__ import annotations

import datetime as dt

import polars as pl

from tests.checks.defects.kind import Defect, Plant, Site


def columns(name: str, field: str, effect: str, change: Plant) -> Defect:
    """Give a defect of the columns, as text, that the source of the region delivers."""
    return Defect(name, "transactions", "schema", change, effect, field, part="columns")


def totals(name: str, taken: float) -> Defect:
    """Give a defect of how many of the source's records were taken in."""

    def change(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        here = pl.col("region") == site.region
        lost = (pl.col("total") * taken).round().cast(pl.Int64)
        return frame.with_columns(pl.when(here).then(lost).otherwise("taken").alias("taken"))

    return Defect(name, "transactions", "totals", change, f"{taken:.0%} taken in", part="totals")


def _other_dates(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    del site
    parts = [pl.col("submitted").str.slice(at, number) for at, number in ((8, 2), (5, 2), (0, 4))]
    return frame.with_columns(pl.concat_str(parts, separator="/").alias("submitted"))


def _as_number(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    del site
    return frame.with_columns(pl.col("promise_value").cast(pl.String))


def _blank(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    blank = pl.Series(site.rng.random(frame.height) < 0.6)
    return frame.with_columns(service=frame["service"].set(blank, None))


BY_SOURCE: tuple[Defect, ...] = (
    columns("column gone", "channel", "1 column", lambda frame, _: frame.drop("channel")),
    columns(
        "column renamed", "channel", "1 column", lambda frame, _: frame.rename({"channel": "channel_name"})
    ),
    columns(
        "column by another name", "status", "1 column", lambda frame, _: frame.rename({"status": "keadaan"})
    ),
    columns("column new", "catatan", "1 column", lambda frame, _: frame.with_columns(catatan=pl.lit("x"))),
    columns("number became text", "promise_value", "1 column", _as_number),
    columns("dates the other way round", "submitted", "1 column", _other_dates),
    columns(
        "word new",
        "status",
        "1 in 2 records",
        lambda frame, _: frame.with_columns(pl.col("status").replace("completed", "SELESAI")),
    ),
    columns("word gone", "channel", "1 word", lambda frame, _: frame.with_columns(channel=pl.lit("counter"))),
    columns("blanks jumped", "service", "60 % of the batch", _blank),
    totals("pages missing", 0.9),
    totals("pages read twice", 1.1),
    Defect(
        "never delivered",
        "complaints",
        "never-delivered",
        lambda frame, site: frame.filter(pl.col("region") != site.region),
        "no record at all",
        days=(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
    ),
)
"""Found whatever chance does, most of them before a record is mapped."""
