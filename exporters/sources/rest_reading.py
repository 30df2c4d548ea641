"""Answers as frames of text: by the readers of files, so that a mapping fits a file and an answer alike.

What comes from afar is not quoted in messages: it may be about people.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl
from pydantic import Field

from exporters.errors import (
    FetchError,
    FetchReason,
    InvalidJson,
    SourceEmpty,
    SourceTooLarge,
    WrongEncoding,
)
from exporters.files.csvtext import read_csv
from exporters.files.detection import refuse_markup
from exporters.files.file import TextReader
from exporters.files.format import LINE, ROW, Delimiter, Encoding, FileFormat
from exporters.files.format import Limits as FileLimits
from exporters.files.jsontext import chunks_of, decoder, flat, read_jsonl
from exporters.files.stream import HeldStream
from exporters.files.xmltext import read_xml
from exporters.sources.rest_auth import Part
from exporters.sources.rest_endpoint import AnswerLimits

_READERS: dict[str, TextReader] = {"jsonl": read_jsonl, "csv": read_csv, "xml": read_xml}
_CHUNK_ROWS = 50_000
_HEAD = 1 << 12
_NO_BRACKET = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = re.compile(rb'"[^"]*"')
_PAIR = re.compile(rb"\{\}|\[\]")
_NAMES = {
    "format.limits.max_depth": "limits.depth",
    "format.limits.max_record_bytes": "limits.body_bytes",
} | {"format.limits.max_columns": "limits.columns"}
"""What a setting of files is called here."""
_ABSENT = object()
_decode = decoder().decode


class AnswerFormat(Part):
    """How answers are written."""

    kind: Literal["json", "jsonl", "csv", "xml"] = Field(
        "json", description="`json`, `jsonl`, `csv` or `xml`"
    )
    records: str = Field(
        "",
        description="path to the array of records in JSON, as `data.items`; in XML the element of one record",
    )
    explode: str | None = Field(
        None,
        min_length=1,
        description="path in a record to an array; each element becomes a row, with the fields of its record",
    )
    total: str | None = Field(
        None,
        min_length=1,
        description="path in JSON to how many records the answer has on all its pages, as `meta.total`; they "
        "are counted, and a difference is a finding",
    )
    delimiter: Delimiter | None = Field(None, description="between two fields of CSV")
    encoding: Encoding | None = Field(None, description="if answers do not state it and are not UTF-8")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that was read. ``records``: before arrays in them were taken apart. ``document``: of JSON."""

    rows: pl.DataFrame
    records: int
    document: object = None

    def total(self, path: str | None) -> int | None:
        """Number at a path, ``None`` where there is no whole number."""
        found = None if path is None else at(self.document, path)
        text = str(found).strip()
        return int(text) if text.isdecimal() and text.isascii() else None


def at(document: object, path: str, absent: object = None) -> object:
    """Value at a path of keys, or what stands for it where there is none."""
    for key in filter(None, path.split(".")):
        if not isinstance(document, dict) or key not in document:
            return absent
        document = document[key]
    return document


@dataclass(frozen=True)
class Reading:
    """Reads answers. ``read`` may be called in any thread."""

    format: AnswerFormat
    limits: AnswerLimits

    def read(self, body: bytes, content_type: str, name: str) -> Page:
        """Rows of an answer, which may be none. Raises ``SourceError``. ``name``: for messages."""
        if not body.strip():
            return Page(no_rows(), 0)
        refuse_markup(name, body[:_HEAD], self.format.kind)
        encoding = self.format.encoding or _charset(content_type)
        try:
            page = (self._json if self.format.kind == "json" else self._other)(body, encoding, name)
            if self.format.explode is None or not page.records:
                return page
            parts = _exploded(page.rows, self.format.explode, self._held, name)
            return Page(self._counted(parts, name), page.records, page.document)
        except RecursionError:
            raise self._too_deep(name) from None
        except SourceTooLarge as error:
            text = str(error)
            for theirs, ours in _NAMES.items():
                text = text.replace(theirs, ours)
            raise SourceTooLarge(text) from None

    @cached_property
    def _held(self) -> FileLimits:
        limits = self.limits
        return FileLimits(
            max_depth=limits.depth, max_record_bytes=limits.body_bytes, max_columns=limits.columns
        )

    def _other(self, body: bytes, encoding: str | None, name: str) -> Page:
        fmt = self.format
        written = FileFormat(
            kind=fmt.kind, records=fmt.records, delimiter=fmt.delimiter, encoding=encoding, limits=self._held
        )
        with HeldStream(body, name, self._held) as stream:
            rows = self._counted(_READERS[fmt.kind](stream, written, self._held, _CHUNK_ROWS), name)
        return Page(rows, rows.height)

    def _json(self, body: bytes, encoding: str | None, name: str) -> Page:
        self._check_depth(body, name)
        document = parsed(body, encoding, name)
        path = self.format.records
        records = at(document, path, _ABSENT)
        if records is _ABSENT:
            raise _misfit(f"{name}: there is no {path!r} in the answer. Correct format.records.")
        listed = records if isinstance(records, list) else [] if records is None else [records]
        if not all(isinstance(one, dict) for one in listed):
            raise _misfit(
                f"{name}: the records are no objects. State the path to an array of objects in "
                "format.records."
            )
        rows = self._counted(chunks_of(map(flat, listed), _CHUNK_ROWS, self._held, name), name)
        return Page(rows, rows.height, document)

    def _counted(self, frames: Iterator[pl.DataFrame], name: str) -> pl.DataFrame:
        """One frame of several. Raises ``FetchError`` for too many rows."""
        kept: list[pl.DataFrame] = []
        height = 0
        try:
            for frame in frames:
                kept.append(frame)
                height += frame.height
                if height > self.limits.rows:
                    raise FetchError(
                        f"{name}: more than {self.limits.rows:,} rows in one answer. Ask for less at a time, "
                        "for example by pages, or raise limits.rows.",
                        FetchReason.TOO_LARGE,
                    )
        except SourceEmpty:
            return no_rows()
        return kept[0] if len(kept) == 1 else pl.concat(kept, how="diagonal")

    def _check_depth(self, body: bytes, name: str) -> None:
        """Raises ``FetchError`` for JSON that is nested too deep, before it is parsed.

        Of the text only the brackets outside of strings are kept, and each round takes away the
        innermost pairs. What is left because it has no partner is for the parser to tell.
        """
        bare = body.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NO_BRACKET)
        left, found = _PAIR.subn(b"", _STRING.sub(b"", bare))
        for _ in range(self.limits.depth):
            if not found:
                return
            left, found = _PAIR.subn(b"", left)
        if found:
            raise self._too_deep(name)

    def _too_deep(self, name: str) -> FetchError:
        return FetchError(
            f"{name}: more than {self.limits.depth} objects or arrays inside one another. If that is right, "
            "raise limits.depth.",
            FetchReason.TOO_LARGE,
        )


def no_rows() -> pl.DataFrame:
    """Frame of an answer without a record."""
    return pl.DataFrame(schema={ROW: pl.Int64()})


def _charset(content_type: str) -> str | None:
    """Encoding that an answer states, where it is one that is known and that UTF-8 does not include."""
    _, _, stated = content_type.lower().partition("charset=")
    try:
        name = codecs.lookup(stated.partition(";")[0].strip(" \"'")).name
    except (LookupError, ValueError):
        return None
    return None if name in ("utf-8", "ascii") else name


def parsed(body: bytes, encoding: str | None, name: str) -> object:
    """JSON with its numbers as they are written. Raises ``InvalidJson`` with line and column."""
    encoding = encoding or json.detect_encoding(body)
    try:
        text = body.decode(encoding)
        document: object = _decode(text.removeprefix("\ufeff"))
        if "\\ud" in text or "\\uD" in text:
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InvalidJson(
            f"{name}, line {error.lineno}, column {error.colno}: invalid JSON, {error.msg}. Correct it "
            "there, or ask the sender for valid JSON."
        ) from None
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise WrongEncoding(
            f"{name}, line {line}: byte 0x{body[error.start]:02x} at offset {error.start:,} is not "
            f"{encoding}. State format.encoding, or ask the sender for UTF-8."
        ) from None
    except UnicodeEncodeError:
        raise InvalidJson(
            f"{name}: one half of a character (\\ud800 to \\udfff) stands alone. Ask the sender for "
            "valid JSON."
        ) from None
    except ValueError as error:  # NaN and the like
        raise InvalidJson(f"{name}: invalid JSON, {error}. Ask the sender for valid JSON.") from None
    return document


def _exploded(rows: pl.DataFrame, path: str, held: FileLimits, name: str) -> Iterator[pl.DataFrame]:
    """Rows for the elements of the arrays at a path, which stand there as JSON. Malformed lines stay."""
    if path not in rows.columns:
        raise _misfit(f"{name}: no record has an array {path!r}. Correct format.explode.")
    malformed = rows[LINE].is_not_null() if LINE in rows.columns else [False] * rows.height
    owners: list[int] = []
    elements: list[dict[str, str | None]] = []
    for owner, (text, bad) in enumerate(zip(rows[path], malformed, strict=True)):
        for element in [None] if bad else _elements(text, path, name):
            owners.append(owner)
            elements.append(flat({path: element}))
    own = rows.drop(ROW, path)
    start = 0
    for part in chunks_of(iter(elements), _CHUNK_ROWS, held, name):
        of = pl.Series(owners[start : start + part.height], dtype=pl.UInt32())
        start += part.height
        yield pl.concat([own.drop(part.columns, strict=False)[of], part], how="horizontal")


def _elements(text: str | None, path: str, name: str) -> list[object]:
    try:
        found = [] if text is None else _decode(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise _misfit(f"{name}: {path!r} is no array in some record. Correct format.explode.")
    return found


def _misfit(message: str) -> FetchError:
    return FetchError(message, FetchReason.SCHEMA)
