"""Incidents of provinces and platforms: opened over those of regions, kept up, and resolved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from checks.incidents.causes import causal
from checks.incidents.days import chained, hull, overlap, span
from checks.incidents.ledger import Ledger, Trouble, rank
from checks.incidents.places import Places
from checks.incidents.sharing import FEWEST_REGIONS, Judged, Plot, plot_of, plots_of
from metrics.observation import Incident, Scope


def merge(ledger: Ledger, judged: Judged, places: Places, last: date) -> None:
    """Put incidents together whose regions share a province or platform; part those that no longer do."""
    incidents = ledger.incidents()
    troubled = [one for one in incidents if one.present and one.scope is Scope.REGION]
    parents = {one.id: one for one in incidents if one.present and one.scope is not Scope.REGION}
    former = [one for one in incidents if not one.present and one.scope is not Scope.REGION]
    plots = plots_of(troubled, parents, judged, places, last)
    homes: dict[str, str] = {}
    pursued: set[str] = set()
    for plot, group in _groups(troubled, plots, parents, places, last):
        resolved = [one for one in former if one.id not in homes.values()]
        latest = _lead(group, plot, parents) or _former(resolved, plot, group)
        parent = ledger.pursue(_trouble(plot, group), latest)
        pursued |= {one.id for one in (latest, parent) if one}
        for child in group:
            if parent is None:
                ledger.part(child)
            else:
                ledger.join(child, parent)
                homes[child.id] = parent.id
    _end(ledger, [one for one in parents.values() if one.id not in pursued], troubled, homes)
    for one in troubled:
        if one.id not in plots:
            ledger.part(one)
    held = {one.parent for one in incidents if one.closed_by_hand}
    for one in former:
        if one.id not in pursued | held:
            ledger.heal_closed(one)


def _groups(
    troubled: Iterable[Incident],
    plots: Mapping[str, Plot],
    parents: Mapping[str, Incident],
    places: Places,
    last: date,
) -> Iterator[tuple[Plot, list[Incident]]]:
    """Incidents that are to have one parent: at one plot, with days that overlap, or with the same parent."""
    joined: dict[Plot, list[list[list[Incident]]]] = defaultdict(list)
    for plot, chain in _chains(troubled, plots, places, last):
        near = [
            group for group in joined[plot] if any(_belong(chain, one, plot, parents, last) for one in group)
        ]
        apart = [group for group in joined[plot] if group not in near]
        joined[plot] = [*apart, [chain, *(one for group in near for one in group)]]
    for plot, groups in joined.items():
        for group in groups:
            yield plot, sorted((one for chain in group for one in chain), key=lambda one: one.id)


def _chains(
    troubled: Iterable[Incident], plots: Mapping[str, Plot], places: Places, last: date
) -> Iterator[tuple[Plot, list[Incident]]]:
    """Incidents of one plot and check whose days hang together, if need be by those of another plot."""
    checks: dict[tuple[str, str], list[Incident]] = defaultdict(list)
    for one in troubled:
        checks[one.dataset, one.check].append(one)
    for _, incidents in sorted(checks.items()):
        for plot in sorted({plots[one.id] for one in incidents if one.id in plots}):
            scope, place, _ = plot
            here = [
                one for one in incidents if plots.get(one.id) == plot or places.of(one.place, scope) == place
            ]
            for chain in chained(here, last):
                members = [one for one in chain if plots.get(one.id) == plot]
                if members:
                    yield plot, members


def _belong(
    one: Sequence[Incident],
    other: Sequence[Incident],
    plot: Plot,
    parents: Mapping[str, Incident],
    last: date,
) -> bool:
    if overlap(span(one, last), span(other, last)) and one[0].check != other[0].check:
        return True
    return bool(_parents(one, plot, parents) & _parents(other, plot, parents))


def _parents(group: Iterable[Incident], plot: Plot, parents: Mapping[str, Incident]) -> set[str]:
    """Present parents of the incidents that are about this plot."""
    names = {one.parent for one in group if one.parent is not None}
    return {name for name in names if name in parents and plot_of(parents[name]) == plot}


def _lead(group: Iterable[Incident], plot: Plot, parents: Mapping[str, Incident]) -> Incident | None:
    """The present parent that goes on: of several whose days have met, the oldest."""
    several = [parents[name] for name in _parents(group, plot, parents)]
    return min(several, key=lambda one: (one.opened, one.id), default=None)


def _former(former: Iterable[Incident], plot: Plot, group: Iterable[Incident]) -> Incident | None:
    """The latest resolved parent that was about this plot and one of these checks."""
    checks = {one.check for one in group}
    several = [one for one in former if plot_of(one) == plot and checks & set(one.causes)]
    return max(several, key=lambda one: (one.resolved or one.updated, one.id), default=None)


def _trouble(plot: Plot, group: Sequence[Incident]) -> Trouble:
    """Trouble of a province or platform: named after its root cause, as bad as the worst of it."""
    scope, place, dataset = plot
    causes = causal(one.check for one in group)
    root = [one for one in group if one.check == causes[0]]
    worst = min(root, key=lambda one: (rank(one.severity), -one.bad, one.place))
    return Trouble(
        scope=scope,
        place=place,
        dataset=dataset,
        check=causes[0],
        causes=causes,
        severity=min((one.severity for one in group), key=rank),
        days=hull(one.days for one in group),
        field=worst.field,
        n=sum(one.n for one in root),
        bad=sum(one.bad for one in root),
        value=None,
        bound=None,
        detail=f"{len(root)} regions, such as {worst.place}: {worst.detail}",
        remedy=worst.remedy,
        simulated=any(one.simulated for one in group),
    )


def _end(
    ledger: Ledger, parents: Iterable[Incident], troubled: Iterable[Incident], homes: Mapping[str, str]
) -> None:
    """Resolve parents that nothing goes on in, and say what became of their children."""
    children: dict[str | None, list[str]] = defaultdict(list)
    for one in troubled:
        children[one.parent].append(one.id)
    for parent in parents:
        left = children[parent.id]
        moved = sorted({homes[child] for child in left if child in homes})
        if moved:
            ledger.end(parent, f"goes on in {', '.join(moved)}")
        elif left:
            ledger.end(parent, f"fewer than {FEWEST_REGIONS} regions are left, which stand alone")
        else:
            ledger.end(parent, "the data have healed in all its regions")
