"""The sweep: every target is probed at its own time, and one that hangs holds up no other.

The times of the targets are spread over the period by their names, the same after each start, so
that no two hundred systems are asked in one instant. What was found waits in memory until it is
delivered; what cannot be delivered now is kept and tried again, up to a bound.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from exporters.collecting.config import Target
from exporters.collecting.prober import Prober
from exporters.probing import Confirmed, probe_record
from metrics.errors import PantauError

LOG = logging.getLogger("pantau.exporter")
Record = Mapping[str, object]
Deliver = Callable[[Sequence[Record]], Awaitable[None]]
"""Takes records into the archive. Raises ``PantauError``; then they are offered again."""

KEPT = 200_000
"""Records that wait for their delivery, at most; older ones are dropped, and counted."""
VALID_PERIODS = 2.0
"""A result stands for its target until the next one, for two periods at most."""


@dataclass
class Tally:
    """What the sweep has done since it began."""

    probes: Counter[str] = field(default_factory=Counter)
    """Probes by reason; "none" for those that succeeded."""
    delivered: int = 0
    dropped: int = 0
    failed_deliveries: int = 0
    last_error: str = ""
    last_delivery: float | None = None


class Sweep:
    """Probes the targets of a configuration until it is stopped."""

    def __init__(
        self, prober: Prober, deliver: Deliver, *, tally: Tally | None = None, now: Callable[[], float]
    ) -> None:
        self._prober = prober
        self._deliver = deliver
        self._now = now
        self._waiting: deque[Record] = deque()
        self.tally = tally or Tally()

    @property
    def waiting(self) -> int:
        """Records that wait for their delivery."""
        return len(self._waiting)

    async def run(self) -> None:
        """Probe and deliver until cancelled; what waits is delivered at the end."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for target in self._prober.config.targets:
                    tasks.create_task(self._watch(target))
                tasks.create_task(self._deliver_regularly())
        finally:
            await self.deliver()

    async def deliver(self) -> None:
        """Deliver what waits; what cannot be delivered waits on."""
        records, self._waiting = self._waiting, deque()
        if not records:
            return
        delivered = False
        try:
            await self._deliver(list(records))
            delivered = True
        except PantauError as error:
            self.tally.failed_deliveries += 1
            self.tally.last_error = str(error)
            LOG.warning("%d records wait for the next delivery: %s", len(records), error)
        finally:
            if not delivered:
                self._waiting.extendleft(reversed(records))
                self._drop_oldest()
        if delivered:
            self.tally.delivered += len(records)
            self.tally.last_delivery = self._now()

    async def _watch(self, target: Target) -> None:
        period = self._prober.config.probing.every_seconds
        await asyncio.sleep(first_wait(target, period, self._now()))
        due = asyncio.get_running_loop().time()
        while True:
            self._keep(target, await self._prober.probe(target))
            clock = asyncio.get_running_loop().time()
            due += period * max(1, -(-(clock - due) // period))
            await asyncio.sleep(due - clock)

    async def _deliver_regularly(self) -> None:
        while True:
            await asyncio.sleep(self._prober.config.probing.archive_every_seconds)
            await self.deliver()

    def _keep(self, target: Target, found: Confirmed) -> None:
        config = self._prober.config
        self.tally.probes[found.first.reason] += 1
        self._waiting.append(
            probe_record(
                found.first,
                region=target.region,
                target=target.name,
                simulated=config.simulated,
                valid_seconds=config.probing.every_seconds * VALID_PERIODS,
            )
        )
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        while len(self._waiting) > KEPT:
            self._waiting.popleft()
            self.tally.dropped += 1


def first_wait(target: Target, period: float, now: float) -> float:
    """Seconds until a target's place in the period, which follows from its name."""
    digest = hashlib.sha256(f"{target.region}/{target.name}".encode()).digest()
    place = int.from_bytes(digest[:4]) / 2**32 * period
    return (place - now) % period
