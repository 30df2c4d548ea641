"""Where a roll-up's expression runs: DuckDB in this process, or a Spark cluster. Same rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from metrics.archive import Archive
from metrics.versioning import connect

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@ibis.udf.scalar.builtin(name="epoch_us")  # type: ignore[untyped-decorator] # Ibis has no types
def _duck_epoch_us(instant: ibis.dtype("timestamp('UTC')")) -> ibis.dtype("int64"):  # type: ignore[valid-type] # DuckDB's own
    """Microseconds since 1970-01-01 UTC."""


@ibis.udf.scalar.builtin(name="unix_micros")  # type: ignore[untyped-decorator] # Ibis has no types
def _spark_epoch_us(instant: ibis.dtype("timestamp('UTC')")) -> ibis.dtype("int64"):  # type: ignore[valid-type] # Spark's own
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


class DuckEngine:
    """DuckDB in this process, with bounded memory."""

    def __init__(self, scratch: Path, *, memory: str = "512MB") -> None:
        self._raw = connect(scratch, memory=memory)
        self._raw.execute("set timezone = 'UTC'")
        self._con = ibis.duckdb.from_connection(self._raw)
        self._queries: dict[str, str] = {}

    def load(self, archive: Archive, dataset: str, months: list[str], version: int) -> None:
        """See ``Engine``."""
        self._raw.register(f"records_{dataset}", archive.records(dataset, months=months, version=version))

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
        return self._raw.sql(self._queries[name]).to_arrow_table()

    def close(self) -> None:
        """See ``Engine``."""
        self._con.disconnect()


class SparkEngine:
    """A Spark session that the operator configured (``pip install pantau-mpp[spark]``, Java 17)."""

    def __init__(self, session: SparkSession) -> None:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        self._session = session
        self._con: Any = ibis.pyspark.connect(session)
        self._queries: dict[str, str] = {}

    def load(self, archive: Archive, dataset: str, months: list[str], version: int) -> None:
        """See ``Engine``."""
        frame = self._session.read.option("basePath", f"{archive.root}/{dataset}").parquet(
            *archive.files(dataset, months=months, version=version)
        )
        frame.createOrReplaceTempView(f"records_{dataset}")

    def records(self, dataset: str) -> ir.Table:
        """See ``Engine``."""
        return self._con.table(f"records_{dataset}")

    def table(self, name: str, rows: pa.Table) -> ir.Table:
        """See ``Engine``."""
        self._session.createDataFrame(rows).createOrReplaceTempView(name)
        return self._con.table(name)

    def epoch_us(self, instant: ir.Value) -> ir.IntegerValue:
        """See ``Engine``."""
        return _spark_epoch_us(instant)

    def run(self, name: str, build: Callable[[], ir.Table]) -> pa.Table:
        """See ``Engine``."""
        if name not in self._queries:
            self._queries[name] = str(self._con.compile(build()))
        return self._session.sql(self._queries[name]).toArrow()

    def close(self) -> None:
        """See ``Engine``."""
        self._session.stop()
