"""What watching the data gives: findings, the standing of each check, incidents, holds. Frozen types.

A *finding* says what a check found wrong for a region and certain days. A *standing* is a stretch
of time over which a check of a region came out the same way: the history of the check. An
*incident* is trouble that is present, one for each check and region, until the data heal. A *hold*
keeps figures that rest on bad data out of the ranking.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from metrics.model import Outcome, Severity

Days = tuple[date, date]
"""First and last day, both included."""


class Cause(StrEnum):
    """Why something could not be checked.

    ``Outcome`` has three words, and the store, the pages and every ``match`` know these three.
    A history that is too short is one of the ways in which a check cannot be made, so "learning" is
    a cause of ``Outcome.ERROR`` and no fourth outcome; nobody is alarmed by it.
    """

    NONE = ""
    LEARNING = "learning"
    ABSENT = "absent"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """Outcome of one check (a monitor, or a rule of a contract) for one region and field.

    ``monitor``: the check's id. ``region``, ``field``: ``None`` for all of them. ``days``: first and
    last day concerned, both included. ``value``: what was measured, ``bound``: the most (or, of a
    drop, the least) that passes. ``n``: records looked at, ``bad``: those concerned. ``detail`` says
    what was found, ``remedy`` what to do, both in plain English.
    """

    monitor: str
    dataset: str
    region: str | None
    field: str | None
    days: Days | None
    outcome: Outcome
    severity: Severity
    dimension: str
    value: float | None = None
    bound: float | None = None
    n: int = 0
    bad: int = 0
    detail: str = ""
    remedy: str = ""
    cause: Cause = Cause.NONE

    @property
    def failed(self) -> bool:
        """Whether it is an alarm."""
        return self.outcome is Outcome.FAIL

    @property
    def order(self) -> tuple[str, str, str, str, date, str]:
        """Place in a list: the same whatever the order in which records came."""
        first = self.days[0] if self.days else date.min
        return (self.dataset, self.region or "", self.monitor, self.field or "", first, self.detail)


@dataclass(frozen=True, slots=True)
class Watch:
    """One run of the monitors. ``first`` to ``last``: the days that were judged, both over.

    ``rows``: records that were read for it. ``archive_versions``: what it was judged from.
    """

    id: str
    started: datetime
    seconds: float
    first: date
    last: date
    rows: int
    archive_versions: dict[str, int]
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What a check cost on one UTC day: how often it ran, how long, over how many records in all."""

    check: str
    dataset: str
    day: date
    runs: int
    milliseconds: float
    rows: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A stretch over which a check of a region came out the same way in each of ``runs``.

    ``since``, ``until``: when it first and last came out so. ``n``, ``bad``, ``value``, ``bound``,
    ``detail``: of the last time.
    """

    check: str
    dataset: str
    region: str
    outcome: Outcome
    severity: Severity
    cause: Cause
    since: datetime
    until: datetime
    runs: int
    n: int
    bad: int
    value: float | None
    bound: float | None
    detail: str


FEWEST_ROWS, LEAST_SHARE = 3, 0.02
"""Rows, and share of a region's rows in its latest batch, that must break a rule before it alarms anybody: a
single typing error is seen in the history of the rule."""


class Scope(StrEnum):
    """What an incident is about: one region, or all that share a province or a platform."""

    REGION = "region"
    PROVINCE = "province"
    PLATFORM = "platform"


class State(StrEnum):
    """State of an incident. ``ACKNOWLEDGED``: somebody has said that they look after it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Incident:
    """Trouble with the data, present or past: one check and one place.

    ``place``: code of a region or province, or name of a platform, by ``scope``. ``days``: days
    concerned, ``None`` where the check knows none. ``causes``: checks that were put together in an
    incident of a province or platform, the root cause first; of a region, its one check.
    ``parent``: the incident of a province or platform that it is part of. ``reopened``: how often.
    ``closed_by_hand``: a person resolved it, so the same days do not open it again.
    """

    id: str
    scope: Scope
    place: str
    dataset: str
    check: str
    state: State
    severity: Severity
    opened: datetime
    updated: datetime
    days: Days | None = None
    resolved: datetime | None = None
    field: str | None = None
    n: int = 0
    bad: int = 0
    value: float | None = None
    bound: float | None = None
    detail: str = ""
    remedy: str = ""
    assignee: str = ""
    parent: str | None = None
    causes: tuple[str, ...] = ()
    reopened: int = 0
    closed_by_hand: bool = False
    simulated: bool = False

    @property
    def present(self) -> bool:
        """Whether the trouble is still there."""
        return self.state is not State.RESOLVED


def as_shown(incident: Incident, parent: Incident | None) -> Incident:
    """The incident as it is shown: what is said of its present parent is said of it too."""
    if parent is None or not parent.present or not incident.present:
        return incident
    taken = State.ACKNOWLEDGED in {incident.state, parent.state}
    return replace(
        incident,
        state=State.ACKNOWLEDGED if taken else incident.state,
        assignee=incident.assignee or parent.assignee,
    )


class Act(StrEnum):
    """What was done with an incident."""

    OPENED = "opened"
    CHANGED = "changed"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    NOTED = "noted"
    MERGED = "merged"
    PARTED = "parted"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class IncidentAct:
    """A line of an incident's log. ``who``: "pantau" where nobody did it by hand."""

    incident: str
    at: datetime
    who: str
    act: Act
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Records that figures must not rest on: of a region and record set, on these days.

    ``days``: ``None`` for all. ``check``: the critical check that they fail. ``detail`` says what is
    wrong, ``remedy`` what lifts the hold, in plain English.
    """

    dataset: str
    region: str
    days: Days | None
    check: str
    detail: str
    remedy: str
