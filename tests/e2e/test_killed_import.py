"""An import that is killed at any moment: no accepted row is lost, none is counted twice after the next run."""

from __future__ import annotations

import contextlib
import os
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
KILLS = 50
KILLS_OF_A_HOME = 2

NURSERY = """
import os, sys
import checks.gate
import pantau.commands.intake
import pantau.installation
from pantau.cli import main

checks.gate._great_expectations()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        sys.argv = ["pantau", *line.rstrip("\\n").split("\\t")]
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            main()
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 0)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Imports everything once and forks a process for each command, so that a kill meets work, not imports."""


@dataclass
class Nursery:
    """Where commands are started, to be killed."""

    process: subprocess.Popen[str]

    def start(self, *words: str | Path) -> int:
        """Process number of a command that has just begun."""
        assert self.process.stdin
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return int(self._line())

    def ended(self) -> int:
        """Status with which the command ended; negative: by that signal."""
        return int(self._line())

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-c", NURSERY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nursery(process)
        assert process.stdin
        process.stdin.close()


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
        archived=rows.select("region", "id", pl.col("observed_at").cast(pl.String)).sort("id", "observed_at").rows(),
        rejected=len(home("rejected")),
        rollups=rollups,
        counted=counted,
        behind=[row["dataset"] for row in home("doctor") if row["state"] != "up to date"],
    )


def take(home: Installed, file: Path, mapping: Path) -> dict[str, Any]:
    """Take the file in, undisturbed."""
    account: dict[str, Any] = home("import", file, "--mapping", mapping)
    return account


def test_import_killed_at_50_random_moments_loses_nothing_and_counts_nothing_twice(
    nursery: Nursery, tmp_path: Path
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
    for round_ in range(KILLS // KILLS_OF_A_HOME):
        start = (empty, filled)[round_ % 2]
        home = Installed(shutil.copytree(start, tmp_path / f"home{round_}"))
        for _ in range(KILLS_OF_A_HOME):
            killed += _kill(nursery, home, august, mapping, chance.uniform(0, lasts[start]))
        take(home, august, mapping)
        assert outcome(home) == expected[start], f"round {round_}"
        shutil.rmtree(home.home)
    assert killed > KILLS * 0.8, "most kills met a process at work"


def _seconds(nursery: Nursery, home: Installed, file: Path, mapping: Path) -> float:
    """How long an import takes that nobody disturbs."""
    begun = time.monotonic()
    nursery.start("--home", home.home, "import", file, "--mapping", mapping)
    assert nursery.ended() == 0
    return time.monotonic() - begun


def _kill(nursery: Nursery, home: Installed, file: Path, mapping: Path, after: float) -> bool:
    """Start an import and kill it after so many seconds; whether it was still at work."""
    number = nursery.start("--home", home.home, "import", file, "--mapping", mapping)
    time.sleep(after)
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)
    return nursery.ended() == -signal.SIGKILL
