"""What ``rollup``, ``rebuild`` and ``compact`` answer."""

from __future__ import annotations

import shutil
from pathlib import Path

from metrics.datasets import DATASETS
from tests.services.command import Installed


def test_rollup_has_nothing_to_do_after_an_import(filled: Installed) -> None:
    assert filled("rollup") == dict.fromkeys(DATASETS, "up to date")


def test_rebuild_gives_the_same_rows(filled: Installed, tmp_path: Path) -> None:
    shutil.copytree(filled.home, tmp_path / "home")
    answer = Installed(tmp_path / "home")("rebuild")
    assert answer["same"]
    assert answer["before"] == answer["after"]


def test_compact_changes_no_figure(filled: Installed, tmp_path: Path) -> None:
    shutil.copytree(filled.home, tmp_path / "home")
    copy = Installed(tmp_path / "home")
    before = copy("indicators")
    tables = {row["table"] for row in copy("compact")}
    assert set(DATASETS) < tables
    assert copy("indicators") == before
