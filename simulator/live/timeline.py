"""The clock that all simulated systems share: it may run faster than real time, and be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

DAY = 86_400
FASTEST = 1_000.0


class Timeline:
    """Simulated time: ``start`` (seconds since 1970) + real time since the construction × ``speed``.

    ``monotonic``: the real clock. A clock that jumps would make systems publish records twice or
    never, so the time of day is read only once, for the start.
    """

    def __init__(
        self, start: float, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        if not 0 < speed <= FASTEST:
            raise ValueError(f"a speed is above 0 and at most {FASTEST:g}, not {speed:g}")
        self.start = int(start)
        self.speed = speed
        self._monotonic = monotonic
        self._began = monotonic()
        self._stood_still = 0.0
        self._paused_at: float | None = None

    @property
    def paused(self) -> bool:
        """Whether simulated time stands still."""
        return self._paused_at is not None

    def now(self) -> int:
        """Simulated second since 1970. All of a second's records exist from its beginning on."""
        return int(self.start + self.elapsed() * self.speed)

    def elapsed(self) -> float:
        """Real seconds since the construction, without those of pauses."""
        until = self._monotonic() if self._paused_at is None else self._paused_at
        return until - self._began - self._stood_still

    def pause(self, *, paused: bool) -> None:
        """Stop simulated time, or let it go on from where it stopped."""
        if paused and self._paused_at is None:
            self._paused_at = self._monotonic()
        elif not paused and self._paused_at is not None:
            self._stood_still += self._monotonic() - self._paused_at
            self._paused_at = None


def iso(second: float) -> str:
    """Instant in UTC as ISO 8601 writes it, to the second."""
    return datetime.fromtimestamp(int(second), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: str) -> int:
    """Second since 1970 of ISO 8601 with an offset, or of a number. Raises ``ValueError``."""
    try:
        return int(float(text))
    except ValueError:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC. Write it as {iso(0)!r}")
    return int(moment.timestamp())
