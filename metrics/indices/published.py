"""Values of official indices as published, one row a statement, and what may be compared with what.

The category is the authority's own word. Ours, from the bounds of the scale, is only a check on it:
where the two differ both are shown, and the published one stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from metrics.csvfile import Row, read_rows
from metrics.errors import UnknownName
from metrics.indices.scales import Scale, Scales, decimal_in
from metrics.regions import Registry

COLUMNS = ("index", "version", "period", "region", "value", "category", "authority", "source", "verified")
YEAR = re.compile(r"(19|20)\d\d")


class Agreement(StrEnum):
    """Whether a published category is that of the scale's bounds.

    ``UNTOLD``: no category, no value, no bounds, or bounds that were not seen in print.
    """

    AGREES = "agrees"
    DIFFERS = "differs"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class IndexValue:
    """An index of one region as published: ``value`` exactly as printed, ``category`` word for word.

    ``region``: code of a region or a province. ``period``: the year that it is of, not that in which
    it came out. ``value`` is ``None`` where only a category was published. ``breaks``: the series breaks
    before this scale, so that it does not compare with values on earlier ones.
    """

    index: str
    version: str
    period: str
    region: str
    value: Decimal | None
    category: str
    authority: str
    source: str
    verified: bool
    breaks: bool
    note: str = ""


def index_values(path: Path, registry: Registry, scales: Scales) -> tuple[IndexValue, ...]:
    """Values of a CSV file with ``COLUMNS`` and perhaps ``note``, in the order of the file.

    Two authorities may say different things of one region and year; one may not, on one source.
    Raises ``RegistryError`` that names the file, the row, the field, its value and the remedy.
    """
    found: dict[tuple[str, ...], IndexValue] = {}
    for row in read_rows(path, required=COLUMNS, optional=("note",)):
        one = _value(row, registry, scales)
        key = (one.index, one.region, one.period, one.authority, one.source)
        if key in found:
            raise row.error("region", "published twice in one source", "Remove one of the two rows")
        found[key] = one
    return tuple(found.values())


def agreement(value: IndexValue, scale: Scale) -> Agreement:
    """Whether the published category is the one that the scale's verified bounds give."""
    band = None if value.value is None else scale.band(value.value)
    if band is None or not value.category or not band.verified:
        return Agreement.UNTOLD
    same = band.category.casefold() == value.category.casefold()
    return Agreement.AGREES if same else Agreement.DIFFERS


def stretches(values: Iterable[IndexValue], scales: Scales) -> list[tuple[IndexValue, ...]]:
    """Values that may stand on one line: of one index, region and authority, without a series break.

    Each in order of period. A chart draws every stretch by itself and nothing between two.
    """
    order = {(scale.index, scale.version): at for at, scale in enumerate(scales.all)}
    ordered = sorted(
        values, key=lambda v: (v.index, v.region, v.authority, v.period, order[v.index, v.version], v.source)
    )
    found: list[list[IndexValue]] = []
    for one in ordered:
        last = found[-1][-1] if found else None
        if last is None or _series(one) != _series(last) or _broken(last, one, scales):
            found.append([])
        found[-1].append(one)
    return [tuple(stretch) for stretch in found]


def _broken(before: IndexValue, after: IndexValue, scales: Scales) -> bool:
    """Whether a series break lies between the scales of two values of an index, skipped versions included."""
    versions = [scale for scale in scales.all if scale.index == after.index]
    names = [scale.version for scale in versions]
    first, last = sorted((names.index(before.version), names.index(after.version)))
    return any(scale.break_before for scale in versions[first + 1 : last + 1])


def _series(value: IndexValue) -> tuple[str, str, str]:
    return value.index, value.region, value.authority


def _value(row: Row, registry: Registry, scales: Scales) -> IndexValue:
    index, version, region = row.required("index"), row.required("version"), row.required("region")
    try:
        scale = scales.of(index, version)
    except UnknownName as error:
        field = "version" if index in scales.indices else "index"
        raise row.error(field, "unknown index or scale", str(error).rstrip(".")) from error
    if region not in registry.regions and region not in registry.provinces:
        example = next(iter(registry.regions), "")
        raise row.error("region", "no region or province has this code", f"Write a code such as {example}")
    value, category = decimal_in(row, "value"), row.text("category")
    if value is None and not category:
        raise row.error(
            "value", "neither value nor category", "Fill in what was published, or leave the row out"
        )
    _check_bounds(row, scale, value)
    return IndexValue(
        index=index,
        version=version,
        period=_period(row, scale),
        region=region,
        value=value,
        category=category,
        authority=row.required("authority"),
        source=row.required("source"),
        verified=row.flag("verified"),
        breaks=scale.break_before,
        note=row.text("note"),
    )


def _check_bounds(row: Row, scale: Scale, value: Decimal | None) -> None:
    """Refuse a value outside the scale. Bounds that are not verified refuse nothing."""
    if value is None or not scale.verified:
        return
    low, high = scale.minimum, scale.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise row.error(
            "value",
            f"outside the scale {scale.index} {scale.version} ({low} to {high})",
            "Correct it, or name the version that it was published on",
        )


def _period(row: Row, scale: Scale) -> str:
    period = row.required("period")
    if not YEAR.fullmatch(period):
        raise row.error("period", "no year", "Write the year that the value is of, such as 2024")
    first, last = scale.first_year, scale.last_year
    if (first and int(period) < first) or (last and int(period) > last):
        raise row.error(
            "period",
            f"scale {scale.version} is of {first or '…'} to {last or '…'}",
            "Name the version that was in force in that year",
        )
    return period
