"""What people do with incidents. Each act gives the incident as it is then, and a line for its log.

Personal data in notes are masked. What makes no sense is refused with ``UsageError``, and so is a name
that holds personal data: who did what is kept by login name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from checks.incidents.ledger import Changes
from checks.masking import mask_text
from metrics.errors import UsageError
from metrics.observation import Act, Incident, IncidentAct, State

Acted = tuple[Incident, IncidentAct]


def acknowledge(incident: Incident, who: str, note: str, now: datetime) -> Acted:
    """Say that somebody looks after it."""
    _refuse_resolved(incident, "be acknowledged")
    if incident.state is State.ACKNOWLEDGED:
        raise UsageError(
            f"{incident.id}: it is acknowledged already. Hand it over with 'pantau incident assign', "
            "or add to its log with 'pantau incident note'"
        )
    return _acted(incident, replace(incident, state=State.ACKNOWLEDGED), Act.ACKNOWLEDGED, who, note, now)


def assign(incident: Incident, who: str, to: str, note: str, now: datetime) -> Acted:
    """Say who is to look after it. Whether they do is for them to say: see ``acknowledge``."""
    _refuse_resolved(incident, "be assigned")
    name = login_name(to, "the person it is assigned to")
    if incident.assignee == name:
        raise UsageError(f"{incident.id}: it is assigned to {name} already. Name somebody else")
    text = f"to {name}: {note.strip()}" if note.strip() else f"to {name}"
    return _acted(incident, replace(incident, assignee=name), Act.ASSIGNED, who, text, now)


def note(incident: Incident, who: str, text: str, now: datetime) -> Acted:
    """Add a line to its log."""
    if not text.strip():
        raise UsageError(f"{incident.id}: the note is empty. Write what is to be kept in the log")
    return _acted(incident, incident, Act.NOTED, who, text, now)


def resolve(incident: Incident, who: str, note: str, now: datetime) -> Acted:
    """Close it by hand. The days that it is about do not open it again."""
    if not incident.present:
        raise UsageError(
            f"{incident.id}: it is resolved already{_since(incident)}. "
            "Add to its log with 'pantau incident note'"
        )
    closed = replace(incident, state=State.RESOLVED, resolved=now, closed_by_hand=True)
    return _acted(incident, closed, Act.RESOLVED, who, note, now)


def reopen(incident: Incident, who: str, note: str, now: datetime) -> Acted:
    """Open it again. It resolves by itself when it is judged and does not fail."""
    if incident.present:
        raise UsageError(
            f"{incident.id}: it is {incident.state} and not resolved, so there is nothing to reopen. "
            "Add to its log with 'pantau incident note'"
        )
    again = replace(
        incident, state=State.OPEN, resolved=None, closed_by_hand=False, reopened=incident.reopened + 1
    )
    return _acted(incident, again, Act.REOPENED, who, note, now)


def resolve_all(
    incident: Incident, children: Iterable[Incident], who: str, note: str, now: datetime
) -> Changes:
    """Close an incident, and those children that are present with it."""
    acted = [resolve(incident, who, note, now)]
    acted += [resolve(child, who, f"with {incident.id}", now) for child in children if child.present]
    return _changes(acted)


def reopen_all(
    incident: Incident, children: Iterable[Incident], who: str, note: str, now: datetime
) -> Changes:
    """Open an incident again, and those children that were closed with it."""
    acted = [reopen(incident, who, note, now)]
    acted += [
        reopen(child, who, f"with {incident.id}", now)
        for child in children
        if child.closed_by_hand and incident.closed_by_hand and child.resolved == incident.resolved
    ]
    return _changes(acted)


def _acted(before: Incident, after: Incident, act: Act, who: str, text: str, now: datetime) -> Acted:
    line = IncidentAct(
        before.id, now, login_name(who, "the person who does this"), act, mask_text(text.strip())
    )
    return replace(after, updated=now), line


def _changes(acted: Iterable[Acted]) -> Changes:
    done = list(acted)
    return Changes(tuple(incident for incident, _ in done), tuple(act for _, act in done))


def login_name(given: str, whose: str) -> str:
    """Return the name of a person. Raises ``UsageError`` where it is empty or personal data."""
    name = " ".join(given.split())
    if not name:
        raise UsageError(f"the name of {whose} is empty. Write a login name, such as 'sari'")
    if mask_text(name) != name:
        raise UsageError(
            f"the name of {whose} holds personal data ({mask_text(name)}). Write a login name, such as 'sari'"
        )
    return name


def _refuse_resolved(incident: Incident, act: str) -> None:
    if not incident.present:
        raise UsageError(
            f"{incident.id}: it is resolved{_since(incident)} and cannot {act}. "
            f"If it goes on, open it again first: pantau incident reopen {incident.id}"
        )


def _since(incident: Incident) -> str:
    return f" since {incident.resolved:%Y-%m-%d %H:%M}" if incident.resolved else ""
