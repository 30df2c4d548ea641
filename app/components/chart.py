"""What all charts share: quiet axes, this language's number marks, nothing fetched from outside."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from app.components.palette import FAINT
from app.text import Language

CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "scrollZoom": False,
    "responsive": True,
    "showTips": False,
}
"""Given to every chart: no toolbar, no zoom by wheel that would catch a scrolling thumb."""


def canvas(t: Language, height: int) -> go.Figure:
    """Empty figure in the house style, of a height in pixels."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        separators=t.separators,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
        hoverlabel={"align": "left"},
        legend={"orientation": "h", "yanchor": "top", "y": -0.14, "x": 0, "title": None},
        uirevision="stay",
    )
    figure.update_xaxes(gridcolor=FAINT, zeroline=False, fixedrange=True, automargin=True)
    figure.update_yaxes(gridcolor=FAINT, zeroline=False, fixedrange=True, automargin=True)
    return figure
