"""Many rows in, many rows out, column by column and past SQLAlchemy's per-row work.

The statements, the types and the transaction are SQLAlchemy's; only the rows themselves go
straight to the driver (``executemany`` for SQLite, ``COPY`` for PostgreSQL) and come straight
from it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import polars as pl
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Double,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
)

from metrics.store.columns import UtcInstant
from metrics.store.database import BINARY_ROWS

_Kind = TypeVar("_Kind")

WRITE_ROWS = 5_000
"""Rows that are Python objects at one time, on their way in."""
READ_ROWS = 500
"""Rows fetched at once: they are turned into columns while the processor still has them at hand."""

_FRAME_TYPES: tuple[tuple[type[Any], pl.DataType], ...] = (
    (UtcInstant, pl.Datetime("us", "UTC")),
    (Text, pl.String()),
    (Integer, pl.Int64()),
    (Boolean, pl.Boolean()),
    (Double, pl.Float64()),
    (LargeBinary, pl.Binary()),
    (Date, pl.Date()),
)
_POSTGRES_TYPES: tuple[tuple[type[Any], str], ...] = (
    (UtcInstant, "timestamptz"),
    (Text, "text"),
    (BigInteger, "int8"),
    (Integer, "int4"),
    (Boolean, "bool"),
    (Double, "float8"),
    (LargeBinary, "bytea"),
    (Date, "date"),
)
_AS_THE_DRIVER_HAS_IT = (Text, Integer, Boolean, Double, LargeBinary)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the cycle collector from walking thousands of fresh tuples that hold no cycle: a fifth faster."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _to_driver(column: Column[Any], values: Sequence[Any], connection: Connection) -> Sequence[Any]:
    """Values as the driver takes them."""
    if isinstance(column.type, _AS_THE_DRIVER_HAS_IT):
        return values
    convert = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return values if convert is None else [convert(value) for value in values]


def insert(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given as columns of one length; columns that are not named stay to the database."""
    if not columns or not len(next(iter(columns.values()))):
        return
    wanted = [table.columns[name] for name in columns]
    rows = zip(*(_to_driver(column, columns[column.name], connection) for column in wanted), strict=True)
    quoted = connection.dialect.identifier_preparer
    names = ", ".join(quoted.format_column(column) for column in wanted)
    target = f"{quoted.format_table(table)} ({names})"
    with _collector_at_rest():
        if connection.dialect.name != "sqlite":
            types = [_kind_of(column, _POSTGRES_TYPES) for column in wanted]
            _copy(connection, f"COPY {target} FROM STDIN (FORMAT BINARY)", types, rows)
            return
        marks = ", ".join("?" * len(wanted))
        statement = f"INSERT INTO {target} VALUES ({marks})"  # noqa: S608 - names of our own tables, quoted
        while chunk := list(islice(rows, WRITE_ROWS)):
            connection.exec_driver_sql(statement, chunk)


def _kind_of(column: ColumnElement[Any], kinds: Iterable[tuple[type[Any], _Kind]]) -> _Kind:
    """What belongs to a column's type."""
    return next(kind for column_type, kind in kinds if isinstance(column.type, column_type))


def _copy(
    connection: Connection, statement: str, types: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Send rows by PostgreSQL's binary COPY."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def insert_frame(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Insert a frame with the table's column names, in bounded memory."""
    for chunk in frame.iter_slices(WRITE_ROWS):
        insert(connection, table, {series.name: series.to_list() for series in chunk})


def _series(
    name: str, column: ColumnElement[Any], values: Sequence[Any], connection: Connection
) -> pl.Series:
    """Column of a result as a series of its type."""
    dtype = _kind_of(column, _FRAME_TYPES)
    if isinstance(column.type, (UtcInstant, Date)):
        convert = column.type.dialect_impl(connection.dialect).result_processor(connection.dialect, None)
        values = values if convert is None else [convert(value) for value in values]
    if isinstance(column.type, Boolean) and connection.dialect.name == "sqlite":
        return pl.Series(name, values, dtype=pl.Int64).cast(pl.Boolean)
    return pl.Series(name, values, dtype=dtype)


def read_frame(connection: Connection, statement: Select[Any]) -> pl.DataFrame:
    """Rows of a statement as a frame: its columns, in its order, with their types."""
    columns = list(statement.selected_columns)
    values: list[list[Any]] = [[] for _ in columns]
    with connection.execute(statement, execution_options={BINARY_ROWS: True}) as result:
        cursor: Any = result.cursor
        while rows := cursor.fetchmany(READ_ROWS):
            for column_values, fetched in zip(values, zip(*rows, strict=True), strict=True):
                column_values.extend(fetched)
    return pl.DataFrame([_series(str(c.key), c, v, connection) for c, v in zip(columns, values, strict=True)])
