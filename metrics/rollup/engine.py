"""Where a roll-up's expression runs: DuckDB in this process, or Spark (``spark.py``). Same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from metrics.archive import Archive
from metrics.errors import EngineFailed
from metrics.versioning import connect


@ibis.udf.scalar.builtin(name="epoch_us")  # type: ignore[untyped-decorator] # Ibis has no types
def _duck_epoch_us(instant: ibis.dtype("timestamp('UTC')")) -> ibis.dtype("int64"):  # type: ignore[valid-type] # DuckDB's own
    """Microseconds since 1970-01-01 UTC."""


class Engine(Protocol):
    """Runs Ibis expressions over the archive's records."""

    def load(self, archive: Archive, dataset: str, months: list[str], version: int) -> None:
        """Have ``records(dataset)`` stand for some months, as of a version of the archive."""

    def records(self, dataset: str) -> ir.Table:
        """All versions of the records that were loaded."""

    def table(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows of ours beside them; the same name again replaces them."""

    def epoch_us(self, instant: ir.Value) -> ir.IntegerValue:
        """Microseconds since 1970-01-01 UTC."""

    def run(self, name: str, build: Callable[[], ir.Table]) -> pa.Table:
        """Rows of an expression, which is built and compiled once for its name."""

    def close(self) -> None:
        """Give everything back."""


@contextmanager
def _told_as_engine_failure(what: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineFailed(f"{what}: {' '.join(str(error).split())}") from error


class DuckEngine:
    """DuckDB in this process, with bounded memory."""

    def __init__(self, scratch: Path, *, memory: str = "512MB") -> None:
        self._raw = connect(scratch, memory=memory)
        self._raw.execute("set timezone = 'UTC'")
        self._con = ibis.duckdb.from_connection(self._raw)
        self._queries: dict[str, str] = {}

    def load(self, archive: Archive, dataset: str, months: list[str], version: int) -> None:
        """See ``Engine``. DuckDB reads files of this machine itself, in a third less time."""
        view = f"records_{dataset}"
        records = archive.records(dataset, months=months, version=version)
        files = archive.files(dataset, months=months, version=version) if archive.is_local else []
        if records is not None and files:
            with _told_as_engine_failure(f"the archive of {dataset} cannot be read"):
                read = self._raw.read_parquet(files, union_by_name=True, hive_partitioning=True)
            if not {*records.schema.names} - {*read.columns}:  # files older than a column lack it
                self._raw.unregister(view)
                read.create_view(view, replace=True)
                return
        self._raw.execute(f'drop view if exists "{view}"')
        self._raw.register(view, records)

    def records(self, dataset: str) -> ir.Table:
        """See ``Engine``."""
        return self._con.table(f"records_{dataset}")

    def table(self, name: str, rows: pa.Table) -> ir.Table:
        """See ``Engine``."""
        self._raw.register(name, rows)
        return self._con.table(name)

    def epoch_us(self, instant: ir.Value) -> ir.IntegerValue:
        """See ``Engine``."""
        return _duck_epoch_us(instant)

    def run(self, name: str, build: Callable[[], ir.Table]) -> pa.Table:
        """See ``Engine``."""
        if name not in self._queries:
            self._queries[name] = str(self._con.compile(build()))
        with _told_as_engine_failure(f"DuckDB cannot roll up {name}"):
            return self._raw.sql(self._queries[name]).to_arrow_table()

    def close(self) -> None:
        """See ``Engine``."""
        self._con.disconnect()
