"""What ``rollup``, ``rebuild`` and ``compact`` answer."""

from __future__ import annotations

import shutil
from pathlib import Path

from metrics.datasets import DATASETS
from metrics.store import Store
from tests.pantau.conftest import CASES
from tests.services.command import Installed, install


def test_rollup_has_nothing_to_do_after_an_import(filled: Installed) -> None:
    assert filled("rollup") == dict.fromkeys(DATASETS, "up to date")


def test_rebuild_gives_the_same_rows(filled: Installed, tmp_path: Path) -> None:
    shutil.copytree(filled.home, tmp_path / "home")
    answer = Installed(tmp_path / "home")("rebuild")
    assert answer["same"]
    assert answer["before"] == answer["after"]


def test_rebuild_counts_a_batch_that_the_store_has_not_heard_of(files: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    installed = install(home)
    shutil.copy(home / "store.sqlite3", tmp_path / "before")
    installed("import", files / "cases.csv", "--mapping", files / "mapping.yaml", "--max-rejected", "1")
    for leftover in home.glob("store.sqlite3*"):
        leftover.unlink()
    shutil.copy(tmp_path / "before", home / "store.sqlite3")  # as if killed before the store was told
    installed("rebuild")
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        assert [batch.read for batch in store.batches()] == [CASES]


def test_compact_changes_no_figure(filled: Installed, tmp_path: Path) -> None:
    shutil.copytree(filled.home, tmp_path / "home")
    copy = Installed(tmp_path / "home")
    before = copy("indicators")
    tables = {row["table"] for row in copy("compact")}
    assert set(DATASETS) < tables
    assert copy("indicators") == before
