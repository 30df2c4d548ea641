"""From measures by group to indicator values with status and reason, silent regions included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

import polars as pl

from metrics.catalogue import CATALOGUE, Indicator
from metrics.indicators.panel import GROUP, MONTHS, WHOLE, Panel, period_name
from metrics.indicators.reasons import REASONS, reason_text
from metrics.model import IndicatorValue, ValueStatus

FIELDS = {
    "n": pl.Int64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "code": pl.String,
    "detail": pl.String,
}


@dataclass(frozen=True)
class Measured:
    """Measures of one indicator.

    ``frame``: place, period, n, value, low, high and, where a value is missing, the code and
    detail of the reason (both columns optional). ``present``: the groups with records at all;
    one without a measure has the reason ``empty``.
    """

    indicator: str
    frame: pl.DataFrame
    present: pl.DataFrame
    empty: str


def values_of(measured: Sequence[Measured], panel: Panel, years: Sequence[int]) -> list[IndicatorValue]:
    """Indicator values of all places: each has a row for "all" and for each year, months where known."""
    grid = pl.DataFrame({"place": range(len(panel.codes))}, schema={"place": pl.Int64}).join(
        pl.DataFrame({"period": [WHOLE, *years]}, schema={"period": pl.Int64}), how="cross"
    )
    return [value for one in measured for value in _issued(one, grid, panel)]


def _issued(measured: Measured, grid: pl.DataFrame, panel: Panel) -> Iterator[IndicatorValue]:
    indicator = CATALOGUE[measured.indicator]
    table = _reasoned(measured, indicator, grid)
    names = {period: period_name(period) for period in table["period"].unique()}
    places, periods, sizes, values, lows, highs, codes, details = (column.to_list() for column in table)
    stated = [_stated(code, detail) for code, detail in zip(codes, details, strict=True)]
    return map(
        IndicatorValue,  # by position: indicator, level, region, period, value, unit, n, low, high, …
        repeat(indicator.id),
        [panel.levels[place] for place in places],
        [panel.codes[place] for place in places],
        [names[period] for period in periods],
        values,
        repeat(indicator.unit),
        sizes,
        lows,
        highs,
        [status for status, _ in stated],
        [reason for _, reason in stated],
        repeat(indicator.version),
    )


def _reasoned(measured: Measured, indicator: Indicator, grid: pl.DataFrame) -> pl.DataFrame:
    """Measures of every group that must have a row, each with a value or the code of a reason."""
    silent = grid.join(measured.present.select("place").unique(), on="place", how="anti")
    table = _complete(measured.frame)
    groups = pl.concat([grid, measured.present, table.select(GROUP)]).unique()
    dataset = f"dataset={indicator.dataset}"
    joined = (
        groups.join(table, on=list(GROUP), how="left")
        .join(measured.present.with_columns(present=True), on=list(GROUP), how="left")
        .join(silent.select(GROUP).with_columns(silent=True), on=list(GROUP), how="left")
        .with_columns(pl.col("n").fill_null(0), pl.col("value", "low", "high").fill_nan(None))
    )
    few = (pl.col("n") > 0) & (pl.col("n") < indicator.minimum_n)
    nothing = pl.col("value").is_null() & pl.col("code").is_null()
    coded = joined.with_columns(
        code=pl.when(few)
        .then(pl.lit("too-few"))
        .when(nothing & pl.col("present"))
        .then(pl.lit(measured.empty))
        .when(nothing & pl.col("silent"))
        .then(pl.lit("no-records"))
        .when(nothing)
        .then(pl.lit("no-records-in-period"))
        .otherwise(pl.col("code")),
        detail=pl.when(few)
        .then(pl.format("n={},minimum={}", "n", pl.lit(indicator.minimum_n)))
        .when(nothing)
        .then(pl.lit(dataset))
        .otherwise(pl.col("detail")),
        value=pl.when(few).then(None).otherwise(pl.col("value")),
        low=pl.when(few).then(None).otherwise(pl.col("low")),
        high=pl.when(few).then(None).otherwise(pl.col("high")),
    )
    monthly = pl.col("period") > MONTHS * MONTHS
    return (
        coded.filter(~(monthly & (pl.col("n") == 0) & pl.col("value").is_null()))
        .select([*GROUP, *FIELDS])
        .sort(GROUP)
    )


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Frame with all columns of a measure, missing ones null."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in FIELDS.items() if name not in frame.columns]
    return frame.with_columns(missing).select(
        pl.col("place").cast(pl.Int64),
        pl.col("period").cast(pl.Int64),
        *(pl.col(name).cast(kind) for name, kind in FIELDS.items()),
    )


@lru_cache(maxsize=65536)
def _stated(code: str | None, detail: str | None) -> tuple[ValueStatus, str]:
    if code is None:
        return ValueStatus.OK, ""
    return REASONS[code].status, reason_text(code, detail or "")
