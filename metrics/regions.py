"""Registry of regions: who is watched. Data, loaded by path; nothing here knows Indonesia's codes.

``indonesia()`` is the embedded registry of 514 kabupaten and kota in 38 provinces. Any other
CSV file with the columns ``code``, ``name`` and ``timezone`` is a registry too.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
import re
import zoneinfo
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from metrics.csvfile import Row, read_rows
from metrics.errors import RegistryError
from metrics.model import Province, Region
from metrics.placenames import AmbiguousRegion, PlaceNames, UnknownRegion

__all__ = ["AmbiguousRegion", "Registry", "UnknownRegion", "indonesia"]

DATA = Path(__file__).parent / "data"
REQUIRED = ("code", "name", "timezone")
OPTIONAL = (
    "kind",
    "province_code",
    "province",
    "island_group",
    "latitude",
    "longitude",
    "population",
    "population_date",
    "population_source",
    "area_km2",
    "seat",
    "old_code",
    "calendar",
)
ALIASES = {"population_year": "population_date"}
TILE_COLUMNS = ("province_code", "row", "column", "label")
DEFAULT_CALENDAR = "mon-fri"
"""Calendar of a region whose registry names none: no country's hours or holidays are assumed."""
EARTH_KM2 = 510_100_000.0


@dataclass(frozen=True)
class Registry:
    """Regions by code and provinces by code, each in rising order of code.

    ``digest``: SHA-256 of the content; two registries are equal when their digests are.
    """

    name: str = field(compare=False)
    regions: dict[str, Region] = field(compare=False)
    provinces: dict[str, Province] = field(compare=False)
    digest: str = ""

    def __post_init__(self) -> None:
        """Compute the digest where none is given."""
        if not self.digest:
            object.__setattr__(self, "digest", _digest(self.regions.values(), self.provinces.values()))

    @classmethod
    def of(cls, name: str, regions: Iterable[Region]) -> Registry:
        """Registry of regions that are already typed; the provinces are those they name."""
        by_code = {region.code: region for region in sorted(regions, key=lambda r: r.code)}
        provinces = {
            r.province.code: r.province for r in sorted(by_code.values(), key=lambda r: r.province.code)
        }
        return cls(name, by_code, provinces)

    @classmethod
    def load(cls, path: Path | str, tiles: Path | str | None = None, *, name: str | None = None) -> Registry:
        """Registry from a CSV file, with the cells of a tile file or, without one, a grid.

        Raises ``RegistryError`` that names the row, the field, the value and the remedy.
        """
        path = Path(path)
        rows = read_rows(path, required=REQUIRED, optional=OPTIONAL, aliases=ALIASES)
        codes = _codes(rows)
        provinces = _provinces(rows, path.stem)
        provinces = _placed(provinces, Path(tiles)) if tiles else _grid(provinces)
        regions = [
            _region(row, code, provinces[_province_code(row, path.stem)])
            for row, code in zip(rows, codes, strict=True)
        ]
        return cls.of(name or path.stem, regions)

    def find(self, text: str, kind: str | None = None, province: str | None = None) -> Region:
        """Return the one region with this name. "Kab.", "Kota Adm.", case, blanks, hyphens do not matter.

        ``province``: code or name. Raises ``AmbiguousRegion`` where the name fits several
        (a kabupaten and a kota share 26 names) and ``UnknownRegion`` where it fits none.
        """
        return self._names.find(text, kind, province)

    @cached_property
    def _names(self) -> PlaceNames:
        return PlaceNames(self.regions.values())


def usual_timezone(regions: Iterable[Region]) -> str:
    """Zone that most of the regions keep, the first of a tie: to print instants in that concern them all."""
    zones = [region.timezone for region in regions]
    return max(dict.fromkeys(zones), key=zones.count, default="UTC")


@cache
def indonesia() -> Registry:
    """Embedded registry: 514 kabupaten and kota. Sources: ``metrics/data/SOURCES.md``."""
    return Registry.load(DATA / "regions.csv", DATA / "tiles.csv", name="indonesia")


def _region(row: Row, code: str, province: Province) -> Region:
    return Region(
        code=code,
        name=row.required("name"),
        kind=row.text("kind"),
        province=province,
        timezone=_timezone(row),
        latitude=row.number_between("latitude", -90, 90),
        longitude=row.number_between("longitude", -180, 180),
        population=row.count("population"),
        population_date=row.text("population_date") or None,
        population_source=row.text("population_source") or None,
        area_km2=row.number_between("area_km2", 0, EARTH_KM2),
        seat=row.text("seat") or None,
        old_code=row.text("old_code") or None,
        calendar=row.text("calendar") or DEFAULT_CALENDAR,
    )


def _timezone(row: Row) -> str:
    name = row.required("timezone")
    if name in _timezones():
        return name
    close = difflib.get_close_matches(name, _timezones(), n=1)
    zone = close[0] if close else "Asia/Jakarta"
    raise row.error("timezone", "unknown time zone", f"Write an IANA name such as {zone!r}")


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _codes(rows: list[Row]) -> list[str]:
    """Codes as text, unique, and none that a spreadsheet took for a number."""
    first: dict[str, Row] = {}
    for row in rows:
        code = row.required("code")
        if code in first:
            remedy = "Give each region one row: remove or recode one of them"
            raise row.error("code", f"the same code as in row {first[code].number}", remedy)
        first[code] = row
    _refuse_equal_numbers(first)
    _refuse_cut_codes(first)
    return list(first)


MANGLED = "the code looks as if a spreadsheet took it for a number"
AS_TEXT = "Format the column of codes as text in the spreadsheet, restore the code ({}) and save again"


def _refuse_equal_numbers(rows: dict[str, Row]) -> None:
    """Refuse 11.1 beside 11.10: as numbers they are one, so they do not survive a spreadsheet."""
    seen: dict[tuple[str, str], str] = {}
    for code, row in rows.items():
        if re.fullmatch(r"\d+(\.\d+)?e[+-]?\d+", code, re.IGNORECASE):
            raise row.error("code", MANGLED, AS_TEXT.format("without an exponent"))
        match = re.fullmatch(r"(\d+)(?:\.(\d+))?", code)
        if not match:
            continue
        number = (match[1].lstrip("0"), (match[2] or "").rstrip("0"))
        other = seen.setdefault(number, code)
        if other != code:
            short = min(code, other, key=len)
            remedy = AS_TEXT.format("all codes with the same number of digits")
            raise rows[short].error("code", f"{MANGLED}: {code} and {other} are the same number", remedy)


def _refuse_cut_codes(rows: dict[str, Row]) -> None:
    """Refuse 11.1 among 11.09, 11.11, … (was 11.10), 1 among 02, 03, … (was 01), and 1.0, 2.0, …."""
    dotted = {code: code.partition(".")[2] for code in rows if re.fullmatch(r"\d+\.\d+", code)}
    if dotted and len(dotted) == len(rows) and set(dotted.values()) == {"0"}:
        code = next(iter(dotted))
        raise rows[code].error("code", MANGLED, AS_TEXT.format(f"{code.partition('.')[0]}, without .0"))
    usual = _usual_length(dotted.values())
    for code, digits in dotted.items():
        if len(digits) < usual:
            raise rows[code].error(
                "code", MANGLED, AS_TEXT.format(f"such as {code.ljust(len(code) + usual - len(digits), '0')}")
            )
    whole = [code for code in rows if code.isdecimal()]
    usual = _usual_length(whole)
    if any(code.startswith("0") for code in whole):
        for code in whole:
            if len(code) < usual:
                raise rows[code].error("code", MANGLED, AS_TEXT.format(f"such as {code.zfill(usual)}"))


def _usual_length(texts: Iterable[str]) -> int:
    lengths = Counter(map(len, texts))
    return max(lengths, key=lambda length: (lengths[length], length), default=0)


def _province_code(row: Row, default: str) -> str:
    return row.text("province_code") or row.text("province") or default


def _provinces(rows: list[Row], default: str) -> dict[str, Province]:
    """Provinces by code, in rising order. A code with two names or two groups is an error."""
    found: dict[str, tuple[Province, int]] = {}
    for row in rows:
        code = _province_code(row, default)
        province = Province(code, row.text("province") or code, row.text("island_group"))
        known, number = found.setdefault(code, (province, row.number))
        for name, here, there in (
            ("province", province.name, known.name),
            ("island_group", province.group, known.group),
        ):
            if here != there:
                problem = f"province {code!r} has {there!r} in row {number}"
                raise row.error(name, problem, "Write the same in every row of a province")
    return {code: found[code][0] for code in sorted(found)}


def _placed(provinces: dict[str, Province], path: Path) -> dict[str, Province]:
    """Provinces with the cells of a tile file: one cell each, no cell twice."""
    rows = read_rows(path, required=TILE_COLUMNS[:3], optional=TILE_COLUMNS[3:], aliases={"col": "column"})
    placed: dict[str, Province] = {}
    cells: dict[tuple[int, int], str] = {}
    for row in rows:
        code = row.required("province_code")
        if code not in provinces:
            continue  # a tile file may hold more provinces than a registry of a part of them
        if code in placed:
            raise row.error("province_code", "the province has a cell already", "Remove one of the two rows")
        cell = (_cell(row, "row"), _cell(row, "column"))
        if cell in cells:
            remedy = "Move one of the two to a free cell"
            raise row.error("column", f"cell {cell} is taken by province {cells[cell]!r}", remedy)
        cells[cell] = code
        label = row.text("label") or provinces[code].name
        placed[code] = replace(provinces[code], tile_row=cell[0], tile_column=cell[1], tile_label=label)
    missing = sorted(provinces.keys() - placed.keys())
    if missing:
        raise RegistryError(
            f"{path.name}: province {missing[0]!r} has no cell. Add a row for it, or give no tiles."
        )
    return {code: placed[code] for code in provinces}


def _cell(row: Row, name: str) -> int:
    row.required(name)
    return row.count(name) or 0


def _grid(provinces: dict[str, Province]) -> dict[str, Province]:
    """Provinces in the cells of a square, row by row in order of code."""
    width = math.ceil(math.sqrt(len(provinces)))
    return {
        code: replace(province, tile_row=i // width, tile_column=i % width, tile_label=province.name)
        for i, (code, province) in enumerate(provinces.items())
    }


def _digest(regions: Iterable[Region], provinces: Iterable[Province]) -> str:
    """SHA-256 of all facts as JSON, in order of code: the same on every machine."""
    content = {
        "provinces": [asdict(p) for p in sorted(provinces, key=lambda p: p.code)],
        "regions": [
            asdict(replace(r)) | {"province": r.province.code} for r in sorted(regions, key=lambda r: r.code)
        ],
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
