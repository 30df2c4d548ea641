"""The truth: what each region's systems have given out, to hold an archive and its roll-ups against.

``docs/howto/simulate.md`` explains the file and the digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from simulator.live.days import NEVER
from simulator.live.faults import Fault
from simulator.live.open311 import ENDED
from simulator.live.publication import shows, without
from simulator.live.records import essence
from simulator.live.shown import Shown
from simulator.live.systems import Outlet, System
from simulator.live.timeline import iso
from simulator.live.traffic import Traffic
from simulator.live.world import Span, Version

TRUTH, FAULTS = "truth.json", "faults.jsonl"
NOTICE = "Simulated: nothing here says anything about a real region."
_MODULUS = 1 << 64


@dataclass
class Count:
    """Records out of one outlet. ``keys``, ``content``: digests over the latest version of each."""

    until: int
    records: int = 0
    versions: int = 0
    keys: int = 0
    content: int = 0

    def told(self) -> dict[str, object]:
        """As it stands in the truth file."""
        return {
            "until": iso(self.until),
            "records": self.records,
            "versions": self.versions,
            "keys": f"{self.keys:016x}",
            "content": f"{self.content:016x}",
        }

    def take(self, version: Version, system: System, sign: int) -> None:
        """Count the latest version of a record in, or out again."""
        begun, end, status = told_by(system, version)
        key = f"{version.id}\t{iso(version.updated)}"
        line = f"{key}\t{iso(begun)}\t{'' if end is None else iso(end)}\t{status}"
        self.records += sign
        self.keys = (self.keys + sign * hashed(key)) % _MODULUS
        self.content = (self.content + sign * hashed(line)) % _MODULUS


def told_by(system: System, version: Version) -> tuple[int, int | None, str]:
    """Beginning, end and status as a system tells them: Open311 knows open and closed, and no end."""
    begun, end, status = essence(version)
    if system.kind == "open311":
        return begun, None, "closed" if status in ENDED else "in_process"
    return begun, end, status


def hashed(line: str) -> int:
    """Number of a line: its BLAKE2b of eight bytes. Digests are sums of these modulo 2 to the 64th."""
    return int.from_bytes(hashlib.blake2b(line.encode(), digest_size=8).digest())


@dataclass
class Ledger:
    """Counts what is out, and writes it down."""

    shown: Shown
    traffic: Traffic
    folder: Path
    _counts: dict[tuple[str, str], Count] = field(default_factory=dict)

    def note(self, event: str, fault: Fault) -> None:
        """Append the begin or end of a fault."""
        with (self.folder / FAULTS).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"event": event, **fault.told()}) + "\n")

    def steps(self) -> Iterator[None]:
        """Count what has come out since the last time, one outlet a step."""
        for key, outlet in self.shown.outlets.items():
            if outlet.system.record_set != "traffic":
                count = self._counts.setdefault(key, Count(self.shown.world.start - 1))
                self._advance(outlet, count, self.shown.until(outlet))
            yield

    def steps_until(self, until: int, found: dict[tuple[str, str], Count]) -> Iterator[None]:
        """Count anew what was out at an instant, one outlet a step, into ``found``."""
        for key, outlet in self.shown.outlets.items():
            if outlet.system.record_set != "traffic":
                count = found[key] = Count(self.shown.world.start - 1)
                self._advance(outlet, count, min(until, self.shown.until(outlet)))
            yield

    def write(self, *, final: bool = False) -> None:
        """Write the truth file anew, as of the last count."""
        content = self.content(self._counts) | {"final": final}
        fresh = self.folder / f"{TRUTH}.new"
        fresh.write_text(json.dumps(content) + "\n", encoding="utf-8")
        fresh.replace(self.folder / TRUTH)

    def content(self, counts: dict[tuple[str, str], Count], until: int | None = None) -> dict[str, object]:
        """Truth of these counts; of requests up to ``until``, or as far as they are out."""
        shown, regions = self.shown, dict[str, dict[str, object]]()
        for (region, record_set), outlet in shown.outlets.items():
            if record_set == "traffic":
                told = self._requests(outlet, until)
            elif (region, record_set) in counts:
                told = counts[region, record_set].told()
            else:
                continue
            regions.setdefault(region, {})[record_set] = {"system": outlet.system.name, **told}
        return {
            "simulated": True,
            "notice": NOTICE,
            "seed": shown.world.seed,
            "start": iso(shown.world.start),
            "speed": shown.timeline.speed,
            "now": iso(shown.timeline.now()),
            "faults": [fault.told() for fault in shown.faults.active],
            "regions": regions,
        }

    def records(self, region: str, record_set: str, until: int) -> list[dict[str, object]]:
        """Latest version of each record of an outlet at an instant, in order of id."""
        outlet = self.shown.outlets[region, record_set]
        spans = self.shown.spans(outlet, min(until, self.shown.until(outlet)))
        latest = {version.id: version for version in self.shown.world.changes(region, record_set, spans)}
        return [_told(outlet.system, latest[name]) for name in sorted(latest)]

    def _requests(self, outlet: Outlet, until: int | None) -> dict[str, object]:
        reach = self.shown.until(outlet) if until is None else min(until, self.shown.until(outlet))
        totals = self.traffic.totals(outlet.place.code, reach)
        return {"until": iso(reach), "requests": totals.requests, "errors": totals.errors}

    def _advance(self, outlet: Outlet, count: Count, until: int) -> None:
        before, after = (self.shown.spans(outlet, instant) for instant in (count.until, until))
        world, seen = self.shown.world, set[str]()
        count.until = until
        for version in world.changes(outlet.place.code, outlet.system.record_set, without(after, before)):
            count.versions += 1
            if version.id in seen:
                continue
            seen.add(version.id)
            for spans, sign in ((before, -1), (after, 1)):
                latest = _latest(version, spans)
                if latest is not None:
                    count.take(latest, outlet.system, sign)


def _latest(version: Version, spans: list[Span]) -> Version | None:
    """The record of a version in the latest version that is out."""
    out = [step for step in version.steps if step != NEVER and shows(spans, step)]
    return version._replace(updated=max(out)) if out else None


def _told(system: System, version: Version) -> dict[str, object]:
    begun, end, status = told_by(system, version)
    return {
        "id": version.id,
        "observed_at": iso(version.updated),
        "begun": iso(begun),
        "ended": None if end is None else iso(end),
        "status": status,
    }
