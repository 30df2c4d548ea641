"""A simulation that serves in the event loop of a test, whose clock the test moves, and plain clients."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from metrics.model import Region
from metrics.regions import indonesia
from simulator.live.configuration import Written
from simulator.live.running import Setting, Simulation
from simulator.live.systems import BY_NAME, USER, Outlet
from simulator.live.timeline import iso

START = 1_770_000_000.0
"""A Monday, 02:40 UTC."""


class Hand:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Answer:
    """Answer over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Live:
    """A running simulation."""

    simulation: Simulation
    hand: Hand
    written: Written

    @property
    def port(self) -> int:
        return self.simulation.port

    def outlet(self, system: str) -> Outlet:
        """An outlet of a system, by its name."""
        return next(one for one in self.simulation.outlets.values() if one.system.name == system)

    async def ask(
        self,
        target: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Answer to a request on a connection of its own, read to the end."""
        reader, writer = await self.connect()
        try:
            writer.write(self.request(target, method=method, headers=headers, body=body))
            async with asyncio.timeout(20):
                return parsed(await reader.read())
        finally:
            writer.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def request(
        self,
        target: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> bytes:
        """Bytes of a request, after which the connection is closed."""
        own = {"Host": f"127.0.0.1:{self.port}", "Connection": "close", "Content-Length": str(len(body))}
        lines = [f"{name}: {value}" for name, value in {**own, **(headers or {})}.items()]
        return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode() + body

    async def records(self, outlet: Outlet, query: str = "") -> Answer:
        """Answer of a system in JSON."""
        path = f"/r/{outlet.place.code}/api/{outlet.system.record_set}"
        return await self.ask(f"{path}?{query}", headers=await self.credentials(outlet))

    async def credentials(self, outlet: Outlet) -> dict[str, str]:
        """Headers that show who asks."""
        secret = outlet.system.secret(self.simulation.world.seed)
        if outlet.system.auth == "oauth2":
            form = f"grant_type=client_credentials&client_id={USER}&client_secret={secret}"
            answer = await self.ask("/oauth/token", method="POST", body=form.encode())
            return {"Authorization": f"Bearer {answer.json['access_token']}"}
        basic = base64.b64encode(f"{USER}:{secret}".encode()).decode()
        return {
            "bearer": {"Authorization": f"Bearer {secret}"},
            "basic": {"Authorization": f"Basic {basic}"},
            "api_key": {"X-API-Key": secret},
        }[str(outlet.system.auth)]

    async def order(self, **order: object) -> Answer:
        """Begin a fault over the control."""
        return await self.ask(
            "/control/faults",
            method="POST",
            headers={"Content-Type": "application/json"},
            body=orjson.dumps(order),
        )


def since(outlet: Outlet, second: float) -> str:
    """Parameter that asks for what changed from an instant on, written as the system's stamps are."""
    system = outlet.system
    forms = {"iso": iso(second), "epoch_s": int(second), "epoch_ms": int(second * 1_000)}
    return f"{system.since}={forms[system.stamp_form]}"


def parsed(data: bytes) -> Answer:
    """Answer of these bytes; status 0 where there were none."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split(" ")[1]) if first else 0, headers, body)


def some_regions() -> list[Region]:
    """Regions of three provinces, among which every system is in use."""
    chosen = [one for one in indonesia().regions.values() if one.province.code in {"11", "32", "94"}]
    return chosen[::2][:24]


@asynccontextmanager
async def serving(folder: Path, *, elapsed: float = 600.0, **setting: Any) -> AsyncIterator[Live]:
    """A simulation whose clock stands ``elapsed`` seconds after its start."""
    hand, ended, written = Hand(), asyncio.Event(), list[Written]()
    simulation = Simulation(
        some_regions(), Setting(folder, port=0, start=START, history_days=1, **setting), str, hand
    )
    hand.seconds = elapsed
    ready = asyncio.Event()

    def tell(what: Written) -> None:
        written.append(what)
        ready.set()

    running = asyncio.create_task(simulation.run(ended, tell))
    await asyncio.wait([running, asyncio.create_task(ready.wait())], return_when=asyncio.FIRST_COMPLETED)
    try:
        if running.done():
            running.result()
        yield Live(simulation, hand, written[0])
    finally:
        ended.set()
        await running


SYSTEMS_IN_JSON = [name for name, system in BY_NAME.items() if system.kind == "rest"]
