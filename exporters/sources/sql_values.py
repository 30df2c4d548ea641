"""Values of a database as text, exactly: nothing is rounded, and nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import polars as pl

from exporters.files.format import ROW


class NoText(ValueError):
    """A column with values that are none of those that have a text. ``kind``: what they are."""

    def __init__(self, column: str, row: int, kind: str) -> None:
        super().__init__(column, row, kind)
        self.column, self.row, self.kind = column, row, kind


def frame_of(names: Sequence[str], rows: Sequence[Sequence[object]], first: int) -> pl.DataFrame:
    """Rows of a result as columns of text, numbered from ``first``. Raises ``NoText``.

    Instants and dates are ISO 8601, decimals as they are written, truth values ``true`` and
    ``false``, durations seconds, documents and arrays JSON; what is null or blank is null.
    """
    columns: dict[str, pl.Series] = {}
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        texts = []
        for row, value in enumerate(values, start=first):
            write = _TEXTS.get(type(value))
            if write is None:
                raise NoText(name, row, type(value).__name__)
            try:
                texts.append(write(value))
            except NoText as error:
                raise NoText(name, row, error.kind) from None
        columns[name] = pl.Series(name, texts, dtype=pl.String)
    numbers = pl.Series(ROW, range(first, first + len(rows)), dtype=pl.Int64)
    return pl.DataFrame([*columns.values(), numbers])


def _decimal(value: Decimal) -> str:
    return format(value, "f")


def _seconds(value: timedelta) -> str:
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    return _decimal(Decimal(micros).scaleb(-6).normalize())


def _document(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_inner)


def _inner(value: object) -> str | None:
    """Text of a value inside a document or an array."""
    write = _TEXTS.get(type(value))
    if write is None:
        raise NoText("", 0, type(value).__name__)
    return write(value)


_TEXTS: dict[type, Callable[..., str | None]] = {
    type(None): lambda _: None,
    str: lambda value: value or None,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: repr,
    Decimal: _decimal,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: _seconds,
    UUID: str,
    dict: _document,
    list: _document,
}
