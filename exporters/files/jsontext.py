"""JSON documents with an array of records, and JSON lines, read in pieces.

Values become text: numbers as they are written (``1.50`` stays ``1.50``), true and false as
words, objects as columns ``outer.inner``, arrays as JSON. Absent and null are both null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain, islice

import polars as pl

from exporters.errors import InvalidJson, SourceEmpty, SourceTooLarge
from exporters.files.encoding import Utf8Reader
from exporters.files.format import LINE, PROBLEM, RESERVED, ROW, FileFormat, Limits
from exporters.files.jsonscan import JsonScanner
from exporters.files.stream import ByteStream

_PIECE = 1 << 20
_HALVES = ("\\ud", "\\uD")
"""How the escape of half a character begins; two halves make one."""
_TEXT = {True: "true", False: "false", None: None}
Record = dict[str, str | None]


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def decoder() -> json.JSONDecoder:
    """Decoder that leaves numbers as they are written and refuses NaN, which JSON has not."""
    return json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_refuse)


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def read_json(stream: ByteStream, fmt: FileFormat, limits: Limits, chunk_rows: int) -> Iterator[pl.DataFrame]:
    """Frames of the records in the array at ``fmt.records``, or at the top of the document.

    Raises ``InvalidJson`` with line and column where the document is broken.
    """
    scanner = JsonScanner(Utf8Reader(stream, fmt.encoding), decoder(), limits.max_record_bytes)
    values = scanner.elements(tuple(filter(None, fmt.records.split("."))))
    records = (_record(stream.name, n, value) for n, value in enumerate(values, start=1))
    return chunks_of(records, chunk_rows, limits, stream.name)


def read_jsonl(
    stream: ByteStream, fmt: FileFormat, limits: Limits, chunk_rows: int
) -> Iterator[pl.DataFrame]:
    """Frames of the records, one a line. A line that is no JSON object is a malformed record."""
    lines = _lines(Utf8Reader(stream, fmt.encoding), limits)
    decode = decoder().decode
    records = (_parsed(line, decode) for line in lines if line.strip())
    return chunks_of(records, chunk_rows, limits, stream.name)


def _lines(reader: Utf8Reader, limits: Limits) -> Iterator[str]:
    pending = b""
    while data := reader.read(_PIECE):
        *whole, pending = (pending + data).split(b"\n")
        for line in whole:
            yield line.decode()
        if len(pending) > limits.max_record_bytes:
            raise SourceTooLarge(
                f"{reader.name}: a line of more than {limits.max_record_bytes:,} bytes. Is it JSON lines, "
                "one record a line? State format.kind: json if it is one document, or raise "
                "format.limits.max_record_bytes."
            )
    if pending:
        yield pending.decode()


def _parsed(line: str, decode: object) -> Record:
    text = line.strip().removeprefix("\ufeff")
    try:
        value = decode(text)  # type: ignore[operator] # a bound method, looked up once for speed
        if not isinstance(value, dict):
            return {LINE: text, PROBLEM: "JSON, but not an object"}
        record = flat(value)
        if any(half in text for half in _HALVES):
            "".join(filter(None, (*record, *record.values()))).encode()
    except json.JSONDecodeError as error:
        return {LINE: text, PROBLEM: f"invalid JSON in column {error.colno}: {error.msg}"}
    except UnicodeEncodeError:
        return {LINE: text, PROBLEM: "JSON, but one half of a character (\\ud800 to \\udfff) stands alone"}
    except (ValueError, RecursionError) as error:
        return {LINE: text, PROBLEM: f"invalid JSON: {error}"}
    return record


def _record(name: str, number: int, value: object) -> Record:
    if not isinstance(value, dict):
        raise InvalidJson(
            f"{name}, record {number}: {str(value)[:40]!r} is no object. State the path to an array of "
            "objects in format.records."
        )
    return flat(value)


def flat(value: dict[str, object], prefix: str = "") -> Record:
    """Fields of an object as text, those of inner objects as ``outer.inner``."""
    out: Record = {}
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, str):
            out[name] = item
        elif isinstance(item, dict):
            out |= flat(item, f"{name}.") if item else {name: None}
        elif isinstance(item, list):
            out[name] = _json(item)
        else:
            out[name] = _TEXT[item]  # type: ignore[index] # numbers are text already: what is left is a word
    return out


def _json(value: object) -> str:
    """JSON of a value whose numbers are as they were written."""
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_json(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def chunks_of(
    records: Iterator[Record], chunk_rows: int, limits: Limits, name: str
) -> Iterator[pl.DataFrame]:
    """Frames of records whose fields may differ. Raises ``SourceEmpty`` if there is none."""
    first = next(records, None)
    if first is None:
        raise SourceEmpty(f"{name} holds no record. Was it exported with an empty selection?")
    records = chain([first], records)
    row, columns = 0, dict[str, None]()
    while batch := list(islice(records, chunk_rows)):
        for record in batch:
            if len(record) > limits.max_columns or not columns.keys() >= record.keys():
                columns |= dict.fromkeys(record)
                _check_width(len(columns), limits, name)
        yield _frame(batch, columns, row)
        row += len(batch)


def _check_width(width: int, limits: Limits, name: str) -> None:
    if width > limits.max_columns:
        raise SourceTooLarge(
            f"{name} has {width:,} different fields, more than {limits.max_columns:,}. Is it the right array "
            "(format.records)? If so, raise format.limits.max_columns."
        )


def _frame(batch: list[Record], columns: dict[str, None], row: int) -> pl.DataFrame:
    has_bad = any(LINE in record for record in batch)
    bad = (LINE, PROBLEM) if has_bad else ()
    names = [name for name in columns if name not in RESERVED]
    text = [pl.Series(name, [record.get(name) for record in batch], pl.String) for name in (*names, *bad)]
    numbers = pl.int_range(row + 1, row + len(batch) + 1, dtype=pl.Int64, eager=True)
    return pl.DataFrame([*text, numbers.alias(ROW)])  # Series by Series: half the time for a short answer
