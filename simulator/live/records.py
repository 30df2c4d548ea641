"""What a version says, in the words of the contracts."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from simulator.clock import DAY, OfficeClock, date_of
from simulator.complaints import CATEGORIES, CHANNELS, CLASSES, DEADLINES, ENDS, WAITS
from simulator.live.days import MARKS, Place
from simulator.live.world import Version
from simulator.services import SECONDS, SERVICES, Service
from simulator.transactions import OUTCOMES

Fields = dict[str, object]
"""Column of a contract: its value. Instants are seconds since 1970 in UTC; see ``INSTANTS``."""

INSTANTS = frozenset(
    {
        "submitted",
        "file_complete",
        "completed",
        "due",
        "received",
        "verified",
        "responded",
        "resolved",
        "answered",
        "observed_at",
    }
)
_CHANNELS, _CATEGORIES, _CLASSES = tuple(CHANNELS), tuple(CATEGORIES), tuple(CLASSES)
_ENDS, _WAITS, _OUTCOMES = tuple(ENDS), tuple(WAITS), tuple(OUTCOMES)
_COUNTER_OR_DIGITAL = ("counter", "digital")


def fields(version: Version) -> Fields:
    """All that the record says in this version, its region under ``region``, ``name`` and ``kind``."""
    place = version.place
    return {
        "region": place.code,
        "name": place.name,
        "kind": place.kind,
        "id": version.id,
        "observed_at": version.updated,
        **_FIELDS[version.dataset](version),
    }


def essence(version: Version) -> tuple[int, int | None, str]:
    """What the digest of the truth is over, besides id and ``updated``: beginning, end and status."""
    begun, end = version.steps[0], version.instant(-1)
    if version.dataset == "transactions":
        return begun, end, "open" if end is None else _OUTCOMES[version.codes[2]]
    if version.dataset == "complaints":
        return begun, end, _status(version)
    return begun, None, ""


def _status(complaint: Version) -> str:
    if complaint.instant(-1) is not None:
        return _ENDS[complaint.codes[5]]
    return "received" if complaint.instant(1) is None else _WAITS[complaint.codes[6]]


def _transaction(version: Version) -> Fields:
    service, channel, outcome = version.codes
    offered = SERVICES[service]
    submitted, complete, completed = (version.instant(step) for step in range(3))
    runs_from = submitted if offered.promise_from == "submitted" else complete
    return {
        "submitted": submitted,
        "file_complete": complete,
        "completed": completed,
        "status": "open" if completed is None else _OUTCOMES[outcome],
        "channel": _COUNTER_OR_DIGITAL[channel],
        "service": offered.name,
        "promise_value": offered.promise_value,
        "promise_unit": offered.promise_unit,
        "promise_from": offered.promise_from,
        "due": None if runs_from is None else _due(offered, runs_from, version.place),
    }


def _complaint(version: Version) -> Fields:
    kind, channel, category, service, reopened, *_ = version.codes
    received, verified, responded, resolved = (version.instant(step) for step in range(4))
    return {
        "received": received,
        "verified": verified,
        "responded": responded,
        "resolved": resolved,
        "class": _CLASSES[kind],
        "status": _status(version),
        "channel": _CHANNELS[channel],
        "category": _CATEGORIES[category],
        "service": SERVICES[service].name,
        "reopened": bool(reopened),
        "due": _closing_after(received or 0, DEADLINES[_CLASSES[kind]], version.place.zone),
    }


def _survey(version: Version) -> Fields:
    service, channel, *marks = version.codes
    return {
        "answered": version.updated,
        "service": SERVICES[service].name,
        "channel": _COUNTER_OR_DIGITAL[channel],
        **{name: mark or None for name, mark in zip(MARKS, marks, strict=True)},
    }


_FIELDS: dict[str, Callable[[Version], Fields]] = {
    "transactions": _transaction,
    "complaints": _complaint,
    "surveys": _survey,
}


def _due(service: Service, runs_from: int, place: Place) -> int:
    """Promised instant; see ``simulator.services.due``."""
    if service.promise_unit in SECONDS:
        return runs_from + int(service.promise_value * SECONDS[service.promise_unit])
    return _closing_after(runs_from, int(service.promise_value), place.zone)


def _closing_after(instant: int, working_days: int, zone: str) -> int:
    """Closing time of the so-many-th working day after the day of an instant, in UTC."""
    ahead = seconds_ahead(zone, instant // DAY)
    return _closing((instant + ahead) // DAY, working_days) - ahead


@lru_cache(maxsize=4096)
def _closing(day: int, working_days: int) -> int:
    """Local second at which the office closes so many working days after a local day."""
    clock = _office(date_of(day).year)
    index = clock.workday_index(np.array([day])) + working_days
    return int(clock.closing(clock.workday(index))[0])


@lru_cache(maxsize=8)
def _office(year: int) -> OfficeClock:
    return OfficeClock.around(year)


@lru_cache(maxsize=4096)
def seconds_ahead(zone: str, day: int) -> int:
    """Seconds that a zone's clock is ahead of UTC at the noon of a day."""
    noon = datetime.fromtimestamp(day * DAY + DAY // 2, UTC).astimezone(zoneinfo.ZoneInfo(zone))
    offset = noon.utcoffset()
    return int(offset.total_seconds()) if offset else 0
