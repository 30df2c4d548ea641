"""Wiring of an installation: which engine rolls the archive up."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from metrics.ranking.detail import detail_from
from pantau.home import Home, Settings
from pantau.installation import DETAIL_EVERY, Installation
from tests.e2e.cases import closed, some_cases, write
from tests.services.command import Installed


def test_engine_that_there_is_not_is_refused_with_those_that_there_are(
    filled: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_ENGINE", "dask")
    answer = filled.run("rollup")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "pantau: PANTAU_ENGINE: no engine is called 'dask'. There are: duckdb, spark\n"


def test_spark_without_java_is_refused_with_the_remedy_before_anything_is_read(
    filled: Installed, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_ENGINE", "spark")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    answer = filled.run("import", files / "cases.csv", "--mapping", files / "mapping.yaml")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert "needs Java 17 or newer" in answer.err
    assert "unset PANTAU_ENGINE" in answer.err


def test_command_with_nothing_to_roll_up_does_not_start_spark(
    filled: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_ENGINE", "spark")
    monkeypatch.setenv("JAVA_HOME", str(broken_java(tmp_path)))
    assert filled("rank")["rows"]
    assert not (tmp_path / "started").exists()


def test_spark_that_does_not_start_is_one_line_that_names_its_log(
    filled: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_ENGINE", "spark")
    monkeypatch.setenv("JAVA_HOME", str(broken_java(tmp_path)))
    program = "from pantau.cli import main; main()"
    command = [sys.executable, "-c", program, "--home", str(filled.home), "rebuild"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    log = filled.home / "scratch" / "rollup" / "spark.log"
    assert done.returncode == 3
    assert "no Spark session can be had" in done.stderr.splitlines()[-1]
    assert str(log) in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert "this Java is broken" in log.read_text(encoding="utf-8")


def test_detail_is_that_of_the_ranking_for_each_level(filled: Installed) -> None:
    filled("rank")
    with Installation(Home(filled.home, Settings())) as installation:
        for level in installation.levels:
            ranking = installation.store.latest_ranking(level=level)
            known = installation.store.ranking_detail(level)
            assert ranking is not None
            assert known is not None
            number, body = known
            assert installation.store.ranking(number) == ranking
            places = {one.region: one.place for one in detail_from(body).regions}
            assert {code: place and place.rank for code, place in places.items()} == {
                row.region: row.rank for row in ranking.rows
            }


def test_detail_follows_deliveries_once_an_hour_and_rank_at_once(
    filled: Installed, files: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled.home, tmp_path / "home")
    copy = Installed(tmp_path / "home")
    copy("rank")
    before = about(copy)
    copy("import", write(tmp_path / "later.csv", closed(some_cases(40))), "--mapping", files / "mapping.yaml")
    assert about(copy) == before
    assert latest(copy) > before
    copy("rank")
    assert about(copy) == latest(copy)


def test_detail_that_is_an_hour_old_is_computed_with_the_next_delivery(
    filled: Installed, files: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled.home, tmp_path / "home")
    copy = Installed(tmp_path / "home")
    copy("rank")
    copy("import", write(tmp_path / "later.csv", closed(some_cases(40))), "--mapping", files / "mapping.yaml")
    later = dt.datetime.now(dt.UTC) + DETAIL_EVERY
    with Installation(Home(copy.home, Settings()), clock=lambda: later) as installation:
        installation.refresh(detail_every=DETAIL_EVERY)
    assert about(copy) == latest(copy)


def about(installed: Installed) -> int:
    """Ranking that the detail is about."""
    with Installation(Home(installed.home, Settings())) as installation:
        known = installation.store.ranking_detail()
    assert known is not None
    return known[0]


def latest(installed: Installed) -> int:
    """Ranking that was stored last."""
    with Installation(Home(installed.home, Settings())) as installation:
        return installation.store.rankings()[0].id


def broken_java(folder: Path) -> Path:
    """A Java's folder whose program ends at once, and leaves a file behind."""
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(
        f"#!/bin/sh\ntouch {folder}/started\necho this Java is broken\nexit 1\n", encoding="utf-8"
    )
    java.chmod(0o755)
    return folder
