"""Cases left open: which states count, and which cases are old."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from checks.monitors import lingering
from metrics.model import Outcome
from metrics.observation import Cause
from metrics.rollup.cases import SHAPES
from tests.checks.monitors.test_rows import EVIDENCE, delivered, failed

BEGAN = dt.datetime(2025, 3, 3, 3, 0, tzinfo=dt.UTC)


def cases(ended: int, still_open: int, began: dt.datetime = BEGAN) -> list[dict[str, object]]:
    """Cases that took ten days, and cases that have not ended."""
    end = BEGAN + dt.timedelta(days=10)
    done: dict[str, object] = {"submitted": BEGAN, "completed": end, "status": "completed"}
    return [done] * ended + [{"submitted": began, "completed": None, "status": "open"}] * still_open


def test_states_that_count_as_open_are_those_of_the_roll_up() -> None:
    assert {name: shape.still_open for name, shape in SHAPES.items()} == lingering.OPEN


def test_old_cases_that_are_open_are_told_with_their_number_and_days() -> None:
    (item,) = failed(lingering.findings(delivered(*cases(60, 20))))
    assert (item.bad, item.n, item.field) == (20, 80, "completed")
    assert item.days == (BEGAN.date(), BEGAN.date())


def test_cases_that_began_not_long_ago_may_be_open() -> None:
    last = dt.datetime.combine(EVIDENCE.last, dt.time(3), dt.UTC)
    assert failed(lingering.findings(delivered(*cases(60, 200, last - dt.timedelta(days=5))))) == []


@pytest.mark.parametrize(("ended", "still_open"), [(60, 9), (95, 20)])
def test_few_old_cases_may_be_open(ended: int, still_open: int) -> None:
    assert failed(lingering.findings(delivered(*cases(ended, still_open)))) == []


def test_region_in_which_few_cases_ended_is_learning() -> None:
    (item,) = lingering.findings(delivered(*cases(49, 40)))
    assert (item.outcome, item.cause) == (Outcome.ERROR, Cause.LEARNING)


def test_case_that_was_withdrawn_without_a_date_is_not_open() -> None:
    withdrawn = [case | {"status": "withdrawn"} for case in cases(0, 40)]
    assert failed(lingering.findings(delivered(*cases(60, 0), *withdrawn))) == []
    assert failed(lingering.findings(replace(EVIDENCE, records={}))) == []
