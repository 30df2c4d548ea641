"""Incidents of single regions: when they open, heal, come back."""

from __future__ import annotations

import pytest

from checks.incidents import acknowledge, assign, reopen, resolve
from metrics.model import Severity
from metrics.observation import Act, State
from tests.checks.incidents.timeline import Timeline, day, days, fail, passes, unchecked

REGION = "32.03"


def test_failure_opens_an_incident_with_a_readable_name_and_all_that_is_known() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10), n=40, bad=40), passes("32.04"))
    found = line.only()
    assert found.id == "2026-11-11-silence-transactions-32.03"
    assert (found.state, found.severity, found.days) == (State.OPEN, Severity.CRITICAL, days(8, 10))
    assert (found.n, found.bad, found.value, found.bound) == (40, 40, 40.0, 1.0)
    assert (found.detail, found.remedy) == ("nothing came", "Ask the region.")
    assert (found.opened, found.updated, found.causes) == (line.now, line.now, ("silence",))
    assert found.simulated
    assert line.log(found) == [Act.OPENED]


def test_several_findings_of_a_check_are_one_incident_led_by_the_worst() -> None:
    line = Timeline()
    line.judge(
        10,
        fail(REGION, days(2, 5), "drift", severity=Severity.INFO, field="channel", detail="channel moved"),
        fail(REGION, days(7, 9), "drift", field="status", n=70, bad=6, detail="status moved"),
        fail(REGION, days(8, 10), "drift", field="status", n=80, bad=7, detail="status moved"),
        fail(REGION, days(1, 3), "drift", field="service", bad=99, detail="long ago"),
    )
    found = line.only()
    assert (found.days, found.severity) == (days(2, 10), Severity.CRITICAL)
    assert (found.field, found.detail) == ("channel, status", "channel moved; status moved")
    assert (found.n, found.bad) == (80, 7)


@pytest.mark.parametrize(("last_day", "opens"), [(3, False), (4, True)])
def test_failure_is_present_for_seven_days(last_day: int, opens: bool) -> None:  # noqa: FBT001 - a case
    line = Timeline()
    line.judge(10, fail(REGION, days(1, last_day)))
    assert bool(line.present()) is opens


def test_learning_opens_nothing_and_heals_nothing() -> None:
    line = Timeline()
    line.judge(10, unchecked(REGION))
    assert line.incidents == {}
    line.judge(11, fail(REGION, days(11, 11)))
    line.judge(20, unchecked(REGION))
    line.judge(21, unchecked(REGION), fail(REGION, days(11, 11)))
    assert line.only().present


def test_what_passes_has_healed() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    line.judge(11, passes(REGION))
    found = line.only()
    assert (found.state, found.resolved, found.closed_by_hand) == (State.RESOLVED, line.now, False)
    assert line.notes(found)[-1] == "the data have healed"


def test_what_failed_only_longer_ago_is_over_and_the_log_says_since_when() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    line.judge(16, fail(REGION, days(8, 10)))
    assert line.only().present
    line.judge(17, fail(REGION, days(8, 10)))
    assert line.notes(line.only())[-1] == "over since 2026-11-11"


def test_past_failure_of_other_days_is_no_reason_given() -> None:
    line = Timeline()
    line.judge(20, fail(REGION, days(18, 20)), fail(REGION, days(2, 4)))
    line.judge(21, fail(REGION, days(2, 4)))
    assert line.notes(line.only())[-1] == "the data have healed"


def test_region_that_is_not_among_the_findings_is_left_alone() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    line.judge(30, passes("32.04"), passes(REGION, "volume"), passes(REGION, dataset="surveys"))
    assert line.only().present


def test_days_that_go_on_are_no_line_of_the_log() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    opened = line.now
    changes = line.judge(11, fail(REGION, days(8, 11), bad=6))
    (found,) = changes.incidents
    assert (found.days, found.bad) == (days(8, 11), 6)
    assert (found.opened, found.updated) == (opened, line.now)
    assert changes.acts == ()


@pytest.mark.parametrize(("back", "same"), [(28, True), (29, False)])
def test_what_fails_again_within_14_days_is_the_same_incident(back: int, same: bool) -> None:  # noqa: FBT001 - a case
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    first = line.only().id
    line.judge(14, passes(REGION))
    line.judge(back, fail(REGION, days(back, back)))
    (found,) = line.present()
    assert (found.id == first, found.reopened) == (same, int(same))
    assert found.days == days(back, back)
    assert line.log(found)[-1] is (Act.REOPENED if same else Act.OPENED)


def test_flapping_is_one_incident_that_counts() -> None:
    line = Timeline()
    for number in range(1, 12):
        line.judge(number, fail(REGION, days(number, number)) if number % 2 else passes(REGION))
    assert line.only().reopened == 5
    assert line.log(line.only()) == [Act.OPENED, *[Act.RESOLVED, Act.REOPENED] * 5]


def test_what_a_person_closed_is_opened_by_days_beyond_only() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    line.do(resolve, line.only().id, "a move of the office")
    line.judge(11, fail(REGION, days(8, 10)))
    line.judge(12, fail(REGION, days(9, 10)))
    line.judge(13, passes(REGION))
    line.judge(14, fail(REGION, days(8, 10)))
    assert (line.only().present, line.only().closed_by_hand) == (False, True)
    line.judge(15, fail(REGION, days(8, 11)))
    assert (line.only().present, line.only().closed_by_hand, line.only().reopened) == (True, False, 1)


def test_days_before_those_that_a_person_closed_are_beyond_them_too() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    line.do(resolve, line.only().id, "")
    line.judge(11, fail(REGION, days(6, 10)))
    assert line.only().present


def test_where_a_check_knows_no_days_a_closed_incident_opens_again_after_a_pass() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, None, "schema"))
    line.do(resolve, line.only().id, "as agreed")
    line.judge(11, fail(REGION, None, "schema"))
    line.judge(50, fail(REGION, None, "schema"))
    assert not line.only().present
    line.judge(51, passes(REGION, "schema"))
    line.judge(52, fail(REGION, None, "schema"))
    (found,) = line.present()
    assert found.opened == line.now


def test_acknowledged_and_assigned_stay_while_it_goes_on() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10)))
    line.do(acknowledge, line.only().id, "")
    line.do(assign, line.only().id, "budi", "")
    line.judge(11, fail(REGION, days(8, 11)))
    assert (line.only().state, line.only().assignee) == (State.ACKNOWLEDGED, "budi")


def test_what_gets_worse_is_open_again_and_what_gets_better_is_not() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(8, 10), severity=Severity.WARNING))
    line.do(acknowledge, line.only().id, "")
    line.judge(11, fail(REGION, days(8, 11)))
    assert line.only().state is State.OPEN
    assert line.notes(line.only())[-1] == "severity is critical, was warning"
    line.do(acknowledge, line.only().id, "")
    line.judge(12, fail(REGION, days(8, 12), severity=Severity.INFO))
    assert (line.only().state, line.only().severity) == (State.ACKNOWLEDGED, Severity.INFO)


def test_what_is_said_of_no_region_is_an_incident_of_its_own() -> None:
    line = Timeline()
    line.judge(10, fail(None, None, "schema", detail="mppdn: removed: 'status' is gone"))
    assert line.only().id == "2026-11-11-schema-transactions-all"
    assert (line.only().place, line.only().parent) == ("*", None)


def test_days_of_the_name_are_those_of_the_clock_in_utc() -> None:
    line = Timeline()
    line.judge(10, fail(REGION, days(1, 10)))
    assert line.only().id.startswith(f"{day(11)}-")


def test_incident_that_somebody_reopened_beside_a_newer_one_goes_on_in_that_one() -> None:
    line = Timeline()
    line.judge(1, fail(REGION, days(1, 1)))
    first = line.only().id
    line.judge(2, passes(REGION))
    line.judge(30, fail(REGION, days(30, 30)))
    (second,) = line.present()
    line.do(reopen, first, "")
    line.judge(31, fail(REGION, days(30, 31)))
    assert [one.id for one in line.present()] == [second.id]
    assert line.notes(line.incidents[first])[-1] == f"goes on in {second.id}"
