"""The platform that sends by itself, to a server that stands for an exporter."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from simulator.live.misbehaviour import plainly
from simulator.live.pushing import Pusher
from simulator.live.records import fields
from simulator.live.running import Setting, Simulation
from simulator.live.systems import Outlet, of_kind
from simulator.live.wire import Exchange, Reply, Request, Server
from tests.simulator.live.live import START, Hand, some_regions


@dataclass
class Receiver:
    """Answers pushes with the statuses that it is given, then with 200; keeps what was accepted."""

    statuses: list[int] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)

    async def respond(self, exchange: Exchange) -> bool:
        self.asked.append(exchange.request)
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.rows += map(json.loads, exchange.request.body.splitlines())
        return await plainly(exchange, Reply(b"{}", status, headers={"Retry-After": "0"}))


@dataclass
class Pushing:
    """A platform and its receiver."""

    simulation: Simulation
    hand: Hand
    pusher: Pusher
    receiver: Receiver
    said: list[str]

    @property
    def outlets(self) -> list[Outlet]:
        return of_kind(self.simulation.outlets.values(), "push")

    def wanted(self, until: int) -> set[tuple[object, object, object]]:
        """Versions of all regions of the platform up to an instant."""
        spans = [(int(START), until + 1)]
        return {
            (version.place.code, version.id, fields(version)["status"])
            for outlet in self.outlets
            for version in self.simulation.world.changes(outlet.place.code, "transactions", spans)
        }

    def got(self) -> set[tuple[object, object, object]]:
        return {(row["region"], row["id"], row["status"]) for row in self.receiver.rows}


@asynccontextmanager
async def pushing(folder: Path, *statuses: int) -> AsyncIterator[Pushing]:
    receiver, hand, said = Receiver(list(statuses)), Hand(), list[str]()
    server = Server(receiver.respond)
    port = await server.listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{port}/"
    setting = Setting(folder, start=START, history_days=1, exporter=address)
    simulation = Simulation(some_regions(), setting, str, hand)
    outlets = of_kind(simulation.outlets.values(), "push")
    pusher = Pusher(address, lambda: "a-token", simulation.shown, outlets, said.append)
    yield Pushing(simulation, hand, pusher, receiver, said)
    await server.close()


def test_what_is_new_of_all_regions_is_one_push_in_the_words_of_the_contract(tmp_path: Path) -> None:
    async def run() -> None:
        async with pushing(tmp_path) as live:
            for seconds in (600, 1_200):
                live.hand.seconds = seconds
                await live.pusher.write()
                assert live.got() == live.wanted(int(START) + seconds)
            first, second = live.receiver.asked
            assert (first.method, first.path) == ("POST", "/v1/transactions")
            assert first.headers["authorization"] == "Bearer a-token"
            assert first.headers["idempotency-key"] != second.headers["idempotency-key"]
            assert all(row["simulated"] is True for row in live.receiver.rows)
            assert len({row["region"] for row in live.receiver.rows}) == len(live.outlets) > 1
            await live.pusher.write()
            assert len(live.receiver.asked) == 2

    asyncio.run(run())


def test_what_was_not_accepted_is_pushed_again_and_counts_only_then(tmp_path: Path) -> None:
    async def run() -> None:
        async with pushing(tmp_path, 503, 400) as live:
            live.hand.seconds = 600
            for _ in range(2):
                await live.pusher.write()
                assert live.simulation.shown.until(live.outlets[0]) == int(START) - 1
            assert ["400" in text for text in live.said] == [True]
            await live.pusher.write()
            assert live.simulation.shown.until(live.outlets[0]) == int(START) + 600
            assert live.got() == live.wanted(int(START) + 600)

    asyncio.run(run())


def test_region_in_trouble_pushes_later(tmp_path: Path) -> None:
    async def run() -> None:
        async with pushing(tmp_path) as live:
            region = live.outlets[0].place.code
            live.simulation.inject({"kind": "down", "region": region, "seconds": 900})
            live.hand.seconds = 600
            await live.pusher.write()
            assert region not in {row["region"] for row in live.receiver.rows}
            live.hand.seconds = 1_200
            await live.pusher.write()
            assert live.got() == live.wanted(int(START) + 1_200)

    asyncio.run(run())


def test_exporter_that_is_not_there_is_told_once_a_turn(tmp_path: Path) -> None:
    async def run() -> None:
        async with pushing(tmp_path) as live:
            live.pusher.exporter = "http://127.0.0.1:1"
            live.hand.seconds = 600
            await live.pusher.write()
            assert live.said == ["the exporter does not take pushes: ClientConnectorError. It is tried again"]

    asyncio.run(run())
