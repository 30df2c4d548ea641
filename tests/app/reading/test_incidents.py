"""What belongs together among incidents, what comes first, and what can be done, as their page reads it."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations, product
from pathlib import Path
from typing import Any

import pytest

from app.reading.incidents import (
    ALL,
    PRESENT,
    STATES,
    Case,
    answer,
    case_of,
    cases,
    chosen,
    commands,
    provinces,
    related,
    standing_alone,
)
from checks import incidents as checks_of_incidents
from metrics.model import Severity
from metrics.observation import Incident, Scope, State
from metrics.regions import indonesia
from metrics.store import Store
from tests.app.installations import ONLY
from tests.app.observed import AT, CRITICAL, FAIL, SILENT, verdict, watch
from tests.app.troubled import of
from tests.services.command import Installed, run

REGISTRY = indonesia()
OTHER, ELSEWHERE = "32.04", "11.01"
DAY = timedelta(days=1)


PARENT = of("wide", "32", Scope.PROVINCE, causes=("silence", "sustained"))
PARTS = [of(f"part-{place}", place, parent="wide") for place in (ONLY, OTHER)]
ALONE = of("alone", ELSEWHERE, check="drift", causes=("drift",), severity=Severity.WARNING)


def ids(found: Sequence[Case]) -> list[str]:
    return [case.incident.id for case in found]


def test_parts_stand_under_their_parent_and_are_not_counted_again() -> None:
    known = [*PARTS, ALONE, PARENT]
    found = cases(known)
    assert ids(found) == ["wide", "alone"]
    assert [part.id for part in found[0].parts] == ["part-32.04", "part-32.73"]
    assert standing_alone(known) == 2
    assert found[0].regions == {ONLY, OTHER}
    assert found[1].regions == {ELSEWHERE}


def test_order_of_the_store_makes_no_difference() -> None:
    known = [PARENT, *PARTS, ALONE]
    assert all(cases(order) == cases(known) for order in permutations(known))


def test_parent_that_the_store_does_not_know_leaves_its_parts_alone() -> None:
    assert ids(cases(PARTS)) == ["part-32.04", "part-32.73"]


def test_what_is_present_is_not_hidden_under_a_parent_that_is_over() -> None:
    over = replace(PARENT, state=State.RESOLVED, resolved=AT)
    past = replace(PARTS[1], state=State.RESOLVED, resolved=AT)
    found = cases([over, PARTS[0], past])
    assert ids(found) == [PARTS[0].id, "wide"]
    assert [part.id for part in found[1].parts] == [past.id]
    assert found[1].present_parts == 0
    assert found[1].regions == frozenset()


def test_the_gravest_comes_first_then_the_widest_then_the_latest_and_past_ones_last() -> None:
    known = [
        of("past", state=State.RESOLVED, resolved=AT),
        of("long past", state=State.RESOLVED, resolved=AT - DAY),
        of("warning", severity=Severity.WARNING, opened=AT + DAY),
        of("wide warning", "32", Scope.PROVINCE, severity=Severity.WARNING),
        of("late", opened=AT + DAY),
        of("early", opened=AT),
        PARENT,
        *PARTS,
        of("platform", "mppdn", Scope.PLATFORM),
    ]
    order = ["wide", "platform", "late", "early", "wide warning", "warning", "past", "long past"]
    assert ids(cases(known)) == order


def shown(known: Sequence[Incident], identifier: str) -> Incident:
    """An incident on its page."""
    case = case_of(known, identifier)
    assert case is not None
    return case.incident


@pytest.mark.parametrize(("own", "other"), list(product(State, State)))
@pytest.mark.parametrize("assignee", ["", "sari"])
def test_what_is_said_of_the_parent_is_shown_as_the_command_line_shows_it(
    own: State, other: State, assignee: str
) -> None:
    part = replace(PARTS[0], state=own, assignee=assignee)
    parent = replace(PARENT, state=other, assignee="budi")
    assert shown([part, parent], part.id) == checks_of_incidents.as_shown(part, parent)
    assert shown([part], part.id) == checks_of_incidents.as_shown(part, None) == part


def test_part_is_looked_after_by_whoever_looks_after_its_parent() -> None:
    taken = replace(PARENT, state=State.ACKNOWLEDGED, assignee="budi")
    (found,) = cases([taken, *PARTS])
    assert {(part.state, part.assignee) for part in found.parts} == {(State.ACKNOWLEDGED, "budi")}
    part = case_of([taken, *PARTS], PARTS[0].id)
    assert part is not None
    assert part.incident.assignee == "budi"


def test_answer_counts_what_is_present_each_region_once() -> None:
    twice = of("again", ONLY, dataset="surveys", assignee="sari", opened=AT - 5 * DAY)
    past = of("past", "11.02", state=State.RESOLVED, resolved=AT, opened=AT - 90 * DAY)
    found = answer(cases([PARENT, *PARTS, ALONE, twice, past]))
    assert (found.present, found.wide, found.critical, found.untaken) == (3, 1, 2, 2)
    assert found.regions == 3
    assert found.since == AT - 5 * DAY
    nothing = answer([])
    assert (nothing.present, nothing.regions, nothing.since) == (0, 0, None)


def test_incident_of_no_region_in_particular_counts_no_region() -> None:
    shared = of("shared", "*", check="schema", causes=("schema",))
    assert answer(cases([shared])).regions == 0
    assert answer(cases([shared])).present == 1


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ({}, ["wide", "alone", "past"]),
        ({"states": STATES[PRESENT]}, ["wide", "alone"]),
        ({"states": STATES["resolved"]}, ["past"]),
        ({"states": STATES["acknowledged"]}, []),
        ({"province": "32"}, ["wide", "past"]),
        ({"province": "11"}, ["alone"]),
        ({"dataset": "surveys"}, ["past"]),
        ({"check": "sustained"}, ["wide"]),
        ({"check": "drift", "province": "32"}, []),
    ],
)
def test_choices_leave_what_meets_all_of_them(choice: dict[str, Any], left: list[str]) -> None:
    past = of("past", OTHER, dataset="surveys", state=State.RESOLVED, resolved=AT)
    found = cases([PARENT, *PARTS, ALONE, past])
    assert ids(chosen(found, REGISTRY, **choice)) == left


def test_platform_is_of_the_provinces_of_its_parts() -> None:
    platform = of("platform", "mppdn", Scope.PLATFORM)
    parts = [of(f"p{place}", place, parent="platform") for place in (ONLY, ELSEWHERE)]
    (case,) = cases([platform, *parts])
    assert provinces(case, REGISTRY) == {"32", "11"}
    assert provinces(cases([of("shared", "*")])[0], REGISTRY) == frozenset()


def test_states_of_the_choice_are_those_of_the_store() -> None:
    assert STATES[ALL] == frozenset(State)
    assert STATES[PRESENT] == {state for state in State if replace(ALONE, state=state).present}


def test_incident_that_is_not_there_is_none() -> None:
    assert case_of([PARENT], "no-such") is None


def test_related_findings_are_of_its_checks_places_and_record_set(empty: Installed, tmp_path: Path) -> None:
    home = shutil.copytree(empty.home, tmp_path / "home")
    own = verdict("silence", FAIL, CRITICAL, days=SILENT)
    part = verdict("sustained", FAIL, CRITICAL, region=OTHER, days=(date(2025, 3, 1), date(2025, 3, 2)))
    strangers = [
        verdict("silence", FAIL, CRITICAL, region=ELSEWHERE),
        verdict("silence", FAIL, CRITICAL, dataset="surveys"),
        verdict("drift", FAIL),
    ]
    nobody = verdict("schema", FAIL, region=None)
    watch(home, [own, part, *strangers, nobody])
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        findings = store.findings()
    (case,) = cases([PARENT, *PARTS])
    told = related(findings, case).select("check", "region").rows()
    assert told == [("sustained", OTHER), ("silence", ONLY)]
    shared = Case(of("shared", "*", check="schema", causes=("schema",)))
    assert related(findings, shared).select("check", "region").rows() == [("schema", None)]


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        (State.OPEN, ["ack", "assign", "resolve"]),
        (State.ACKNOWLEDGED, ["note", "assign", "resolve"]),
        (State.RESOLVED, ["reopen"]),
    ],
)
def test_commands_do_what_they_are_for(
    empty: Installed, tmp_path: Path, state: State, acts: list[str]
) -> None:
    home = shutil.copytree(empty.home, tmp_path / "home")
    found = of(
        "2025-07-02-silence-transactions-32.73", state=state, resolved=AT if state == "resolved" else None
    )
    told = commands(found, "to be looked at", "budi")
    assert list(told) == acts
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        for act, command in told.items():
            store.put_incidents([found], [])
            program, *words = shlex.split(command)
            assert (program, words[:2]) == ("pantau", ["incident", act])
            done = run("--home", home, *words, "--who", "sari")
            assert done.status == 0, done.err
            assert store.incident_acts(found.id)[-1].who == "sari"


def test_name_of_an_incident_is_one_word_of_the_command_whatever_it_holds() -> None:
    odd = of("2025-07-02-a; rm 'x' $(y)-32.73")
    for command in commands(odd, "note", "WHO").values():
        assert odd.id in shlex.split(command)
