"""The simulation as a whole: made from its settings, served until it is told to end."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metrics.model import Region
from simulator.live import certificates
from simulator.live.certificates import CertificateError, TlsSites
from simulator.live.configuration import Ground, Written, write_configuration
from simulator.live.control import Control
from simulator.live.database import Database
from simulator.live.faults import Fault, FaultError, Faults
from simulator.live.folders import AccessLogs, DropFolders
from simulator.live.ledger import Ledger
from simulator.live.misbehaviour import send
from simulator.live.pushing import Pusher
from simulator.live.schedule import at_random, give, scheduled
from simulator.live.shown import Shown
from simulator.live.sites import Sites
from simulator.live.systems import BY_NAME, PAGE, RECORD_SETS, of_kind, outlets
from simulator.live.timeline import Timeline
from simulator.live.traffic import Traffic
from simulator.live.wire import Exchange, Server
from simulator.live.world import World

LOOPBACK = "127.0.0.1"
DROP_SECONDS, LOG_SECONDS, DATABASE_SECONDS, PUSH_SECONDS, TRUTH_SECONDS = 30.0, 5.0, 5.0, 15.0, 30.0
EXPIRY_SECONDS = 0.5


@dataclass(frozen=True)
class Setting:
    """What is simulated. ``exporter``: address that the platform which sends by itself sends to."""

    folder: Path
    port: int = 9800
    speed: float = 1.0
    start: float = 0.0
    seed: int = 20230620
    history_days: int = 3
    volume: float = 1.0
    faults: Path | None = None
    random_faults: float = 0.0
    exporter: str | None = None
    token_file: Path | None = None


class Simulation:
    """Serves the systems of these regions. Raises ``FaultError`` for a schedule that cannot be used.

    ``say``: told what people should know. ``monotonic``: the real clock.
    """

    def __init__(
        self,
        regions: Iterable[Region],
        setting: Setting,
        say: Callable[[str], object] = sys.stderr.write,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.setting = setting
        self._say = say
        setting.folder.mkdir(parents=True, exist_ok=True)
        self.timeline = Timeline(setting.start, setting.speed, monotonic)
        self.world = World(
            regions,
            seed=setting.seed,
            start=self.timeline.start,
            history_days=setting.history_days,
            volume=setting.volume,
        )
        places = self.world.places
        self.outlets = outlets(places, pushing=setting.exporter is not None)
        self.faults = Faults(
            self.timeline, places, frozenset([*BY_NAME, PAGE]), RECORD_SETS, self._told, monotonic
        )
        self.traffic = Traffic(self.world)
        self.shown = Shown(self.world, self.faults, self.timeline, self.outlets)
        self.ledger = Ledger(self.shown, self.traffic, setting.folder)
        self.sites = Sites(self.world, self.outlets, self.faults, self.timeline, self.traffic)
        self.control = Control(self.timeline, self.faults, self.ledger, self.inject)
        self.server = Server(self._respond)
        self._scheduled = scheduled(setting.faults) if setting.faults else []
        for _, order in self._scheduled:
            self.faults.check(order)
        self._tls: TlsSites | None = None
        self._drops = DropFolders(setting.folder / "drop", self.shown, of_kind(self.outlets.values(), "drop"))
        self.port = setting.port

    async def run(self, ended: asyncio.Event, ready: Callable[[Written], None]) -> None:
        """Serve until ``ended`` is set; then the truth is written for the last time.

        ``ready``: called once everything answers, with what was written for the exporter.
        """
        database = Database(
            self.setting.folder / "database", self.shown, of_kind(self.outlets.values(), "sql")
        )
        work: list[asyncio.Task[None]] = []
        try:
            self.port = await self.server.listen(LOOPBACK, self.setting.port)
            tls = await self._listen_with_tls()
            ground = Ground(self.setting.folder.resolve(), self.port, self.world.seed, self.world.start)
            written = write_configuration(ground, self.outlets, tls)
            work = [asyncio.create_task(job) for job in self._jobs(database)]
            ready(written)
            await _ended_or_failed(asyncio.create_task(ended.wait()), work)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self.server.close()
            database.close()
            await self._write_truth(final=True)

    def inject(self, order: dict[str, Any]) -> dict[str, object]:
        """Begin a fault. Raises ``FaultError``."""
        fault = self.faults.inject(order)
        if fault.kind == "expired_certificate" and not self._has_tls(fault):
            self.faults.end(fault.number)
            sites = ", ".join(self._tls.contexts) if self._tls else "none here"
            raise FaultError(f"it hits no page over TLS. Those over TLS are of: {sites}.")
        return fault.told()

    def _inject_if_possible(self, order: dict[str, Any]) -> None:
        try:
            self.inject(order)
        except FaultError as error:
            self._say(f"a fault of the schedule: {error}\n")

    def _has_tls(self, fault: Fault) -> bool:
        places = self.world.places
        return self._tls is not None and any(
            fault.hits(places[code], PAGE, None) for code in self._tls.contexts
        )

    async def _listen_with_tls(self) -> dict[str, str]:
        """Address of each page over TLS, by region; empty where there can be none."""
        folder = self.setting.folder / "certificates"
        addresses = certificates.sites(self.world.places)
        try:
            await asyncio.to_thread(certificates.make, folder, list(addresses.values()))
        except CertificateError as error:
            self._say(f"no pages over TLS: {error}\n")
            return {}
        tls, found = TlsSites(folder), dict[str, str]()
        try:
            for region, address in addresses.items():
                await self.server.listen(address, self.port, tls.context(region))
                found[region] = f"https://{address}:{self.port}"
        except OSError as error:
            self._say(f"only {len(found)} pages over TLS: {error.strerror}\n")
        tls.contexts = {region: tls.contexts[region] for region in found}
        self._tls = tls
        return found

    def _jobs(self, database: Database) -> list[Coroutine[Any, Any, None]]:
        setting, shown = self.setting, self.shown
        logs = AccessLogs(
            setting.folder / "logs", shown, self.traffic, of_kind(self.outlets.values(), "access_log")
        )
        jobs = [
            self._every(DROP_SECONDS, self._drops.write),
            self._every(LOG_SECONDS, _at_once(logs.write)),
            self._every(DATABASE_SECONDS, _at_once(database.write)),
            self._every(TRUTH_SECONDS, self._write_truth),
            self._every(EXPIRY_SECONDS, _at_once(self.faults.expire)),
            give(self._scheduled, self._inject_if_possible, self.timeline.elapsed),
        ]
        if setting.random_faults:
            orders = at_random(self.world.places, setting.random_faults, setting.seed)
            jobs.append(give(orders, self._inject_if_possible, self.timeline.elapsed))
        if setting.exporter is not None:
            pushed = of_kind(self.outlets.values(), "push")
            pusher = Pusher(setting.exporter, self._token, shown, pushed, lambda text: self._say(f"{text}\n"))
            jobs.append(self._every(PUSH_SECONDS, pusher.write))
        return jobs

    async def _every(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await job()
            except OSError as error:
                self._say(f"{error.filename or 'a file'}: {error.strerror}. It is tried again\n")
            await asyncio.sleep(seconds)

    async def _respond(self, exchange: Exchange) -> bool:
        request = exchange.request
        if request.path.startswith("/control"):
            return await send(exchange, await self.control.answer(request), [])
        reply, faults = self.sites.answer(request)
        return await send(exchange, reply, faults)

    def _told(self, event: str, fault: Fault) -> None:
        self.ledger.note(event, fault)
        if self._tls is not None and fault.kind == "expired_certificate":
            self._tls.follow(self.faults, self.world.places)

    async def _write_truth(self, *, final: bool = False) -> None:
        for _ in self.ledger.steps():
            if not final:
                await asyncio.sleep(0)
        self.ledger.write(final=final)

    def _token(self) -> str:
        path = self.setting.token_file or self.setting.folder / "secrets" / "push.token"
        with suppress(OSError):
            return path.read_text(encoding="utf-8").strip()
        return ""


async def _ended_or_failed(ended: asyncio.Task[bool], work: Iterable[asyncio.Task[None]]) -> None:
    """Wait for the end. Raises what a piece of work raises, should one fail."""
    pending: set[asyncio.Task[Any]] = {ended, *work}
    while not ended.done():
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


def _at_once(job: Callable[[], None]) -> Callable[[], Awaitable[None]]:
    async def done() -> None:
        job()

    return done
