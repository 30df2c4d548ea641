"""What makes a record recognisable when it turns up again: its time of day, content and duration."""

from __future__ import annotations

import polars as pl

from checks.monitors.rows import CASES, CONTENT, with_times

PHASES = ("dns_seconds", "connect_seconds", "tls_seconds", "first_byte_seconds", "transfer_seconds")
RUN = 3
"""Days of traffic that must repeat in a row: one day's figures are too few to be recognised by."""


def signed(rows: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """[region, day, signature] of those ``dated`` rows that say enough to be told apart."""
    rows = with_times(rows, dataset)
    if dataset in CASES:
        telling, fields = pl.col("seconds") > 0, ["second", "seconds", *CONTENT[dataset]]
    elif dataset == "probes":
        telling, fields = pl.col("up"), [*CONTENT[dataset], *PHASES]
    elif dataset == "traffic":
        rows = rows.sort("region", "target", "day", "second", "requests", "errors")
        earlier = [pl.col("requests").shift(back).over("region", "target") for back in range(1, RUN)]
        rows = rows.with_columns(value.alias(f"requests {back}") for back, value in enumerate(earlier, 1))
        telling, fields = (
            pl.col("requests") > 0,
            [*CONTENT[dataset], *(f"requests {back}" for back in range(1, RUN))],
        )
    else:
        telling, fields = pl.col("day").is_not_null(), ["second", *CONTENT[dataset]]
    return rows.filter(telling.fill_null(value=False)).select(
        "region", "day", pl.struct(fields).hash().alias("signature")
    )


def repeated(rows: pl.DataFrame, again: pl.Expr, fewest: int, least: float) -> pl.DataFrame:
    """Regions with enough repeated records, counting only days on which at least a share of them are.

    [region, n, bad, first, last, value, bound].
    """
    days = (
        rows.with_columns(again.alias("again"))
        .group_by("region", "day")
        .agg(pl.len().alias("n"), pl.col("again").sum().alias("bad"))
    )
    return (
        days.filter(pl.col("bad") >= least * pl.col("n"), pl.col("bad") > 0)
        .group_by("region")
        .agg(
            pl.col("n", "bad").sum(),
            pl.col("day").min().alias("first"),
            pl.col("day").max().alias("last"),
        )
        .with_columns((pl.col("bad") / pl.col("n")).alias("value"), pl.lit(least).alias("bound"))
        .filter(pl.col("bad") >= fewest)
    )
