"""``pantau quarantine``: rows looked at, handed out to be mended, and their content removed on record."""

from __future__ import annotations

import csv
import getpass
import json
import shutil
from pathlib import Path

import pytest

from checks.compile import CONTRACTS, load_contract
from exporters.issues import RULES
from metrics.model import Severity
from pantau.commands.quarantine import REMEDIES, harmless, remedy
from tests.e2e.cases import some_cases, write, write_mapping
from tests.pantau.conftest import BAD
from tests.services.command import Installed, install, run

RULE = "completed-not-before-submitted"
COLUMNS = ["region", "id", "submitted", "completed", "status", "seen"]


@pytest.fixture
def copy(filled: Installed, tmp_path: Path) -> Installed:
    """An installation of the test's own, with the rejected rows of the one that is only read."""
    shutil.copytree(filled.home, tmp_path / "home")
    return Installed(tmp_path / "home")


def exported(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_list_counts_rows_of_each_source_region_and_rule_and_says_what_to_do(filled: Installed) -> None:
    groups = filled("quarantine", "list")
    assert sum(group["open"] for group in groups) == BAD
    assert len({group["region"] for group in groups}) == len(groups) > 1
    for group in groups:
        assert (group["dataset"], group["source"], group["rule"]) == ("transactions", "made-up", RULE)
        assert (group["resolved"], group["removed"]) == (0, 0)
        assert group["first_seen"] <= group["last_seen"]
        assert group["example"].startswith("completed ")
        assert group["remedy"] == remedy(RULE)


def test_list_leaves_out_what_was_not_asked_for(filled: Installed) -> None:
    groups = filled("quarantine", "list")
    region = groups[0]["region"]
    assert filled("quarantine", "list", "--region", region) == groups[:1]
    assert filled("quarantine", "list", "--dataset", "transactions", "--source", "made-up") == groups
    assert filled("quarantine", "list", "--rule", RULE, "--state", "open") == groups
    for other in (("--rule", "word-unknown"), ("--state", "resolved"), ("--source", "x"), ("--region", "x")):
        assert filled("quarantine", "list", *other) == []


def test_show_tells_what_was_read_and_what_became_of_it(filled: Installed) -> None:
    row = filled("rejected", "--limit", "1")[0]
    shown = filled("quarantine", "show", row["rejected_id"][:10])
    assert shown["rejected_id"] == row["rejected_id"]
    assert shown["records"] == [json.loads(row["payload"])]
    assert shown["rules"] == [RULE]
    (version,) = shown["versions"]
    assert (version["state"], version["batch"]) == ("open", row["batch"])


def test_show_tells_a_person_the_same_in_tables(filled: Installed) -> None:
    row = filled("rejected", "--limit", "1")[0]
    answer = run("--home", filled.home, "quarantine", "show", row["rejected_id"])
    assert f"id\t{json.loads(row['payload'])['id']}\n" in answer.out
    assert f"rule\t{RULE}\n" in answer.out
    assert row["batch"] in answer.out


@pytest.mark.parametrize(("wanted", "said"), [("nothing", "no rejected row is called"), ("", "begin with")])
def test_show_of_no_row_or_of_many_says_what_to_do(filled: Installed, wanted: str, said: str) -> None:
    answer = filled.run("quarantine", "show", wanted)
    assert answer.status == 2
    assert said in answer.err


def test_export_has_the_columns_of_the_source_and_the_reason(filled: Installed, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    assert filled("quarantine", "export", "--out", out) == {
        "file": str(out),
        "rows": BAD,
        "without_content": 0,
    }
    rows = exported(out)
    assert [name for name in rows[0] if not name.startswith("pantau_")] == COLUMNS
    known = {row["rejected_id"]: row for row in filled("rejected")}
    for row in rows:
        told = known[row["pantau_rejected_id"]]
        assert row["pantau_reason"] == told["reason"]
        assert {name: row[name] for name in COLUMNS} == json.loads(told["payload"])


def test_export_that_was_mended_is_taken_in_and_resolves_its_rows(copy: Installed, tmp_path: Path) -> None:
    out, mapping = tmp_path / "rows.csv", write_mapping(tmp_path / "mapping.yaml")
    copy("quarantine", "export", "--out", out)
    write(
        out,
        [
            {**{name: row[name] for name in COLUMNS}, "completed": ""} | {"status": "open"}
            for row in exported(out)
        ],
    )
    assert copy("import", out, "--mapping", mapping)["new"] == BAD
    copy("replay", "--mapping", mapping)
    assert copy("rejected") == []
    groups = copy("quarantine", "list")
    assert sum(group["resolved"] for group in groups) == BAD
    answer = copy("quarantine", "export", "--out", out)
    assert answer["rows"] == 0


def test_export_shows_no_personal_data_and_runs_no_formula(tmp_path: Path) -> None:
    installed = install(tmp_path / "home")
    formula, number = '=HYPERLINK("http://example.org","x")', "3273014501900001"
    cases = [{**case, "status": formula, "id": number} for case in some_cases(1, bad_every=0)]
    mapping = write_mapping(tmp_path / "mapping.yaml")
    installed("import", write(tmp_path / "a.csv", cases), "--mapping", mapping, "--max-rejected", "1")
    installed("quarantine", "export", "--out", tmp_path / "rows.csv")
    (row,) = exported(tmp_path / "rows.csv")
    assert row["status"] == f"'{formula}"
    assert number not in (tmp_path / "rows.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", " =1", "＝1", "-1+1", "\r=1"])  # noqa: RUF001 - a wide sign
def test_cell_that_would_be_a_formula_is_made_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-5", "+1.5", "-0,25", "a=b", "2025-01-01T00:00:00+07:00", "Jl. A-1"])
def test_cell_that_is_no_formula_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_retention_removes_content_and_tells_it_for_good(copy: Installed, tmp_path: Path) -> None:
    policy = ("quarantine", "retain", "--keep-days", "0", "--state", "all", "--by", "auditor")
    tried, done = copy(*policy, "--dry-run"), copy(*policy)
    for name in ("rows", "sources", "version_before", "by"):
        assert tried[name] == done[name]
    assert (done["rows"], done["sources"]) == (BAD, {"made-up": BAD})
    (entry,) = copy("quarantine", "log")
    assert (entry["by"], entry["rows"], entry["keep_days"], entry["state"]) == ("auditor", BAD, 0, "all")
    assert entry["version_after"] == entry["version_before"] + 1 < entry["files_gone_at"]
    rows = copy("rejected")
    assert [row["payload"] for row in rows] == [None] * BAD
    shown = copy("quarantine", "show", rows[0]["rejected_id"])
    assert (shown["records"], shown["rule"]) == ([], RULE)
    assert sum(group["removed"] for group in copy("quarantine", "list")) == BAD
    assert copy("quarantine", "export", "--out", tmp_path / "rows.csv")["without_content"] == BAD


def test_retention_is_by_this_user_and_of_resolved_rows_unless_told(copy: Installed) -> None:
    done = copy("quarantine", "retain", "--keep-days", "0")
    assert (done["rows"], done["state"], done["by"]) == (0, "resolved", getpass.getuser())
    assert copy("quarantine", "log") == []


def test_retention_also_removes_what_a_killed_import_left(copy: Installed) -> None:
    left = copy.home / "scratch" / "rejected" / "batch" / "000001.arrow"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"rows")
    copy("quarantine", "retain", "--keep-days", "365", "--dry-run")
    assert left.exists()
    copy("quarantine", "retain", "--keep-days", "365")
    assert not left.exists()


def test_retention_and_compaction_change_no_figure(copy: Installed) -> None:
    before = copy("indicators")
    copy("quarantine", "retain", "--keep-days", "0", "--state", "all")
    copy("compact")
    assert copy("rebuild")["same"]
    assert copy("indicators") == before
    assert len(copy("quarantine", "log")) == 1


def test_every_rule_of_the_mapping_but_that_of_unreadable_text_has_its_own_remedy() -> None:
    assert set(RULES) - set(REMEDIES) == {"text-unreadable"}


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_every_rejecting_rule_has_a_remedy_that_says_how_to_go_on(dataset: str) -> None:
    rules = [rule.id for rule in load_contract(dataset).rules if rule.severity is Severity.CRITICAL]
    assert [rule for rule in rules if "pantau replay" not in remedy(rule)] == []
