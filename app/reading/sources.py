"""How the sources stand that the exporter collects from: who fails, together with whom, since when.

A source that was never asked is neither up nor down, and one that fails is not blamed for more
than its reason says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from metrics.model import SourceState
from metrics.regions import Registry

STALE_HOURS = 48
"""A source that did not fail is stale when its last success is older than this many hours than
the latest fetch of any source: it is asked much less often than the others, or not any more."""

COMMON_SHARE = 0.5
"""From this share of failing sources on, a group is said to fail together."""

COMMON_PLACES = 2
"""In fewer regions of a province, or provinces of the nation, a trouble is not a common one."""


class Condition(StrEnum):
    """How a source stands: each is in one and only one condition."""

    FAILING = "failing"
    LEFT_ALONE = "left_alone"
    STALE = "stale"
    NEVER = "never"
    UP = "up"


TROUBLE = frozenset({Condition.FAILING, Condition.LEFT_ALONE})
"""Conditions of sources whose last fetch failed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source with its province (``None``: it tells of several regions, or of one not known)."""

    stored: SourceState
    province: str | None
    condition: Condition

    @property
    def fails(self) -> bool:
        """Whether its last fetch failed."""
        return self.condition in TROUBLE

    @property
    def system(self) -> tuple[str, str]:
        """What it has in common with its like in other regions: how it is read, and its name."""
        return self.stored.kind, self.stored.name


class Reach(StrEnum):
    """What fails together: everything, a province, or one system in many regions."""

    NATION = "nation"
    PROVINCE = "province"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Loss:
    """Sources of which at least half fail: all, or those of a province or of a system.

    ``province`` and ``system``: those of its first failing source, whichever its reach is.
    ``since``: none of the failing succeeded after it; ``None`` where none ever did.
    """

    reach: Reach
    province: str
    system: tuple[str, str]
    sources: int
    failing: int
    reasons: tuple[tuple[str, int], ...]
    since: datetime | None


def assessed(states: Iterable[SourceState], registry: Registry) -> list[Source]:
    """Return every source with its condition, in the order given."""
    known = list(states)
    latest = last_asked(known)
    return [Source(one, _province(one, registry), _condition(one, latest)) for one in known]


def last_asked(states: Iterable[SourceState]) -> datetime | None:
    """Return when any source was last asked; ``None`` where none ever was."""
    return max((one.attempted for one in states if one.attempted), default=None)


def by_condition(sources: Iterable[Source]) -> dict[Condition, int]:
    """Return the number of sources in each condition, zeros too; the numbers add up to all."""
    counted = Counter(one.condition for one in sources)
    return {condition: counted[condition] for condition in Condition}


def failing(sources: Iterable[Source]) -> list[Source]:
    """Return the sources whose last fetch failed."""
    return [one for one in sources if one.fails]


def of_region(sources: Iterable[Source], region: str) -> list[Source]:
    """Return the sources of one region."""
    return [one for one in sources if one.stored.region == region]


def by_reason(sources: Iterable[Source]) -> tuple[tuple[str, int], ...]:
    """Return the reasons of the failing sources with their numbers, the most frequent first."""
    counted = Counter(one.stored.reason for one in sources if one.fails)
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def last_successes(sources: Iterable[Source]) -> tuple[datetime, datetime] | None:
    """Return the earliest and the latest last success of sources; ``None`` where none ever succeeded."""
    known = [one.stored.succeeded for one in sources if one.stored.succeeded]
    return (min(known), max(known)) if known else None


def main_province(sources: Sequence[Source]) -> tuple[str, int] | None:
    """Return the province that at least half of the failing sources are of, and how many.

    ``None`` where there is no such province, a single source fails, or all sources are of one province.
    """
    down = failing(sources)
    counted = Counter(one.province for one in down if one.province)
    if len(down) < COMMON_PLACES or not counted or len({one.province for one in sources}) < COMMON_PLACES:
        return None
    ((code, n),) = counted.most_common(1)
    return (code, n) if n >= COMMON_SHARE * len(down) else None


def losses(sources: Sequence[Source]) -> list[Loss]:
    """Return what fails together, the largest first.

    A province counts once sources of ``COMMON_PLACES`` of its regions fail, and a system (or
    everything) once sources of so many provinces do. Where everything fails together, only that
    is returned.
    """
    whole = _lost(Reach.NATION, sources)
    if whole:
        return [whole]
    provinces = _grouped((one for one in sources if one.province), lambda one: one.province)
    systems = _grouped(sources, lambda one: one.system)
    found = [_lost(Reach.PROVINCE, members) for members in provinces]
    found += [_lost(Reach.SYSTEM, members) for members in systems]
    return sorted((loss for loss in found if loss), key=lambda loss: -loss.failing)


def chosen(
    sources: Iterable[Source],
    *,
    conditions: frozenset[Condition],
    province: str | None = None,
    kind: str | None = None,
    reason: str | None = None,
) -> list[Source]:
    """Return the sources of these conditions and, where given, of a province, a kind and a reason.

    Those that fail come first, and of them the latest to have succeeded, so that a new failure
    stands on top; those that never succeeded come last.
    """
    found = [
        one
        for one in sources
        if one.condition in conditions
        and province in (None, one.province)
        and kind in (None, one.stored.kind)
        and reason in (None, one.stored.reason)
    ]
    return sorted(found, key=_newest_failure_first)


def _newest_failure_first(one: Source) -> tuple[bool, float, str]:
    succeeded = one.stored.succeeded
    return not one.fails, -succeeded.timestamp() if succeeded else 0.0, one.stored.id


def _province(state: SourceState, registry: Registry) -> str | None:
    region = registry.regions.get(state.region or "")
    return region.province.code if region else None


def _condition(state: SourceState, latest: datetime | None) -> Condition:
    if state.attempted is None or latest is None:
        return Condition.NEVER
    if state.reason:
        return Condition.LEFT_ALONE if state.circuit == "open" else Condition.FAILING
    succeeded = state.succeeded or state.attempted
    return Condition.STALE if latest - succeeded > timedelta(hours=STALE_HOURS) else Condition.UP


def _grouped(sources: Iterable[Source], key: Callable[[Source], object]) -> list[list[Source]]:
    groups: dict[object, list[Source]] = {}
    for one in sources:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())


def _lost(reach: Reach, members: Sequence[Source]) -> Loss | None:
    down = failing(members)
    places = {one.stored.region if reach is Reach.PROVINCE else one.province for one in down} - {None}
    if len(places) < COMMON_PLACES or len(down) < COMMON_SHARE * len(members):
        return None
    span = last_successes(down)
    since = span[1] if span else None
    first = down[0]
    return Loss(reach, first.province or "", first.system, len(members), len(down), by_reason(down), since)
