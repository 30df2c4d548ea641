"""``pantau incident``: what each command answers, stores and refuses, over a real installation."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import pytest

from metrics.store import Store
from tests.checks.incidents.timeline import Timeline, days, fail, passes, province
from tests.services.command import Installed, install

PROVINCE = "2026-11-11-silence-transactions-32"
ALONE = "2026-11-11-volume-transactions-31.01"
HEALED = "2026-11-10-volume-transactions-33.01"


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """A province that is cut off, a region alone, and one that has healed."""
    made = install(tmp_path / "home")
    line = Timeline()
    line.judge(9, fail("33.01", days(8, 9), "volume"))
    line.judge(
        10,
        *province("32", 5, days(9, 10)),
        fail("31.01", days(10, 10), "volume", detail="3 records"),
        passes("33.01", "volume"),
    )
    with Store.open(f"sqlite:///{made.home / 'store.sqlite3'}") as store:
        store.put_incidents(list(line.incidents.values()), line.acts)
    return made


def names(rows: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def test_list_has_what_is_present_with_the_parts_counted_in_the_whole(installed: Installed) -> None:
    rows = {row["id"]: row for row in installed("incident", "list")}
    assert set(rows) == {PROVINCE, ALONE}
    assert (rows[PROVINCE]["parts"], rows[ALONE]["parts"]) == (5, 0)
    assert (rows[ALONE]["state"], rows[ALONE]["last_day"]) == ("open", "2026-11-10")
    assert rows[ALONE]["detail"] == "3 records"


def test_list_of_all_has_the_parts_and_what_is_resolved(installed: Installed) -> None:
    assert len(installed("incident", "list", "--all")) == 8
    assert names(installed("incident", "list", "--state", "resolved")) == {HEALED}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--region", "31.01"), {ALONE}),
        (("--region", "32.04"), {f"{PROVINCE}.04"}),
        (("--region", "32"), {PROVINCE, *(f"{PROVINCE}.0{number}" for number in range(1, 6))}),
        (("--check", "volume"), {ALONE}),
        (("--dataset", "surveys"), set()),
        (("--dataset", "transactions", "--check", "silence"), {PROVINCE}),
        (("--state", "acknowledged"), set()),
    ],
)
def test_list_can_be_narrowed(installed: Installed, words: tuple[str, ...], found: set[str]) -> None:
    assert names(installed("incident", "list", *words)) == found


def test_incident_is_shown_with_its_log_and_its_parts(installed: Installed) -> None:
    shown = installed("incident", "show", PROVINCE)
    assert shown["incident"]["causes"] == ["silence"]
    assert [line["act"] for line in shown["log"]] == ["opened"]
    assert [child["place"] for child in shown["children"]] == [f"32.0{number}" for number in range(1, 6)]


def test_person_reads_the_log_and_the_parts(installed: Installed) -> None:
    from tests.services.command import run  # noqa: PLC0415 - the one test that reads as a person does

    answer = run("--home", installed.home, "incident", "show", PROVINCE)
    assert answer.status == 0
    assert "opened" in answer.out
    assert "32.03: nothing came" not in answer.out
    assert f"{PROVINCE}.03" in answer.out


def test_each_act_is_stored_with_who_did_it(installed: Installed) -> None:
    installed("incident", "ack", ALONE, "--who", "sari", "--note", "call 0812-3456-7890")
    installed("incident", "assign", ALONE, "--to", "budi", "--who", "sari")
    installed("incident", "note", ALONE, "the link is down")
    answer = installed("incident", "resolve", ALONE, "--who", "budi", "--note", "link mended")
    assert (answer["state"], answer["assignee"]) == ("resolved", "budi")
    assert installed("incident", "reopen", ALONE, "--who", "budi")["state"] == "open"
    log = installed("incident", "show", ALONE)["log"]
    assert [(line["act"], line["who"], line["note"]) for line in log[1:]] == [
        ("acknowledged", "sari", "call [phone]"),
        ("assigned", "sari", "to budi"),
        ("noted", getpass.getuser(), "the link is down"),
        ("resolved", "budi", "link mended"),
        ("reopened", "budi", ""),
    ]


def test_whole_that_is_acknowledged_shows_its_parts_as_acknowledged(installed: Installed) -> None:
    installed("incident", "ack", PROVINCE, "--who", "sari")
    children = installed("incident", "show", PROVINCE)["children"]
    assert {child["state"] for child in children} == {"acknowledged"}
    assert installed("incident", "show", f"{PROVINCE}.01")["incident"]["state"] == "acknowledged"
    assert len(installed("incident", "list", "--all", "--state", "acknowledged")) == 6


def test_whole_is_closed_and_reopened_with_its_parts(installed: Installed) -> None:
    assert installed("incident", "resolve", PROVINCE, "--who", "sari")["parts"] == 5
    assert names(installed("incident", "list", "--region", "32")) == set()
    assert installed("incident", "reopen", PROVINCE, "--who", "sari")["parts"] == 5
    assert len(installed("incident", "list", "--region", "32")) == 6


def test_incident_is_not_reopened_beside_a_newer_one_of_the_same(installed: Installed) -> None:
    line = Timeline()
    line.judge(30, fail("33.01", days(29, 30), "volume"))
    with Store.open(f"sqlite:///{installed.home / 'store.sqlite3'}") as store:
        store.put_incidents(list(line.incidents.values()), line.acts)
    answer = installed.run("incident", "reopen", HEALED, "--who", "sari")
    assert answer.status == 2
    assert "2026-12-01-volume-transactions-33.01 is present and about the same" in answer.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ack", "2026-01-01-none"), "no incident is called"),
        (("ack", HEALED, "--who", "sari"), "pantau incident reopen"),
        (("assign", ALONE, "--to", " ", "--who", "sari"), "is empty"),
        (("list", "--region", "99"), "no code of a region or province"),
        (("list", "--dataset", "people"), "no record set is called 'people'"),
        (("list", "--state", "gone"), "See: pantau incident list --help"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    installed: Installed, words: tuple[str, ...], says: str
) -> None:
    before = installed("incident", "list", "--all")
    answer = installed.run("incident", *words)
    assert answer.status == 2
    assert says in answer.err
    assert installed("incident", "list", "--all") == before
