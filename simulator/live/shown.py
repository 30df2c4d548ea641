"""How far each system has shown its records.

Those that are asked show all up to now, those that write all up to their last file, row or push.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.live.faults import IN_ROWS, Faults
from simulator.live.publication import visible, without
from simulator.live.rows import Alteration
from simulator.live.systems import Outlet
from simulator.live.timeline import Timeline
from simulator.live.world import Changes, Span, World

ASKED = frozenset({"rest", "open311", "exposition"})


@dataclass
class Shown:
    """What is out of each outlet. Records count from the world's start on."""

    world: World
    faults: Faults
    timeline: Timeline
    outlets: Mapping[tuple[str, str], Outlet]
    _written: dict[tuple[str, str], int] = field(default_factory=dict)

    def until(self, outlet: Outlet) -> int:
        """Second whose records, and all before it, are out (but for late ones)."""
        if outlet.system.kind in ASKED:
            return self.timeline.now()
        return self._written.get(_key(outlet), self.world.start - 1)

    def spans(self, outlet: Outlet, until: int) -> list[Span]:
        """Spans of the versions that are out when all is out up to ``until``."""
        holds = self.faults.holds(outlet.place, outlet.system.name, outlet.system.record_set)
        return visible(self.world.start, until, holds)

    def fresh(self, outlet: Outlet, now: int) -> Changes:
        """Versions that an outlet which writes has not written yet."""
        spans = without(self.spans(outlet, now), self.spans(outlet, self.until(outlet)))
        return self.world.changes(outlet.place.code, outlet.system.record_set, spans)

    def settle(self, outlet: Outlet, now: int) -> None:
        """Note that all up to ``now`` is written."""
        self._written[_key(outlet)] = now

    def alteration(self, outlet: Outlet) -> Alteration:
        """What faults make of an outlet's rows now."""
        system = outlet.system
        return Alteration.by(self.faults.of(outlet.place, system.name, system.record_set))

    def troubles(self, outlet: Outlet) -> set[str]:
        """Kinds of the faults under which an outlet that writes does not write."""
        system = outlet.system
        faults = self.faults.of(outlet.place, system.name, system.record_set)
        return {fault.kind for fault in faults} - IN_ROWS


def _key(outlet: Outlet) -> tuple[str, str]:
    return outlet.place.code, outlet.system.record_set
