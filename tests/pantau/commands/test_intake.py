"""What ``import``, ``replay`` and ``rejected`` answer."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.cases import some_cases, write, write_mapping
from tests.pantau.conftest import BAD, CASES
from tests.services.command import Installed, install, run

RULE = "completed-not-before-submitted"
COUNTED = {"read": CASES, "accepted": CASES - BAD, "rejected": BAD}


def test_import_answers_what_became_of_each_row(files: Path, tmp_path: Path) -> None:
    installed = install(tmp_path / "home")
    the_import = ("import", files / "cases.csv", "--mapping", files / "mapping.yaml", "--max-rejected", "1")
    tried, first, again = (installed(*the_import, *more) for more in (("--dry-run",), (), ()))
    for answer in (tried, first, again):
        assert {name: answer[name] for name in COUNTED} == COUNTED
        assert answer["rejected_by_rule"] == {RULE: BAD}
        assert [file["origin"] for file in answer["files"]] == ["cases.csv"]
    fates = ("new", "updated", "unchanged", "dry_run")
    assert [tried[name] for name in fates] == [0, 0, 0, True]
    assert [first[name] for name in fates] == [CASES - BAD, 0, 0, False]
    assert [again[name] for name in fates] == [0, 0, CASES - BAD, False]


def test_import_of_several_files_adds_them_up_and_goes_on_after_one_that_cannot_be_read(
    tmp_path: Path,
) -> None:
    installed = install(tmp_path / "home")
    cases = some_cases(30, bad_every=0)
    write_mapping(tmp_path / "mapping.yaml")
    (tmp_path / "empty.csv").touch()
    first, last = write(tmp_path / "a.csv", cases[:20]), write(tmp_path / "b.csv", cases[20:])
    answer = installed.run(
        "import", first, tmp_path / "empty.csv", last, "--mapping", tmp_path / "mapping.yaml"
    )
    assert answer.status == 3
    (line,) = answer.err.splitlines()
    assert line.startswith("pantau: ")
    assert "empty.csv" in line
    assert answer.json["read"] == answer.json["new"] == 30
    assert [file["error"] is None for file in answer.json["files"]] == [True, False, True]


def test_rejected_lists_rule_reason_and_the_original_row(filled: Installed) -> None:
    rows = filled("rejected")
    assert len(rows) == BAD
    for row in rows:
        assert row["rule"] == RULE
        assert row["origin"] == "cases.csv"
        assert row["reason"]
        assert json.loads(row["payload"])["id"].startswith("A")
    assert len(filled("rejected", "--limit", "3")) == 3
    assert filled("rejected", "--dataset", "complaints") == []
    assert filled("rejected", "--source", "another") == []


def test_replay_takes_rows_in_that_pass_with_the_mended_mapping(tmp_path: Path) -> None:
    installed = install(tmp_path / "home")
    cases = write(tmp_path / "cases.csv", some_cases(20, bad_every=0))
    words = {"column": "status", "words": {"completed": "completed"}}
    fields = {"id": "id", "submitted": "submitted", "completed": "completed", "status": words}
    lacking = write_mapping(tmp_path / "lacking.yaml", fields=fields)
    before = installed("import", cases, "--mapping", lacking, "--max-rejected", "1")
    assert before["rejected"] > 0
    answer = installed("replay", "--mapping", write_mapping(tmp_path / "mended.yaml"))
    assert (answer["accepted"], answer["new"], answer["rejected"]) == (
        before["rejected"],
        before["rejected"],
        0,
    )
    assert installed("rejected") == []
    assert installed("replay", "--mapping", tmp_path / "mended.yaml")["read"] == 0


def test_import_for_a_person_names_counts_and_rules(files: Path, filled: Installed) -> None:
    answer = run(
        "--home", filled.home, "import", files / "cases.csv", "--mapping", files / "mapping.yaml", "--dry-run"
    )
    assert answer.status == 1
    assert "cases.csv" in answer.out
    assert f"rejected: {BAD} × {RULE}" in answer.err
