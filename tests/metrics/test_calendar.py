"""Working time: the laws that hold for every calendar, and the hours and holidays of id-gov."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.calendar import CALENDARS, DAY_US, Calendar, CalendarError, calendars_of, epoch_day
from metrics.regions import indonesia

UNHURRIED = settings(deadline=None)
"""Correctness, not speed: a busy machine must not fail a law."""
HOUR_US = 3_600_000_000
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  (local-naive on purpose: the clock on the wall)
FIRST = epoch_day(dt.date(1990, 1, 1))
LAST = epoch_day(dt.date(2100, 12, 31))
LOADED = {name: Calendar.load(name) for name in CALENDARS}

calendars = st.sampled_from(sorted(CALENDARS)).map(LOADED.__getitem__)
instants = st.integers(FIRST * DAY_US, LAST * DAY_US)
holiday_instants = st.integers(
    epoch_day(dt.date(2025, 1, 1)) * DAY_US, epoch_day(dt.date(2027, 1, 1)) * DAY_US
)
days = st.integers(FIRST, LAST)

SMALL = """
name: small
title: A small calendar
source: made for a test
week:
  monday: ["08:00-12:00", "13:00-17:00"]
holiday_years: [2026]
holidays:
  - source: made for a test
    national: {2026-01-05: A Monday}
"""


def us(text: str) -> int:
    return (dt.datetime.fromisoformat(text) - EPOCH) // dt.timedelta(microseconds=1)


def worked(calendar: Calendar, first: str, last: str) -> float:
    """Working hours between two local instants."""
    before = calendar.working_us_before(np.array([us(first), us(last)]))
    return float(before[1] - before[0]) / HOUR_US


def sessions_on(calendar: Calendar, day: int) -> tuple[tuple[int, int], ...]:
    """Sessions of one day, looked up without arithmetic on weeks."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return calendar.exceptions.get(day, calendar.week[date.weekday()])


def slowly(calendar: Calendar, start: int, end: int) -> int:
    """Reference: working microseconds between two instants, day by day, session by session."""
    total = 0
    for day in range(start // DAY_US, end // DAY_US + 1):
        for opens, closes in sessions_on(calendar, day):
            total += max(0, min(end, day * DAY_US + closes) - max(start, day * DAY_US + opens))
    return total


def written(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@UNHURRIED
@given(calendars, st.lists(instants, min_size=2, max_size=8))
def test_working_time_is_monotone_and_never_negative(calendar: Calendar, at: list[int]) -> None:
    before = calendar.working_us_before(np.array(sorted(at)))
    steps = np.diff(before)
    assert (steps >= 0).all()
    assert (steps <= np.diff(sorted(at))).all()


@UNHURRIED
@given(calendars, instants, instants, instants)
def test_working_time_adds_up(calendar: Calendar, a: int, b: int, c: int) -> None:
    whole = calendar.working_us_before(np.array([a, c]))
    parts = calendar.working_us_before(np.array([a, b, c]))
    assert whole[1] - whole[0] == np.diff(parts).sum()


@UNHURRIED
@given(calendars, holiday_instants, st.integers(0, 60 * DAY_US))
def test_working_time_equals_the_day_by_day_reference(calendar: Calendar, start: int, length: int) -> None:
    before = calendar.working_us_before(np.array([start, start + length]))
    assert int(before[1] - before[0]) == slowly(calendar, start, start + length)


@UNHURRIED
@given(calendars, days, st.integers(0, DAY_US - 1))
def test_the_day_table_gives_the_same_working_time(calendar: Calendar, day: int, time: int) -> None:
    row = calendar.day_table(day, day).to_pylist()[0]
    by_table = (
        row["before_us"]
        + min(max(time, row["open1_us"]), row["close1_us"])
        - row["open1_us"]
        + min(max(time, row["open2_us"]), row["close2_us"])
        - row["open2_us"]
    )
    assert by_table == calendar.working_us_before(np.array([day * DAY_US + time]))[0]
    assert row["is_working"] == (sessions_on(calendar, day) != ())


@UNHURRIED
@given(calendars, holiday_instants, st.integers(0, 400))
def test_the_workday_index_counts_the_working_days_after_a_day(
    calendar: Calendar, at: int, length: int
) -> None:
    day = at // DAY_US
    index = calendar.workday_index(np.array([day, day + length]))
    assert index[1] - index[0] == sum(1 for d in range(day + 1, day + length + 1) if sessions_on(calendar, d))


@UNHURRIED
@given(calendars, holiday_instants, st.integers(1, 80))
def test_a_term_ends_on_a_working_day_and_holds_exactly_its_days(
    calendar: Calendar, at: int, count: int
) -> None:
    day = at // DAY_US
    end = calendar.day_after_working_days(np.array([day]), count)
    assert calendar.is_working(end)[0]
    assert calendar.workday_index(end)[0] - calendar.workday_index(np.array([day]))[0] == count


@pytest.mark.parametrize("name", CALENDARS)
def test_every_calendar_has_a_day_table_of_the_agreed_form(name: str) -> None:
    table = LOADED[name].day_table(FIRST, LAST)
    assert table.num_rows == LAST - FIRST + 1
    assert table.schema == pa.schema(
        [
            ("calendar", pa.string()),
            ("day", pa.int64()),
            ("is_working", pa.bool_()),
            ("workday_index", pa.int64()),
            ("before_us", pa.int64()),
            ("open1_us", pa.int64()),
            ("close1_us", pa.int64()),
            ("open2_us", pa.int64()),
            ("close2_us", pa.int64()),
        ]
    )
    assert table.column("calendar").unique().to_pylist() == [name]


@pytest.mark.parametrize("name", CALENDARS)
def test_every_calendar_says_who_it_is_and_where_from(name: str) -> None:
    calendar = LOADED[name]
    assert calendar.name == name
    assert calendar.title
    assert calendar.source
    assert all(holiday.source for holiday in calendar.holidays)


def test_time_starts_at_1970() -> None:
    for calendar in LOADED.values():
        assert calendar.working_us_before(np.array([0])).tolist() == [0]
        assert calendar.working_us_before(np.array([], dtype=np.int64)).tolist() == []


def test_a_government_week_is_37_and_a_half_hours() -> None:
    assert worked(LOADED["id-gov"], "2026-07-06 00:00", "2026-07-13 00:00") == 37.5


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [
        ("2026-07-06 07:30", "2026-07-06 16:00", 7.5),
        ("2026-07-06 00:00", "2026-07-06 07:30", 0.0),
        ("2026-07-06 12:00", "2026-07-06 13:00", 0.0),
        ("2026-07-10 11:30", "2026-07-10 13:00", 0.0),
        ("2026-07-10 07:30", "2026-07-10 16:30", 7.5),
        ("2026-07-10 16:00", "2026-07-13 08:00", 1.0),
        ("2026-07-11 00:00", "2026-07-12 23:59", 0.0),
        ("2026-08-14 16:00", "2026-08-18 08:00", 1.0),
    ],
)
def test_government_hours_between_two_instants(first: str, last: str, hours: float) -> None:
    assert worked(LOADED["id-gov"], first, last) == hours


def test_a_government_year_2026_has_240_working_days() -> None:
    edges = np.array([epoch_day(dt.date(2025, 12, 31)), epoch_day(dt.date(2026, 12, 31))])
    assert np.diff(LOADED["id-gov"].workday_index(edges)).tolist() == [240]
    assert np.diff(LOADED["mon-fri"].workday_index(edges)).tolist() == [261]
    assert np.diff(LOADED["always"].workday_index(edges)).tolist() == [365]


def test_holidays_of_2025_and_2026_are_17_national_and_11_and_8_of_joint_leave() -> None:
    holidays = LOADED["id-gov"].holidays
    for year, joint in ((2025, 11), (2026, 8)):
        listed = [h for h in holidays if h.day.year == year]
        assert sum(not h.joint_leave for h in listed) == 17
        assert sum(h.joint_leave for h in listed) == joint


def test_the_amended_decree_adds_18_august_2025() -> None:
    assert worked(LOADED["id-gov"], "2025-08-18 00:00", "2025-08-19 00:00") == 0
    assert worked(LOADED["id-gov-joint-leave-open"], "2025-08-18 00:00", "2025-08-19 00:00") == 7.5


def test_joint_leave_is_a_setting_of_the_calendar() -> None:
    closed, opened = LOADED["id-gov"], LOADED["id-gov-joint-leave-open"]
    assert worked(closed, "2026-03-23 00:00", "2026-03-25 00:00") == 0
    assert worked(opened, "2026-03-23 00:00", "2026-03-25 00:00") == 15
    assert worked(opened, "2026-03-19 00:00", "2026-03-20 00:00") == 0
    assert closed.digest != opened.digest


def test_years_without_verified_holidays_say_so_and_count_the_plain_week() -> None:
    calendar = LOADED["id-gov"]
    assert calendar.holiday_years == frozenset({2025, 2026})
    assert calendar.knows_holidays(2026)
    assert not calendar.knows_holidays(2024)
    assert worked(calendar, "2024-08-16 00:00", "2024-08-18 00:00") == 7.5
    assert {h.day.year for h in calendar.holidays} == {2025, 2026}
    assert LOADED["mon-fri"].knows_holidays(2024)


def test_ramadan_hours_are_stated_as_not_applied() -> None:
    assert any("Ramadan hours" in note and "not applied" in note for note in LOADED["id-gov"].notes)


def test_fourteen_working_days_after_13_march_2026_skip_six_weekdays_without_work() -> None:
    start = np.array([epoch_day(dt.date(2026, 3, 13))])
    end = LOADED["id-gov"].day_after_working_days(start, 14)
    assert dt.date(1970, 1, 1) + dt.timedelta(days=int(end[0])) == dt.date(2026, 4, 10)


def test_always_works_around_the_clock() -> None:
    assert worked(LOADED["always"], "2026-03-19 13:37", "2026-03-21 13:37") == 48


def test_shapes_are_kept() -> None:
    grid = np.array([[0, DAY_US], [2 * DAY_US, 3 * DAY_US]])
    assert LOADED["id-gov"].working_us_before(grid).shape == (2, 2)


def test_calendars_named_by_the_registry_are_loaded_once() -> None:
    loaded = calendars_of(region.calendar for region in indonesia().regions.values())
    assert list(loaded) == ["id-gov"]


def test_a_calendar_of_ones_own_is_a_file(tmp_path: Path) -> None:
    calendar = Calendar.load(written(tmp_path, SMALL))
    assert worked(calendar, "2026-01-01 00:00", "2026-01-20 00:00") == 16
    assert calendar.day_after_working_days(np.array([epoch_day(dt.date(2026, 1, 4))]), 1).tolist() == [
        epoch_day(dt.date(2026, 1, 12))
    ]


def test_a_calendar_named_by_its_path_joins_to_the_regions_that_name_it(tmp_path: Path) -> None:
    path = str(written(tmp_path, SMALL))
    [calendar] = calendars_of([path, path]).values()
    assert calendar.day_table(0, 0).column("calendar").to_pylist() == [path]


def test_a_calendar_may_extend_another_and_open_on_saturdays(tmp_path: Path) -> None:
    week = 'week: {saturday: ["08:00-12:00"]}'
    text = f"name: saturdays\ntitle: Saturdays\nsource: a test\nextends: always\n{week}\n"
    calendar = Calendar.load(written(tmp_path, text))
    assert worked(calendar, "2026-07-06 00:00", "2026-07-13 00:00") == 4


def test_a_season_has_hours_of_its_own(tmp_path: Path) -> None:
    season = """
seasons:
  - name: Short weeks
    source: a test
    first: 2026-02-02
    last: 2026-02-09
    week: {monday: ["08:00-09:00"]}
"""
    calendar = Calendar.load(written(tmp_path, SMALL + season))
    assert worked(calendar, "2026-02-02 00:00", "2026-02-10 00:00") == 2
    assert worked(calendar, "2026-02-16 00:00", "2026-02-17 00:00") == 8


def test_the_digest_follows_what_bears_on_working_time(tmp_path: Path) -> None:
    first = Calendar.load(written(tmp_path, SMALL)).digest
    assert Calendar.load(written(tmp_path, SMALL)).digest == first
    assert Calendar.load(written(tmp_path, SMALL.replace("A small", "The same"))).digest == first
    assert Calendar.load(written(tmp_path, SMALL.replace("17:00", "17:30"))).digest != first
    assert Calendar.load(written(tmp_path, SMALL.replace("2026-01-05", "2026-01-12"))).digest != first


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("monday", "montag", "'montag' is no weekday"),
        ('"08:00-12:00"', '"8-12"', "'8-12' is no session"),
        ('"08:00-12:00"', '"08:00-14:00"', "before the session above it has ended"),
        ('"13:00-17:00"', '"17:00-13:00"', "does not close after it opens"),
        ('"13:00-17:00"', '"13:00-25:00"', "after 24:00"),
        ('"13:00-17:00"', '"13:00-14:00", "15:00-16:00"', "at most two sessions"),
        ('["08:00-12:00", "13:00-17:00"]', "480", "write a list of quoted sessions"),
        ("2026-01-05", "2027-01-05", "outside the years it knows"),
        ("national: {", "joint_leave: {2026-01-05: B}\n    national: {", "2026-01-05 is listed twice"),
        ("2026-01-05", "soon", "holidays.0.national"),
        ("source: made for a test\nweek", "week", "'source'"),
        ("title:", "titel:", "titel"),
        ("holiday_years: [2026]", "holiday_years: none", "holiday_years"),
        ("name: small", "name: small\nextends: own.yaml", "extends itself"),
        ("name: small", "name: [small", "not YAML"),
    ],
)
def test_a_bad_calendar_names_the_entry(tmp_path: Path, old: str, new: str, part: str) -> None:
    assert old in SMALL
    with pytest.raises(CalendarError) as caught:
        Calendar.load(written(tmp_path, SMALL.replace(old, new, 1)))
    assert part in str(caught.value)
    assert "own.yaml" in str(caught.value)


def test_an_unknown_calendar_lists_those_there_are() -> None:
    with pytest.raises(CalendarError, match=r"Give a path, or one of id-gov, .*always"):
        Calendar.load("id-gv")


def test_a_calendar_that_is_a_list_or_never_opens_is_refused_where_it_matters(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="holds no entries"):
        Calendar.load(written(tmp_path, "- a\n"))
    never = Calendar("never", ((),) * 7)
    assert never.working_us_before(np.array([10 * DAY_US])).tolist() == [0]
    with pytest.raises(CalendarError, match="no working day number 1"):
        never.day_after_working_days(np.array([0]), 1)
