"""Working time and working days of a region's opening calendar. Pure; the data are YAML files.

All instants here are local-naive: microseconds since 1970-01-01 00:00 on the clock of the
region; all days are local epoch days (0 = 1970-01-01). Working time between two instants is
``working_us_before(b) - working_us_before(a)``. On a clock that is shifted (summer time), an
opening over the shift counts as on the clock. Source of the hours: Perpres 21/2023 (id-gov).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from metrics.calendar_file import (
    CALENDARS,
    WEEKDAYS,
    CalendarError,
    CalendarFile,
    Holiday,
    Sessions,
    holidays_of,
    read_calendar,
)
from metrics.packing import Ints

__all__ = ["CALENDARS", "DAY_US", "Calendar", "CalendarError", "Holiday", "calendars_of", "epoch_day"]

DAY_US = 86_400_000_000
EPOCH = dt.date(1970, 1, 1)
EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday; 0 is Monday."""
DAYS_IN_WEEK = 7


def epoch_day(day: dt.date) -> int:
    """Whole days since 1970-01-01."""
    return (day - EPOCH).days


def _four(sessions: Sessions) -> tuple[int, int, int, int]:
    """Two sessions as four edges; a session that there is not is 0, 0."""
    (open1, close1), (open2, close2) = (*sessions, (0, 0), (0, 0))[:2]
    return open1, close1, open2, close2


@dataclass(frozen=True)
class Calendar:
    """A week of opening hours and the days that differ from it.

    ``week``: sessions of Monday to Sunday. ``exceptions``: sessions of the days that differ,
    by epoch day (a holiday has none). ``holiday_years``: the years whose holidays it knows
    (``None``: all, it has no holidays by design); in other years no holiday is known and the
    plain week counts. ``digest``: SHA-256 of all that bears on working time.
    """

    name: str
    week: tuple[Sessions, ...]
    exceptions: dict[int, Sessions] = field(default_factory=dict)
    holiday_years: frozenset[int] | None = None
    holidays: tuple[Holiday, ...] = ()
    title: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def load(cls, where: str | Path) -> Calendar:
        """Calendar by its name in ``CALENDARS`` or from a YAML file. Raises ``CalendarError``."""
        read = read_calendar(where)
        years = None if read.holiday_years == "all" else frozenset(read.holiday_years)
        week = tuple(read.week.get(day, ()) for day in WEEKDAYS)
        return cls(
            name=read.name,
            week=week,
            exceptions=_exceptions(read),
            holiday_years=years,
            holidays=tuple(holidays_of(read)),
            title=read.title,
            source=" ".join(read.source.split()),
            notes=tuple(" ".join(note.split()) for note in read.notes),
        )

    def knows_holidays(self, year: int) -> bool:
        """Whether the holidays of a year are known. Where not, working time is an upper bound."""
        return self.holiday_years is None or year in self.holiday_years

    @cached_property
    def digest(self) -> str:
        """SHA-256 of name, week, exceptions and known years."""
        years = sorted(self.holiday_years) if self.holiday_years is not None else "all"
        content = [self.name, self.week, sorted(self.exceptions.items()), years]
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()

    def working_us_before(self, local_us: Ints) -> Ints:
        """Working microseconds from 1970-01-01 00:00 to each local instant (negative before it).

        Shape as given, int64, monotone: the difference of two is the working time between.
        """
        local = np.asarray(local_us, dtype=np.int64)
        day = np.floor_divide(local, DAY_US)
        time = local - day * DAY_US
        open1, close1, open2, close2 = self._edges(day)
        within: Ints = np.clip(time, open1, close1) - open1 + np.clip(time, open2, close2) - open2
        total: Ints = self._before(day) + within
        return total

    def workday_index(self, days: Ints) -> Ints:
        """Working days from 1970-01-01 up to and including each day (negative before it).

        The working days after day ``a`` up to and including day ``b`` are
        ``workday_index(b) - workday_index(a)``: the day of receipt itself does not count.
        """
        return self._cumulated(np.asarray(days, dtype=np.int64) + 1, self._week_days, self._exception_days)

    def is_working(self, days: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether each day has any opening hour."""
        day = np.asarray(days, dtype=np.int64)
        return self.workday_index(day) > self.workday_index(day - 1)

    def day_after_working_days(self, days: Ints, count: int) -> Ints:
        """Return the ``count``-th working day after each day: the last day of a term in working days.

        ``count`` is at least 1. Raises ``CalendarError`` where the calendar has no such day.
        """
        day = np.atleast_1d(np.asarray(days, dtype=np.int64))
        if not day.size:
            return day
        if not any(self.week) or count < 1:
            raise CalendarError(
                f"calendar {self.name!r} has no working day number {count}. Open a weekday; count from 1."
            )
        per_week = sum(1 for sessions in self.week if sessions)
        ahead = DAYS_IN_WEEK * ((count + len(self.exceptions)) // per_week + 2)
        axis = np.arange(day.min(), day.max() + ahead + 1, dtype=np.int64)
        wanted = self.workday_index(day) + count
        return axis[np.searchsorted(self.workday_index(axis), wanted, side="left")]

    def day_table(self, first_day: int, last_day: int) -> pa.Table:
        """Table of the days from first to last, both included, for a roll-up to join.

        Columns: calendar, day, is_working, workday_index (see there), before_us (working time
        before the day begins), open1_us, close1_us, open2_us, close2_us (microseconds within
        the day, 0 and 0 for a session that there is not). With t = microseconds within the
        day: ``working_us_before = before_us + clip(t, open1, close1) - open1 + clip(t, open2,
        close2) - open2``.
        """
        day = np.arange(first_day, last_day + 1, dtype=np.int64)
        open1, close1, open2, close2 = self._edges(day)
        return pa.table(
            {
                "calendar": pa.array([self.name] * len(day), pa.string()),
                "day": day,
                "is_working": self.is_working(day),
                "workday_index": self.workday_index(day),
                "before_us": self._before(day),
                "open1_us": open1,
                "close1_us": close1,
                "open2_us": open2,
                "close2_us": close2,
            }
        )

    def _before(self, day: Ints) -> Ints:
        return self._cumulated(day, self._week_us, self._exception_us)

    def _cumulated(self, day: Ints, week: Ints, exceptions: Ints) -> Ints:
        """Sum over the days from 1970-01-01 to before each day: the plain week, and what differs."""
        shifted = day + EPOCH_WEEKDAY
        weeks, weekday = np.divmod(shifted, DAYS_IN_WEEK)
        plain = weeks * week[-1] + week[weekday] - week[EPOCH_WEEKDAY]
        differs: Ints = exceptions[np.searchsorted(self._exception_at, day, side="left")]
        origin = int(exceptions[np.searchsorted(self._exception_at, 0, side="left")])
        total: Ints = plain + differs - origin
        return total

    def _edges(self, day: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return opening and closing of both sessions of each day, in microseconds within the day."""
        row = np.mod(day + EPOCH_WEEKDAY, DAYS_IN_WEEK)
        if self._exception_at.size:
            at = np.minimum(np.searchsorted(self._exception_at, day), self._exception_at.size - 1)
            row = np.where(self._exception_at[at] == day, DAYS_IN_WEEK + at, row)
        edges = self._edge_table[row]
        return edges[..., 0], edges[..., 1], edges[..., 2], edges[..., 3]

    @cached_property
    def _exception_at(self) -> Ints:
        return np.array(sorted(self.exceptions), dtype=np.int64)

    @cached_property
    def _edge_table(self) -> Ints:
        """Edges of Monday to Sunday, and under them those of the exceptions in order of day."""
        listed = [*self.week, *(self.exceptions[int(day)] for day in self._exception_at)]
        return np.array([_four(sessions) for sessions in listed], dtype=np.int64)

    @cached_property
    def _lengths_us(self) -> Ints:
        edges = self._edge_table
        return edges[:, 1] - edges[:, 0] + edges[:, 3] - edges[:, 2]

    @cached_property
    def _week_us(self) -> Ints:
        return _running(self._lengths_us[:DAYS_IN_WEEK])

    @cached_property
    def _week_days(self) -> Ints:
        return _running((self._lengths_us[:DAYS_IN_WEEK] > 0).astype(np.int64))

    @cached_property
    def _exception_us(self) -> Ints:
        return _running(self._lengths_us[DAYS_IN_WEEK:] - self._lengths_us[self._exception_weekday])

    @cached_property
    def _exception_days(self) -> Ints:
        works = (self._lengths_us > 0).astype(np.int64)
        return _running(works[DAYS_IN_WEEK:] - works[self._exception_weekday])

    @cached_property
    def _exception_weekday(self) -> Ints:
        return np.mod(self._exception_at + EPOCH_WEEKDAY, DAYS_IN_WEEK)


def calendars_of(names: Iterable[str]) -> dict[str, Calendar]:
    """Calendars by name (or path), as the regions of a registry name them, each loaded once.

    Each bears the name that the regions use, so that its day table joins to them.
    """
    return {name: replace(Calendar.load(name), name=name) for name in sorted(set(names))}


def _running(values: Ints) -> Ints:
    """Return the sums of the first 0, 1, 2, … values."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)])


def _exceptions(read: CalendarFile) -> dict[int, Sessions]:
    """Sessions of the days that differ: seasons first, and holidays over them."""
    found: dict[int, Sessions] = {}
    for season in read.seasons:
        for day in range(epoch_day(season.first), epoch_day(season.last) + 1):
            found[day] = season.week.get(WEEKDAYS[(day + EPOCH_WEEKDAY) % DAYS_IN_WEEK], ())
    for holiday in holidays_of(read):
        if not (holiday.joint_leave and read.joint_leave == "open"):
            found[epoch_day(holiday.day)] = ()
    return found
