"""Which incidents of regions share a province or a platform, and which of the two explains them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checks.incidents.days import chained
from checks.incidents.places import Places
from metrics.observation import Incident, Scope

FEWEST_REGIONS = 3
LEAST_SHARE = 0.6
FEWEST_PROVINCES = 2
"""A platform all of whose troubled regions are in one province says no more than the province."""

Plot = tuple[Scope, str, str]
"""What a parent is about: province or platform, which one, and which record set."""
Judged = Mapping[tuple[str, str], set[str]]
"""Regions that were judged, by record set and check."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Incidents of one check at one plot, with days that overlap or adjoin.

    ``judged``: the regions of the plot that were judged.
    """

    plot: Plot
    incidents: tuple[Incident, ...]
    judged: frozenset[str]

    @property
    def weight(self) -> int:
        """Regions that it explains."""
        return sum(one.place in self.judged for one in self.incidents)

    def free(self, plots: Mapping[str, Plot]) -> list[Incident]:
        """Incidents that are at no plot yet."""
        return [one for one in self.incidents if one.id not in plots]

    def shared(self, places: Places, plots: Mapping[str, Plot]) -> bool:
        """Whether enough of its regions, without those that are at another plot, have the trouble."""
        elsewhere = {one.place for one in self.incidents if one.id in plots}
        judged = self.judged - elsewhere
        regions = {one.place for one in self.incidents} & judged
        provinces = {places.of(region, Scope.PROVINCE) for region in regions}
        return (
            len(regions) >= FEWEST_REGIONS
            and len(regions) >= LEAST_SHARE * len(judged)
            and (self.plot[0] is Scope.PROVINCE or len(provinces) >= FEWEST_PROVINCES)
        )


def plots_of(
    troubled: Sequence[Incident],
    parents: Mapping[str, Incident],
    judged: Judged,
    places: Places,
    last: date,
) -> dict[str, Plot]:
    """Plot of each incident that has a parent, or is to have one, by its id.

    ``troubled``: present incidents of regions. ``parents``: present incidents of provinces and platforms.
    """
    platforms = list(_clusters(troubled, Scope.PLATFORM, judged, places, last))
    provinces = list(_clusters(troubled, Scope.PROVINCE, judged, places, last))
    plots = _preferred(platforms, provinces, places)
    plots |= _kept([one for one in troubled if one.id not in plots], parents)
    for cluster in (*platforms, *provinces):
        if any(plots.get(one.id) == cluster.plot for one in cluster.incidents):
            plots |= {one.id: cluster.plot for one in cluster.free(plots)}
    for cluster in (*provinces, *platforms):
        if cluster.shared(places, plots):
            plots |= {one.id: cluster.plot for one in cluster.free(plots)}
    return plots


def _clusters(
    troubled: Iterable[Incident], scope: Scope, judged: Judged, places: Places, last: date
) -> Iterator[Cluster]:
    groups: dict[tuple[str, str, str], list[Incident]] = defaultdict(list)
    for one in troubled:
        place = places.of(one.place, scope)
        if place is not None:
            groups[one.dataset, one.check, place].append(one)
    here: dict[tuple[str, str, str | None], set[str]] = defaultdict(set)
    for (dataset, check), regions in judged.items():
        for region in regions:
            here[dataset, check, places.of(region, scope)].add(region)
    for (dataset, check, place), incidents in sorted(groups.items()):
        for chain in chained(incidents, last):
            yield Cluster((scope, place, dataset), tuple(chain), frozenset(here[dataset, check, place]))


def _preferred(platforms: Iterable[Cluster], provinces: Iterable[Cluster], places: Places) -> dict[str, Plot]:
    """Incidents of platforms that explain at least as many regions as any province that shares some."""
    rivals = {
        one.id: cluster.weight
        for cluster in provinces
        if cluster.shared(places, {})
        for one in cluster.incidents
    }
    return {
        one.id: cluster.plot
        for cluster in platforms
        if cluster.shared(places, {})
        and cluster.weight >= max(rivals.get(one.id, 0) for one in cluster.incidents)
        for one in cluster.incidents
    }


def _kept(troubled: Iterable[Incident], parents: Mapping[str, Incident]) -> dict[str, Plot]:
    """Children of parents that have regions enough to go on, whatever their share."""
    children: dict[str, list[Incident]] = defaultdict(list)
    for one in troubled:
        if one.parent is not None and one.parent in parents:
            children[one.parent].append(one)
    return {
        one.id: plot_of(parents[parent])
        for parent, several in children.items()
        if len({one.place for one in several}) >= FEWEST_REGIONS
        for one in several
    }


def plot_of(parent: Incident) -> Plot:
    """What a parent is about."""
    return parent.scope, parent.place, parent.dataset
