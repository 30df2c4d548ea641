"""Scales of the official indices by version: ``metrics/data/index_scales.csv`` and ``index_bands.csv``.

Rules of the authorities, kept as data because they change: a new version is new rows. A bound
that was not seen in print is marked ``verified = false`` and decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path

from metrics.csvfile import Row, read_rows
from metrics.errors import UnknownName

DATA = Path(__file__).parents[1] / "data"
SCALES = DATA / "index_scales.csv"
BANDS = DATA / "index_bands.csv"
SCALE_COLUMNS = (
    "index",
    "version",
    "name_id",
    "name_en",
    "authority",
    "first_year",
    "last_year",
    "minimum",
    "maximum",
    "decimals",
    "verified",
    "break_before",
    "source",
)
BAND_COLUMNS = ("index", "version", "category", "low", "high", "verified", "source")
PRECISE = 6
"""Decimals beyond which no index is printed."""


@dataclass(frozen=True, slots=True)
class Band:
    """A category and its bounds, both inside it; ``None``: open, or not known."""

    category: str
    low: Decimal | None
    high: Decimal | None
    verified: bool
    source: str
    note: str = ""

    def holds(self, value: Decimal) -> bool:
        """Whether a value, rounded as its scale is, lies inside the bounds."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Scale:
    """One version of an index's scale. ``break_before``: values of earlier versions do not compare.

    ``first_year``/``last_year``, ``minimum``/``maximum``: ``None`` where no source says.
    """

    index: str
    version: str
    name_id: str
    name_en: str
    authority: str
    first_year: int | None
    last_year: int | None
    minimum: Decimal | None
    maximum: Decimal | None
    decimals: int
    verified: bool
    break_before: bool
    source: str
    note: str
    bands: tuple[Band, ...]

    def band(self, value: Decimal) -> Band | None:
        """Band of a value, rounded half up to the decimals of the bounds; ``None`` where none holds it."""
        rounded = value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)
        return next((band for band in self.bands if band.holds(rounded)), None)


@dataclass(frozen=True, slots=True)
class Scales:
    """All versions of all indices, in the order of their file: the versions of an index rise in time."""

    all: tuple[Scale, ...]

    @property
    def indices(self) -> tuple[str, ...]:
        """Ids of the indices."""
        return tuple(dict.fromkeys(scale.index for scale in self.all))

    def of(self, index: str, version: str) -> Scale:
        """Scale of an index by version. Raises ``UnknownName`` that lists those there are."""
        versions = [scale for scale in self.all if scale.index == index]
        if not versions:
            raise UnknownName(f"no index {index!r}. Write one of {', '.join(self.indices)}.")
        for scale in versions:
            if scale.version == version:
                return scale
        known = ", ".join(scale.version for scale in versions)
        raise UnknownName(f"index {index!r} has no scale {version!r}. Write one of {known}.")


def official_scales(scales: Path = SCALES, bands: Path = BANDS) -> Scales:
    """Scales with their bands. Raises ``RegistryError`` that names file, row, field and remedy."""
    held: dict[tuple[str, str], list[Band]] = defaultdict(list)
    rows = read_rows(scales, required=SCALE_COLUMNS, optional=("note",))
    versions = {(row.required("index"), row.required("version")) for row in rows}
    for row in read_rows(bands, required=BAND_COLUMNS, optional=("note",)):
        version = row.required("index"), row.required("version")
        if version not in versions:
            raise row.error("version", "no such scale", f"Add it to {scales.name}, or correct it")
        held[version].append(_band(row, held[version]))
    found: dict[tuple[str, str], Scale] = {}
    for row in rows:
        scale = _scale(row, held)
        if (scale.index, scale.version) in found:
            raise row.error("version", "the same version is listed twice", "Remove one of the two rows")
        found[scale.index, scale.version] = scale
    return Scales(tuple(found.values()))


def decimal_in(row: Row, field: str) -> Decimal | None:
    """Number of a field exactly as it is printed, ``None`` where it is blank."""
    text = row.text(field)
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or -int(number.as_tuple().exponent) > PRECISE:
        raise row.error(field, "no number", "Write digits with a decimal point, or leave it blank")
    return number


def _band(row: Row, before: list[Band]) -> Band:
    band = Band(
        category=row.required("category"),
        low=decimal_in(row, "low"),
        high=decimal_in(row, "high"),
        verified=row.flag("verified"),
        source=row.required("source"),
        note=row.text("note"),
    )
    if band.low is not None and band.high is not None and band.low > band.high:
        raise row.error("low", "it lies above high", "Swap the two, or correct one")
    for other in before:
        if _reaches(band, other) and _reaches(other, band):
            raise row.error("low", f"the bounds overlap those of {other.category!r}", "Correct the bounds")
    return band


def _reaches(upper: Band, lower: Band) -> bool:
    """Whether one band begins no higher than the other ends."""
    return upper.low is None or lower.high is None or upper.low <= lower.high


def _scale(row: Row, bands: dict[tuple[str, str], list[Band]]) -> Scale:
    first, last, decimals = row.count("first_year"), row.count("last_year"), row.count("decimals")
    if first and last and first > last:
        raise row.error("first_year", "it lies after last_year", "Swap the two, or correct one")
    if decimals is None or decimals > PRECISE:
        raise row.error("decimals", "no number of decimals", f"Write a number from 0 to {PRECISE}")
    index, version = row.required("index"), row.required("version")
    return Scale(
        index=index,
        version=version,
        name_id=row.required("name_id"),
        name_en=row.required("name_en"),
        authority=row.required("authority"),
        first_year=first,
        last_year=last,
        minimum=decimal_in(row, "minimum"),
        maximum=decimal_in(row, "maximum"),
        decimals=decimals,
        verified=row.flag("verified"),
        break_before=row.flag("break_before"),
        source=row.required("source"),
        note=row.text("note"),
        bands=tuple(bands[index, version]),
    )
