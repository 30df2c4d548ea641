"""Rows of incidents and their log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from metrics.errors import UnknownName
from metrics.model import Severity
from metrics.observation import Act, Incident, IncidentAct, Scope, State
from metrics.store.observation_tables import INCIDENT, INCIDENT_ACT
from metrics.store.selection import Wanted, matching


def put(connection: Connection, incidents: Sequence[Incident], acts: Sequence[IncidentAct]) -> None:
    """Write incidents, those that are there over, and lines of their log."""
    for incident in incidents:
        facts = _facts(incident)
        if not connection.execute(
            INCIDENT.update().where(INCIDENT.c.id == incident.id).values(facts)
        ).rowcount:
            connection.execute(INCIDENT.insert().values(facts))
    if acts:
        connection.execute(INCIDENT_ACT.insert(), [asdict(act) | {"act": act.act.value} for act in acts])


def get(
    connection: Connection, *, present: bool | None, place: Wanted, dataset: Wanted, check: Wanted
) -> list[Incident]:
    """Return incidents, the latest to be opened first."""
    statement = select(INCIDENT).order_by(INCIDENT.c.opened.desc(), INCIDENT.c.id)
    if present is not None:
        resolved = INCIDENT.c.state == State.RESOLVED.value
        statement = statement.where(~resolved if present else resolved)
    for name, wanted in (("place", place), ("dataset", dataset), ("check", check)):
        statement = matching(statement, INCIDENT.c[name], wanted)
    return [_incident(row) for row in connection.execute(statement).mappings()]


def one(connection: Connection, identifier: str) -> Incident:
    """Return an incident. Raises ``UnknownName``."""
    row = connection.execute(select(INCIDENT).where(INCIDENT.c.id == identifier)).mappings().first()
    if row is None:
        raise UnknownName(
            f"no incident is called {identifier!r}. List them with 'pantau incident list --all'."
        )
    return _incident(row)


def acts(connection: Connection, identifier: str) -> list[IncidentAct]:
    """Return the log of an incident, oldest first."""
    statement = select(INCIDENT_ACT).where(INCIDENT_ACT.c.incident == identifier).order_by(INCIDENT_ACT.c.id)
    rows = connection.execute(statement)
    return [IncidentAct(row.incident, row.at, row.who, Act(row.act), row.note) for row in rows]


def _facts(incident: Incident) -> dict[str, Any]:
    facts = asdict(incident)
    first, last = facts.pop("days") or (None, None)
    names = ("scope", "state", "severity")
    told = {name: getattr(incident, name).value for name in names}
    return facts | told | {"first_day": first, "last_day": last, "causes": list(incident.causes)}


def _incident(row: Mapping[Any, Any]) -> Incident:
    facts = dict(row)
    first, last = facts.pop("first_day"), facts.pop("last_day")
    return Incident(
        **{
            **facts,
            "days": (first, last) if first is not None else None,
            "scope": Scope(facts["scope"]),
            "state": State(facts["state"]),
            "severity": Severity(facts["severity"]),
            "causes": tuple(facts["causes"]),
        }
    )
