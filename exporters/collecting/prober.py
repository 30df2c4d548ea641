"""Probes the targets of a configuration: bounded in number, and each only once at one time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from exporters.collecting.config import Config, Target
from exporters.probing import Confirmed, Module, probe_twice

Key = tuple[str, str, str]


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
        self.last: dict[tuple[str, str], Confirmed] = {}
        self._limit = asyncio.Semaphore(config.probing.concurrency)
        self._under_way: dict[Key, _Flight] = {}

    async def probe(self, target: Target, module: str | None = None) -> Confirmed:
        """Finding on a target, by its own module or another, with the confirmation of a failure.

        Cancelled with the last one who waits for it.
        """
        name = module or target.module
        key = (target.region, target.name, name)
        flight = self._under_way.get(key)
        if flight is None:
            task = asyncio.create_task(self._probe(target, self.config.modules[name]))
            flight = self._under_way[key] = _Flight(task)
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                flight.task.cancel()

    async def of_region(self, region: str, module: str | None = None) -> Mapping[str, Confirmed]:
        """Findings on all targets of a region, by the target's name."""
        targets = [
            target for target in self.config.of_region(region) if module is None or target.module == module
        ]
        found = await asyncio.gather(*(self.probe(target) for target in targets))
        return {target.name: one for target, one in zip(targets, found, strict=True)}

    async def close(self) -> None:
        """Give up the probes under way."""
        tasks = [flight.task for flight in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _probe(self, target: Target, module: Module) -> Confirmed:
        found = await probe_twice(
            target.reached_by(module),
            module,
            limit=self._limit,
            delay_seconds=self.config.probing.confirm_after_seconds,
        )
        self.last[target.region, target.name] = found
        return found
