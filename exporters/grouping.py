"""Event logs: many lines of a case become one record. Memory grows with the cases, not with the lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from exporters.columns import check_columns, with_columns
from exporters.errors import MappingError
from exporters.files.format import LINE, LINES, PROBLEM, RESERVED, ROW
from exporters.instants import localise, read_moments
from exporters.mapping import Mapping, Pick, ValueMapping
from exporters.values import read_number
from metrics.datasets import DATASETS, VERSION

_KEY = "_key:"
_CHUNK = 200_000


def group_cases(
    chunks: Iterable[pl.DataFrame], mapping: Mapping, *, origin: str = "the source"
) -> Iterator[pl.DataFrame]:
    """One raw record for each case of an event log, for a ``Mapper``; without ``group_by``, all as it is.

    A case is what has the same values in the columns ``group_by``; ``_row`` is the number of its
    first line, ``_lines`` how many lines it has, and the cases come in the order of their first
    lines. Each column gives the value that the field reading it picks: the first in the file (a
    blank does not count), the last, the earliest or smallest, the latest or largest. Malformed
    lines pass as they are.
    """
    if not mapping.group_by:
        yield from chunks
        return
    cases = _Cases(mapping)
    for number, chunk in enumerate(chunks):
        if number == 0:
            check_columns(mapping, chunk.columns, origin)
        if LINE in chunk.columns:
            yield chunk.filter(pl.col(LINE).is_not_null()).with_columns(pl.lit(1, pl.Int64).alias(LINES))
            chunk = chunk.filter(pl.col(LINE).is_null()).drop(LINE, PROBLEM)  # noqa: PLW2901 - what is left of it
        cases.add(chunk)
    yield from cases.records()


class _Cases:
    """Cases so far: one row each. Newly read chunks are folded in once they are as many as the cases."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._by = list(mapping.group_by)
        self._picks = _picks(mapping)
        self._cases: list[pl.DataFrame] = []
        self._waiting = 0

    def add(self, chunk: pl.DataFrame) -> None:
        """Group a chunk by itself, and fold it in with others when enough wait."""
        whole = with_columns(chunk, [*self._by, *self._picks])
        keys = [
            self._sort_key(whole[column]).alias(_KEY + column)
            for column, pick in self._picks.items()
            if pick in ("min", "max")
        ]
        grouped = self._fold(whole.with_columns(pl.lit(1, pl.Int64).alias(LINES), *keys))
        self._cases.append(grouped)
        self._waiting += grouped.height
        if self._waiting > max(_CHUNK, self._cases[0].height):
            self._cases = [self._fold(pl.concat(self._cases, how="diagonal"))]
            self._waiting = 0

    def records(self) -> Iterator[pl.DataFrame]:
        """All cases, in the order of their first lines."""
        if not self._cases:
            return
        cases = self._fold(pl.concat(self._cases, how="diagonal")).sort(ROW)
        yield from cases.drop(pl.selectors.starts_with(_KEY)).iter_slices(_CHUNK)

    def _fold(self, lines: pl.DataFrame) -> pl.DataFrame:
        own = [
            name for name in lines.columns if name not in (*self._by, *RESERVED) and not name.startswith(_KEY)
        ]
        return lines.group_by(self._by, maintain_order=True).agg(
            pl.col(ROW).min(),
            pl.col(LINES).sum(),
            *(_value(name, self._picks.get(name, "first")) for name in own),
            *(
                _value(_KEY + name, self._picks[name], key=True)
                for name in own
                if self._picks.get(name) in ("min", "max")
            ),
        )

    def _sort_key(self, text: pl.Series) -> pl.Series:
        """Key by which texts are compared: microseconds for instants, else numbers."""
        field = self._field_of(text.name)
        if field is None:
            return read_number(text, self._mapping.format.decimal, self._mapping.format.thousands)
        moments = read_moments(text, field.formats)
        zone = field.timezone or self._mapping.timezone or "UTC"
        utc = moments.utc.zip_with(moments.utc.is_not_null(), localise(moments.local, zone))
        return utc.to_physical().cast(pl.Float64)

    def _field_of(self, column: str) -> ValueMapping | None:
        """Mapping of the instant that a column tells; ``None`` if it tells none."""
        instants = {*DATASETS[self._mapping.dataset].instants, VERSION}
        observed = self._mapping.observed_at
        fields = dict(self._mapping.fields)
        if isinstance(observed, ValueMapping):
            fields[VERSION] = observed
        return next(
            (field for name, field in fields.items() if name in instants and column in field.columns()), None
        )


def _picks(mapping: Mapping) -> dict[str, Pick]:
    """What a case takes of each column. Raises ``MappingError`` where two fields want different values."""
    picks: dict[str, Pick] = {}
    for name, columns, pick in mapping.picked():
        for column in columns:
            if column in mapping.group_by:
                continue
            if picks.setdefault(column, pick) != pick:
                raise MappingError(
                    f"{mapping.origin}: {name}: it picks the {pick} of {column!r}, another field the "
                    f"{picks[column]}. Pick the same, or give the source a copy of the column."
                )
    return picks


def _value(column: str, pick: Pick, *, key: bool = False) -> pl.Expr:
    if pick == "first":
        return pl.col(column).drop_nulls().first()
    if pick == "last":
        return pl.col(column).drop_nulls().last()
    by = column if key else _KEY + column
    values = pl.col(column).filter(pl.col(by).is_not_null())
    order = pl.col(by).drop_nulls()
    return values.get(order.arg_min() if pick == "min" else order.arg_max(), null_on_oob=True)
