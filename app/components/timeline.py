"""Published counts over time: every source's points as printed, joined only within one authority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from app.components.chart import canvas
from app.components.palette import ACCENT, MUTED, SERIES
from app.text import Language
from metrics.model import PublishedFigure

LOOKS = ((SERIES, "circle"), (ACCENT, "diamond"), (MUTED, "square"), (MUTED, "triangle-up"))


def moment(as_of: str) -> date:
    """Return the day a figure is drawn at: the printed day, else the middle of its month or year."""
    parts = [int(part) for part in as_of.split("-")]
    if len(parts) == 1:
        return date(parts[0], 7, 1)
    return date(parts[0], parts[1], parts[2] if len(parts) > 2 else 15)  # noqa: PLR2004 - year, month, day


def timeline(figures: Sequence[PublishedFigure], t: Language, height: int = 320) -> go.Figure:
    """Return the figure of one series. A contradicted point is hollow; a year without source has none."""
    chart = canvas(t, height)
    known = sorted((f for f in figures if f.value is not None), key=lambda f: moment(f.as_of))
    authorities = list(dict.fromkeys(f.authority for f in known))
    authorities.sort(key=lambda name: -sum(f.authority == name for f in known))
    for place, authority in enumerate(authorities):
        colour, symbol = LOOKS[min(place, len(LOOKS) - 1)]
        mine = [f for f in known if f.authority == authority]
        chart.add_scatter(
            x=[moment(f.as_of) for f in mine],
            y=[f.value for f in mine],
            mode="lines+markers" if place == 0 else "markers",
            name=authority,
            line={"color": colour, "width": 2, "shape": "hv"},
            marker={
                "size": 10,
                "color": colour,
                "symbol": [symbol + ("-open" if f.contradiction else "") for f in mine],
                "line": {"width": 2, "color": colour},
            },
            customdata=[[t.as_of(f.as_of), f.contradiction] for f in mine],
            hovertemplate="<b>%{y}</b> · %{customdata[0]}<br>%{customdata[1]}<extra>"
            + authority
            + "</extra>",
        )
    chart.update_yaxes(rangemode="tozero")
    chart.update_xaxes(showgrid=False, tickformat="%Y", dtick="M12")
    return chart
