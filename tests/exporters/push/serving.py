"""The push of a real installation under a real server on loopback, and a client that sends what it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from exporters.intake import Delivery, Taken
from exporters.push.api import PushApi
from exporters.push.settings import PushSettings
from exporters.push.tokens import new_secret
from metrics.model import PushAct, PushToken
from pantau.home import Home, Settings
from pantau.installation import Installation
from tests.services.ports import free_port

NDJSON = "application/x-ndjson"
MINE, FOREIGN = "32.73", "11.01"

Headers = Mapping[str, str] | Sequence[tuple[str, str]]


def record(number: int | str = 1, **changes: Any) -> dict[str, Any]:
    """An application, as the contract has it."""
    return {
        "region": MINE,
        "id": f"A{number}",
        "observed_at": "2026-01-02T00:00:00Z",
        "submitted": "2025-12-01T08:00:00+07:00",
        "status": "open",
        **changes,
    }


def lines(*records: Mapping[str, Any]) -> bytes:
    """Records as JSON lines."""
    return "".join(json.dumps(one) + "\n" for one in records).encode()


@dataclass(frozen=True)
class Reply:
    """Answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def counts(self) -> tuple[int, ...]:
        """Read, accepted, rejected, new, updated, unchanged."""
        names = ("read", "accepted", "rejected", "new", "updated", "unchanged")
        return tuple(self.json[name] for name in names)


@dataclass(frozen=True)
class Client:
    """Sends pushes with a token."""

    port: int
    token: str = ""

    def push(
        self,
        body: bytes | Sequence[Mapping[str, Any]],
        record_set: str = "transactions",
        *,
        kind: str = NDJSON,
        headers: Headers = (),
    ) -> Reply:
        content = body if isinstance(body, bytes) else lines(*body)
        own = [("Content-Type", kind), ("Authorization", f"Bearer {self.token}")]
        given = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
        return self.send("POST", f"/v1/{record_set}", content, [*own, *given])

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            own_host = any(name == "Host" for name, _ in headers)
            connection.putrequest(method, path, skip_host=own_host, skip_accept_encoding=True)
            connection.putheader("Content-Length", str(len(body)))
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


class Door:
    """The way in of an installation. Stands open unless it is held; counts what went through."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.open = threading.Event()
        self.open.set()
        self.deliveries: list[Delivery] = []
        self.failing: Callable[[Delivery], None] = lambda _: None
        self.refreshed = 0

    def take(self, delivery: Delivery) -> Taken:
        self.deliveries.append(delivery)
        assert self.open.wait(60)
        self.failing(delivery)
        self._installation.catch_up()
        return self._installation.intake.take_telling(delivery)

    def refresh(self) -> None:
        self.refreshed += 1


@dataclass(frozen=True)
class Site:
    """A running push, with what is behind it."""

    installation: Installation
    door: Door
    api: PushApi
    server: uvicorn.Server
    thread: threading.Thread
    port: int

    def client(
        self,
        *regions: str,
        datasets: Sequence[str] = ("transactions",),
        mapping: str = "",
        simulated: bool = False,
    ) -> Client:
        """Client with a token of its own."""
        now = self.installation.clock()
        token = PushToken(
            f"token-{secrets.token_hex(4)}", regions or (MINE,), tuple(datasets), mapping, simulated, now
        )
        text, secret = new_secret(token.id, now, None)
        self.installation.store.add_push_token(token, secret, PushAct(now, "create", token.id, ""))
        return Client(self.port, text)

    def records(self, dataset: str = "transactions") -> list[dict[str, Any]]:
        """Rows of the archive, all versions."""
        found = self.installation.archive.records(dataset)
        return [] if found is None else found.to_table().to_pylist()

    def end(self) -> None:
        """End the server, as SIGTERM does."""
        self.server.should_exit = True
        self.thread.join(60)
        assert not self.thread.is_alive()


@contextlib.contextmanager
def site(
    home: Path,
    *,
    graceful_seconds: int = 5,
    **settings: Any,
) -> Iterator[Site]:
    """A push that answers, for an installation that is there."""
    with Installation(Home(home, Settings())) as installation:
        door = Door(installation)
        api = PushApi(
            installation.store,
            installation.registry,
            door.take,
            door.refresh,
            installation.home.scratch / "push",
            clock=installation.clock,
            settings=lambda: PushSettings(**settings),
        )
        port = free_port()
        server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=[Mount("/v1", api.app)], lifespan=_lifespan(api)),
                host="127.0.0.1",
                port=port,
                log_level="critical",
                timeout_graceful_shutdown=graceful_seconds,
            )
        )
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        running = Site(installation, door, api, server, thread, port)
        try:
            yield running
        finally:
            door.open.set()
            running.end()


def _lifespan(api: PushApi) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with api:
            yield

    return lifespan
