"""Probes the targets of a configuration: bounded in number, and each only once at one time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exporters.collecting.config import Config, Target
from exporters.probing import Confirmed, probe_twice

Key = tuple[str, str]
"""Region and name of a target."""


@dataclass
class _Flight:
    """A probe under way, and how many wait for it."""

    task: asyncio.Task[Confirmed]
    waiting: int = 0


class Prober:
    """The probes of one configuration, whoever asks for them: the sweep or Prometheus.

    ``last``: the latest finding by (region, target). Two who ask for the same probe at the same
    time get the same one.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.last: dict[Key, Confirmed] = {}
        self._limit = asyncio.Semaphore(config.probing.concurrency)
        self._under_way: dict[Key, _Flight] = {}

    async def probe(self, target: Target) -> Confirmed:
        """Finding on a target, with the confirmation of a failure.

        Cancelled with the last one who waits for it.
        """
        key = (target.region, target.name)
        flight = self._under_way.get(key)
        if flight is None:
            task = asyncio.create_task(self._probe(target))
            flight = self._under_way[key] = _Flight(task)
            task.add_done_callback(lambda done: self._forget(key, done))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:  # at once, so that nobody joins a probe that is being given up
                self._forget(key, flight.task)
                flight.task.cancel()

    def _forget(self, key: Key, task: asyncio.Task[Confirmed]) -> None:
        flight = self._under_way.get(key)
        if flight is not None and flight.task is task:
            del self._under_way[key]

    async def probe_all(self, targets: Sequence[Target]) -> Mapping[str, Confirmed]:
        """Findings on several targets of one region, by the target's name."""
        found = await asyncio.gather(*(self.probe(target) for target in targets))
        return {target.name: one for target, one in zip(targets, found, strict=True)}

    async def close(self) -> None:
        """Give up the probes under way."""
        tasks = [flight.task for flight in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _probe(self, target: Target) -> Confirmed:
        module = self.config.modules[target.module]
        found = await probe_twice(
            target.reached_by(module),
            module,
            limit=self._limit,
            delay_seconds=self.config.probing.confirm_after_seconds,
        )
        self.last[target.region, target.name] = found
        return found
