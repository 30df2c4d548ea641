"""Fetches of one source: how long each took, a cross for each that failed, and the same as rows."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from app.components.chart import canvas
from app.components.palette import ACCENT, SERIES
from app.text import Language
from app.text.causes import cause_text
from metrics.model import SourceRun


def fetches(runs: Sequence[SourceRun], t: Language, zone: str) -> go.Figure:
    """Return the figure, on the clock of a zone."""
    figure = canvas(t, 230)
    looks = (
        (t("sources.succeeded_run"), [run for run in runs if not run.reason], SERIES, "circle", 7),
        (t("sources.failed_run"), [run for run in runs if run.reason], ACCENT, "x", 9),
    )
    for name, shown, colour, symbol, size in looks:
        figure.add_scatter(
            x=[run.started.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for run in shown],
            y=[run.seconds for run in shown],
            mode="markers",
            name=name,
            marker={"color": colour, "symbol": symbol, "size": size},
            cliponaxis=False,
            customdata=[
                f"{t.instant(run.started, zone)}<br>{cause_text(run.reason, t.code)}" for run in shown
            ],
            hovertemplate="%{y:,.2f} s<br>%{customdata}<extra>" + name + "</extra>",
        )
    figure.update_xaxes(tickformat="%d/%m<br>%H.%M" if t.code == "id" else "%d/%m<br>%H:%M", nticks=6)
    figure.update_yaxes(rangemode="tozero", ticksuffix=" s", tickformat=",~r")
    figure.update_layout(legend={"y": -0.32}, showlegend=True)
    return figure


def fetch_rows(runs: Sequence[SourceRun], t: Language, zone: str) -> list[dict[str, str]]:
    """Return fetches as rows of a table, in the order given."""
    return [
        {
            t("table.started"): t.instant(run.started, zone),
            t("sources.seconds"): t.number(run.seconds, 2),
            t("sources.queue"): t.number(run.queue_seconds, 2),
            t("table.rows"): t.number(run.rows),
            t("sources.pieces"): t.number(run.pieces),
            t("sources.reason"): cause_text(run.reason, t.code),
            t("sources.detail"): run.detail,
        }
        for run in runs
    ]
