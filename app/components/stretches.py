"""The history of checks as a chart: one line a check, one stretch for each result; and the same as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from app.components.chart import canvas
from app.components.marks import figure, mark_text
from app.components.palette import ACCENT, MUTED, SERIES
from app.reading.observation import Mark, Stretch
from app.text import Language
from app.text.monitors import check_name, check_remedy

LOOKS = (
    ("group.bad", frozenset({Mark.CRITICAL}), ACCENT, "x", "solid", 6),
    ("group.warned", frozenset({Mark.WARNING, Mark.INFO}), ACCENT, "triangle-up", "solid", 3),
    ("group.fine", frozenset({Mark.PASSED}), SERIES, "circle", "solid", 2),
    ("group.undone", frozenset({Mark.BROKEN, Mark.LEARNING}), MUTED, "square-open", "dot", 2),
)
"""Name, marks, colour, symbol of both ends, and line of each kind of stretch."""
LINE, EDGES = 30, 110
"""Pixels of a line, and of what stands around them."""


def history_chart(history: Sequence[Stretch], t: Language, zone: str) -> go.Figure:
    """Return the figure, on the clock of a zone. A stretch goes from its first run to its last."""
    names = list(dict.fromkeys(_name(one, t) for one in history))
    chart = canvas(t, EDGES + LINE * len(names))
    for key, marks, colour, symbol, dash, width in LOOKS:
        shown = [one for one in history if one.mark in marks]
        if not shown:
            continue
        x: list[datetime | None] = []
        y: list[str | None] = []
        words: list[str] = []
        for one in shown:
            x += [_local(one.since, zone), _local(one.until, zone), None]
            y += [_name(one, t), _name(one, t), None]
            words += [_said(one, t, zone)] * 3
        chart.add_scatter(
            x=x,
            y=y,
            mode="lines+markers",
            name=t(key),
            line={"color": colour, "width": width, "dash": dash},
            marker={"color": colour, "symbol": symbol, "size": 10},
            cliponaxis=False,
            customdata=words,
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
    chart.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False)
    chart.update_xaxes(tickformat="%d/%m/%Y<br>%H.%M" if t.code == "id" else "%d/%m/%Y<br>%H:%M", nticks=4)
    chart.update_layout(legend={"y": 1.02, "yanchor": "bottom"}, showlegend=True)
    return chart


def history_rows(history: Sequence[Stretch], t: Language, zone: str) -> list[dict[str, str]]:
    """Return stretches as rows of a table, the latest first."""
    return [
        {
            t("fresh.dataset"): t.word("dataset", one.dataset),
            t("quality.head_check"): check_name(one.check, t.code),
            t("quality.head_mark"): mark_text(one.mark, t),
            t("quality.head_since"): t.instant(one.since, zone),
            t("quality.head_until"): t.instant(one.until, zone),
            t("quality.head_runs"): t.number(one.runs),
            t("quality.head_value"): figure(one.value, t),
            t("table.bound"): figure(one.bound, t),
            t("table.rows_bad"): t("table.bad_of", bad=t.number(one.bad), n=t.number(one.n)),
            t("quality.head_remedy"): check_remedy(one.check, t.code) if one.mark is not Mark.PASSED else "",
            t("quality.technical"): one.detail,
        }
        for one in sorted(history, key=lambda one: one.until, reverse=True)
    ]


def _name(one: Stretch, t: Language) -> str:
    return f"{t.word('dataset', one.dataset)}: {check_name(one.check, t.code)}"


def _said(one: Stretch, t: Language, zone: str) -> str:
    runs = f"{t('quality.head_runs')}: {t.number(one.runs)}"
    return (
        f"{mark_text(one.mark, t)}<br>{t.instant(one.since, zone)} – {t.instant(one.until, zone)}<br>{runs}"
    )


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
