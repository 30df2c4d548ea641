"""Rows of the roll-ups: replaced partition by partition, within one transaction of the caller's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import pyarrow as pa
from sqlalchemy import Connection, Table, delete, select

from metrics.errors import StoreError, UnknownName
from metrics.model import Batch, CheckResult
from metrics.store import batches, bulk, observations
from metrics.store.selection import Wanted, matching
from metrics.store.tables import DATASET_TABLES, ROLLUP_TABLES, SEED, WATERMARK


@dataclass(frozen=True, slots=True)
class Watermark:
    """State of the archive, and of the calendars, that a roll-up stands for."""

    archive_version: int
    calendar_hash: str


def tables_of(dataset: str) -> tuple[Table, ...]:
    """Roll-up tables of a record set."""
    try:
        return DATASET_TABLES[dataset]
    except KeyError:
        msg = f"record set {dataset!r} is not known; there are {', '.join(DATASET_TABLES)}"
        raise UnknownName(msg) from None


def table_named(name: str) -> Table:
    """Roll-up table by name."""
    try:
        return ROLLUP_TABLES[name]
    except KeyError:
        msg = f"roll-up table {name!r} is not known; there are {', '.join(ROLLUP_TABLES)}"
        raise UnknownName(msg) from None


class RollupWriter:
    """What may be written in one transaction of a record set; nothing shows before its end."""

    def __init__(self, connection: Connection, dataset: str) -> None:
        self._connection = connection
        self._dataset = dataset
        self._tables = {table.name: table for table in tables_of(dataset)}

    def replace(self, partitions: Iterable[str], tables: Mapping[str, pa.Table]) -> None:
        """Put rows in place of all that the partitions hold.

        A table that is not given stays empty in these partitions. Raises ``StoreError`` for a
        table of another record set, for columns other than the table's, and for rows of a
        partition that is not among those replaced.
        """
        replaced = sorted(set(partitions))
        if SEED in replaced:
            msg = f"record set {self._dataset}: partition {SEED!r} is for events that came with the program"
            raise StoreError(msg)
        frames = {name: self._checked(name, table, replaced) for name, table in tables.items()}
        for name, table in self._tables.items():
            gone = delete(table).where(table.c.partition.in_(replaced))
            if "dataset" in table.c:
                gone = gone.where(table.c.dataset == self._dataset)
            self._connection.execute(gone)
            if name in frames:
                bulk.insert_frame(self._connection, table, frames[name])

    def batches(self, batches_: Sequence[Batch]) -> None:
        """Write batches; one that is there is written over."""
        batches.put(self._connection, batches_)

    def rejections(self, batch_id: str, rejections: Mapping[tuple[str | None, str], int]) -> None:
        """Write a batch's rejected records by (region, rule), in place of those that were there."""
        batches.put_rejections(self._connection, self._dataset, batch_id, rejections)

    def checks(self, batch_id: str, results: Sequence[CheckResult]) -> None:
        """Write a batch's check results, in place of those that were there."""
        batches.put_checks(self._connection, batch_id, results)

    def history(self, results: Sequence[CheckResult], at: datetime) -> None:
        """Continue the history of each check and region of a batch, and add the cost of each check."""
        observations.put_standings(self._connection, observations.verdicts_of(results), at)
        observations.add_costs(self._connection, observations.costs_of(results, at))

    def watermark(self, archive_version: int, calendar_hash: str) -> None:
        """Say what state of the archive the roll-up stands for from now on."""
        self._connection.execute(delete(WATERMARK).where(WATERMARK.c.dataset == self._dataset))
        self._connection.execute(
            WATERMARK.insert().values(
                dataset=self._dataset, archive_version=archive_version, calendar_hash=calendar_hash
            )
        )

    def _checked(self, name: str, rows: pa.Table, replaced: list[str]) -> pl.DataFrame:
        """Rows in order of key, which is the order in which the database stores them fastest."""
        where = f"record set {self._dataset}, table {name}"
        if name not in self._tables:
            msg = f"{where}: the record set has no such table, only {', '.join(self._tables)}"
            raise StoreError(msg)
        columns = [column.name for column in self._tables[name].columns]
        if missing := set(columns) - set(rows.column_names):
            msg = f"{where}: columns are missing: {', '.join(sorted(missing))}"
            raise StoreError(msg)
        if unknown := set(rows.column_names) - set(columns):
            msg = f"{where}: columns are not known: {', '.join(sorted(unknown))}"
            raise StoreError(msg)
        frame = pl.DataFrame(pl.from_arrow(rows)).select(columns)
        if strangers := set(frame["partition"].unique()) - set(replaced):
            msg = (
                f"{where}: rows of partitions that are not replaced: {', '.join(sorted(map(str, strangers)))}"
            )
            raise StoreError(msg)
        if "dataset" in columns and not frame["dataset"].eq(self._dataset).all():
            msg = f"{where}: rows of another record set"
            raise StoreError(msg)
        return frame.sort([column.name for column in self._tables[name].primary_key])


def watermark(connection: Connection, dataset: str) -> Watermark | None:
    """State of the archive that a record set's roll-up stands for, ``None`` before the first."""
    tables_of(dataset)
    row = connection.execute(select(WATERMARK).where(WATERMARK.c.dataset == dataset)).first()
    return Watermark(row.archive_version, row.calendar_hash) if row is not None else None


def partitions(connection: Connection, dataset: str) -> list[str]:
    """Partitions that a record set has rows in, in order; without the seed's."""
    found: set[str] = set()
    for table in tables_of(dataset):
        statement = select(table.c.partition).distinct().where(table.c.partition != SEED)
        if "dataset" in table.c:
            statement = statement.where(table.c.dataset == dataset)
        found.update(connection.scalars(statement))
    return sorted(found)


def rows(
    connection: Connection,
    name: str,
    columns: Sequence[str] | None,
    wanted: Mapping[str, Wanted],
) -> pl.DataFrame:
    """Rows of a roll-up table in order of key; of these columns, or of all.

    ``wanted`` narrows by column; a table without that column is not narrowed by it.
    """
    table = table_named(name)
    if unknown := set(columns or ()) - {column.name for column in table.columns}:
        msg = f"roll-up table {name}: columns are not known: {', '.join(sorted(unknown))}"
        raise UnknownName(msg)
    key = [column.name for column in table.primary_key]
    shown = list(columns) if columns is not None else [column.name for column in table.columns]
    statement = select(*(table.c[column] for column in dict.fromkeys([*shown, *key])))
    for column, values in wanted.items():
        if column in table.c:
            statement = matching(statement, table.c[column], values)
    return bulk.read_frame(connection, statement).sort(key).select(shown)
