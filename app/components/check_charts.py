"""A check over time: how many regions fail, and what a run costs, by day; each with its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from app.components.chart import canvas
from app.components.palette import ACCENT, SERIES
from app.reading.checks import Cost, Moment
from app.text import Language


def failing_over_time(moments: Sequence[Moment], t: Language, zone: str) -> go.Figure:
    """Return the figure, on the clock of a zone: a number of regions holds until the next instant."""
    figure = canvas(t, 260)
    at = [moment.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in moments]
    looks = (
        (t("group.bad"), [moment.critical for moment in moments], "solid", "x"),
        (t("group.warned"), [moment.warned for moment in moments], "dash", "triangle-up"),
    )
    for name, counts, dash, symbol in looks:
        figure.add_scatter(
            x=at,
            y=counts,
            mode="lines+markers",
            name=name,
            line={"color": ACCENT, "width": 2, "shape": "hv", "dash": dash},
            marker={"color": ACCENT, "symbol": symbol, "size": 8},
            cliponaxis=False,
            customdata=[t.instant(moment.at, zone) for moment in moments],
            hovertemplate="%{y}<br>%{customdata}<extra>" + name + "</extra>",
        )
    figure.update_xaxes(tickformat="%d/%m/%Y<br>%H.%M" if t.code == "id" else "%d/%m/%Y<br>%H:%M", nticks=4)
    figure.update_yaxes(rangemode="tozero", tickformat=",d")
    figure.update_layout(legend={"y": 1.02, "yanchor": "bottom"}, showlegend=True)
    return figure


def moment_rows(moments: Sequence[Moment], t: Language, zone: str) -> list[dict[str, str]]:
    """Return the instants as rows of a table, the latest first."""
    return [
        {
            t("checks.head_at"): t.instant(moment.at, zone),
            t("group.bad"): t.number(moment.critical),
            t("group.warned"): t.number(moment.warned),
        }
        for moment in reversed(moments)
    ]


def by_day(figures: Mapping[date, float], t: Language) -> go.Figure:
    """Return a figure of one number a day; a day without a run has none."""
    chart = canvas(t, 220)
    chart.add_scatter(
        x=list(figures),
        y=list(figures.values()),
        mode="lines+markers",
        line={"color": SERIES, "width": 2},
        marker={"size": 8},
        cliponaxis=False,
        customdata=[t.day(day) for day in figures],
        hovertemplate="%{y:,.1f}<br>%{customdata}<extra></extra>",
    )
    chart.update_xaxes(tickformat="%d/%m/%Y", nticks=4)
    chart.update_yaxes(rangemode="tozero", tickformat=",~r")
    chart.update_layout(showlegend=False)
    return chart


def cost_rows(costs: Mapping[date, Cost], t: Language) -> list[dict[str, str]]:
    """Return costs as rows of a table, the latest day first."""
    return [
        {
            t("checks.head_day"): t.day(day),
            t("checks.head_runs"): t.number(cost.runs),
            t("checks.cost_time"): t.plain(cost.milliseconds, ""),
            t("checks.cost_records"): t.number(cost.rows),
        }
        for day, cost in reversed(list(costs.items()))
    ]
