"""Horizontal bars with their figures written on them."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from app.components.chart import canvas
from app.components.palette import SERIES
from app.text import Language

LONGEST = 34
"""Longer labels are cut, so that bars keep their room on a phone; the table has them whole."""


def bars(labels: Sequence[str], values: Sequence[float], t: Language, decimals: int = 0) -> go.Figure:
    """Return the figure: the first label on top, one colour, the figure at each bar's end."""
    figure = canvas(t, 60 + 30 * max(len(labels), 1))
    short = [label if len(label) <= LONGEST else label[: LONGEST - 1] + "…" for label in labels]
    figure.add_bar(
        x=list(values),
        y=list(range(len(labels))),
        orientation="h",
        marker={"color": SERIES, "line": {"width": 0}},
        text=[t.number(value, decimals) for value in values],
        textposition="outside",
        cliponaxis=False,
        customdata=list(labels),
        hovertemplate="%{customdata}: %{text}<extra></extra>",
        width=0.62,
    )
    figure.update_yaxes(
        autorange="reversed", tickvals=list(range(len(labels))), ticktext=short, showgrid=False
    )
    figure.update_xaxes(visible=False, range=[0, max([*values, 1]) * 1.18])
    figure.update_layout(showlegend=False)
    return figure
