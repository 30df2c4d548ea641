"""All indicators of all places and periods from the roll-up rows. Pure: frames in, values out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.calendar import Calendar
from metrics.indicators.availability import availability
from metrics.indicators.cases import Cases, completion, resolution
from metrics.indicators.measures import Measured, values_of
from metrics.indicators.panel import MONTHS, WHOLE, Panel
from metrics.indicators.satisfaction import satisfaction
from metrics.indicators.settings import IndicatorSettings
from metrics.indicators.throughput import Flow, complaint_rate, throughput
from metrics.model import IndicatorValue
from metrics.regions import Registry

KEYS = {"partition": pl.String, "region": pl.String, "last_observed_us": pl.Int64}
CASES = (
    {"dataset": pl.String, "channel": pl.String}
    | dict.fromkeys(("received", "finished", "open", "on_time", "late", "elapsed_total_us"), pl.Int64)
    | dict.fromkeys(("elapsed", "working", "received_days", "finished_days", "open_cases"), pl.Binary)
)
COLUMNS: dict[str, dict[str, type[pl.DataType]]] = {
    "case_rollup": KEYS | CASES,
    "probe_rollup": KEYS | {"days": pl.Binary},
    "survey_rollup": KEYS | {"respondents": pl.Int64, "elements": pl.Binary, "scores": pl.Binary},
}
"""Columns that are read of each roll-up table."""


def compute(
    rollups: Mapping[str, pl.DataFrame],
    registry: Registry,
    calendars: Mapping[str, Calendar],
    settings: IndicatorSettings | None = None,
) -> list[IndicatorValue]:
    """Return the values of every indicator of the catalogue, for regions, provinces and the nation.

    ``rollups``: rows of ``case_rollup``, ``survey_rollup`` and ``probe_rollup`` by table name; a
    missing table is one without rows. Every place has a row for the period "all" and for each
    year, with a reason where there is no value; months are there where something was recorded.
    """
    chosen = settings or IndicatorSettings()
    panel = Panel(registry, dict(calendars))
    cases, probes, surveys = (_rows(rollups, table) for table in COLUMNS)
    transactions, complaints = (Cases.of(cases, name, panel) for name in ("transactions", "complaints"))
    flow = Flow(transactions)
    measured: list[Measured] = [
        *completion(transactions),
        *throughput(flow, chosen.backlog_window_days),
        complaint_rate(Flow(complaints), flow),
        *resolution(complaints),
        availability(probes, panel),
        satisfaction(surveys, panel),
    ]
    return values_of(measured, panel, _years(measured))


def _rows(rollups: Mapping[str, pl.DataFrame], table: str) -> pl.DataFrame:
    columns = COLUMNS[table]
    rows = rollups.get(table)
    if rows is None or rows.is_empty():
        return pl.DataFrame(schema=columns)
    return rows.select(pl.col(name).cast(kind) for name, kind in columns.items())


def _years(measured: list[Measured]) -> list[int]:
    """Years in which anything was recorded."""
    periods = pl.concat([one.present["period"] for one in measured]).unique()
    return sorted(period for period in periods if WHOLE < period < MONTHS * MONTHS)
