"""The columns that a mapping names, held against those that a source has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import polars as pl

from exporters.errors import ColumnMissing
from exporters.files.format import RESERVED
from exporters.mapping import Mapping

_SHOWN = 30


def check_columns(mapping: Mapping, columns: Sequence[str], origin: str) -> None:
    """Raise ``ColumnMissing`` for the first column that the mapping needs and the source lacks."""
    found = [name for name in columns if name not in RESERVED]
    for path, column in mapping.needed_columns():
        if column not in found:
            close = difflib.get_close_matches(column, found, n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            listed = ", ".join(repr(name) for name in found[:_SHOWN])
            raise ColumnMissing(
                f"{origin} has no column {column!r}, which {mapping.origin} names in {path}. {hint}Correct "
                f"the mapping, or add 'optional: true' if it may be absent. Columns found: {listed}{more}."
            )


def with_columns(raw: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Raw records with each of the columns; those that a chunk lacks are null."""
    lacking = dict.fromkeys(column for column in columns if column not in raw.columns)
    return raw.with_columns(pl.lit(None, pl.String).alias(column) for column in lacking) if lacking else raw
