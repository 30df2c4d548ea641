"""All indicators of all places and periods from the roll-up rows. Pure: frames in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from metrics.calendar import Calendar
from metrics.indicators.availability import availability
from metrics.indicators.cases import Cases, completion, resolution
from metrics.indicators.measures import Measured, values_of
from metrics.indicators.panel import MONTHS, WHOLE, Panel
from metrics.indicators.reporting import Reporting, reporting
from metrics.indicators.satisfaction import satisfaction
from metrics.indicators.settings import IndicatorSettings
from metrics.indicators.spans import spans
from metrics.indicators.throughput import Flow, complaint_rate, throughput
from metrics.indicators.withholding import withheld
from metrics.model import IndicatorValue
from metrics.observation import Hold
from metrics.quality import Verdicts
from metrics.regions import Registry

KEYS = {"partition": pl.String, "region": pl.String, "last_observed_us": pl.Int64}
CASES = (
    {"dataset": pl.String, "channel": pl.String}
    | dict.fromkeys(
        ("received", "finished", "open", "on_time", "late", "warnings", "elapsed_total_us"), pl.Int64
    )
    | dict.fromkeys(("elapsed", "working", "received_days", "finished_days", "open_cases"), pl.Binary)
)
COLUMNS: dict[str, dict[str, type[pl.DataType]]] = {
    "case_rollup": KEYS | CASES,
    "probe_rollup": KEYS | {"days": pl.Binary},
    "traffic_rollup": KEYS | {"days": pl.Binary},
    "survey_rollup": KEYS | {"respondents": pl.Int64, "elements": pl.Binary, "scores": pl.Binary},
}
"""Columns that are read of each roll-up table."""


def compute(
    rollups: Mapping[str, pl.DataFrame],
    registry: Registry,
    calendars: Mapping[str, Calendar],
    settings: IndicatorSettings | None = None,
    holds: Sequence[Hold] = (),
    verdicts: Verdicts | None = None,
) -> list[IndicatorValue]:
    """Return the values of every indicator of the catalogue, for regions, provinces and the nation.

    ``rollups``: rows of the roll-up tables in ``COLUMNS`` by table name; a missing table is one
    without rows. ``holds``: records whose figures are withheld. ``verdicts``: what the gate rejected and
    the monitors found. Every place has a row for the period "all" and for each year, with a reason where
    there is no value; months are there where something was recorded.
    """
    chosen = settings or IndicatorSettings()
    panel = Panel(registry, dict(calendars))
    tables = {table: _rows(rollups, table) for table in COLUMNS}
    reach = spans(tables, panel)
    cases = {name: Cases.of(tables["case_rollup"], name, panel) for name in ("transactions", "complaints")}
    flow = Flow(cases["transactions"])
    measured: list[Measured] = [
        *completion(cases["transactions"]),
        *throughput(flow, chosen.backlog_window_days),
        complaint_rate(Flow(cases["complaints"]), flow),
        *resolution(cases["complaints"]),
        availability(tables["probe_rollup"], panel),
        satisfaction(tables["survey_rollup"], panel),
        *reporting(Reporting(cases["transactions"], tables, reach), verdicts or Verdicts()),
    ]
    values = values_of(measured, panel, _years(measured))
    if not holds:
        return values
    columns = panel.named(reach).select("dataset", "region", "first", "last").iter_rows()
    known = {(dataset, region): (first, last) for dataset, region, first, last in columns}
    return withheld(values, holds, known, registry, chosen)


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
