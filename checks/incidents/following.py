"""From what is known and what the checks say now to what has become of each incident."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from checks.incidents.days import hull, over_since, window
from checks.incidents.ledger import EVERYWHERE, Changes, Ledger, Trouble, rank
from checks.incidents.merging import merge
from checks.incidents.places import Places
from metrics.model import Outcome
from metrics.observation import Finding, Incident, Scope

Key = tuple[str, str, str]
"""Record set, check and region."""


def follow(
    known: Sequence[Incident],
    findings: Sequence[Finding],
    places: Places,
    *,
    now: datetime,
    last: date,
    simulated: bool,
) -> Changes:
    """Give the incidents that are new or changed, and the lines for their logs. See the package.

    ``known``: all incidents that there are, also those resolved. ``findings``: of all regions that
    were judged, passes too, because shares of a province are of them. ``now``: an aware instant.
    ``last``: the last day judged. ``simulated``: whether the records are. Following the same findings
    again changes nothing.
    """
    ledger = Ledger(known, now)
    told = _by_key(findings)
    latest = _latest(known)
    for incident in ledger.incidents():
        newest = latest.get((incident.dataset, incident.check, incident.place), incident)
        if incident.present and incident.scope is Scope.REGION and incident.id != newest.id:
            ledger.end(incident, f"goes on in {newest.id}")  # somebody reopened it beside the newer one
    for key in sorted(told):
        _follow_key(ledger, key, told[key], latest.get(key), last, simulated=simulated)
    merge(ledger, _judged(told), places, last)
    return ledger.changes()


def _by_key(findings: Iterable[Finding]) -> dict[Key, list[Finding]]:
    told: dict[Key, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=_order):
        told[finding.dataset, finding.monitor, finding.region or EVERYWHERE].append(finding)
    return told


def _order(finding: Finding) -> tuple[int, int, tuple[str, str, str, str, date, str]]:
    """The worst first, and the same whatever the order in which they came."""
    return rank(finding.severity), -finding.bad, finding.order


def _latest(known: Iterable[Incident]) -> dict[Key, Incident]:
    """Latest incident of each key: the present one, if there is one."""
    regional = (incident for incident in known if incident.scope is Scope.REGION)
    ordered = sorted(regional, key=lambda one: (one.present, one.opened, one.id))
    return {(one.dataset, one.check, one.place): one for one in ordered}


def _judged(told: Mapping[Key, Sequence[Finding]]) -> dict[tuple[str, str], set[str]]:
    """Regions that were judged, by record set and check."""
    judged: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (dataset, check, region), several in told.items():
        if any(finding.outcome is not Outcome.ERROR for finding in several):
            judged[dataset, check].add(region)
    return judged


def _follow_key(
    ledger: Ledger,
    key: Key,
    told: Sequence[Finding],
    latest: Incident | None,
    last: date,
    *,
    simulated: bool,
) -> None:
    since = window(last)[0]
    present = [one for one in told if one.failed and (one.days is None or one.days[1] >= since)]
    if present:
        ledger.pursue(_trouble(key, present, simulated=simulated), latest)
        return
    passed = any(one.outcome is Outcome.PASS for one in told)
    if latest is None or not (passed or all(one.failed for one in told)):
        return
    if not latest.present:
        ledger.heal_closed(latest)
        return
    over = over_since(latest.days, [one.days for one in told if one.failed and one.days])
    ledger.end(latest, f"over since {over}" if over else "the data have healed")


def _trouble(key: Key, present: Sequence[Finding], *, simulated: bool) -> Trouble:
    """Present failures of a key as one; the worst stands first."""
    dataset, check, region = key
    worst = present[0]
    in_order = sorted(present, key=lambda one: one.order)
    return Trouble(
        scope=Scope.REGION,
        place=region,
        dataset=dataset,
        check=check,
        causes=(check,),
        severity=worst.severity,
        days=hull(one.days for one in present),
        field=", ".join(sorted({one.field for one in present if one.field})) or None,
        n=worst.n,
        bad=worst.bad,
        value=worst.value,
        bound=worst.bound,
        detail="; ".join(dict.fromkeys(one.detail for one in in_order if one.detail)),
        remedy=worst.remedy,
        simulated=simulated,
    )
