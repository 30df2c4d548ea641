"""A region's own months: a line with its interval, the nation's line for comparison, gaps as gaps."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from app.components.chart import canvas
from app.components.palette import BAND, MUTED, SERIES
from app.text import Language
from app.text.units import RATIO_UNITS


def history(
    own: pl.DataFrame, nation: pl.DataFrame, name: str, unit: str, t: Language, height: int = 320
) -> go.Figure:
    """Return the figure. Both frames: one row a month with period, value, low, high, n.

    A month without a value breaks the line. The band is the 95 % interval; where one end is
    not known, the month has no band.
    """
    figure = canvas(t, height)
    factor = 100.0 if unit in RATIO_UNITS else 1.0
    months = own["period"].to_list() if own.height else []
    _band(figure, own, factor, t)
    if nation.height:
        figure.add_scatter(
            x=nation["period"].to_list(),
            y=_scaled(nation["value"], factor),
            mode="lines",
            name=t("history.nation"),
            line={"color": MUTED, "width": 2, "dash": "dot"},
            hovertemplate="%{y:,.1f}<extra>" + t("history.nation") + "</extra>",
        )
    figure.add_scatter(
        x=months,
        y=_scaled(own["value"], factor) if own.height else [],
        mode="lines+markers",
        name=name,
        connectgaps=False,
        line={"color": SERIES, "width": 2.5},
        marker={"size": 7, "symbol": "circle"},
        hovertemplate="%{y:,.1f}<extra>" + name + "</extra>",
    )
    every = sorted({*months, *(nation["period"].to_list() if nation.height else [])})
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=every, showgrid=False)
    figure.update_xaxes(tickvals=every, ticktext=[_tick(month, t) for month in every], tickangle=0)
    suffix = " %" if unit in RATIO_UNITS else ""
    figure.update_yaxes(rangemode="tozero", ticksuffix=suffix, tickformat=",~r")
    figure.update_layout(hovermode="x unified")
    return figure


def _band(figure: go.Figure, own: pl.DataFrame, factor: float, t: Language) -> None:
    """One closed shape for every unbroken run of months that have both ends."""
    named = False
    for run in _runs(own):
        months = run["period"].to_list()
        high, low = _scaled(run["high"], factor), _scaled(run["low"], factor)
        figure.add_scatter(
            x=[*months, *months[::-1]],
            y=[*high, *low[::-1]],
            fill="toself",
            fillcolor=BAND,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            name=t("history.interval"),
            showlegend=not named,
            legendgroup="interval",
        )
        named = True


def _runs(own: pl.DataFrame) -> list[pl.DataFrame]:
    if own.height == 0:
        return []
    whole = own.with_columns(
        both=pl.all_horizontal(pl.col(name).is_not_null() for name in ("value", "low", "high"))
    ).with_columns(run=pl.col("both").rle_id())
    parts = whole.filter(pl.col("both")).partition_by("run", maintain_order=True)
    return [part for part in parts if part.height > 1]


def _scaled(column: pl.Series, factor: float) -> list[float | None]:
    return [None if value is None else round(value * factor, 3) for value in column.to_list()]


def _tick(month: str, t: Language) -> str:
    words = t.period(month).split()
    return f"{words[0][:3]}<br>{month[:4]}" if month.endswith("-01") else words[0][:3]
