"""The exporter at work: its configuration, its sweep, its collector, and what it tells of the regions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from exporters.collecting.batch import delivery_of
from exporters.collecting.collector import Collector, Watched
from exporters.collecting.config import Config, load_config
from exporters.collecting.fetching import Fetch
from exporters.collecting.harvest import Harvest, deliveries
from exporters.collecting.prober import Prober
from exporters.collecting.regional import RECORDS, Regional
from exporters.collecting.sweep import Record, Sweep, Tally
from exporters.errors import ConfigError
from exporters.intake import Delivery
from exporters.sources import SOURCES
from exporters.sources.client import Client
from exporters.sources.source import Surroundings, Want
from metrics.errors import PantauError
from metrics.model import SourceRun, SourceState
from metrics.regions import Registry, UnknownRegion

LOG = logging.getLogger("pantau.exporter")
READERS = 2
"""Threads in which sources do what blocks: reading files, asking databases, taking large answers apart."""


@dataclass(frozen=True)
class Ends:
    """Where what was collected goes. All are called in one thread, one at a time, and raise ``PantauError``.

    ``take``: takes deliveries in. ``refresh``: computes what follows from them. ``known``: states of
    the sources from before. ``remember``: writes states and fetches, and removes fetches from before
    an instant. ``rollups``: rows of a region in each roll-up table; called in any thread.
    """

    take: Callable[[Iterable[Delivery]], object]
    refresh: Callable[[], object]
    known: Callable[[], Sequence[SourceState]]
    remember: Callable[[Sequence[SourceState], Sequence[SourceRun], datetime], object]
    rollups: Callable[[str], Mapping[str, pl.DataFrame]]


class Operation:
    """Probes and collects what a configuration names, from entry to exit, and takes another one on request.

    ``reloaded``: whether the last reload succeeded; ``reloaded_at``: when a configuration was last
    taken, in seconds since 1970. Raises ``ConfigError`` for a configuration that cannot be used.
    """

    def __init__(self, path: Path, registry: Registry, ends: Ends) -> None:
        self._path = path
        self._registry = registry
        self._ends = ends
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="delivery")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="source")
        self._client = Client()
        self._working: list[asyncio.Task[None]] = []
        self._turn = asyncio.Lock()
        self._is_stale, self._refreshed = False, time.monotonic()
        self.prober = Prober(load_config(path, registry))
        self.sweep = self._sweep(Tally())
        self.collector = self._collector()
        self.reloaded = True
        self.reloaded_at = time.time()

    async def __aenter__(self) -> Self:
        self._start()
        with contextlib.suppress(ValueError):  # signals belong to the main thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload_on_signal)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()
        await self._close()

    @property
    def config(self) -> Config:
        """Configuration at work."""
        return self.prober.config

    async def once(self, ids: Iterable[str] | None, want: Want | None) -> dict[str, Fetch]:
        """Fetch sources once, all or some, deliver, and close: instead of entering.

        Raises ``PantauError`` where what was fetched cannot be delivered.
        """
        try:
            found = await self.collector.once(ids, want)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._refresh)
            return found
        finally:
            await self.collector.close()
            await self._close()

    async def reload(self) -> None:
        """Read the configuration again. Raises ``ConfigError``; then the old one stays at work."""
        async with self._turn:
            try:
                config = await asyncio.to_thread(load_config, self._path, self._registry)
            except ConfigError:
                self.reloaded = False
                raise
            await self._stop()
            self.prober = Prober(config)
            self.sweep = self._sweep(self.sweep.tally)
            done = self.collector.done
            self.collector = self._collector()
            self.collector.done = done
            self._start()
            self.reloaded, self.reloaded_at = True, time.time()

    @property
    def sweeping(self) -> bool:
        """Whether the sweep and the collector are at work."""
        return bool(self._working) and not any(task.done() for task in self._working)

    async def regional(self, region: str) -> Regional:
        """What is known of a region's records and sources. Raises ``UnknownRegion`` and ``StoreError``."""
        if region not in self._registry.regions:
            raise UnknownRegion(f"{region!r} is no code of the registry. Correct it.", ())
        rollups = await asyncio.to_thread(self._ends.rollups, region)
        sources = [state for state in self.collector.states.values() if state.region == region]
        return Regional(rollups, sources)

    def discovery(self, module: str | None = None) -> list[dict[str, Any]]:
        """Regions with targets, of one module or any, or with records, each a code and its labels.

        In the form of Prometheus' HTTP service discovery.
        """
        found = []
        for code in sorted(self._regions(module)):
            region = self._registry.regions[code]
            labels = {
                "region": code,
                "region_name": region.full_name,
                "province": region.province.code,
                "province_name": region.province.name,
            }
            found.append({"targets": [code], "labels": labels})
        return found

    def _regions(self, module: str | None) -> set[str]:
        """Regions with something to show under a module."""
        config = self.config
        probed = {target.region for target in config.targets if module in (None, RECORDS, target.module)}
        if module != RECORDS:
            return probed
        several = any(source.region is None for source in config.sources)
        told = set(self._registry.regions) if several else set()
        return probed | told | {source.region for source in config.sources if source.region is not None}

    def _sweep(self, tally: Tally) -> Sweep:
        return Sweep(self.prober, self._take_records, tally=tally, now=time.time)

    def _collector(self) -> Collector:
        config = self.config
        known = {state.id: state for state in self._ends.known()} if config.sources else {}
        return Collector(
            config.collecting,
            self._watched(config),
            known,
            self._take_harvests,
            self._remember,
            now=_now,
            simulated=config.simulated,
        )

    def _watched(self, config: Config) -> Iterator[Watched]:
        """Sources of a configuration, opened."""
        for entry in config.sources:
            zone = self._registry.regions[entry.region].timezone if entry.region else "UTC"
            surroundings = Surroundings(entry.id, entry.region, zone, self._client, self._readers, _now)
            yield Watched(entry, SOURCES[entry.kind](entry.settings, surroundings), zone)

    async def _take_records(self, records: Sequence[Record]) -> None:
        """Deliver findings of probes."""
        now = _now()
        delivery = delivery_of(
            "probes",
            records,
            origin=f"probes until {now.isoformat(timespec='seconds')}",
            now=now,
            simulated=self.config.simulated,
        )
        await asyncio.get_running_loop().run_in_executor(self._thread, self._take, [delivery])

    async def _take_harvests(self, harvests: Sequence[Harvest]) -> None:
        """Deliver rows of sources."""
        found = deliveries(harvests, self._registry, now=_now(), simulated=self.config.simulated)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._take, found)

    def _take(self, found: Iterable[Delivery]) -> None:
        """Take deliveries in, and compute what follows from them where that is due."""
        self._ends.take(found)
        self._is_stale = True
        if time.monotonic() - self._refreshed >= self.config.collecting.refresh_every_seconds:
            self._refresh()

    def _refresh(self) -> None:
        if not self._is_stale:
            return
        self._refreshed = time.monotonic()
        try:
            self._ends.refresh()
            self._is_stale = False
        except PantauError as error:
            LOG.warning("indicators and ranking are not computed anew: %s", error)

    async def _remember(
        self, states: Sequence[SourceState], runs: Sequence[SourceRun], keep_from: datetime
    ) -> None:
        await asyncio.get_running_loop().run_in_executor(
            self._thread, self._ends.remember, states, runs, keep_from
        )

    def _start(self) -> None:
        self._working = [asyncio.create_task(self.sweep.run()), asyncio.create_task(self.collector.run())]

    async def _stop(self) -> None:
        """Stop, delivering what waits and computing what follows from it."""
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._refresh)
        self._working = []
        await self.prober.close()

    async def _close(self) -> None:
        """Give back what outlives a configuration."""
        await self._client.close()
        self._thread.shutdown()
        self._readers.shutdown(cancel_futures=True)

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


def _now() -> datetime:
    return datetime.now(UTC)
