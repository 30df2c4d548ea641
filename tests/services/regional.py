"""A region's system over HTTP, on loopback and in a thread of its own, that remembers what it was asked."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True)
class Asked:
    """A request that came. ``peer``: port of the connection that it came over."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    peer: int


@dataclass
class RegionalSystem:
    """Where it is, and what it was asked."""

    host: str
    port: int
    scheme: str = "http"
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/records") -> str:
        """URL of a path."""
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    def queries(self, name: str) -> list[str | None]:
        """Values of a parameter, by request."""
        return [one.query.get(name) for one in self.asked]


@contextmanager
def regional(
    handler: Handler, *, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[RegionalSystem]:
    """Serve until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def done(work: Awaitable[object]) -> None:
        async def awaited() -> None:
            await work

        asyncio.run_coroutine_threadsafe(awaited(), loop).result(60)

    system = RegionalSystem(host, 0, "http" if context is None else "https")
    server = _Server(handler, system)
    try:
        done(server.start(context))
        yield system
    finally:
        done(server.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Server:
    def __init__(self, handler: Handler, system: RegionalSystem) -> None:
        self._handler = handler
        self._system = system
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self, context: ssl.SSLContext | None) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._system.host, 0, ssl_context=context)
        await site.start()
        self._system.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        self._system.asked.append(
            Asked(
                request.method,
                request.path,
                dict(request.query),
                {name.lower(): value for name, value in request.headers.items()},
                await request.read(),
                peer[1] if peer else 0,
            )
        )
        return await self._handler(request)


def answering(
    body: str | bytes, content_type: str = "application/json", status: int = 200, **headers: str
) -> Handler:
    """Gives one answer to whatever is asked. Of names of headers ``_`` stands for ``-``."""

    async def handle(_: web.Request) -> web.Response:
        return web.Response(
            body=body.encode() if isinstance(body, str) else body,
            status=status,
            headers={"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )

    return handle
