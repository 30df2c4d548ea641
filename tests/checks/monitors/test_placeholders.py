"""Times of day that stand where none was recorded, and what other monitors make of them."""

from __future__ import annotations

import datetime as dt

import pytest

from checks.monitors import copies, placeholders, repetition, twins
from metrics.model import Outcome
from metrics.observation import Cause, Finding
from tests.checks.monitors.test_rows import delivered, failed

MIDNIGHT, HOUR_AND_MORE, OPENING = (dt.time(0, 0), dt.time(1, 6, 40), dt.time(7, 30))
JAKARTA = dt.timedelta(hours=7)
MONITORS = pytest.mark.parametrize("monitor", [twins, repetition, copies])


def submitted(day: int, time: dt.time) -> dict[str, object]:
    """A case that began at a time of day on the clock of the region, and took four days."""
    local = dt.datetime.combine(dt.date(2025, 6, 2) + dt.timedelta(days=day), time, dt.UTC)
    return {"submitted": local - JAKARTA, "completed": local - JAKARTA + dt.timedelta(days=4)}


def at(number: int) -> dt.time:
    """A time of day of its own for each number."""
    return (dt.datetime.combine(dt.date.min, dt.time(8)) + dt.timedelta(seconds=97 * number)).time()


def about_submitted(findings: list[Finding]) -> list[Finding]:
    return [item for item in findings if item.field == "submitted"]


@pytest.mark.parametrize("time", [MIDNIGHT, HOUR_AND_MORE])
def test_time_that_some_records_share_is_told_whatever_the_time(time: dt.time) -> None:
    cases = [submitted(n % 9, time) for n in range(30)] + [submitted(n % 9, at(n)) for n in range(30)]
    (item,) = about_submitted(placeholders.findings(delivered(*cases)))
    assert (item.failed, item.bad, item.n) == (True, 30, 60)
    assert f"{time:%H:%M:%S}" in item.detail


def test_source_that_keeps_dates_alarms_nobody_and_is_said_to_keep_dates() -> None:
    (item,) = about_submitted(
        placeholders.findings(delivered(*(submitted(n % 9, MIDNIGHT) for n in range(40))))
    )
    assert (item.outcome, item.cause) == (Outcome.ERROR, Cause.ABSENT)


def test_second_at_which_the_region_opens_is_no_placeholder() -> None:
    cases = [submitted(n % 4, OPENING) for n in range(30)] + [submitted(n % 4, at(n)) for n in range(30)]
    assert about_submitted(failed(placeholders.findings(delivered(*cases)))) == []


def test_times_of_their_own_are_no_placeholder() -> None:
    cases = [submitted(n % 9, at(n)) for n in range(60)]
    assert about_submitted(placeholders.findings(delivered(*cases))) == []


@MONITORS
def test_dates_that_are_alike_are_no_copies_and_say_that_they_cannot_be_checked(monitor: object) -> None:
    cases = [submitted(n % 5, MIDNIGHT) for n in range(60)]
    (item,) = monitor.findings(delivered(*cases))  # type: ignore[attr-defined] # a module of a monitor
    assert (item.outcome, item.cause, item.n) == (Outcome.ERROR, Cause.ABSENT, 60)


def test_twins_are_found_among_the_records_that_have_a_time() -> None:
    dates = [submitted(n % 5, MIDNIGHT) for n in range(60)]
    timed = [submitted(n % 5, at(n % 30)) for n in range(60)]
    (item,) = failed(twins.findings(delivered(*dates, *timed)))
    assert (item.bad, item.n) == (30, 60)
