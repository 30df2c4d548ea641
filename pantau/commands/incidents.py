"""``pantau incident``: trouble with the data, and what people do about it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from checks import incidents as acts
from metrics.datasets import DATASETS
from metrics.errors import UnknownName, UsageError
from metrics.observation import Incident, Scope, State
from metrics.regions import Registry
from metrics.store import Store
from pantau.installation import Installation
from pantau.person import named
from pantau.session import HomeOption, JsonOption, Session

COLUMNS = ["id", "state", "severity", "first_day", "last_day", "assignee", "parts", "detail"]
LOG_COLUMNS = ["at", "who", "act", "note"]

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Name of the incident, as the list has it.")]
WhoOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who does this; by default the login name.")
]
NoteOption = Annotated[
    str, typer.Option(metavar="TEXT", help="What is to stand in the log. Personal data are masked.")
]

Doing = Callable[[Store, Incident, datetime], acts.Changes]


def listed(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ctx: typer.Context,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also those that are resolved, and the parts of a province or platform."),
    ] = False,
    region: Annotated[
        str | None, typer.Option(help="Only of this region, or of this province and its regions: a code.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Only of this record set.")] = None,
    check: Annotated[str | None, typer.Option(help="Only of this check: a monitor or rule.")] = None,
    state: Annotated[State | None, typer.Option(help="Only in this state.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the incidents that are present, the latest first. Parts of a larger one are counted in it."""
    session = Session(ctx, home, as_json=as_json)
    if dataset is not None and dataset not in DATASETS:
        raise UnknownName(f"no record set is called {dataset!r}. There are: {', '.join(DATASETS)}")
    present = None if everything or state is State.RESOLVED else True
    with Installation(session.home) as installation:
        places = None if region is None else _places(region, installation.registry)
        known = installation.store.incidents(present=present, dataset=dataset)
    parts = _parts(known)
    by_id = {one.id: one for one in known}
    shown = [acts.as_shown(one, by_id.get(one.parent or "")) for one in known]
    rows = [
        _row(one, parts)
        for one in shown
        if (everything or region is not None or one.parent is None or not one.present)
        and (places is None or one.place in places)
        and (check is None or check in one.causes)
        and (state is None or one.state is state)
    ]
    session.answer(rows, columns=COLUMNS)


def show(
    ctx: typer.Context, incident: IdArgument, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show an incident: what is wrong and what to do, its log, and its parts."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        store = installation.store
        found = store.incident(incident)
        log = [dataclasses.asdict(line) for line in store.incident_acts(found.id)]
        parent = store.incident(found.parent) if found.parent else None
        children = _children(store, found)
    parts = _parts(children)
    facts = _row(acts.as_shown(found, parent), parts)
    rows = [_row(acts.as_shown(one, found), {}) for one in children]
    if session.as_json:
        session.answer({"incident": facts, "log": log, "children": rows})
        return
    session.answer(facts)
    session.answer(log, columns=LOG_COLUMNS, title="Log")
    if rows:
        session.answer(rows, columns=COLUMNS, title="Parts")


def acknowledge(
    ctx: typer.Context,
    incident: IdArgument,
    who: WhoOption = None,
    note: NoteOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that somebody looks after an incident."""
    name = named(who)
    _do(
        Session(ctx, home, as_json=as_json),
        incident,
        lambda _, found, now: _one(acts.acknowledge(found, name, note, now)),
    )


def assign(
    ctx: typer.Context,
    incident: IdArgument,
    to: Annotated[str, typer.Option(metavar="NAME", help="Who is to look after it: a login name.")],
    who: WhoOption = None,
    note: NoteOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who is to look after an incident."""
    name = named(who)
    _do(
        Session(ctx, home, as_json=as_json),
        incident,
        lambda _, found, now: _one(acts.assign(found, name, to, note, now)),
    )


def note(
    ctx: typer.Context,
    incident: IdArgument,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What is to be added. Personal data are masked.")
    ],
    who: WhoOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a line to an incident's log."""
    name = named(who)
    _do(
        Session(ctx, home, as_json=as_json),
        incident,
        lambda _, found, now: _one(acts.note(found, name, text, now)),
    )


def resolve(
    ctx: typer.Context,
    incident: IdArgument,
    who: WhoOption = None,
    note: NoteOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close an incident and its parts by hand. The days that it is about do not open it again."""
    name = named(who)
    _do(
        Session(ctx, home, as_json=as_json),
        incident,
        lambda store, found, now: acts.resolve_all(found, _children(store, found), name, note, now),
    )


def reopen(
    ctx: typer.Context,
    incident: IdArgument,
    who: WhoOption = None,
    note: NoteOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open an incident again, with the parts that were closed with it."""
    name = named(who)

    def again(store: Store, found: Incident, now: datetime) -> acts.Changes:
        _refuse_second(store, found)
        return acts.reopen_all(found, _children(store, found), name, note, now)

    _do(Session(ctx, home, as_json=as_json), incident, again)


def _do(session: Session, name: str, doing: Doing) -> None:
    """Do something with an incident, store it, and say how it stands then."""
    with Installation(session.home) as installation, session.home.writing():
        store = installation.store
        changes = doing(store, store.incident(name), installation.clock())
        store.put_incidents(changes.incidents, changes.acts)
    first, *others = changes.incidents
    session.answer({"id": first.id, "state": first.state, "assignee": first.assignee, "parts": len(others)})


def _one(acted: tuple[Incident, Any]) -> acts.Changes:
    incident, line = acted
    return acts.Changes((incident,), (line,))


def _places(code: str, registry: Registry) -> set[str]:
    """The region, or the province and its regions."""
    if code not in registry.regions and code not in registry.provinces:
        raise UnknownName(
            f"{code!r} is no code of a region or province of {registry.name}. "
            "Codes are text, such as 32.11 for a region and 32 for a province"
        )
    return {code} | {one.code for one in registry.regions.values() if one.province.code == code}


def _children(store: Store, incident: Incident) -> list[Incident]:
    if incident.scope is Scope.REGION:
        return []
    return [one for one in store.incidents(dataset=incident.dataset) if one.parent == incident.id]


def _parts(known: Sequence[Incident]) -> Counter[str]:
    """How many present parts each incident has."""
    return Counter(one.parent for one in known if one.present and one.parent)


def _refuse_second(store: Store, incident: Incident) -> None:
    for other in store.incidents(present=True, place=incident.place, dataset=incident.dataset):
        if (other.scope, other.check) == (incident.scope, incident.check) and other.id != incident.id:
            raise UsageError(
                f"{incident.id}: {other.id} is present and about the same. Write to that one's log instead"
            )


def _row(incident: Incident, parts: Mapping[str, int]) -> dict[str, Any]:
    facts = dataclasses.asdict(incident)
    first, last = facts.pop("days") or (None, None)
    return facts | {"first_day": first, "last_day": last, "parts": parts.get(incident.id, 0)}
