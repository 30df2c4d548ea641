"""Values of one indicator made ready for the two maps and their table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.components.point_map import Point
from app.components.sentences import value_line
from app.components.tile_map import Tile
from app.reading.values import Classes
from app.text import Language
from metrics.model import IndicatorValue, Province, Region

Values = Mapping[str, IndicatorValue]


def tiles(provinces: Iterable[Province], values: Values, scale: Classes, t: Language) -> list[Tile]:
    """Return one tile a province, those without a value too."""
    found = []
    for province in provinces:
        value = values.get(province.code)
        figure = t.plain(value.value, value.unit) if value else ""
        shade = scale.shade(value.value) if value else None
        found.append(Tile(province, figure, shade, f"{province.name}: {value_line(value, t)}"))
    return found


def points(regions: Iterable[Region], values: Values, scale: Classes, t: Language) -> list[Point]:
    """Return one point a region, those without a value too."""
    found = []
    for region in regions:
        value = values.get(region.code)
        place = scale.of(value.value) if value else None
        says = f"<b>{region.full_name}</b> · {region.province.name}<br>{_short(value, t)}"
        found.append(Point(region, place, says))
    return found


def table(names: Mapping[str, str], values: Values, t: Language) -> list[dict[str, str]]:
    """Return the rows of the table under a map, by code. ``names``: name by code."""
    return [_row(code, name, values.get(code), t) for code, name in names.items()]


def _short(value: IndicatorValue | None, t: Language) -> str:
    return value_line(value, t) if value and value.value is not None else t("map.none")


def _row(code: str, name: str, value: IndicatorValue | None, t: Language) -> dict[str, str]:
    return {
        t("table.code"): code,
        t("table.name"): name,
        t("table.value"): t.value(value.value, value.unit) if value else t.number(None),
        t("table.interval"): t.interval(value.low, value.high, value.unit) if value else "",
        "n": t.number(value.n) if value else t.number(None),
        t("table.reason"): "" if value and value.value is not None else value_line(value, t),
    }
