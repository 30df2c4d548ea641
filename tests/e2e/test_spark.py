"""An installation that rolls up on Spark: the same roll-ups, indicators and ranking as on DuckDB."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from metrics.regions import indonesia
from metrics.store import Store
from simulator import write_year
from tests.services.command import Installed, install
from tests.services.spark import java

pytestmark = pytest.mark.spark

ON_SPARK = {"PANTAU_ENGINE": "spark", "PANTAU_SPARK_MASTER": "local[2]"}
FILES = ("transactions-mppdn.csv", "complaints-lapor.csv", "surveys-mppdn.csv", "probes.csv", "traffic.csv")
LATE = "transactions-mppi.jsonl"
"""File that is delivered once the others are in."""


@dataclass(frozen=True)
class Twins:
    """One archive, rolled up on DuckDB and on Spark, and the files that filled it."""

    folder: Path
    duck: Installed
    spark: Installed

    def deliver(self, installed: Installed, name: str) -> None:
        file = self.folder / f"simulated-{name}"
        mapping = file.with_suffix(".mapping.yaml")
        installed("import", file, "--mapping", mapping, "--max-rejected", "1")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Twins:
    """Some regions and all kinds of records. Both begin with the archive alone, which was filled elsewhere."""
    folder, homes = tmp_path_factory.mktemp("year"), tmp_path_factory.mktemp("homes")
    write_year(folder, list(indonesia().regions.values())[::20], scale=0.2)
    _keep_december(folder / "simulated-probes.csv")
    twins = Twins(folder, Installed(homes / "duck"), Installed(homes / "spark"))
    filled = install(homes / "filled")
    for name in FILES:
        twins.deliver(filled, name)
    for installed in (twins.duck, twins.spark):
        shutil.copytree(filled.home, installed.home, ignore=shutil.ignore_patterns("store.sqlite3*"))
        installed("init")
    twins.duck("rollup")
    return twins


def _keep_december(file: Path) -> None:
    """Probes are rolled up month by month, which takes Spark some seconds each."""
    header, *lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(header + "".join(line for line in lines if "2025-12-" in line), encoding="utf-8")


def digest(installed: Installed) -> str:
    with Store.open(f"sqlite:///{installed.home / 'store.sqlite3'}") as store:
        return store.rollup_digest()


def the_same(twins: Twins) -> None:
    """Both have the same roll-ups, and so the same indicators and ranking."""
    assert digest(twins.spark) == digest(twins.duck)
    for installed in (twins.duck, twins.spark):
        installed("check", status=1)  # deliveries are judged hourly; so both are now, and much fails
    assert twins.spark("indicators") == twins.duck("indicators")
    for level in ("region", "province"):
        ours, theirs = twins.duck("rank", "--level", level), twins.spark("rank", "--level", level)
        assert any(row["ranked"] for row in ours["rows"])
        assert {**theirs, "computed": None} == {**ours, "computed": None}


def test_process_on_spark_prints_its_answer_alone_and_rolls_up_as_duckdb(twins: Twins) -> None:
    program = "from pantau.cli import main; main()"
    with java():
        done = subprocess.run(
            [sys.executable, "-c", program, "--home", str(twins.spark.home), "--json", "rollup"],
            env=os.environ | ON_SPARK,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["probes"] == "2025-12"
    the_same(twins)


def test_file_that_comes_in_on_spark_counts_as_on_duckdb(
    twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(twins.duck)
    twins.deliver(twins.duck, LATE)
    with java(), monkeypatch.context() as patch:
        for name, value in ON_SPARK.items():
            patch.setenv(name, value)
        twins.deliver(twins.spark, LATE)
    assert digest(twins.duck) != before
    the_same(twins)
