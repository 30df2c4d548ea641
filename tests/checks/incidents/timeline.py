"""A time line: findings day after day, and what becomes of the incidents. Each step checks the laws."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from checks.incidents import Changes, Places, follow
from metrics.model import Outcome, Severity
from metrics.observation import Act, Cause, Days, Finding, Incident, IncidentAct, Scope, State

START = dt.date(2026, 11, 1)
PLACES = Places(
    {f"{province}.{number:02}": str(province) for province in (31, 32, 33) for number in range(1, 6)},
    {f"{province}.{number:02}": "mppdn" for province in (31, 32, 33) for number in (1, 2)} | {"33.05": None},
)
"""Three provinces of five regions; the platform "mppdn" serves two regions of each."""
OPENS = {Act.OPENED, Act.CHANGED, Act.REOPENED}
BECOMES = dict.fromkeys(OPENS, State.OPEN) | {
    Act.ACKNOWLEDGED: State.ACKNOWLEDGED,
    Act.RESOLVED: State.RESOLVED,
}


def day(number: int) -> dt.date:
    """Day of the time line; 1 is the first."""
    return START + dt.timedelta(days=number - 1)


def days(first: int, last: int) -> Days:
    return day(first), day(last)


def fail(
    region: str | None,
    when: Days | None,
    check: str = "silence",
    *,
    dataset: str = "transactions",
    severity: Severity = Severity.CRITICAL,
    field: str | None = None,
    n: int = 10,
    bad: int = 5,
    detail: str = "nothing came",
) -> Finding:
    return Finding(
        check, dataset, region, field, when, Outcome.FAIL, severity, "timeliness",
        value=float(bad), bound=1.0, n=n, bad=bad, detail=detail, remedy="Ask the region.",
    )  # fmt: skip


def passes(region: str, check: str = "silence", *, dataset: str = "transactions") -> Finding:
    return Finding(check, dataset, region, None, None, Outcome.PASS, Severity.CRITICAL, "timeliness", n=9)


def unchecked(region: str, check: str = "silence", *, dataset: str = "transactions") -> Finding:
    return Finding(
        check, dataset, region, None, None, Outcome.ERROR, Severity.CRITICAL, "timeliness",
        cause=Cause.LEARNING,
    )  # fmt: skip


def province(code: str, failing: int, when: Days | None, check: str = "silence") -> list[Finding]:
    """So many of the province's regions fail, counted from its last; the others pass."""
    regions = sorted((region for region in PLACES.provinces if region.startswith(code)), reverse=True)
    return [fail(r, when, check) for r in regions[:failing]] + [passes(r, check) for r in regions[failing:]]


@dataclass
class Timeline:
    """Incidents and their log, as a store would keep them."""

    places: Places = PLACES
    incidents: dict[str, Incident] = field(default_factory=dict)
    acts: list[IncidentAct] = field(default_factory=list)
    now: dt.datetime = dt.datetime(2026, 11, 2, 3, tzinfo=dt.UTC)

    def judge(self, number: int, *findings: Finding) -> Changes:
        """Follow what is found in the night after this day."""
        self.now = dt.datetime.combine(day(number + 1), dt.time(3), dt.UTC)
        changes = self._follow(number, findings)
        assert self._follow(number, findings[::-1]) == changes, "the order of findings matters"
        self.keep(changes)
        again = self._follow(number, findings)
        assert again == Changes((), ()), "the same findings again change something"
        self._hold_laws(number, findings)
        return changes

    def do(self, act: Callable[..., tuple[Incident, IncidentAct]], name: str, *words: str) -> Incident:
        """Have a person, sari, do something."""
        incident, line = act(self.incidents[name], "sari", *words, self.now)
        self.keep(Changes((incident,), (line,)))
        return incident

    def keep(self, changes: Changes) -> None:
        self.incidents |= {incident.id: incident for incident in changes.incidents}
        self.acts += changes.acts

    def present(self) -> list[Incident]:
        return [one for _, one in sorted(self.incidents.items()) if one.present]

    def only(self) -> Incident:
        """The one incident that there is, or was."""
        (incident,) = self.incidents.values()
        return incident

    def parent(self) -> Incident:
        """The one present incident of a province or platform."""
        (incident,) = (one for one in self.present() if one.scope is not Scope.REGION)
        return incident

    def children(self, parent: Incident) -> list[str]:
        return [one.place for one in self.present() if one.parent == parent.id]

    def log(self, incident: Incident) -> list[Act]:
        return [act.act for act in self.acts if act.incident == incident.id]

    def notes(self, incident: Incident) -> list[str]:
        return [act.note for act in self.acts if act.incident == incident.id]

    def _follow(self, number: int, findings: Sequence[Finding]) -> Changes:
        known = list(self.incidents.values())
        return follow(known, findings, self.places, now=self.now, last=day(number), simulated=True)

    def _hold_laws(self, number: int, findings: Iterable[Finding]) -> None:
        present = self.present()
        keys = [
            (one.scope, one.dataset, one.check, one.place) for one in present if one.scope is Scope.REGION
        ]
        assert len(keys) == len(set(keys)), "two present incidents of one key"
        for finding in findings:
            if finding.failed and (finding.days is None or finding.days[1] > day(number - 7)):
                place = finding.region or "*"
                held = (Scope.REGION, finding.dataset, finding.monitor, place) in keys
                closed = [
                    one
                    for one in self.incidents.values()
                    if one.closed_by_hand
                    and (one.dataset, one.check, one.place) == (finding.dataset, finding.monitor, place)
                ]
                assert held or closed, f"nothing is present for {finding}"
        named = {one.id: one for one in present if one.scope is not Scope.REGION}
        assert all(one.parent is None or one.parent in named for one in present), "a child without parent"
        for name in named:
            assert len({one.place for one in present if one.parent == name}) >= 3, "a parent of too few"
        for one in self.incidents.values():
            assert (one.resolved is None) == one.present
            assert one.resolved is None or one.resolved >= one.opened
        self._hold_log()

    def _hold_log(self) -> None:
        """Replaying the acts gives the state of each incident."""
        states: dict[str, State] = {}
        parents: dict[str, str | None] = {}
        reopened: Counter[str] = Counter()
        for act in self.acts:
            name = act.incident
            states[name] = BECOMES.get(act.act, states.get(name, State.RESOLVED))
            reopened[name] += act.act is Act.REOPENED
            if act.act in {Act.MERGED, Act.PARTED} and self.incidents[name].scope is Scope.REGION:
                parents[name] = act.note.removeprefix("part of ") if act.act is Act.MERGED else None
        for name, one in self.incidents.items():
            assert (states[name], reopened[name]) == (one.state, one.reopened)
            assert parents.get(name) == one.parent
