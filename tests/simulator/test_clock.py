"""Office clock of the simulator."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metrics.calendar import Calendar
from simulator.clock import DAY, OfficeClock, date_of, epoch_day, offsets

CLOCK = OfficeClock.around(2025)
INSTANTS = st.integers(CLOCK.first * DAY, (CLOCK.last - 30) * DAY)


@given(st.lists(INSTANTS, min_size=2, max_size=20))
def test_working_time_never_runs_backwards(instants: list[int]) -> None:
    worked = CLOCK.worked(np.sort(np.array(instants)))
    assert (np.diff(worked) >= 0).all()


@given(st.lists(INSTANTS, min_size=1, max_size=20))
def test_instant_at_which_work_is_done_has_that_much_work_before_it(instants: list[int]) -> None:
    worked = CLOCK.worked(np.array(instants))
    at = CLOCK.at(worked.astype(float))
    assert (CLOCK.worked(at) == worked).all()
    assert CLOCK.open_days[at // DAY - CLOCK.first].all()


def test_two_independent_readings_of_the_decree_agree_for_2025_and_2026() -> None:
    rng = np.random.default_rng(1)
    first, last = epoch_day(dt.date(2025, 1, 1)), epoch_day(dt.date(2026, 12, 31))
    instants = np.sort(rng.integers(first * DAY, last * DAY, 5_000))
    product = Calendar.load("id-gov").working_us_before(instants * 1_000_000)
    assert (np.diff(product) == np.diff(CLOCK.worked(instants)) * 1_000_000).all()


def test_working_days_count_from_the_day_after() -> None:
    friday, monday = (epoch_day(dt.date(2025, 1, day)) for day in (10, 13))
    index = CLOCK.workday_index(np.array([friday]))
    assert CLOCK.workday(index + 1).tolist() == [monday]
    assert date_of(monday) == dt.date(2025, 1, 13)


def test_office_closes_at_four_and_on_fridays_half_an_hour_later() -> None:
    days = np.array([epoch_day(dt.date(2025, 1, day)) for day in (9, 10)])
    assert ((CLOCK.closing(days) - days * DAY) / 3600).tolist() == [16.0, 16.5]


def test_offset_follows_the_clock_of_the_zone() -> None:
    days = np.array([epoch_day(dt.date(2025, 1, 15)), epoch_day(dt.date(2025, 7, 15))])
    assert offsets("Asia/Jayapura", days).tolist() == [9 * 3600, 9 * 3600]
    assert offsets("Europe/Amsterdam", days).tolist() == [3600, 7200]
