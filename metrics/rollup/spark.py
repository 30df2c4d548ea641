"""Spark, for archives that are too large for one process: the same expressions, and the same rows.

PySpark and Java are looked for when the engine is made; the session starts with the first roll-up, so
that a command with nothing to roll up does not wait for it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from metrics.archive import Archive
from metrics.errors import EngineFailed, EngineMissing

if TYPE_CHECKING:
    from py4j.java_gateway import JavaGateway
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

HERE = "local[*]"
"""Address of no cluster, but of Spark in a process of this machine, on all its cores."""
_LOOPBACK = "127.0.0.1"
_REMEDY = "or unset PANTAU_ENGINE: DuckDB gives the same rows"


@ibis.udf.scalar.builtin(name="unix_micros")  # type: ignore[untyped-decorator] # Ibis has no types
def _epoch_us(instant: ibis.dtype("timestamp('UTC')")) -> ibis.dtype("int64"):  # type: ignore[valid-type] # Spark's own
    """Microseconds since 1970-01-01 UTC."""


class SparkEngine:
    """A Spark session on this machine or a cluster (extra ``spark``; Java 17 or newer).

    ``master``: address of the cluster. Whatever else is to be set stands where Spark looks for it
    (``SPARK_CONF_DIR``); what it prints is in ``spark.log`` in the scratch folder. Raises
    ``EngineMissing`` without PySpark or Java, and ``EngineFailed`` where Spark fails.
    """

    def __init__(self, scratch: Path, *, master: str = HERE) -> None:
        _require()
        self._scratch = scratch
        self._master = master
        self._queries: dict[str, str] = {}

    @cached_property
    def _session(self) -> SparkSession:
        from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - most installations lack it
        from pyspark.sql import SparkSession  # noqa: PLC0415 - as above

        # What they have not tried is not used here: no frame of pandas' comes or goes.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        with self._translated(f"{self._master}: no Spark session can be had"):
            settings = _settings(self._master, self._scratch)
            conf = SparkConf().setMaster(self._master).setAppName("pantau").setAll([*settings.items()])
            return SparkSession(SparkContext(conf=conf, gateway=_java(conf, self._log)))

    @property
    def _log(self) -> Path:
        return self._scratch / "spark.log"

    @cached_property
    def _con(self) -> Any:  # noqa: ANN401 - Ibis has no types
        with self._translated(f"{self._master}: no Spark session can be had"):
            return ibis.pyspark.connect(self._session)

    def load(self, archive: Archive, dataset: str, months: list[str], version: int) -> None:
        """See ``Engine``."""
        files = archive.files(dataset, months=months, version=version)
        with self._translated(f"Spark cannot read the archive of {dataset}"):
            frame = self._session.read.option("basePath", f"{archive.root}/{dataset}").parquet(*files)
            frame.createOrReplaceTempView(f"records_{dataset}")

    def records(self, dataset: str) -> ir.Table:
        """See ``Engine``."""
        with self._translated(f"Spark cannot read the archive of {dataset}"):
            return self._con.table(f"records_{dataset}")

    def table(self, name: str, rows: pa.Table) -> ir.Table:
        """See ``Engine``."""
        with self._translated(f"Spark cannot take the table {name}"):
            self._session.createDataFrame(rows).createOrReplaceTempView(name)
            return self._con.table(name)

    def epoch_us(self, instant: ir.Value) -> ir.IntegerValue:
        """See ``Engine``."""
        return _epoch_us(instant)

    def run(self, name: str, build: Callable[[], ir.Table]) -> pa.Table:
        """See ``Engine``."""
        with self._translated(f"Spark cannot roll up {name}"):
            if name not in self._queries:
                self._queries[name] = str(self._con.compile(build()))
            return self._session.sql(self._queries[name]).toArrow()

    def close(self) -> None:
        """See ``Engine``. A session that broke down needs no ending, and is no second failure."""
        from py4j.protocol import Py4JError  # noqa: PLC0415 - comes with PySpark

        if "_session" in self.__dict__:
            with suppress(Py4JError, OSError):
                self._session.stop()

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        from py4j.protocol import Py4JError  # noqa: PLC0415 - comes with PySpark
        from pyspark.errors import PySparkException  # noqa: PLC0415 - as above

        try:
            yield
        except (PySparkException, Py4JError, OSError) as error:
            said = " ".join(str(error).split())[:300]
            raise EngineFailed(
                f"{what}: {said}; see {self._log}, mend it and run this again, {_REMEDY}"
            ) from error


def _require() -> None:
    """Raise ``EngineMissing`` where Spark cannot run."""
    if importlib.util.find_spec("pyspark") is None:
        raise EngineMissing(
            f"PANTAU_ENGINE=spark needs PySpark. Install it: pip install 'pantau-mpp[spark]', {_REMEDY}"
        )
    home = os.environ.get("JAVA_HOME")
    if shutil.which(f"{home}/bin/java" if home else "java") is None:
        where = f"none is in JAVA_HOME, {home}" if home else "none was found"
        raise EngineMissing(
            f"PANTAU_ENGINE=spark needs Java 17 or newer, and {where}. Install it (on Debian: "
            f"apt-get install default-jre-headless), set JAVA_HOME, {_REMEDY}"
        )


def _settings(master: str, scratch: Path) -> dict[str, str]:
    """Spark's own settings. On this machine it is kept to the loopback address and to few, small tasks."""
    own = {"spark.ui.showConsoleProgress": "false", "spark.sql.session.timeZone": "UTC"}
    if not master.startswith("local"):
        return own
    os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)
    return {
        **own,
        "spark.driver.bindAddress": _LOOPBACK,
        "spark.driver.host": _LOOPBACK,
        "spark.local.dir": str(scratch),
        "spark.log.level": "ERROR",
        "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.ui.enabled": "false",
    }


def _java(conf: SparkConf, log: Path) -> JavaGateway:
    """Java that Spark runs in, one a process. What it prints goes to a file: our output is for answers."""
    from pyspark import SparkContext  # noqa: PLC0415 - most installations lack it
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415 - as above

    log.parent.mkdir(parents=True, exist_ok=True)
    running: JavaGateway | None = SparkContext._gateway  # noqa: SLF001 - there is no other way to ask
    if running is not None:
        return running
    with log.open("wb") as file:
        return launch_gateway(conf, {"stdout": file, "stderr": file})
