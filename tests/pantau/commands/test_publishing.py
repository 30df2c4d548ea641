"""Publish, correct, reply, verify: on both databases, with records that come afterwards."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from metrics.model import Outcome, Severity
from metrics.observation import Finding, Watch
from metrics.publishing.snapshot import snapshot_from
from metrics.regions import Registry, indonesia
from metrics.store import Store
from tests.e2e.cases import BEGUN
from tests.pantau import published
from tests.pantau.conftest import VARIABLES
from tests.pantau.published import FIRST, SECOND, verified
from tests.services.command import Installed, run
from tests.services.postgres import PostgresServer, postgres_server

__all__ = ["postgres_server"]

ENGINES = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with an installation on SQLite that has published. Copy it."""
    return with_settings(tmp_path_factory, {})


@pytest.fixture(scope="module")
def postgres_template(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> tuple[Path, str]:
    """Folder with an installation on PostgreSQL that has published, and its database. Copy both."""
    url = postgres_server.database()
    return with_settings(tmp_path_factory, {"PANTAU_STORE_URL": url}), url.rpartition("/")[2]


def with_settings(tmp_path_factory: pytest.TempPathFactory, settings: dict[str, str]) -> Path:
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        for name, value in settings.items():
            patch.setenv(name, value)
        published.publish(folder)
    return folder


@pytest.fixture
def installed(template: Path, tmp_path: Path) -> Installed:
    """Installation of the test's own that has published."""
    shutil.copytree(template / "home", tmp_path / "home")
    return Installed(tmp_path / "home")


@pytest.fixture(params=ENGINES)
def on_each(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installed]:
    """Installation of the test's own that has published, on either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("installed")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    folder, database = request.getfixturevalue("postgres_template")
    url = server.database(database)
    monkeypatch.setenv("PANTAU_STORE_URL", url)
    shutil.copytree(folder / "home", tmp_path / "home")
    yield Installed(tmp_path / "home")
    server.drop(url)


def store_of(installed: Installed) -> Store:
    return Store.open(f"sqlite:///{installed.home / 'store.sqlite3'}")


def tamper(installed: Installed, *statements: str) -> None:
    """Change the store past the program, as somebody with the file could."""
    with closing(sqlite3.connect(installed.home / "store.sqlite3")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def record_files(installed: Installed) -> list[Path]:
    return sorted((installed.home / "archive" / "transactions").rglob("month=*/*.parquet"))


def test_every_byte_is_reproduced_after_more_records_a_correction_and_a_compaction(
    on_each: Installed, tmp_path: Path
) -> None:
    before = verified(on_each, FIRST)
    published.deliver_more(on_each, tmp_path)
    on_each("publish", "--corrects", FIRST, "--reason", "late records", "--by", "budi")
    on_each("compact")
    first, second = verified(on_each, FIRST), verified(on_each, SECOND)
    assert first == before
    assert first["reproduced"]
    assert second["reproduced"]
    assert first["sha256"] == first["computed_sha256"] != second["sha256"]
    assert (first["faults"], first["differences"], first["changed"]) == ([], [], [])


def test_correction_is_a_snapshot_of_its_own_that_names_what_it_corrects(
    on_each: Installed, tmp_path: Path
) -> None:
    published.deliver_more(on_each, tmp_path)
    made = on_each("publish", "--corrects", FIRST, "--reason", "by a.n. Siti Aminah", "--by", "budi")
    assert (made["id"], made["corrects"], made["reason"]) == (SECOND, FIRST, "by [name]")
    latest, first = on_each("publications")
    assert (latest["id"], latest["corrected_by"]) == (SECOND, None)
    assert (first["id"], first["corrected_by"]) == (FIRST, SECOND)
    on_each("publications", SECOND, "--out", tmp_path / "body.json")
    act = json.loads((tmp_path / "body.json").read_bytes())["snapshot"]
    assert act["corrects_sha256"] == first["sha256"]
    assert act["reason"] == "by [name]"


def test_reply_is_masked_attached_and_shown_with_the_snapshot(on_each: Installed, tmp_path: Path) -> None:
    said = tmp_path / "reply.txt"
    said.write_text("Kami tidak setuju. Hubungi 0812-3456-7890.\n", encoding="utf-8")
    on_each("reply", FIRST, "32.73", "--file", said, "--by", "budi")
    shown = on_each("publications", FIRST)
    (reply,) = shown["replies"]
    assert (reply["region"], reply["by"]) == ("32.73", "budi")
    assert reply["text"] == "Kami tidak setuju. Hubungi [phone]."
    assert shown["publication"]["replies"] == 1
    assert verified(on_each, FIRST)["reproduced"]


def test_file_with_the_body_has_the_hash_and_all_inputs(installed: Installed, tmp_path: Path) -> None:
    shown = installed("publications", FIRST, "--out", tmp_path / "body.json")
    body = (tmp_path / "body.json").read_bytes()
    assert hashlib.sha256(body).hexdigest() == shown["publication"]["sha256"]
    snapshot = snapshot_from(body)
    assert snapshot.inputs.registry == indonesia()
    assert snapshot.inputs.versions == {"transactions": 0}
    files = [
        file.relative_to(installed.home / "archive" / "transactions") for file in record_files(installed)
    ]
    assert list(snapshot.inputs.archive["transactions"].files) == [file.as_posix() for file in files]
    ranking = installed("rank")
    rows = {row["region"]: row for row in shown["rows"]}
    assert {row["region"]: row["rank"] for row in ranking["rows"]} == {
        code: row["rank"] for code, row in rows.items()
    }


def test_later_findings_of_the_monitors_do_not_change_a_snapshot(installed: Installed) -> None:
    days = (BEGUN.date(), BEGUN.replace(month=6).date())
    found = Finding(
        *("silence", "transactions", "32.73", None, days, Outcome.FAIL, Severity.CRITICAL, "completeness"),
        detail="nothing came",
        remedy="ask",
    )
    with store_of(installed) as store:
        started = store.watches(1)[0].started.replace(year=2027)
        store.put_watch(Watch("later", started, 1.0, *days, 1, {"transactions": 0}), [found], [])
    (withheld,) = [row for row in installed("rank")["rows"] if row["region"] == "32.73"]
    assert not withheld["ranked"]
    assert verified(installed, FIRST)["reproduced"]
    made = installed("publish", "--corrects", FIRST, "--reason", "held", "--by", "sari")
    assert verified(installed, made["id"])["reproduced"]


def test_registry_that_was_changed_later_does_not_change_a_snapshot(installed: Installed) -> None:
    regions = [region for region in indonesia().regions.values() if region.code != "11.01"]
    with store_of(installed) as store:
        store.put_registry(Registry.of("smaller", regions))
    assert "11.01" not in {row["region"] for row in installed("rank")["rows"]}
    assert verified(installed, FIRST)["reproduced"]


def test_provinces_and_periods_are_published_on_their_own(installed: Installed) -> None:
    made = installed("publish", "--level", "province", "--period", "2025", "--by", "sari")
    assert made["id"] == "2025-province-1"
    assert verified(installed, made["id"])["reproduced"]
    rows = installed("publications", made["id"])["rows"]
    assert {row["region"] for row in rows} == set(indonesia().provinces)
    month = installed("publish", "--period", "2025-02", "--by", "sari")
    assert (month["id"], month["period"]) == ("2025-02-region-1", "2025-02")
    assert verified(installed, month["id"])["reproduced"]


def test_file_of_records_that_was_changed_is_named_with_the_figures_that_differ(
    installed: Installed, tmp_path: Path
) -> None:
    published.deliver_more(installed, tmp_path)  # brings another file for the same month to put in its place
    first, other = record_files(installed)[:2]
    old, new = sorted((first, other), key=lambda file: file.stat().st_mtime)
    shutil.copyfile(new, old)
    found = verified(installed, FIRST, status=1)
    assert not found["reproduced"]
    (fault,) = found["faults"]
    assert "archive of transactions" in fault
    assert old.name in fault
    assert "not what it was when published" in fault
    sections = {one["section"]: one for one in found["differences"]}
    assert sections["rollups"]["path"] == ["transactions", old.parent.name.removeprefix("month=")]
    place, indicator, _ = sections["figures"]["path"]
    assert place in {"*", *indonesia().regions}
    assert indicator == "completion_days_median"


@pytest.mark.parametrize("broken", [b"", b"no Parquet"])
def test_file_of_records_that_cannot_be_read_is_named(installed: Installed, broken: bytes) -> None:
    file = record_files(installed)[0]
    file.write_bytes(broken)
    found = verified(installed, FIRST, status=1)
    assert found["computed_sha256"] is None
    assert file.name in found["faults"][0]
    assert "cannot be read" in found["faults"][1]


def test_file_of_records_that_is_gone_is_named(installed: Installed) -> None:
    file = record_files(installed)[0]
    file.unlink()
    found = verified(installed, FIRST, status=1)
    assert file.name in found["faults"][0]
    assert "is not there any more; restore it from a backup" in found["faults"][0]


def test_body_that_was_changed_in_the_store_is_named(installed: Installed) -> None:
    tamper(
        installed,
        "DROP TRIGGER publication_no_update",
        "UPDATE publication SET body = CAST(replace(body, '\"seed\":21', '\"seed\":22') AS BLOB)",
    )
    found = verified(installed, FIRST, status=1)
    (fault,) = found["faults"]
    assert f"store, table publication, row {FIRST}: the body has SHA-256" in fault


@pytest.mark.parametrize(
    ("column", "value"), [("method_version", "'3'"), ("by", "'budi'"), ("archive_versions", "'{}'")]
)
def test_column_that_was_changed_in_the_store_is_named(installed: Installed, column: str, value: str) -> None:
    tamper(
        installed,
        "DROP TRIGGER publication_no_update",
        f'UPDATE publication SET "{column}" = {value}',  # noqa: S608 - both are in this file
    )
    found = verified(installed, FIRST, status=1)
    (fault,) = found["faults"]
    assert f"row {FIRST}: {column} is" in fault
    assert found["sha256"] == found["computed_sha256"]


def test_ranking_that_was_changed_in_the_store_is_not_published(installed: Installed) -> None:
    tamper(installed, "UPDATE rank_row SET score = score + 1 WHERE region = '32.73'")
    answer = installed.run("publish", "--corrects", FIRST, "--reason", "again", "--by", "sari")
    assert answer.status == 3
    assert "the store's ranking is not what the archive gives: 32.73, score is" in answer.err


def test_roll_up_that_was_changed_in_the_store_is_mended_by_a_rebuild(installed: Installed) -> None:
    tamper(
        installed,
        "UPDATE case_rollup SET elapsed_total_us = 0, received = 999999, elapsed = x'' WHERE region = '32.73'",
        "UPDATE meta SET value = '' WHERE key = 'indicators_state'",
    )
    correction = ("publish", "--corrects", FIRST, "--reason", "again", "--by", "sari")
    answer = installed.run(*correction)
    assert answer.status == 3
    assert "Run 'pantau rebuild'" in answer.err
    assert verified(installed, FIRST)["reproduced"]
    installed("rebuild")
    assert installed(*correction)["id"] == SECOND


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("publish",), f"published as {FIRST}"),
        (("publish", "--corrects", FIRST), "--corrects ID --reason TEXT"),
        (("publish", "--reason", "because"), "--corrects ID --reason TEXT"),
        (("publish", "--corrects", "2020-region-1", "--reason", "x"), "no snapshot is called"),
        (("publish", "--period", "July"), "'July' is no period"),
        (("publish", "--period", "2031"), "no region has a figure in period 2031"),
        (("publish", "--by", "a.n. Siti Aminah"), "holds personal data"),
        (("verify", "2020-region-1"), "'pantau publications' lists them"),
        (("reply", FIRST, "32.73"), "--text TEXT or --file FILE"),
        (("reply", FIRST, "32.73", "--text", "  "), "the reply is empty"),
        (("reply", FIRST, "32.73", "--text", "x" * 20_001), "20001 characters"),
        (("reply", FIRST, "99.99", "--text", "no"), f"'99.99' does not stand in {FIRST}"),
        (("publications", "--out", "x.json"), "Name it"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(template: Path, words: tuple[str, ...], said: str) -> None:
    answer = Installed(template / "home").run(*words)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_installation_without_records_publishes_nothing(tmp_path: Path) -> None:
    installed = Installed(tmp_path / "home")
    installed("init")
    answer = installed.run("publish", "--by", "sari")
    assert answer.status == 2
    assert "no records yet" in answer.err


def test_verdict_for_a_person_is_a_table(template: Path) -> None:
    answer = run("--home", template / "home", "verify", FIRST)
    assert answer.status == 0
    assert "every byte is reproduced" in answer.out
