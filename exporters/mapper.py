"""Raw records of text to records of a contract, as a mapping says. Vectorised, in polars.

A value that cannot be read never stops the others: it is null in the frame and a row of the
issues, with what was found and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from checks.chunk import ISSUES_SCHEMA, MappedChunk
from checks.contract import Contract
from checks.monitors.profile import listed
from exporters.columns import check_columns, with_columns
from exporters.errors import MappingError
from exporters.files.format import LINE, PROBLEM, RESERVED, ROW
from exporters.instants import UTC, localise, read_moments
from exporters.issues import issues
from exporters.mapping import PLACEHOLDER, Mapping, ValueMapping, plain
from exporters.places import Places
from exporters.values import read_integer, read_list, read_number, read_truth, read_words
from metrics.datasets import DATASETS
from metrics.regions import Registry

OWN = ("region", "observed_at", "simulated")
"""Contract columns that have an entry of their own at the top of a mapping."""
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """A contract's column for some records, and the issues of the values that could not be read."""

    values: pl.Series
    issues: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class _Records:
    """Some raw records: their numbers, their columns of text, and the zone of each."""

    rows: pl.Series
    raw: pl.DataFrame
    zones: Callable[[], pl.Series]


class Mapper:
    """Applies a mapping. ``map`` may be called for any number of chunks.

    ``default_observed_at``: the instant for ``observed_at: now`` and, where ``file_modified`` is
    not given, for ``file``. ``origin``: name of the source in messages. Raises ``MappingError``
    for a mapping that does not fit the contract or the registry.
    """

    def __init__(
        self,
        mapping: Mapping,
        contract: Contract,
        registry: Registry,
        default_observed_at: datetime,
        *,
        file_modified: datetime | None = None,
        origin: str = "the source",
    ) -> None:
        self._mapping = mapping
        self._schema = contract.polars_schema
        self._origin = origin
        self._places = Places(mapping, registry)
        self._zones = {code: region.timezone for code, region in registry.regions.items()}
        self._one_zone = next(iter(self._zones.values())) if len(set(self._zones.values())) == 1 else None
        self._observed = _observed(mapping, default_observed_at, file_modified)
        self._checked = False
        words = listed(mapping.dataset)
        self._listed = frozenset(
            column for name, columns, _ in mapping.picked() if name in words for column in columns
        )
        _check_against(mapping, contract)
        self._constants = {
            name: self._constant(name, field.constant, "constant", field)
            for name, field in self._fields()
            if field.constant is not None
        }
        self._if_absent = {
            name: self._constant(name, field.if_absent, "if_absent", field)
            for name, field in self._fields()
            if field.if_absent is not None
        }

    def map(self, raw: pl.DataFrame) -> MappedChunk:
        """Map a chunk of raw records (columns of text, ``_row``).

        Raises ``ColumnMissing`` if the first chunk lacks a column that the mapping names.
        """
        if not self._checked:
            check_columns(self._mapping, raw.columns, self._origin)
            self._checked = True
        raw = with_columns(raw, (column for _, columns, _ in self._mapping.picked() for column in columns))
        whole = raw.filter(pl.col(LINE).is_null()) if LINE in raw.columns else raw
        rows = whole[ROW]
        region, lost = self._places.read(whole, rows)
        records = _Records(rows, whole, lambda: self._zone_of(region))
        readings = self._read(records)
        columns = {"region": region} | {name: reading.values for name, reading in readings.items()}
        frame = pl.DataFrame([columns[name].alias(name) for name in self._schema.names()])
        found = [reading.issues for reading in readings.values() if reading.issues is not None]
        return MappedChunk(
            frame=frame.with_columns(rows.alias(ROW)),
            issues=pl.concat([_malformed(raw), lost, *found]).select(ISSUES_SCHEMA.names()),
            raw=_payload(raw),
            listed=self._listed,
        )

    def _fields(self) -> Iterable[tuple[str, ValueMapping]]:
        yield from self._mapping.fields.items()
        if isinstance(self._observed, ValueMapping):
            yield "observed_at", self._observed

    def _read(self, records: _Records) -> dict[str, Reading]:
        """Readings of all columns but the region, two at a time: polars lets go of the interpreter."""
        height = records.raw.height
        fields = dict(self._fields())
        out = {
            name: Reading(pl.Series(name, [None], dtype=kind).new_from_index(0, height))
            for name, kind in self._schema.items()
            if name not in fields and name != "region"
        }
        out["simulated"] = Reading(pl.Series([self._mapping.simulated]).new_from_index(0, height))
        if isinstance(self._observed, datetime):
            out["observed_at"] = Reading(pl.Series([self._observed]).cast(UTC).new_from_index(0, height))
        for name, value in self._constants.items():
            out[name] = Reading(value.new_from_index(0, height))
        rest = [name for name in fields if name not in self._constants]
        with ThreadPoolExecutor(_THREADS) as pool:
            read = pool.map(lambda name: self._field(name, fields[name], records), rest)
            out.update(zip(rest, read, strict=True))
        return out

    def _zone_of(self, region: pl.Series) -> pl.Series:
        return region.replace_strict(self._zones, default=None, return_dtype=pl.String)

    def _constant(self, name: str, value: str, entry: str, field: ValueMapping) -> pl.Series:
        """Value that the mapping itself states, one row. Raises ``MappingError`` if it cannot be read."""
        text = pl.Series([value], dtype=pl.String)
        zone = field.timezone or self._mapping.timezone or self._one_zone
        stated = field.model_copy(update={"words": {}, "words_default": None, "scale": 1.0})
        values = self._values(name, stated, text, lambda: pl.Series([zone], dtype=pl.String))
        if values.null_count():
            where = "observed_at" if name == "observed_at" else f"fields.{name}"
            kind = self._schema[name]
            raise MappingError(
                f"{self._mapping.origin}: {where}.{entry}: {value!r} cannot be read as {_kind_word(kind)}. "
                f"Correct it{_ZONE_HINT if kind == UTC else ''}."
            )
        return values

    def _field(self, name: str, field: ValueMapping, records: _Records) -> Reading:
        kind = self._schema[name]
        filled = self._if_absent.get(name)
        text = _text(
            field, records.raw, trimmed=filled is not None or (kind == pl.String and not field.words)
        )
        values = self._values(name, field, text, records.zones)
        found = _unread(text, values, field)
        if filled is not None:
            values = values.zip_with(text.is_not_null(), filled.new_from_index(0, len(values)))
        if found is None:
            return Reading(values)
        rule, reason = _fault(kind, field, name, self._mapping)
        rows = records.rows.filter(found.is_not_null())
        return Reading(values, issues(rows, rule, name, found.drop_nulls(), reason))

    def _values(
        self, name: str, field: ValueMapping, text: pl.Series, zones: Callable[[], pl.Series]
    ) -> pl.Series:
        kind = self._schema[name]
        words = {plain(word): meaning for word, meaning in field.words.items()}
        decimal, thousands = field.decimal or self._mapping.format.decimal, self._mapping.format.thousands
        if kind == pl.Boolean:
            return read_truth(text, words, field.words_default)
        if words or field.words_default is not None:
            text = read_words(text, words, field.words_default or None)
        if kind == pl.String:
            return text
        if kind in (UTC, pl.Date):
            return self._instants(field, text, zones, as_date=kind == pl.Date)
        if isinstance(kind, pl.List):
            return read_list(text, kind.inner, field.scale)
        if kind == pl.Int64:
            return read_integer(text, decimal, thousands, field.scale)
        number = read_number(text, decimal, thousands)
        return number if field.scale == 1 else number * field.scale

    def _instants(
        self, field: ValueMapping, text: pl.Series, zones: Callable[[], pl.Series], *, as_date: bool
    ) -> pl.Series:
        moments = read_moments(text, field.formats)
        zone = field.timezone or self._mapping.timezone or self._one_zone
        if as_date:
            return _dates(moments.utc, moments.local, zone)
        if moments.local.null_count() == moments.local.len():
            return moments.utc
        local = localise(moments.local, zone or zones())
        return moments.utc.zip_with(moments.utc.is_not_null(), local)


_ZONE_HINT = ", with an offset from UTC such as 2025-10-11T00:00:00Z"


def _observed(mapping: Mapping, default: datetime, modified: datetime | None) -> datetime | ValueMapping:
    if isinstance(mapping.observed_at, ValueMapping):
        return mapping.observed_at
    return (modified or default) if mapping.observed_at == "file" else default


def _check_against(mapping: Mapping, contract: Contract) -> None:
    """Raise ``MappingError`` for fields that the contract lacks, and required ones that are not mapped."""
    if contract.name != mapping.dataset:
        raise MappingError(
            f"{mapping.origin}: dataset: it is {mapping.dataset!r}, but the contract is {contract.name!r}. "
            "Correct it."
        )
    own = [name for name in contract.polars_schema.names() if name not in OWN]
    for name in mapping.fields:
        if name not in own:
            raise MappingError(
                f"{mapping.origin}: fields.{name}: {mapping.dataset} has no such column. Use "
                f"{', '.join(own)}."
            )
    anchor = DATASETS[mapping.dataset].anchor
    required = [item.name for item in contract.properties if item.required and item.name not in OWN]
    for name in required:
        if name not in mapping.fields:
            why = "it places a record in time" if name == anchor else "every record needs it"
            raise MappingError(
                f"{mapping.origin}: fields.{name}: it is missing, and {why}. Add the column it comes from, "
                "or a constant."
            )


def _text(field: ValueMapping, raw: pl.DataFrame, *, trimmed: bool) -> pl.Series:
    """Texts of a field, null where absent. Blanks around them are left where their reader minds none."""
    if field.template is not None:
        parts = PLACEHOLDER.split(field.template)
        literals = [
            pl.lit(part) if n % 2 == 0 else _present(part, field.null) for n, part in enumerate(parts)
        ]
        return raw.select(pl.concat_str(literals).alias("text")).to_series()
    if trimmed or field.null:
        return raw.select(_present(str(field.column), field.null).alias("text")).to_series()
    return raw[str(field.column)]


def _unread(text: pl.Series, values: pl.Series, field: ValueMapping) -> pl.Series | None:
    """Texts that say something but could not be read, elsewhere null; ``None`` if there is none."""
    means_null = field.words_default == ""
    if values.null_count() == text.null_count() or means_null:
        return None
    lost = text.is_not_null() & values.is_null()
    trimmed = text.str.strip_chars()
    found = pl.select(pl.when(lost & ~trimmed.is_in(["", *field.null])).then(trimmed)).to_series()
    return found if found.null_count() < len(found) else None


def _present(column: str, null: tuple[str, ...]) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    absent = text == ""
    for word in null:
        absent |= text == word
    return pl.when(~absent).then(text)


def _fault(kind: pl.DataType, field: ValueMapping, name: str, mapping: Mapping) -> tuple[str, pl.Expr]:
    """Rule and reason for values of a field that could not be read."""
    where = f"column {field.column!r}" if field.column else f"template {field.template!r}"
    place = "observed_at" if name == "observed_at" else f"fields.{name}"
    if field.words or kind == pl.Boolean:
        known = ", ".join(field.words) or "true, false, 1, 0"
        text = f"is none of the words of {place} ({where}: {known}). Add it to {place}.words."
        return "word-unknown", _about(text)
    if kind in (UTC, pl.Date):
        text = (
            f"in {where} is no instant in the formats {', '.join(field.formats)}, or does not occur on the "
            f"clocks there. Correct it, add its format to {place}.formats, or add it to {place}.null if it "
            "means absent."
        )
        return "date-unreadable", _about(text)
    if isinstance(kind, pl.List):
        return "list-unreadable", _about(f"in {where} is no list of numbers. Write it like [0.1, 0.5, inf].")
    mark = field.decimal or mapping.format.decimal
    number = "whole number" if kind == pl.Int64 else "number"
    text = (
        f"in {where} is no {number} with {mark!r} as its decimal mark. Correct it, the mark (format.decimal, "
        f"format.thousands), or add it to {place}.null if it means absent."
    )
    return "number-unreadable", _about(text)


def _about(text: str) -> pl.Expr:
    return pl.format("'{}' {}", pl.col("value"), pl.lit(text))


def _kind_word(kind: pl.DataType) -> str:
    words = {
        pl.Int64: "a whole number",
        pl.Float64: "a number",
        pl.Boolean: "true or false",
        pl.Date: "a date",
    }
    return "an instant" if kind == UTC else words.get(type(kind), "text")


def _dates(utc: pl.Series, local: pl.Series, zone: str | None) -> pl.Series:
    """Dates as they are written, or those of an instant in the zone."""
    there = utc.dt.convert_time_zone(zone).dt.date() if zone else utc.dt.date()
    return local.dt.date().zip_with(local.is_not_null(), there)


def _malformed(raw: pl.DataFrame) -> pl.DataFrame:
    if LINE not in raw.columns:
        return pl.DataFrame(schema=ISSUES_SCHEMA)
    bad = raw.filter(pl.col(LINE).is_not_null())
    reason = pl.format(
        "The line is no record: {}. Correct it; quote fields that hold the delimiter.", pl.lit(bad[PROBLEM])
    )
    return issues(bad[ROW], "line-malformed", "", bad[LINE], reason)


def _payload(raw: pl.DataFrame) -> pl.DataFrame:
    own = [name for name in raw.columns if name not in RESERVED]
    extra = [LINE] if LINE in raw.columns else []
    return raw.select(ROW, *own, *extra)
