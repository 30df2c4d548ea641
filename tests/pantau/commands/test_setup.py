"""What ``init``, ``doctor`` and ``db upgrade`` answer."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.pantau.conftest import REGISTRY
from tests.services.command import Installed, install, run


def test_init_says_what_was_made_and_again_changes_nothing(tmp_path: Path) -> None:
    words = ("--home", tmp_path / "home", "--json", "init", "--registry", REGISTRY)
    first = run(*words)
    key = (tmp_path / "home" / "masking.key").read_bytes()
    again = run(*words)
    assert first.json == again.json
    assert first.json["home"] == str(tmp_path / "home")
    assert first.json["regions"] == 3
    assert (tmp_path / "home" / "masking.key").read_bytes() == key


def test_registry_without_regions_that_have_records_is_refused(filled: Installed, tmp_path: Path) -> None:
    shutil.copytree(filled.home, tmp_path / "home")
    answer = run("--home", tmp_path / "home", "init", "--registry", REGISTRY)
    assert answer.status == 2
    assert "Keep them in the registry, or make an installation of its own" in answer.err


def test_registry_that_cannot_be_used_makes_no_installation(tmp_path: Path) -> None:
    (tmp_path / "registry.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for registry in (tmp_path / "registry.csv", tmp_path / "none.csv"):
        answer = run("--home", tmp_path / "home", "init", "--registry", registry)
        assert answer.status == 2
        assert registry.name in answer.err
        assert not (tmp_path / "home").exists()


def test_doctor_says_of_each_record_set_whether_it_is_rolled_up(filled: Installed) -> None:
    rows = {row["dataset"]: row for row in filled("doctor")}
    assert rows["transactions"]["archive_version"] == rows["transactions"]["rolled_up"] >= 0
    assert rows["transactions"]["months"] > 0
    assert {row["state"] for row in rows.values()} == {"up to date"}


def test_unknown_method_of_ranking_is_refused(tmp_path: Path) -> None:
    answer = install(tmp_path / "home").run("init", "--method", "no-such-method")
    assert answer.status == 2
    assert "no-such-method" in answer.err
