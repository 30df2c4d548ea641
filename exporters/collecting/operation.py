"""The exporter at work: its configuration, its sweep, and what is told of the regions it looks after."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exporters.collecting.batch import delivery_of
from exporters.collecting.config import load_config
from exporters.collecting.prober import Prober
from exporters.collecting.sweep import Record, Sweep, Tally
from exporters.errors import ConfigError
from exporters.intake import Delivery
from metrics.regions import Registry

LOG = logging.getLogger("pantau.exporter")
Take = Callable[[Delivery], object]
"""Takes a delivery in; called in a thread, one at a time. Raises ``PantauError``."""


class Operation:
    """Probes what a configuration names, from entry to exit, and takes another one on request.

    ``reloaded``: whether the last reload succeeded; ``reloaded_at``: when a configuration was last
    taken, in seconds since 1970. Raises ``ConfigError`` for a configuration that cannot be used.
    """

    def __init__(self, path: Path, registry: Registry, take: Take) -> None:
        self._path = path
        self._registry = registry
        self._take = take
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="delivery")
        self._sweeping: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self.prober = Prober(load_config(path, registry))
        self.sweep = self._sweep(Tally())
        self.reloaded = True
        self.reloaded_at = time.time()

    async def __aenter__(self) -> Self:
        self._sweeping = asyncio.create_task(self.sweep.run())
        with contextlib.suppress(ValueError):  # signals belong to the main thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload_on_signal)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()
        self._thread.shutdown()

    async def reload(self) -> None:
        """Read the configuration again. Raises ``ConfigError``; then the old one stays at work."""
        async with self._turn:
            try:
                config = load_config(self._path, self._registry)
            except ConfigError:
                self.reloaded = False
                raise
            await self._stop()
            self.prober = Prober(config)
            self.sweep = self._sweep(self.sweep.tally)
            self._sweeping = asyncio.create_task(self.sweep.run())
            self.reloaded, self.reloaded_at = True, time.time()

    @property
    def sweeping(self) -> bool:
        """Whether the sweep is at work."""
        return self._sweeping is not None and not self._sweeping.done()

    def discovery(self) -> list[dict[str, Any]]:
        """Regions with targets, as Prometheus' HTTP service discovery wants them: a code, and its labels."""
        found = []
        for code in sorted({target.region for target in self.prober.config.targets}):
            region = self._registry.regions[code]
            labels = {
                "region": code,
                "region_name": region.full_name,
                "province": region.province.code,
                "province_name": region.province.name,
            }
            found.append({"targets": [code], "labels": labels})
        return found

    def _sweep(self, tally: Tally) -> Sweep:
        return Sweep(self.prober, self._deliver, tally=tally, now=time.time)

    async def _deliver(self, records: Sequence[Record]) -> None:
        now = datetime.now(UTC)
        delivery = delivery_of(
            "probes",
            records,
            origin=f"probes until {now.isoformat(timespec='seconds')}",
            now=now,
            simulated=self.prober.config.simulated,
        )
        await asyncio.get_running_loop().run_in_executor(self._thread, self._take, delivery)

    async def _stop(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeping
            self._sweeping = None
        await self.prober.close()

    def _reload_on_signal(self) -> None:
        task = asyncio.create_task(self.reload())
        task.add_done_callback(_tell)


def _tell(task: asyncio.Task[None]) -> None:
    """Log how a reload by signal ended."""
    error = task.exception()
    if error is None:
        LOG.info("configuration reloaded")
    else:
        LOG.error("configuration not reloaded, the old one stays: %s", error)
