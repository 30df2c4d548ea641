"""Office hours and calendar days of the simulated country, vectorised.

Instants here are local-naive: seconds since 1970-01-01 00:00 on the clock of the region. The
hours and holidays are typed in again rather than taken from the product, so that the product's
working time is checked against something that is not itself. Sources: Perpres 21/2023 for the
hours; SKB 1017/2024 and SKB 933/2025 for 2025, SKB 1497/2025 for 2026, national and joint leave.
Other years have weekends only.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DAY = 86_400
HOUR = 3_600
WORKDAYS = 5
FRIDAY = 4
EPOCH = dt.date(1970, 1, 1)
EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday; 0 is Monday."""

MONDAY_TO_THURSDAY = ((7.5, 12.0), (13.0, 16.0))
FRIDAYS = ((7.5, 11.5), (13.0, 16.5))

HOLIDAYS = """
    2025-01-01 2025-01-27 2025-01-28 2025-01-29 2025-03-28 2025-03-29 2025-03-31 2025-04-01
    2025-04-02 2025-04-03 2025-04-04 2025-04-07 2025-04-18 2025-04-20 2025-05-01 2025-05-12
    2025-05-13 2025-05-29 2025-05-30 2025-06-01 2025-06-06 2025-06-09 2025-06-27 2025-08-17
    2025-08-18 2025-09-05 2025-12-25 2025-12-26
    2026-01-01 2026-01-16 2026-02-16 2026-02-17 2026-03-18 2026-03-19 2026-03-20 2026-03-21
    2026-03-22 2026-03-23 2026-03-24 2026-04-03 2026-04-05 2026-05-01 2026-05-14 2026-05-15
    2026-05-27 2026-05-28 2026-05-31 2026-06-01 2026-06-16 2026-08-17 2026-08-25 2026-12-24
    2026-12-25
"""


def epoch_day(day: dt.date) -> int:
    """Whole days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(day: int) -> dt.date:
    """Date of an epoch day."""
    return EPOCH + dt.timedelta(days=int(day))


@dataclass(frozen=True)
class OfficeClock:
    """Working time of a span of years; ``worked`` and ``at`` are each other's inverse.

    ``first`` and ``last``: epoch days, inclusive, that instants may lie in.
    """

    first: int
    last: int

    @classmethod
    def around(cls, year: int) -> OfficeClock:
        """Clock from New Year of a year to the end of the third year after it."""
        return cls(epoch_day(dt.date(year, 1, 1)), epoch_day(dt.date(year + 3, 12, 31)))

    @cached_property
    def days(self) -> Ints:
        """Every epoch day of the span."""
        return np.arange(self.first, self.last + 1, dtype=np.int64)

    @cached_property
    def open_days(self) -> Bools:
        """Which days of the span the office is open."""
        holidays = [epoch_day(dt.date.fromisoformat(day)) for day in HOLIDAYS.split()]
        weekday = (self.days + EPOCH_WEEKDAY) % 7
        working: Bools = (weekday < WORKDAYS) & ~np.isin(self.days, holidays)
        return working

    @cached_property
    def _sessions(self) -> tuple[Ints, Ints]:
        """Opening instant and length of every session, in order of time."""
        weekday = (self.days + EPOCH_WEEKDAY) % 7
        plain, friday = (np.array(day) * HOUR for day in (MONDAY_TO_THURSDAY, FRIDAYS))
        sessions = np.where((weekday == FRIDAY)[:, None, None], friday, plain)[self.open_days]
        starts = self.days[self.open_days][:, None] * DAY + sessions[:, :, 0]
        lengths = sessions[:, :, 1] - sessions[:, :, 0]
        return starts.ravel().astype(np.int64), lengths.ravel().astype(np.int64)

    @cached_property
    def _before(self) -> Ints:
        """Seconds worked before each session, and at the end of all."""
        return np.concatenate([[0], np.cumsum(self._sessions[1])]).astype(np.int64)

    def worked(self, local: Ints) -> Ints:
        """Seconds worked from the beginning of the span to each instant."""
        starts, lengths = self._sessions
        index = np.searchsorted(starts, local, side="right") - 1
        within = np.clip(local - starts[index], 0, lengths[index])
        return np.where(index < 0, 0, self._before[index] + within)

    def at(self, worked: Floats) -> Ints:
        """Instant, within a session, at which so many seconds have been worked.

        The end of a session is given as the beginning of the next one.
        """
        starts, _ = self._sessions
        index = np.searchsorted(self._before, worked, side="right") - 1
        index = np.minimum(index, len(starts) - 1)
        return (starts[index] + (worked - self._before[index])).astype(np.int64)

    def workday_index(self, days: Ints) -> Ints:
        """How many open days of the span lie before or on each day."""
        return np.cumsum(self.open_days)[days - self.first].astype(np.int64)

    def workday(self, index: Ints) -> Ints:
        """The day on which the so-many-th open day of the span falls."""
        return self.days[self.open_days][index - 1]

    def closing(self, days: Ints) -> Ints:
        """Instant at which the office closes on each (open) day."""
        friday = (days + EPOCH_WEEKDAY) % 7 == FRIDAY
        hour = np.where(friday, FRIDAYS[-1][1], MONDAY_TO_THURSDAY[-1][1])
        closed: Ints = (days * DAY + hour * HOUR).astype(np.int64)
        return closed


def offsets(zone: str, days: Ints) -> Ints:
    """Seconds that a zone is ahead of UTC at noon of each local day."""
    clock = zoneinfo.ZoneInfo(zone)
    noons = (dt.datetime.combine(date_of(day), dt.time(12), tzinfo=clock) for day in days)
    ahead = [int((noon.utcoffset() or dt.timedelta()).total_seconds()) for noon in noons]
    return np.array(ahead, dtype=np.int64)
