"""Versions as rows of a system: its columns, words and dates, and what faults make of them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from simulator.flavours import ANCHORS, REGION_ZONE, Flavour
from simulator.live.faults import Fault
from simulator.live.records import INSTANTS, fields
from simulator.live.world import Changes, Version

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Alteration:
    """What faults make of rows.

    ``shift``: seconds that all instants are ahead; ``stamp_shift``: that the instant of the last
    change is ahead. ``schema``: one of ``faults.SCHEMA_FORMS``. ``times``: how often each row stands there.
    """

    shift: int = 0
    stamp_shift: int = 0
    schema: str = ""
    times: int = 1

    @classmethod
    def by(cls, faults: Iterable[Fault]) -> Alteration:
        """Alteration by the faults that a system has."""
        options = {fault.kind: fault.options for fault in faults}
        return cls(
            shift=int(options.get("wrong_time_zone", {}).get("seconds", 0)),
            stamp_shift=int(options.get("clock_skew", {}).get("seconds", 0)),
            schema=str(options.get("schema_change", {}).get("form", "")),
            times=2 if "duplicates" in options else 1,
        )

    def instant(self, name: str, second: int) -> int:
        """Instant of a field as the system tells it."""
        return second + self.shift + (self.stamp_shift if name == "observed_at" else 0)

    def page(self, changes: Changes, offset: int, limit: int) -> list[Version]:
        """So many versions after the first ``offset``, of a list in which each stands as often as it does."""
        first = offset // self.times
        versions = changes.page(first, -(-(offset + limit) // self.times) - first)
        skipped = offset - first * self.times
        return [version for version in versions for _ in range(self.times)][skipped : skipped + limit]

    def all(self, changes: Changes) -> list[Version]:
        """All versions of that list."""
        return self.page(changes, 0, self.total(changes))

    def total(self, changes: Changes) -> int:
        """How many versions that list has."""
        return len(changes) * self.times

    def rows(self, rows: Iterable[Row], column: str) -> list[Row]:
        """Rows in the schema that a fault has made of theirs; ``column`` is the one that is changed."""
        return [self._changed(row, column) for row in rows] if self.schema else list(rows)

    def _changed(self, row: Row, column: str) -> Row:
        if self.schema == "renamed":
            return {f"{name}_v2" if name == column else name: value for name, value in row.items()}
        if self.schema == "missing":
            return {name: value for name, value in row.items() if name != column}
        if self.schema == "new":
            return {**row, "schema_version": 2}
        return {**row, column: {"value": row.get(column)}}


PLAIN = Alteration()


def rows_of(versions: Iterable[Version], flavour: Flavour, alteration: Alteration = PLAIN) -> list[Row]:
    """Rows of versions as a flavour writes them: instants and words as text, ``None`` for what is absent."""
    return alteration.rows((_row(version, flavour, alteration) for version in versions), flavour.anchor)


def contract_rows(versions: Iterable[Version], dataset: str, alteration: Alteration = PLAIN) -> list[Row]:
    """Rows in the contract's own words, as they are pushed."""
    rows = []
    for version in versions:
        said = {name: value for name, value in fields(version).items() if name not in {"name", "kind"}}
        rows.append({name: _contract_value(name, value, alteration) for name, value in said.items()})
    return alteration.rows(({**row, "simulated": True} for row in rows), ANCHORS[dataset])


def _row(version: Version, flavour: Flavour, alteration: Alteration) -> Row:
    said = fields(version)
    zone = version.place.zone if flavour.zone == REGION_ZONE else flavour.zone
    row: Row = {}
    for name, title in flavour.columns.items():
        value = said.get(name)
        if value is None:
            row[title] = None
        elif name in INSTANTS:
            row[title] = local(alteration.instant(name, int(str(value))), zone).strftime(flavour.dates)
        else:
            row[title] = _value(value, flavour.words.get(name, {}), decimal_comma=flavour.decimal_comma)
    mark, word = flavour.mark
    return {**row, mark: word}


def _value(value: object, words: dict[str, str], *, decimal_comma: bool) -> object:
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",") if decimal_comma else value
    text = str(value).lower() if isinstance(value, bool) else value
    return words.get(text, value) if isinstance(text, str) else value


def _contract_value(name: str, value: object, alteration: Alteration) -> object:
    if name in INSTANTS and value is not None:
        return local(alteration.instant(name, int(str(value))), "UTC").strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def local(second: int, zone: str) -> datetime:
    """Instant on the clock of a zone."""
    return datetime.fromtimestamp(second, _zone(zone))


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else zoneinfo.ZoneInfo(name)
