"""Retention: the content of old rows is gone from every file, their account and a record of it are not."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import metrics.archive
from metrics.archive import REJECTED
from metrics.quarantine import OPEN, REASON_REMOVED, RESOLVED
from metrics.quarantine.retention import ALL, Policy
from tests.architecture.checkout import ROOT
from tests.metrics.quarantined import RULE, TODAY, Kept, days_ago, kept

OLD, RECENT = "Zubaidah", "Marpaung"
YEAR = Policy(365, ALL)


@pytest.fixture(params=[False, True], ids=["in a folder", "elsewhere"])
def rows(tmp_path: Path, request: pytest.FixtureRequest) -> Kept:
    """Two old rows and a recent one, of months that were joined into larger files and went on growing."""
    made = kept(tmp_path, elsewhere=request.param)
    made.set_aside(OLD, days=400)
    made.set_aside(f"{OLD} binti", days=399.9)
    made.set_aside(RECENT, days=30)
    assert made.archive.compact(REJECTED)["removed"] == 2
    made.resolve("dinas", days=20)
    made.set_aside(OLD, days=399.5, source="vendor")
    return made


def _two_old_and_a_recent(made: Kept) -> None:
    made.set_aside(OLD, days=400)
    made.set_aside(f"{OLD} binti", days=401)
    made.set_aside(RECENT, days=30)
    assert made.archive.compact(REJECTED)["removed"] == 2


def test_text_of_old_rows_is_in_no_file_of_the_table(rows: Kept) -> None:
    assert len(rows.found(OLD)) > 2
    rows.retention.apply(YEAR, by="auditor", now=TODAY)
    assert rows.found(OLD) == []
    assert rows.found(RECENT) != []


def test_account_of_old_rows_stays(rows: Kept) -> None:
    before = rows.quarantine.rows(state=None)
    rows.retention.apply(YEAR, by="auditor", now=TODAY)
    after = rows.quarantine.rows(state=None)
    assert after.drop("payload", "reason").equals(before.drop("payload", "reason"))
    gone = after.filter(after["seen_at"] < days_ago(365))
    assert gone["payload"].to_list() == [None] * 3
    assert set(gone["reason"]) == {REASON_REMOVED}
    assert set(gone["rule"]) == {RULE}
    stay = after.filter(after["seen_at"] >= days_ago(365))
    assert stay.equals(before.filter(before["seen_at"] >= days_ago(365)))


def test_id_of_a_row_is_the_digest_by_which_its_content_can_still_be_recognised(rows: Kept) -> None:
    (payload,) = rows.quarantine.rows(source="vendor")["payload"]
    rows.retention.apply(YEAR, by="auditor", now=TODAY)
    (row,) = rows.quarantine.rows(source="vendor").to_dicts()
    told = f"surveys\x1fvendor\x1f{payload}\x1f1"
    assert row["rejected_id"] == hashlib.sha256(told.encode()).hexdigest()


def test_every_version_of_a_row_loses_its_content(rows: Kept) -> None:
    row = rows.quarantine.rows(source="dinas", state=RESOLVED).sort("seen_at").row(0, named=True)
    rows.retention.apply(YEAR, by="auditor", now=TODAY)
    versions = rows.quarantine.versions(row["rejected_id"])
    assert versions.select("state", "payload").rows() == [(OPEN, None), (RESOLVED, None)]


def test_open_rows_keep_their_content_unless_the_policy_is_of_all(rows: Kept) -> None:
    removal = rows.retention.apply(Policy(365), by="auditor", now=TODAY)
    assert removal.sources == {"dinas": 2}
    assert rows.quarantine.rows(source="vendor")["payload"].null_count() == 0


@pytest.mark.parametrize(("keep_days", "due"), [(401, 0), (400, 0), (399, 3), (30, 3), (29, 4), (0, 4)])
def test_row_is_due_once_it_is_older_than_the_days_to_keep(rows: Kept, keep_days: int, due: int) -> None:
    assert rows.retention.due(Policy(keep_days, ALL), by="auditor", now=TODAY).rows == due


def test_dry_run_tells_the_numbers_of_the_run_and_changes_nothing(rows: Kept) -> None:
    before = rows.archive.version(REJECTED)
    tried = rows.retention.due(YEAR, by="auditor", now=TODAY)
    assert (tried.rows, tried.sources) == (3, {"dinas": 2, "vendor": 1})
    assert rows.archive.version(REJECTED) == before
    assert rows.retention.log() == []
    assert rows.retention.apply(YEAR, by="auditor", now=TODAY) == tried


def test_record_says_who_when_which_policy_and_what_went(rows: Kept) -> None:
    removal = rows.retention.apply(YEAR, by="auditor", now=TODAY)
    (recorded,) = rows.retention.log()
    assert recorded.removal == removal
    assert (removal.by, removal.at, removal.before) == ("auditor", TODAY, days_ago(365))
    assert (removal.keep_days, removal.state) == (365, ALL)
    assert recorded.version == removal.version_before + 1
    assert recorded.purged is not None


def test_run_without_anything_due_leaves_no_commit(rows: Kept) -> None:
    rows.retention.apply(YEAR, by="auditor", now=TODAY)
    before = rows.archive.version(REJECTED)
    assert rows.retention.apply(YEAR, by="auditor", now=TODAY).rows == 0
    assert rows.archive.version(REJECTED) == before
    assert len(rows.retention.log()) == 1


def test_compaction_brings_nothing_back_and_loses_no_record(rows: Kept) -> None:
    rows.retention.apply(YEAR, by="auditor", now=TODAY)
    before = rows.quarantine.rows(state=None)
    rows.set_aside("Sitorus", days=20, source="new")
    assert rows.archive.compact(REJECTED)["removed"] > 1
    assert rows.found(OLD) == []
    assert rows.quarantine.rows(state=None).filter(pl.col("source") != "new").equals(before)
    assert len(rows.retention.log()) == 1


def test_same_row_again_is_no_new_row_also_without_its_content(rows: Kept) -> None:
    rows.retention.apply(YEAR, by="auditor", now=TODAY)
    assert rows.set_aside(OLD, days=0, source="vendor") == 0
    assert rows.found(OLD) == []


def test_nothing_is_due_where_nothing_was_ever_rejected(tmp_path: Path) -> None:
    empty = kept(tmp_path)
    assert empty.retention.apply(YEAR, by="auditor", now=TODAY).rows == 0
    assert empty.retention.log() == []
    assert not (tmp_path / "archive").exists()


def test_values_that_an_earlier_pantau_left_in_the_log_go_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = kept(tmp_path)
    with monkeypatch.context() as earlier:
        earlier.setattr(metrics.archive, "_configuration", lambda _: dict(metrics.archive._KEEP_LOG))
        _two_old_and_a_recent(old)
    assert any(name.startswith("_delta_log/") for name in old.found(OLD))
    old.retention.apply(YEAR, by="auditor", now=TODAY)
    assert old.found(OLD) == []
    assert [name for name in old.found(RECENT) if name.startswith("_delta_log/")] == []
    assert len(old.quarantine.rows()) == 3
    assert [recorded.removal.rows for recorded in old.retention.log()] == [2]
    appended = [commit.batch for commit in old.archive.commits(REJECTED, after=-1) if commit.batch]
    assert [batch["id"] for batch in appended] == ["b-400-dinas", "b-401-dinas", "b-30-dinas", "retention"]


DYING = """
import os, signal, sys
from pathlib import Path
import metrics.archive
from metrics.archive import REJECTED, Archive
from metrics.quarantine.retention import ALL, Policy
from tests.architecture.checkout import ROOT
from tests.metrics.quarantined import TODAY, kept

folder = Path(sys.argv[1])

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def delete_one_and_die(*_, **__):
    left = kept(folder).archive.leftovers(REJECTED)
    (folder / "archive" / REJECTED / left[0]).unlink()
    die()

{place} = {death}
kept(folder).retention.apply(Policy(365, ALL), by="auditor", now=TODAY)
"""


@pytest.mark.parametrize(
    ("place", "death", "committed"),
    [
        ("metrics.archive.DeltaTable.create_write_transaction", "die", False),
        ("Archive.purge", "die", True),
        ("metrics.archive.DeltaTable.vacuum", "delete_one_and_die", True),
    ],
    ids=["files written, not committed", "committed, old files there", "some old files deleted"],
)
def test_next_run_ends_what_a_killed_one_began(
    tmp_path: Path, place: str, death: str, *, committed: bool
) -> None:
    made = kept(tmp_path)
    _two_old_and_a_recent(made)
    script = DYING.format(place=place, death=death)
    died = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, cwd=ROOT)
    assert died.returncode == -signal.SIGKILL
    assert made.found(OLD) != []
    assert made.retention.due(YEAR, by="auditor", now=TODAY).rows == (0 if committed else 2)
    assert [recorded.purged for recorded in made.retention.log()] == ([None] if committed else [])
    made.retention.apply(YEAR, by="auditor", now=TODAY)
    assert made.found(OLD) == []
    assert len(made.quarantine.rows()) == 3
    (recorded,) = made.retention.log()
    assert recorded.removal.rows == 2
    assert recorded.purged is not None
