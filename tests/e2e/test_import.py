"""Files come in: nothing is lost, nothing is counted twice, later versions replace earlier ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics.archive import Archive
from metrics.errors import ArchiveError
from metrics.store import Store
from tests.e2e.cases import closed, some_cases, write, write_mapping
from tests.services.command import Installed, install
from tests.services.postgres import PostgresServer

CASES = 1500
BAD = CASES // 50


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installed]:
    """An installation of Indonesia on either database."""
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.database()
        monkeypatch.setenv("PANTAU_STORE_URL", url)
        yield install(tmp_path / "home")
        server.drop(url)
    else:
        yield install(tmp_path / "home")


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    return write_mapping(tmp_path / "map.yaml")


def counts(account: dict[str, object]) -> list[object]:
    return [account[name] for name in ("read", "accepted", "rejected", "new", "updated", "unchanged")]


def digest(installed: Installed) -> str:
    """Digest of all roll-ups; the rebuild that tells it must not change it."""
    answer = installed("rebuild")
    assert answer["same"], answer
    return str(answer["after"])


def test_same_file_twice_changes_nothing(installed: Installed, mapping: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "cases.csv", some_cases(CASES))
    good = CASES - BAD
    assert counts(installed("import", file, "--mapping", mapping)) == [CASES, good, BAD, good, 0, 0]
    before = digest(installed)
    assert counts(installed("import", file, "--mapping", mapping)) == [CASES, good, BAD, 0, 0, good]
    assert digest(installed) == before
    assert len(installed("rejected")) == BAD


def test_later_version_of_a_record_replaces_the_earlier_one_in_every_rollup(
    installed: Installed, mapping: Path, tmp_path: Path
) -> None:
    cases = some_cases(CASES, bad_every=0)
    installed("import", write(tmp_path / "july.csv", cases), "--mapping", mapping)
    still_open = sum(case["status"] == "open" for case in cases)
    assert installed.figure("completion_days_median_closed", "*")["n"] == CASES - still_open
    account = installed("import", write(tmp_path / "august.csv", closed(cases)), "--mapping", mapping)
    assert counts(account) == [CASES, CASES, 0, 0, still_open, CASES - still_open]
    assert installed.figure("completion_days_median_closed", "*")["n"] == CASES
    assert installed.figure("completion_days_median", "*")["n"] == CASES
    after = digest(installed)
    late = installed("import", tmp_path / "july.csv", "--mapping", mapping)
    assert late["new"] + late["updated"] == 0, "what was seen earlier replaces nothing"
    assert digest(installed) == after


def test_one_file_or_many_give_the_same_rollups(mapping: Path, tmp_path: Path) -> None:
    cases = some_cases(CASES)
    whole, parts = install(tmp_path / "whole"), install(tmp_path / "parts")
    whole("import", write(tmp_path / "all.csv", cases), "--mapping", mapping)
    files = [write(tmp_path / f"part{n}.csv", cases[n::3]) for n in range(3)]
    answer = parts("import", *files, "--mapping", mapping)
    assert [account["origin"] for account in answer["files"]] == ["part0.csv", "part1.csv", "part2.csv"]
    assert digest(whole) == digest(parts)


def test_dry_run_tells_and_keeps_nothing(installed: Installed, mapping: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "cases.csv", some_cases(200))
    answer = installed("import", file, "--mapping", mapping, "--dry-run")
    assert counts(answer) == [200, 196, 4, 0, 0, 0]
    assert answer["rejected_by_rule"] == {"completed-not-before-submitted": 4}
    reasons = [example["reason"] for example in answer["files"][0]["examples"]]
    assert len(reasons) == 4
    assert all("completed" in reason for reason in reasons)
    assert installed("rejected") == []
    assert installed.figure("received_per_working_day", "*")["status"] == "no_data"


def test_rejected_rows_come_in_once_their_mapping_is_mended(
    installed: Installed, mapping: Path, tmp_path: Path
) -> None:
    cases = some_cases(100, bad_every=0)
    for case in [case for case in cases if case["status"] == "completed"][:10]:
        case["status"] = "selesai"
    file = write(tmp_path / "cases.csv", cases)
    account = installed("import", file, "--mapping", mapping, status=1)
    assert counts(account) == [100, 90, 10, 90, 0, 0]
    assert {row["rule"] for row in installed("rejected")} == {"domain-status"}
    assert all("selesai" in row["payload"] and "status" in row["reason"] for row in installed("rejected"))
    words = {"selesai": "completed", "completed": "completed", "open": "open"}
    fields = {"id": "id", "submitted": "submitted", "completed": "completed"}
    mended = write_mapping(
        tmp_path / "mended.yaml", fields={**fields, "status": {"column": "status", "words": words}}
    )
    assert counts(installed("replay", "--mapping", mended)) == [10, 10, 0, 10, 0, 0]
    assert installed("rejected") == []
    assert installed.figure("completion_days_median", "*")["n"] == 100
    assert counts(installed("replay", "--mapping", mended)) == [0, 0, 0, 0, 0, 0]


def test_replayed_row_does_not_replace_what_came_in_since(tmp_path: Path) -> None:
    """The row that is tried again is as old as it was when its source gave it."""
    home = install(tmp_path / "home")
    no_time = write_mapping(tmp_path / "map.yaml", observed_at="now")
    case = some_cases(1, bad_every=0)[0] | {"status": "beres"}
    home("import", write(tmp_path / "a.csv", [case]), "--mapping", no_time, status=1)
    later = case | {"status": "completed", "completed": "2025-06-30T01:00:00+00:00"}
    home("import", write(tmp_path / "b.csv", [later]), "--mapping", no_time)
    mean = home.figure("completion_days_mean_closed", "*")["value"]
    words = {"beres": "completed", "completed": "completed"}
    fields = {"id": "id", "submitted": "submitted", "completed": "completed"}
    mended = write_mapping(
        tmp_path / "mended.yaml",
        observed_at="now",
        fields={**fields, "status": {"column": "status", "words": words}},
    )
    assert home("replay", "--mapping", mended)["accepted"] == 1
    assert home("rejected") == []
    assert home.figure("completion_days_mean_closed", "*")["value"] == mean


def test_file_that_cannot_be_read_does_not_keep_the_others_out(
    installed: Installed, mapping: Path, tmp_path: Path
) -> None:
    good = write(tmp_path / "good.csv", some_cases(100, bad_every=0))
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))
    answer = installed.run("import", broken, good, "--mapping", mapping)
    assert answer.status == 3
    assert "broken.csv" in answer.err
    assert "Traceback" not in answer.err
    first, second = answer.json["files"]
    assert (first["read"], "broken.csv" in first["error"]) == (0, True)
    assert (second["accepted"], second["error"]) == (100, None)
    assert installed.figure("completion_days_median", "*")["n"] == 100


def test_process_that_dies_between_archive_and_store_is_caught_up_with(
    installed: Installed, mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "cases.csv", some_cases(CASES))
    with monkeypatch.context() as patch:
        patch.setattr(Store, "rollup_transaction", _die)
        with pytest.raises(Died):
            installed.run("import", file, "--mapping", mapping)
    state = {row["dataset"]: row["state"] for row in installed("doctor")}
    assert state["transactions"] == "behind: pantau rollup"
    installed("rollup")
    assert installed.figure("completion_days_median", "*")["n"] == CASES - BAD
    good = CASES - BAD
    assert counts(installed("import", file, "--mapping", mapping)) == [CASES, good, BAD, 0, 0, good]
    assert len(installed("rejected")) == BAD


def test_process_that_dies_after_the_rejected_rows_sets_them_aside_once(
    installed: Installed, mapping: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "cases.csv", some_cases(CASES))
    append = Archive.append

    def only_rejected(self: Archive, name: str, *args: object, **more: object) -> int:
        if name != "rejected":
            raise ArchiveError("the disk is full")
        return append(self, name, *args, **more)  # type: ignore[arg-type] # handed on as it came

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "append", only_rejected)
        answer = installed.run("import", file, "--mapping", mapping)
    assert (answer.status, "the disk is full" in answer.err) == (3, True)
    assert len(installed("rejected")) == BAD
    good = CASES - BAD
    assert counts(installed("import", file, "--mapping", mapping)) == [CASES, good, BAD, good, 0, 0]
    assert len(installed("rejected")) == BAD


def test_store_that_was_lost_is_built_anew_from_the_archive(mapping: Path, tmp_path: Path) -> None:
    home = install(tmp_path / "home")
    home("import", write(tmp_path / "cases.csv", some_cases(CASES)), "--mapping", mapping)
    before = digest(home)
    ranked = home("rank")["rows"]
    for path in (tmp_path / "home").glob("store.sqlite3*"):
        path.unlink()
    home("init")
    home("rollup")
    assert digest(home) == before
    assert home("rank")["rows"] == ranked


def test_compacted_archive_gives_the_same_rollups(mapping: Path, tmp_path: Path) -> None:
    home = install(tmp_path / "home")
    cases = some_cases(CASES)
    for n in range(3):
        home("import", write(tmp_path / f"{n}.csv", cases[n::3]), "--mapping", mapping)
    before = digest(home)
    done = {row["table"]: row for row in home("compact")}
    assert done["transactions"]["removed"] > done["transactions"]["added"] > 0
    assert digest(home) == before


def test_copy_of_the_folder_is_an_installation_of_its_own(mapping: Path, tmp_path: Path) -> None:
    home = install(tmp_path / "home")
    home("import", write(tmp_path / "cases.csv", some_cases(100)), "--mapping", mapping)
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    copy = Installed(tmp_path / "copy")
    assert json.dumps(copy("indicators")) == json.dumps(home("indicators"))


class Died(BaseException):
    """Ends whatever runs, and is caught by nobody."""


def _die(*_: object) -> None:
    raise Died
