"""Seconds of each phase of a probe, from the instants of the socket's events."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Parts of a probe, in their order."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    FIRST_BYTE = "first_byte"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Phases:
    """Seconds of each phase, over all redirects; None where it was not completed or is not part."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    transfer: float | None = None


class Stopwatch:
    """Adds up phases by the instants of their events, on the clock of ``time.perf_counter``.

    Work of this process between two phases belongs to none of them, and not to the total either: what
    is measured is the other side. A phase that was begun and never ended counts in the total only.
    """

    def __init__(self) -> None:
        self._seconds: dict[Phase, float] = {}
        self._running: tuple[Phase, float] | None = None
        self._unfinished = 0.0

    @property
    def running(self) -> Phase | None:
        """The phase that has begun and not ended."""
        return self._running[0] if self._running else None

    def begin(self, phase: Phase, at: float | None = None) -> None:
        """Begins a phase; one that still runs is left unfinished."""
        now = time.perf_counter() if at is None else at
        self.leave(now)
        self._running = (phase, now)

    def end(self, at: float | None = None) -> None:
        """Completes the running phase, if one runs."""
        if self._running is not None:
            phase, since = self._running
            now = time.perf_counter() if at is None else at
            self._seconds[phase] = self._seconds.get(phase, 0.0) + max(0.0, now - since)
            self._running = None

    def leave(self, at: float | None = None) -> None:
        """Gives the running phase up: its time counts in the total only."""
        if self._running is not None:
            now = time.perf_counter() if at is None else at
            self._unfinished += max(0.0, now - self._running[1])
            self._running = None

    def drop(self) -> None:
        """Forgets the running phase: its time was none of the other side's."""
        self._running = None

    def phases(self) -> Phases:
        """Seconds of the phases completed so far."""
        return Phases(**{phase.value: seconds for phase, seconds in self._seconds.items()})

    def total_seconds(self) -> float:
        """Seconds of all phases, those given up included."""
        return sum(self._seconds.values()) + self._unfinished
