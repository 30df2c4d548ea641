"""Incidents while findings are followed: what becomes of each, and the lines of its log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.incidents.days import beyond
from metrics.model import Severity
from metrics.observation import Act, Days, Incident, IncidentAct, Scope, State

PANTAU = "pantau"
"""Who did what nobody did by hand."""
EVERYWHERE = "*"
"""Place of what is said of no region in particular."""
SAME_WITHIN = timedelta(days=14)
"""What fails again so soon after it was resolved is the same incident."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Incidents that are new or changed, in order of their ids, and lines of logs in the order of events."""

    incidents: tuple[Incident, ...]
    acts: tuple[IncidentAct, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong at one place now. The fields are those of ``Incident``."""

    scope: Scope
    place: str
    dataset: str
    check: str
    causes: tuple[str, ...]
    severity: Severity
    days: Days | None
    field: str | None
    n: int
    bad: int
    value: float | None
    bound: float | None
    detail: str
    remedy: str
    simulated: bool

    @property
    def facts(self) -> dict[str, Any]:
        """All fields by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def rank(severity: Severity) -> int:
    """0 for the worst."""
    return list(Severity).index(severity)


class Ledger:
    """Known incidents, and what becomes of them at one instant."""

    def __init__(self, known: Iterable[Incident], now: datetime) -> None:
        self._known = {incident.id: incident for incident in known}
        self._incidents = dict(self._known)
        self._acts: list[IncidentAct] = []
        self._now = now

    def incidents(self) -> list[Incident]:
        """All as they are now, in order of their ids."""
        return [self._incidents[key] for key in sorted(self._incidents)]

    def changes(self) -> Changes:
        """What is new or changed."""
        changed = (one for one in self.incidents() if one != self._known.get(one.id))
        return Changes(tuple(changed), tuple(self._acts))

    def pursue(self, trouble: Trouble, latest: Incident | None) -> Incident | None:
        """Incident of the trouble, with ``latest`` of its key; ``None``: a person has closed just this."""
        if latest is None:
            return self._open(trouble)
        if latest.present:
            return self._go_on(latest, trouble)
        if latest.closed_by_hand and not beyond(trouble.days, latest.days):
            return None
        if latest.resolved is not None and self._now - latest.resolved <= SAME_WITHIN:
            return self._reopen(latest, trouble)
        return self._open(trouble)

    def end(self, incident: Incident, why: str) -> None:
        """Resolve it."""
        self._put(replace(incident, state=State.RESOLVED, resolved=self._now, closed_by_hand=False))
        self._say(incident, Act.RESOLVED, why)

    def heal_closed(self, incident: Incident) -> None:
        """Take note that what a person closed is over, where no days tell later trouble from this."""
        if incident.closed_by_hand and incident.days is None:
            self._put(replace(incident, closed_by_hand=False))
            self._say(incident, Act.NOTED, "over since it was closed; from now on a failure opens it again")

    def join(self, child: Incident, parent: Incident) -> None:
        """Make it a part of another; nothing where it is."""
        if child.parent != parent.id:
            self._put(replace(child, parent=parent.id))
            self._say(child, Act.MERGED, f"part of {parent.id}")

    def part(self, child: Incident) -> None:
        """Let it stand alone; nothing where it does."""
        if child.parent is not None:
            self._put(replace(child, parent=None))
            self._say(child, Act.PARTED, f"stands alone; {child.parent} is over")

    def _open(self, trouble: Trouble) -> Incident:
        incident = Incident(
            id=self._new_id(trouble),
            state=State.OPEN,
            opened=self._now,
            updated=self._now,
            **trouble.facts,
        )
        self._put(incident)
        self._say(incident, Act.OPENED, trouble.detail)
        return incident

    def _reopen(self, incident: Incident, trouble: Trouble) -> Incident:
        again = replace(
            incident,
            state=State.OPEN,
            resolved=None,
            reopened=incident.reopened + 1,
            closed_by_hand=False,
            **trouble.facts,
        )
        self._say(incident, Act.REOPENED, f"fails again: {trouble.detail}")
        return self._put(again)

    def _go_on(self, incident: Incident, trouble: Trouble) -> Incident:
        going = replace(incident, **trouble.facts)
        joined = [check for check in trouble.causes if check not in incident.causes]
        if joined:
            text = f"put together with {', '.join(joined)}; root cause: {trouble.check}"
            self._say(incident, Act.MERGED, text)
        change = f"severity is {trouble.severity}, was {incident.severity}"
        if rank(trouble.severity) < rank(incident.severity):
            self._say(incident, Act.CHANGED, change)
            going = replace(going, state=State.OPEN)
        elif trouble.severity is not incident.severity:
            self._say(incident, Act.NOTED, change)
        return self._put(going)

    def _put(self, incident: Incident) -> Incident:
        if incident != self._incidents.get(incident.id):
            self._incidents[incident.id] = replace(incident, updated=self._now)
        return self._incidents[incident.id]

    def _say(self, incident: Incident, act: Act, text: str) -> None:
        self._acts.append(IncidentAct(incident.id, self._now, PANTAU, act, text))

    def _new_id(self, trouble: Trouble) -> str:
        """Id such as "2026-11-25-silence-transactions-32.11", with a number where it is taken."""
        place = "all" if trouble.place == EVERYWHERE else re.sub(r"[^\w.]+", "-", trouble.place.lower())
        name = f"{self._now.astimezone(UTC):%Y-%m-%d}-{trouble.check}-{trouble.dataset}-{place}"
        number, free = 1, name
        while free in self._incidents:
            number += 1
            free = f"{name}-{number}"
        return free
