"""Which incidents there are, what belongs together, and what is to be looked at first.

The incident of a province or platform stands above those of its regions, which are its parts. What is
counted and listed are incidents that stand by themselves; parts are told with the one they belong to.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from metrics.model import Severity
from metrics.observation import Incident, Scope, State, as_shown
from metrics.regions import Registry

EVERYWHERE = "*"
"""Place of an incident that is about no region in particular: a source that many regions share."""

PRESENT, ALL = "present", "all"
STATES: dict[str, frozenset[State]] = {
    PRESENT: frozenset({State.OPEN, State.ACKNOWLEDGED}),
    **{state.value: frozenset({state}) for state in State},
    ALL: frozenset(State),
}
"""States by the code of the choice; the first is what is shown where nothing is chosen."""

_GRAVITY = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Case:
    """An incident that stands by itself, as it is shown, and its parts: those that are present first."""

    incident: Incident
    parts: tuple[Incident, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether it is about a whole province or platform."""
        return self.incident.scope is not Scope.REGION

    @property
    def taken(self) -> bool:
        """Whether somebody looks after it, or is to."""
        return self.incident.state is State.ACKNOWLEDGED or bool(self.incident.assignee)

    @property
    def present_parts(self) -> int:
        """How many of its parts are present."""
        return sum(part.present for part in self.parts)

    @property
    def regions(self) -> frozenset[str]:
        """Regions in which it is present."""
        own = () if self.wide or not self.incident.present else (self.incident.place,)
        return frozenset({*own, *(part.place for part in self.parts if part.present)} - {EVERYWHERE})

    @property
    def checks(self) -> frozenset[str]:
        """Checks that it and its parts are about."""
        return frozenset(check for one in (self.incident, *self.parts) for check in (one.check, *one.causes))


@dataclass(frozen=True, slots=True)
class Answer:
    """How it stands. ``present``: cases that are present; ``wide``, ``critical``, ``untaken``: of these.

    ``regions``: in which they are. ``since``: when the first of them was opened; ``None`` without any.
    """

    present: int
    wide: int
    critical: int
    untaken: int
    regions: int
    since: datetime | None


def cases(incidents: Iterable[Incident]) -> list[Case]:
    """Put parts under the incidents they belong to. The most urgent case first, past ones last."""
    known = {one.id: one for one in incidents}
    parts: defaultdict[str, list[Incident]] = defaultdict(list)
    alone: list[Incident] = []
    for one in known.values():
        parent = known.get(one.parent or "")
        if parent is not None and (parent.present or not one.present):
            parts[parent.id].append(as_shown(one, parent))
        else:
            alone.append(one)
    found = [Case(one, tuple(sorted(parts[one.id], key=_part_order))) for one in alone]
    return sorted(found, key=_urgency)


def standing_alone(incidents: Iterable[Incident]) -> int:
    """Return how many incidents there are, parts of others not counted."""
    return len(cases(incidents))


def case_of(incidents: Sequence[Incident], identifier: str) -> Case | None:
    """Return an incident with its parts, whether it stands by itself or not; ``None`` if there is none."""
    known = {one.id: one for one in incidents}
    one = known.get(identifier)
    if one is None:
        return None
    parts = (as_shown(part, one) for part in incidents if part.parent == identifier)
    return Case(as_shown(one, known.get(one.parent or "")), tuple(sorted(parts, key=_part_order)))


def provinces(case: Case, registry: Registry) -> frozenset[str]:
    """Return the provinces that a case is about, also those where it is over."""
    if case.incident.scope is Scope.PROVINCE:
        return frozenset({case.incident.place})
    places = (registry.regions.get(one.place) for one in (case.incident, *case.parts))
    return frozenset(region.province.code for region in places if region)


def chosen(
    found: Iterable[Case],
    registry: Registry,
    *,
    states: frozenset[State] = STATES[ALL],
    province: str | None = None,
    dataset: str | None = None,
    check: str | None = None,
) -> list[Case]:
    """Return the cases in these states and, where given, of a province, a record set and a check."""
    return [
        case
        for case in found
        if case.incident.state in states
        and (province is None or province in provinces(case, registry))
        and dataset in (None, case.incident.dataset)
        and (check is None or check in case.checks)
    ]


def answer(found: Iterable[Case]) -> Answer:
    """Return how it stands with the cases that are present."""
    present = [case for case in found if case.incident.present]
    return Answer(
        present=len(present),
        wide=sum(case.wide for case in present),
        critical=sum(case.incident.severity is Severity.CRITICAL for case in present),
        untaken=sum(not case.taken for case in present),
        regions=len(frozenset().union(*(case.regions for case in present))),
        since=min((case.incident.opened for case in present), default=None),
    )


def related(findings: pl.DataFrame, case: Case) -> pl.DataFrame:
    """Return the findings of a case's checks, record set and regions, whichever their days.

    ``findings``: columns as of ``Store.findings``, at least of the case's checks.
    """
    incident = case.incident
    places = {one.place for one in (incident, *case.parts) if one.scope is Scope.REGION}
    here = pl.col("region").is_in(sorted(places - {EVERYWHERE}))
    if EVERYWHERE in places:
        here |= pl.col("region").is_null()
    return findings.filter(
        here, pl.col("dataset") == incident.dataset, pl.col("check").is_in(sorted(case.checks))
    )


def commands(incident: Incident, note: str, who: str) -> dict[str, str]:
    """Return what can be done with an incident on the command line: act, and the command for it.

    ``note``, ``who``: what stands where a person writes their own words.
    """
    name, said = shlex.quote(incident.id), f'--note "{note}"'
    if not incident.present:
        return {"reopen": f"pantau incident reopen {name} {said}"}
    looked_after = incident.state is State.ACKNOWLEDGED
    first = (
        {"note": f'pantau incident note {name} "{note}"'}
        if looked_after
        else {"ack": f"pantau incident ack {name} {said}"}
    )
    return first | {
        "assign": f"pantau incident assign {name} --to {who} {said}",
        "resolve": f"pantau incident resolve {name} {said}",
    }


def _urgency(case: Case) -> tuple[bool, int, bool, int, float, str]:
    incident = case.incident
    if incident.resolved is not None and not incident.present:
        return True, 0, False, 0, -incident.resolved.timestamp(), incident.id
    latest = -incident.opened.timestamp()
    return False, _GRAVITY[incident.severity], not case.wide, -case.present_parts, latest, incident.id


def _part_order(part: Incident) -> tuple[bool, int, str, str]:
    return not part.present, _GRAVITY[part.severity], part.place, part.id
