"""Calendar files: YAML with a week of opening hours and the days that differ, read strictly.

One file is one calendar. ``extends`` names another whose entries count where this one is
silent. Every error is a ``CalendarError`` that names the file, the entry and the remedy.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from metrics.errors import UsageError

CALENDARS = {
    name: Path(__file__).parent / "data" / "calendars" / f"{name}.yaml"
    for name in ("id-gov", "id-gov-joint-leave-open", "mon-fri", "always")
}
"""Embedded calendars by name."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTE_US = 60_000_000
DAY_MINUTES = 24 * 60
SESSION = re.compile(r"(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)")

Session = tuple[int, int]
"""Opening and closing as microseconds within the day."""
Sessions = tuple[Session, ...]


class CalendarError(UsageError):
    """A calendar file that cannot be used. Names the entry and the remedy."""


def _sessions(texts: list[str]) -> Sessions:
    """Sessions of one day, in order, at most two, none over another."""
    if len(texts) > 2:  # noqa: PLR2004  (a day before and after one break is what a day table holds)
        raise ValueError("a day has at most two sessions: before and after one break")
    found: list[Session] = []
    for text in texts:
        match = SESSION.fullmatch(text)
        if not match:
            raise ValueError(f'{text!r} is no session: write it as "07:30-12:00"')
        hour, minute, to_hour, to_minute = map(int, match.groups())
        opens, closes = hour * 60 + minute, to_hour * 60 + to_minute
        if not opens < closes <= DAY_MINUTES:
            raise ValueError(f"{text!r} does not close after it opens, or closes after 24:00")
        if found and opens * MINUTE_US < found[-1][1]:
            raise ValueError(f"{text!r} starts before the session above it has ended")
        found.append((opens * MINUTE_US, closes * MINUTE_US))
    return tuple(found)


def _week(value: object) -> dict[str, Sessions]:
    if not isinstance(value, dict) or not value:
        raise ValueError('write a weekday and its sessions, as in monday: ["07:30-12:00", "13:00-16:00"]')
    week: dict[str, Sessions] = {}
    for day, texts in value.items():
        if day not in WEEKDAYS:
            raise ValueError(f"{day!r} is no weekday: write {', '.join(WEEKDAYS)}")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ValueError(f'{day}: write a list of quoted sessions, as in ["07:30-12:00"]')
        week[day] = _sessions(texts)
    return week


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HolidayList(_Strict):
    """Days without work from one source. ``joint_leave``: cuti bersama, see the calendar's setting."""

    source: str = Field(min_length=1)
    national: dict[dt.date, str] = {}
    joint_leave: dict[dt.date, str] = {}


class Season(_Strict):
    """Other hours from one day to another, both included (Ramadan)."""

    name: str = Field(min_length=1)
    source: str = Field(min_length=1)
    first: dt.date
    last: dt.date
    week: dict[str, Sessions]

    _read_week = field_validator("week", mode="before")(_week)


class CalendarFile(_Strict):
    """What a calendar file says, checked."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str = Field(min_length=1)
    source: str = Field(min_length=1)
    notes: tuple[str, ...] = ()
    week: dict[str, Sessions]
    joint_leave: Literal["open", "closed"] = "closed"
    holiday_years: tuple[int, ...] | Literal["all"]
    holidays: tuple[HolidayList, ...] = ()
    seasons: tuple[Season, ...] = ()

    _read_week = field_validator("week", mode="before")(_week)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day without work, and who says so. ``joint_leave``: cuti bersama, not a national holiday."""

    day: dt.date
    name: str
    joint_leave: bool
    source: str = field(compare=False)


def read_calendar(where: str | Path) -> CalendarFile:
    """Return the calendar with this name in ``CALENDARS``, or in the file at this path."""
    path = CALENDARS.get(str(where), Path(where))
    content = _content(path, seen=())
    try:
        calendar = CalendarFile.model_validate(content)
    except ValidationError as error:
        found = "; ".join(
            f"entry {'.'.join(str(part) for part in one['loc'])!r}: {one['msg']}" for one in error.errors()
        )
        raise CalendarError(f"calendar {path.name}, {found}. Correct the file.") from error
    _refuse_contradictions(calendar, path.name)
    return calendar


def _content(path: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """Entries of a file over those of the file that it extends."""
    if path in seen:
        raise CalendarError(f"calendar {path.name} extends itself. Remove the entry 'extends'.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(CALENDARS)
        raise CalendarError(
            f"calendar {str(path)!r}: {error.strerror}. Give a path, or one of {known}."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise CalendarError(f"calendar {path.name} is not YAML: {error}. Correct the file.") from error
    if not isinstance(content, dict):
        raise CalendarError(
            f"calendar {path.name} holds no entries. Write name, title, source, week, holiday_years."
        )
    parent = content.pop("extends", None)
    if parent is None:
        return content
    return _content(CALENDARS.get(str(parent), path.parent / str(parent)), (*seen, path)) | content


def _refuse_contradictions(calendar: CalendarFile, name: str) -> None:
    """Refuse a day that is listed twice, outside the known years, and seasons that overlap."""
    seen: set[dt.date] = set()
    for holiday in holidays_of(calendar):
        if holiday.day in seen:
            raise CalendarError(f"calendar {name}: {holiday.day} is listed twice. Keep one of the two.")
        seen.add(holiday.day)
        if calendar.holiday_years != "all" and holiday.day.year not in calendar.holiday_years:
            remedy = f"Add {holiday.day.year} to 'holiday_years' when all its holidays are listed"
            raise CalendarError(f"calendar {name}: {holiday.day} is outside the years it knows. {remedy}.")
    last: dt.date | None = None
    for season in sorted(calendar.seasons, key=lambda s: s.first):
        if season.last < season.first or (last is not None and season.first <= last):
            raise CalendarError(
                f"calendar {name}: season {season.name!r} ends before it starts, or overlaps another."
            )
        last = season.last


def holidays_of(calendar: CalendarFile) -> list[Holiday]:
    """All holidays of a calendar file, in order of day."""
    found = [
        Holiday(day, text, joint, listed.source)
        for listed in calendar.holidays
        for joint, days in ((False, listed.national), (True, listed.joint_leave))
        for day, text in days.items()
    ]
    return sorted(found, key=lambda holiday: holiday.day)
