"""Map of regions as points, drawn from their own coordinates: no map data, no tiles, no request."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from app.components.chart import canvas
from app.components.palette import MISSING, RAMP
from app.reading.values import CLASSES
from app.text import Language
from metrics.model import Region

WIDE_DEGREES = 6.0
"""Wider than this, points are drawn small: a country, not a province."""


@dataclass(frozen=True, slots=True)
class Point:
    """A region with what its point says. ``place``: its class, ``None`` where it has no figure."""

    region: Region
    place: int | None
    says: str


def point_map(points: Sequence[Point], labels: Sequence[str], t: Language, height: int = 360) -> go.Figure:
    """Return the figure: one trace a class, darker and larger the more favourable; hollow for none.

    Regions without coordinates are not drawn; ``off_map`` counts them.
    """
    figure = canvas(t, height)
    drawn = [point for point in points if _located(point.region)]
    size = 7.0 if _width(drawn) > WIDE_DEGREES else 12.0
    for place in (None, *range(len(labels))):
        here = [point for point in drawn if point.place == place]
        if not here:
            continue
        shade = 0 if place is None else _shade(place, len(labels))
        figure.add_scatter(
            x=[round(point.region.longitude or 0.0, 3) for point in here],
            y=[round(point.region.latitude or 0.0, 3) for point in here],
            text=[point.says for point in here],
            customdata=[point.region.code for point in here],
            mode="markers",
            name=t("map.none") if place is None else labels[place],
            hovertemplate="%{text}<extra></extra>",
            marker={
                "size": size - 1 if place is None else size + shade * 0.6,
                "color": MISSING if place is None else RAMP[shade],
                "symbol": "circle-open" if place is None else "circle",
                "line": {"width": 1, "color": MISSING if place is None else "rgba(23,37,44,0.55)"},
            },
        )
    _frame(figure, drawn)
    return figure


def off_map(points: Sequence[Point]) -> int:
    """Return how many regions have no coordinates."""
    return sum(not _located(point.region) for point in points)


def _frame(figure: go.Figure, drawn: Sequence[Point]) -> None:
    """Give both axes the same scale on the ground at the middle latitude."""
    middle = sum(point.region.latitude or 0.0 for point in drawn) / max(len(drawn), 1)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(
        visible=False, scaleanchor="x", scaleratio=1 / max(math.cos(math.radians(middle)), 0.1)
    )
    figure.update_layout(legend={"y": -0.02, "itemsizing": "constant"}, margin={"t": 4, "b": 4})


def _located(region: Region) -> bool:
    return region.latitude is not None and region.longitude is not None


def _width(drawn: Sequence[Point]) -> float:
    lons = [point.region.longitude or 0.0 for point in drawn]
    return max(lons) - min(lons) if lons else 0.0


def _shade(place: int, count: int) -> int:
    return CLASSES // 2 if count == 1 else round(place * (CLASSES - 1) / (count - 1))
