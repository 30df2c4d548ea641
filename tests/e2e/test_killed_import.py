"""An import that is killed at any moment: the next run loses no accepted row and counts none twice."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from metrics.archive import Archive
from metrics.store import Store
from tests.e2e.cases import closed, some_cases, write, write_mapping
from tests.services.command import Installed, install

CASES = 1200
GOOD = CASES - CASES // 50
KILLS_OF_A_HOME = 2

WARM = """
import sys
import checks.expectations
import checks.judging
import pantau.commands.intake
import pantau.installation
from pantau.cli import main

class JudgeHere(checks.expectations.JudgeHere):
    def close(self):
        pass

checks.expectations.get_ready()
checks.judging.JudgingProcess = JudgeHere  # another process would have to get ready while this one works
print("ready", flush=True)
sys.argv = ["pantau", *sys.stdin.readline().rstrip("\\n").split("\\t")]
main()
"""
"""Imports everything and waits, so that a kill meets work, not imports."""


class Nursery:
    """Processes that have imported everything; the next one gets ready while this one works."""

    def __init__(self) -> None:
        self._next = self._another()

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """A command that has just begun."""
        process, self._next = self._next, self._another()
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("\t".join(map(str, words)) + "\n")
        process.stdin.flush()
        return process

    def close(self) -> None:
        self._next.kill()
        self._next.communicate()

    def _another(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WARM]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@dataclass(frozen=True)
class Outcome:
    """All that must be the same, however often an import was killed."""

    archived: list[tuple[str, ...]]
    rejected: int
    rollups: str
    counted: int
    behind: list[str]


def outcome(home: Installed) -> Outcome:
    records = Archive(home.home / "archive").records("transactions")
    assert records is not None
    rows = pl.DataFrame(records.to_table()).filter(~pl.col("moved"))
    with Store.open(f"sqlite:///{home.home / 'store.sqlite3'}") as store:
        rollups = store.rollup_digest()
        counted = sum(batch.new for batch in store.batches() if batch.dataset == "transactions")
    return Outcome(
        archived=rows.select("region", "id", pl.col("observed_at").cast(pl.String))
        .sort("id", "observed_at")
        .rows(),
        rejected=len(home("rejected")),
        rollups=rollups,
        counted=counted,
        behind=[row["dataset"] for row in home("doctor") if row["state"] != "up to date"],
    )


def take(home: Installed, file: Path, mapping: Path) -> dict[str, Any]:
    """Take the file in, undisturbed."""
    account: dict[str, Any] = home("import", file, "--mapping", mapping)
    return account


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [16, pytest.param(50, marks=pytest.mark.slow)])
def test_import_killed_at_random_moments_loses_nothing_and_counts_nothing_twice(
    nursery: Nursery, tmp_path: Path, kills: int
) -> None:
    """Half of the homes are empty before, half hold an earlier version of the same records."""
    chance = random.Random(20230620)  # noqa: S311 - moments, no secrets
    cases = some_cases(CASES)
    mapping = write_mapping(tmp_path / "map.yaml")
    july, august = write(tmp_path / "july.csv", cases), write(tmp_path / "august.csv", closed(cases))
    empty = install(tmp_path / "empty").home
    filled = shutil.copytree(empty, tmp_path / "filled")
    take(Installed(filled), july, mapping)
    expected, lasts = {}, {}
    for start in (empty, filled):
        undisturbed = Installed(shutil.copytree(start, tmp_path / f"{start.name}-undisturbed"))
        lasts[start] = _seconds(nursery, undisturbed, august, mapping)
        expected[start] = outcome(undisturbed)
        assert expected[start].counted == GOOD
    killed = 0
    for round_ in range(kills // KILLS_OF_A_HOME):
        start = (empty, filled)[round_ % 2]
        home = Installed(shutil.copytree(start, tmp_path / f"home{round_}"))
        for _ in range(KILLS_OF_A_HOME):
            killed += _kill(nursery, home, august, mapping, chance.uniform(0, lasts[start]))
        take(home, august, mapping)
        assert outcome(home) == expected[start], f"round {round_}"
        shutil.rmtree(home.home)
    assert killed > kills / 3, "many kills met a process at work"


def _seconds(nursery: Nursery, home: Installed, file: Path, mapping: Path) -> float:
    """How long an import takes that nobody disturbs."""
    process = nursery.start("--home", home.home, "import", file, "--mapping", mapping)
    begun = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - begun


def _kill(nursery: Nursery, home: Installed, file: Path, mapping: Path, after: float) -> bool:
    """Start an import and kill it after so many seconds; whether it was still at work."""
    process = nursery.start("--home", home.home, "import", file, "--mapping", mapping)
    time.sleep(after)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL
