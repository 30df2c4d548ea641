"""What people do with incidents, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from checks.incidents import (
    Changes,
    acknowledge,
    as_shown,
    assign,
    note,
    reopen,
    reopen_all,
    resolve,
    resolve_all,
)
from metrics.errors import UsageError
from metrics.model import Severity
from metrics.observation import Act, Incident, IncidentAct, Scope, State

OPENED = dt.datetime(2026, 11, 11, 3, tzinfo=dt.UTC)
NOW = OPENED + dt.timedelta(hours=5)
OPEN = Incident(
    "2026-11-11-silence-transactions-32.11", Scope.REGION, "32.11", "transactions", "silence", State.OPEN,
    Severity.CRITICAL, OPENED, OPENED, causes=("silence",),
)  # fmt: skip
CLOSED, _ = resolve(OPEN, "sari", "", NOW)


def test_acknowledged_incident_says_so_and_its_log_says_who_and_when() -> None:
    incident, line = acknowledge(OPEN, " sari ", "looking at it", NOW)
    assert incident == replace(OPEN, state=State.ACKNOWLEDGED, updated=NOW)
    assert line == IncidentAct(OPEN.id, NOW, "sari", Act.ACKNOWLEDGED, "looking at it")


def test_assigned_incident_names_the_person_and_is_not_acknowledged_by_that() -> None:
    incident, line = assign(OPEN, "sari", "budi", "back on Monday", NOW)
    assert (incident.assignee, incident.state) == ("budi", State.OPEN)
    assert (line.act, line.note) == (Act.ASSIGNED, "to budi: back on Monday")
    assert assign(OPEN, "sari", "budi", "", NOW)[1].note == "to budi"


def test_incident_closed_by_hand_is_resolved_and_marked() -> None:
    assert (CLOSED.state, CLOSED.resolved, CLOSED.closed_by_hand) == (State.RESOLVED, NOW, True)


def test_reopened_incident_is_open_and_counts() -> None:
    incident, line = reopen(CLOSED, "sari", "too early", NOW)
    assert incident == replace(OPEN, reopened=1, updated=NOW)
    assert line.act is Act.REOPENED


def test_note_changes_nothing_but_the_log_and_may_be_added_to_what_is_resolved() -> None:
    incident, line = note(CLOSED, "sari", "it was the power", NOW)
    assert incident == replace(CLOSED, updated=NOW)
    assert (line.act, line.note) == (Act.NOTED, "it was the power")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (acknowledge, ("call {}",)),
        (assign, ("budi", "call {}")),
        (note, ("call {}",)),
        (resolve, ("call {}",)),
    ],
)
@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("0812-3456-7890", "[phone]"),
        ("siti@example.go.id", "[email]"),
        ("3273014507900001", "[nik]"),
        ("Bapak Budi", "[name]"),
    ],
)
def test_personal_data_in_a_note_are_masked(
    act: Callable[..., tuple[Incident, IncidentAct]], words: tuple[str, ...], told: str, kept: str
) -> None:
    _, line = act(OPEN, "sari", *(word.format(told) for word in words), NOW)
    assert told not in line.note
    assert kept in line.note


def test_name_of_an_incident_in_a_note_is_not_taken_for_personal_data() -> None:
    assert note(OPEN, "sari", f"as {OPEN.id}", NOW)[1].note == f"as {OPEN.id}"


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        (lambda: acknowledge(CLOSED, "sari", "", NOW), "pantau incident reopen 2026-11-11-silence"),
        (lambda: assign(CLOSED, "sari", "budi", "", NOW), "is resolved since 2026-11-11 08:00"),
        (lambda: resolve(CLOSED, "sari", "", NOW), "resolved already since 2026-11-11 08:00"),
        (lambda: reopen(OPEN, "sari", "", NOW), "it is open and not resolved"),
        (lambda: acknowledge(acknowledge(OPEN, "a", "", NOW)[0], "b", "", NOW), "acknowledged already"),
        (lambda: assign(assign(OPEN, "a", "b", "", NOW)[0], "a", "b", "", NOW), "assigned to b already"),
        (lambda: note(OPEN, "sari", "  ", NOW), "the note is empty"),
        (lambda: acknowledge(OPEN, " ", "", NOW), "the name of the person who does this is empty"),
        (lambda: assign(OPEN, "sari", "", "", NOW), "the name of the person it is assigned to is empty"),
        (lambda: assign(OPEN, "sari", "0812-3456-7890", "", NOW), "personal data ([phone])"),
        (lambda: resolve(OPEN, "sari@example.go.id", "", NOW), "Write a login name"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_remedy(refused: Callable[[], object], says: str) -> None:
    with pytest.raises(UsageError) as error:
        refused()
    assert says in str(error.value)


def family() -> tuple[Incident, list[Incident]]:
    """A province's incident with two parts that are present and one that is resolved."""
    parent = replace(OPEN, id="parent", scope=Scope.PROVINCE, place="32")
    parts = [replace(OPEN, id=name, place=name, parent="parent") for name in ("32.01", "32.02", "32.03")]
    healed = replace(parts[2], state=State.RESOLVED, resolved=OPENED)
    return parent, [*parts[:2], healed]


def test_parts_are_closed_with_the_whole_and_opened_again_with_it() -> None:
    parent, parts = family()
    closed = resolve_all(parent, parts, "sari", "flood", NOW)
    assert [(one.id, one.present, one.closed_by_hand) for one in closed.incidents] == [
        ("parent", False, True),
        ("32.01", False, True),
        ("32.02", False, True),
    ]
    assert [act.note for act in closed.acts] == ["flood", "with parent", "with parent"]
    whole, *others = closed.incidents
    again = reopen_all(whole, [*others, parts[2]], "sari", "not yet", NOW + dt.timedelta(hours=1))
    assert [one.id for one in again.incidents] == ["parent", "32.01", "32.02"]
    assert all(one.present for one in again.incidents)


def test_part_that_healed_by_itself_is_not_opened_with_a_whole_that_did_too() -> None:
    parent, parts = family()
    healed = replace(parent, state=State.RESOLVED, resolved=OPENED)
    again = reopen_all(healed, [parts[2]], "sari", "", NOW)
    assert isinstance(again, Changes)
    assert [one.id for one in again.incidents] == ["parent"]


def test_part_is_shown_as_taken_care_of_while_the_whole_is() -> None:
    parent, (part, *_, healed) = family()
    taken = replace(parent, state=State.ACKNOWLEDGED, assignee="budi")
    shown = as_shown(part, taken)
    assert (shown.state, shown.assignee) == (State.ACKNOWLEDGED, "budi")
    assert as_shown(replace(part, assignee="ani"), taken).assignee == "ani"
    assert as_shown(healed, taken) == healed
    assert as_shown(part, replace(taken, state=State.RESOLVED)) == part
    assert as_shown(part, None) == part
