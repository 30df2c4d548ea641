"""Circuit breaker: a source that keeps failing is left alone, then tried once, then trusted again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from exporters.collecting.sourceconfig import Circuit


class State(StrEnum):
    """``closed``: asked as usual; ``open``: left alone; ``half_open``: one trial is allowed."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """State of one source. ``failures``: in a row. ``until``: when the next trial is allowed."""

    failures: int = 0
    until: datetime | None = None

    def state(self, now: datetime) -> State:
        """State at an instant."""
        if self.until is None:
            return State.CLOSED
        return State.OPEN if now < self.until else State.HALF_OPEN

    def succeeded(self) -> Breaker:
        """State after a fetch that did not fail."""
        return Breaker()

    def failed(self, circuit: Circuit, now: datetime) -> Breaker:
        """State after a fetch that failed: open from so many failures on, for longer each time."""
        failures = self.failures + 1
        trials = failures - circuit.failures
        if trials < 0:
            return replace(self, failures=failures)
        longest = circuit.longest_seconds
        seconds = min(longest, circuit.open_seconds * 2.0 ** min(trials, 30))
        return Breaker(failures, now + timedelta(seconds=seconds))

    @classmethod
    def restored(cls, circuit: Circuit, failures: int, attempted: datetime | None) -> Breaker:
        """State of a source whose failures and last attempt are known from before."""
        if failures < circuit.failures or attempted is None:
            return cls(failures)
        return cls(failures - 1).failed(circuit, attempted)
