"""Tile-grid map of provinces: every province the same size, each a link, each with its figure.

Plain HTML, so that it is a keyboard's and a screen reader's map too, needs no map data from
anywhere, and flows into rows on a narrow screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from app.components.markup import href, text
from app.components.palette import INK_ON_RAMP, RAMP
from app.reading.values import CLASSES, Classes
from app.text import NONE, Language
from metrics.model import Province


@dataclass(frozen=True, slots=True)
class Tile:
    """A province with what its tile says. ``shade``: 0 … 4, ``None`` where there is no figure."""

    province: Province
    figure: str
    shade: int | None
    says: str


def tile_map(tiles: Iterable[Tile], t: Language, page: str) -> str:
    """Return the map; provinces without a cell come in a row of their own below it."""
    cells = sorted(tiles, key=_cell)
    placed = [tile for tile in cells if tile.province.tile_row is not None]
    columns = max(((tile.province.tile_column or 0) for tile in placed), default=0) + 1
    last = max(((tile.province.tile_row or 0) for tile in placed), default=-1) + 1
    body, loose = [], 0
    for tile in cells:
        row, column = tile.province.tile_row, tile.province.tile_column
        if row is None or column is None:
            row, column = last + loose // columns, loose % columns
            loose += 1
        body.append(_tile(tile, row, column, t, page))
    grid = f"grid-template-columns: repeat({columns}, minmax(0, 1fr)); max-width: {columns * 4.6:.0f}rem"
    return f'<nav class="pm-tiles" style="{grid}" aria-label="{text(t("map.tiles"))}">{"".join(body)}</nav>'


def legend(scale: Classes, labels: Iterable[str], side: str, t: Language) -> str:
    """Return the classes in words, the palest first; ``side`` says what dark means."""
    words = list(labels)
    keys = []
    for place, label in enumerate(words):
        shade = CLASSES // 2 if len(words) == 1 else round(place * (CLASSES - 1) / (len(words) - 1))
        keys.append(f'<span><i style="background:{RAMP[shade]}"></i>{text(label)}</span>')
    keys.append(f'<span><i class="none"></i>{text(t("map.none"))}</span>')
    meaning = text(side if scale.count > 1 else "")
    return f'<div class="pm-legend">{"".join(keys)}<span class="pm-soft">{meaning}</span></div>'


def class_labels(scale: Classes, unit: str, t: Language) -> list[str]:
    """Return the classes' bounds in words, the least favourable first."""
    bounds = [t.plain(bound, unit) for bound in scale.bounds]
    if not bounds:
        return [t("map.one_class")]
    inner = [f"{low}–{high}" for low, high in pairwise(bounds)]
    labels = [f"≤ {bounds[0]}", *inner, f"> {bounds[-1]}"]
    return labels if scale.upwards else labels[::-1]


def _cell(tile: Tile) -> tuple[bool, int, int, str]:
    province = tile.province
    return (province.tile_row is None, province.tile_row or 0, province.tile_column or 0, province.code)


def _tile(tile: Tile, row: int, column: int, t: Language, page: str) -> str:
    shade = tile.shade
    look = f"grid-row:{row + 1};grid-column:{column + 1};"
    if shade is not None:
        look += f"background:{RAMP[shade]};color:{INK_ON_RAMP[shade]}"
    label = tile.province.tile_label or tile.province.name
    address = href(page, t.code, {"province": tile.province.code})
    none = "" if shade is not None else " none"
    return (
        f'<a class="pm-tile{none}" style="{look}" href="{address}" target="_self" title="{text(tile.says)}"'
        f' aria-label="{text(tile.says)}"><b>{text(label)}</b><span>{text(tile.figure or NONE)}</span></a>'
    )
