"""Spark gives the rows that DuckDB gives, to the last byte of what is packed in them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pytest

from exporters.deliver import deliver_file
from exporters.mapping import Mapping
from metrics.archive import Archive
from metrics.calendar import calendars_of
from metrics.datasets import DATASETS
from metrics.errors import EngineFailed, EngineMissing
from metrics.histogram import GAMMA
from metrics.regions import indonesia
from metrics.rollup import DuckEngine, Engine, RollUp, SparkEngine
from metrics.rollup.context import bucket
from metrics.store import Store
from pantau.home import Home, Settings
from pantau.installation import Installation
from simulator import write_year
from tests.exporters.realdata import FILES, ROOT, real
from tests.metrics.rollup.conftest import World
from tests.metrics.rollup.test_cases import some_cases
from tests.services.command import install
from tests.services.spark import spark

__all__ = ["spark"]

pytestmark = pytest.mark.spark


@dataclass(frozen=True)
class Archived:
    """An installation with records in its archive."""

    home: Path

    def rows(self, engine: Engine, dataset: str) -> dict[str, pa.Table]:
        """Rolled up rows of the month in the middle and of the last."""
        with Store.open(f"sqlite:///{self.home / 'store.sqlite3'}") as store:
            registry = store.registry()
            calendars = calendars_of(region.calendar for region in registry.regions.values())
            archive = Archive(self.home / "archive")
            rollup = RollUp(archive, store, engine, registry, calendars)
            version = archive.version(dataset)
            months = archive.months(dataset, version)
            some = sorted({months[len(months) // 2], months[-1]})
            return {month: rollup.rows(dataset, [month], version) for month in some}


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckEngine]:
    engine = DuckEngine(tmp_path_factory.mktemp("duck"))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Archived:
    """A year of some regions, with planted defects: all kinds of records."""
    folder, home = tmp_path_factory.mktemp("year"), tmp_path_factory.mktemp("simulated") / "home"
    manifest = write_year(folder, list(indonesia().regions.values())[::15], scale=0.2)
    install(home)
    with Installation(Home(home, Settings())) as installation:
        for file in manifest.files:
            mapping = Mapping.load(folder / file.mapping)
            path, registry = folder / file.file, installation.registry
            installation.intake.take(deliver_file(path, mapping, registry, now=installation.clock()))
    return Archived(home)


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Archived]:
    """An installation that took a real set in."""

    def take(name: str) -> Archived:
        path = real(FILES[name])
        home = tmp_path_factory.mktemp(name) / "home"
        installed = install(home, ROOT / "tests" / "registries" / f"{name}.csv")
        mapping = ROOT / "tests" / "mappings" / f"{name}.yaml"
        installed("import", path, "--mapping", mapping, "--max-rejected", "1")
        return Archived(home)

    return take


@pytest.mark.parametrize("dataset", DATASETS)
def test_simulated_records_of_every_set_give_the_same_rows(
    simulated: Archived, duck: DuckEngine, spark: SparkEngine, dataset: str
) -> None:
    expected, found = simulated.rows(duck, dataset), simulated.rows(spark, dataset)
    assert len(expected) == 2
    assert all(len(rows) for rows in expected.values())
    assert found == expected


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("permits-nl", "transactions"),
        ("permits-wabo", "transactions"),
        ("complaints-budapest", "complaints"),
        ("probe-history", "probes"),
    ],
)
def test_real_records_give_the_same_rows(
    archived: Callable[[str], Archived], duck: DuckEngine, spark: SparkEngine, name: str, dataset: str
) -> None:
    home = archived(name)
    expected, found = home.rows(duck, dataset), home.rows(spark, dataset)
    assert any(len(rows) for rows in expected.values())
    assert found == expected


def test_records_with_later_versions_and_of_other_zones_give_the_same_rows(
    world: World, duck: DuckEngine, spark: SparkEngine
) -> None:
    """Among the later versions some that moved the record to another month."""
    cases = some_cases(400, seed=7)
    world.put("transactions", cases)
    later = dt.timedelta(days=1)
    moved = [
        {**case, "observed_at": case["observed_at"] + later, "submitted": case["submitted"] + later * 20}
        for case in cases[:90]
        if case["completed"] is None
    ]
    assert moved
    world.put("transactions", moved)
    there = Archived(world.folder)
    assert there.rows(spark, "transactions") == there.rows(duck, "transactions")


def test_every_duration_falls_into_the_same_bucket(duck: DuckEngine, spark: SparkEngine) -> None:
    """Those beside the bounds of the buckets most of all: logarithms are rounded there."""
    bounds = [GAMMA**power for power in range(1, int(math.log(4e15, GAMMA)))]
    beside = {int(bound) + step for bound in bounds for step in (-1, 0, 1)}
    chance = np.random.default_rng(5).integers(1, 10**15, 50_000).tolist()
    durations = pa.table({"us": pa.array(sorted({0, 1, *beside, *chance}), pa.int64())})

    def buckets(engine: Engine) -> list[int]:
        given = engine.table("durations", durations)
        ordered = given.select(us=given.us, bucket=bucket(given.us)).order_by("us")
        found: list[int] = engine.run("durations", lambda: ordered)["bucket"].to_pylist()
        return found

    assert buckets(spark) == buckets(duck)


def test_spark_of_this_machine_listens_on_loopback_only(spark: SparkEngine) -> None:
    spark.table("one", pa.table({"n": [1]}))
    java = [child for child in psutil.Process().children(recursive=True) if "java" in child.name()]
    listening = [
        connection.laddr.ip
        for process in java
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert {ip.removeprefix("::ffff:") for ip in listening} <= {"127.0.0.1", "::1"}


def test_what_spark_cannot_do_is_one_line_with_the_remedy(spark: SparkEngine) -> None:
    spark.table("words", pa.table({"word": ["x"]}))
    with pytest.raises(EngineFailed, match=r"Spark cannot roll up words: .* run this again") as caught:
        spark.run(
            "words", lambda: spark.table("words", pa.table({"word": ["x"]})).word.cast("int64").as_table()
        )
    assert "\n" not in str(caught.value)


def test_without_java_the_engine_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineMissing, match=r"Java 17 or newer, and none was found.*default-jre-headless"):
        SparkEngine(tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    with pytest.raises(EngineMissing, match=r"none is in JAVA_HOME, .*jdk\. Install it"):
        SparkEngine(tmp_path)


def test_without_pyspark_the_engine_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EngineMissing, match=r"pip install 'pantau-mpp\[spark\]'"):
        SparkEngine(tmp_path)
