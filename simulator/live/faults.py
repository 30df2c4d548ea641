"""Faults: what is wrong with which systems, from when to when. By command, by schedule or at random."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from simulator.live.days import Place
from simulator.live.publication import Hold
from simulator.live.timeline import Timeline, iso

Options = Mapping[str, Any]

KINDS: dict[str, Options] = {
    "down": {},
    "province_loss": {},
    "slow": {"delay_seconds": 5.0},
    "hanging": {},
    "dripping": {"interval_seconds": 0.2},
    "resetting": {},
    "huge": {},
    "gzip_bomb": {"megabytes": 256},
    "redirect_loop": {},
    "redirect_elsewhere": {"location": "http://elsewhere.invalid/"},
    "status": {"code": 503},
    "auth": {},
    "malformed": {},
    "expired_certificate": {},
    "wrong_time_zone": {"seconds": 25_200},
    "clock_skew": {"seconds": 3_600},
    "duplicates": {},
    "late": {"delay_seconds": 240},
    "schema_change": {"form": "renamed"},
}
"""Kind of a fault: its options as they are left out. Seconds of a delay of ``late`` are simulated ones."""
SCHEMA_FORMS = ("renamed", "missing", "new", "type")
ALTERING = frozenset({"wrong_time_zone", "clock_skew", "schema_change"})
"""Kinds under which systems say what is not so: the truth does not follow them."""
IN_ROWS = ALTERING | {"duplicates", "late", "expired_certificate"}
"""Kinds under which a system still gives its records out; under all others one that writes files waits."""
SECONDS = 60.0
AIMS = ("region", "province", "system", "all")
_FAR = 1 << 62


class FaultError(ValueError):
    """A fault that cannot be: the message says which entry is wrong, and the remedy."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. ``aim``: one of ``AIMS`` and its value. ``ends``: on the real clock."""

    number: int
    kind: str
    aim: tuple[str, str]
    record_set: str | None
    options: Options
    began_at: int
    ends: float
    ended_at: int | None = None

    def hits(self, place: Place, system: str, record_set: str | None) -> bool:
        """Whether it is one of this system of this region."""
        what, value = self.aim
        aimed = {"region": place.code, "province": place.province, "system": system, "all": "true"}[what]
        return aimed == value and self.record_set in (None, record_set)

    def told(self) -> dict[str, object]:
        """The fault as the control answers it and the truth file records it."""
        return {
            "fault": self.number,
            "kind": self.kind,
            self.aim[0]: self.aim[1],
            **({"record_set": self.record_set} if self.record_set else {}),
            "options": dict(self.options),
            "began_at": iso(self.began_at),
            "ended_at": None if self.ended_at is None else iso(self.ended_at),
            "rows_altered": self.kind in ALTERING,
        }


@dataclass
class Faults:
    """Faults in effect, and those that were late with records. ``tell``: called at each begin and end."""

    timeline: Timeline
    places: Mapping[str, Place]
    systems: frozenset[str]
    record_sets: tuple[str, ...]
    tell: Callable[[str, Fault], None] = lambda event, fault: None  # noqa: ARG005 - nobody listens
    monotonic: Callable[[], float] = time.monotonic
    active: list[Fault] = field(default_factory=list)
    _late: list[Fault] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def inject(self, order: Mapping[str, Any]) -> Fault:
        """Begin a fault. Raises ``FaultError`` where the order is not one."""
        fault = replace(self.check(order), number=next(self._numbers))
        self.active.append(fault)
        self.tell("fault_begins", fault)
        return fault

    def check(self, order: Mapping[str, Any]) -> Fault:
        """Fault of an order, which does not begin. Raises ``FaultError`` where the order is not one."""
        kind, aim = self._kind(order), self._aim(order)
        lasts = _number(order.get("seconds", SECONDS), "seconds")
        if lasts <= 0:
            raise FaultError("seconds: a fault lasts longer than 0 s. Correct it.")
        record_set = order.get("record_set")
        if record_set is not None and record_set not in self.record_sets:
            raise FaultError(f"record_set: write one of {', '.join(self.record_sets)}.")
        return Fault(
            0,
            kind,
            aim,
            record_set,
            _options(kind, order.get("options") or {}),
            self.timeline.now(),
            self.monotonic() + lasts,
        )

    def end(self, number: int | None = None) -> list[Fault]:
        """End one fault, or all. Returns those that ended."""
        ending = [fault for fault in self.active if number in (None, fault.number)]
        return [self._ended(fault) for fault in ending]

    def expire(self) -> None:
        """End what has lasted as long as it was to."""
        now = self.monotonic()
        for fault in [one for one in self.active if one.ends <= now]:
            self._ended(fault)

    def of(self, place: Place, system: str, record_set: str | None = None) -> list[Fault]:
        """Faults that a system has now, oldest first."""
        if not self.active:
            return []
        self.expire()
        return [fault for fault in self.active if fault.hits(place, system, record_set)]

    def holds(self, place: Place, system: str, record_set: str) -> list[Hold]:
        """Where a system is, or was, late with its records."""
        self.expire()
        late = [fault for fault in (*self._late, *self.active) if fault.kind == "late"]
        return [
            Hold(
                fault.began_at + 1,  # what came about in that second was shown already
                _FAR if fault.ended_at is None else fault.ended_at,
                int(fault.options["delay_seconds"]),
            )
            for fault in late
            if fault.hits(place, system, record_set)
        ]

    def _ended(self, fault: Fault) -> Fault:
        self.active.remove(fault)
        ended = replace(fault, ended_at=self.timeline.now() + 1)
        if ended.kind == "late":
            self._late.append(ended)
        self.tell("fault_ends", ended)
        return ended

    def _kind(self, order: Mapping[str, Any]) -> str:
        known = {"kind", "seconds", "options", "record_set", *AIMS}
        strange = sorted(set(order) - known)
        if strange:
            raise FaultError(f"{strange[0]}: there is no such entry. Use {', '.join(sorted(known))}.")
        kind = str(order.get("kind"))
        if kind not in KINDS:
            raise FaultError(f"kind: {kind!r} is no kind of fault. Write one of {', '.join(KINDS)}.")
        return kind

    def _aim(self, order: Mapping[str, Any]) -> tuple[str, str]:
        aims = [name for name in AIMS if order.get(name)]
        if len(aims) != 1:
            raise FaultError(f"one of {', '.join(AIMS)} is needed (found: {len(aims)}). Keep one.")
        what = aims[0]
        value = "true" if what == "all" else str(order[what])
        provinces = {place.province for place in self.places.values()}
        known = {"region": self.places, "province": provinces, "system": self.systems, "all": {"true"}}[what]
        if value not in known:
            raise FaultError(f"{what}: there is no {value!r} here. Correct it.")
        if order.get("kind") == "province_loss" and what != "province":
            raise FaultError("province: province_loss is of a province. Say of which.")
        return what, value


def _options(kind: str, given: Mapping[str, Any]) -> Options:
    """Options of a kind: those given over those that it has by itself."""
    known, options = KINDS[kind], dict(KINDS[kind])
    for name, value in given.items():
        if name not in known:
            raise FaultError(
                f"options.{name}: {kind} has no such option. It has: {', '.join(known) or 'none'}."
            )
        options[name] = value
        if not isinstance(known[name], str):
            options[name] = type(known[name])(_number(value, f"options.{name}"))
        elif name == "form" and value not in SCHEMA_FORMS:
            raise FaultError(f"options.form: write one of {', '.join(SCHEMA_FORMS)}.")
        elif not str(value).isprintable():
            raise FaultError(f"options.{name}: it holds a line break or the like. Remove it.")
    return options


def _number(value: object, place: str) -> float:
    try:
        return float(str(value))
    except ValueError:
        raise FaultError(f"{place}: {value!r} is no number. Write one.") from None
