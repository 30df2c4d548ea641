"""HTTP/1.1 by hand, because faults need the socket itself."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

import orjson

LARGEST_HEAD = 64 << 10
LARGEST_BODY = 1 << 20
IDLE_SECONDS = 120.0


@dataclass(frozen=True)
class Request:
    """A request. Header names are in lower case. ``server``: address that it came in by."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    server: str = ""

    @cached_property
    def path(self) -> str:
        """Path, decoded."""
        return unquote(self.target.partition("?")[0])

    @cached_property
    def query(self) -> dict[str, str]:
        """Parameters behind the path; the last of each name."""
        return dict(parse_qsl(self.target.partition("?")[2]))

    @property
    def is_kept(self) -> bool:
        """Whether the connection may be used again."""
        return self.headers.get("connection", "").lower() != "close"


@dataclass(frozen=True)
class Reply:
    """An answer, whole."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def head(self, *, kept: bool, length: int | None = None) -> bytes:
        """Status line and headers. ``length``: that it claims, if not the body's own; below 0: none."""
        size = len(self.body) if length is None else length
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            f"Content-Type: {self.kind}",
            *([f"Content-Length: {size}"] if size >= 0 else []),
            *(f"{name}: {value}" for name, value in self.headers.items()),
            *([] if kept else ["Connection: close"]),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def json_reply(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Reply with JSON."""
    return Reply(orjson.dumps(content, default=str), status, headers=headers or {})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the connection that it came by, for whoever writes something else than a reply."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *pieces: bytes) -> None:
        """Write, and wait until the other side takes it. Raises ``ConnectionError``."""
        self.writer.writelines(pieces)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection off: the other side finds it reset."""
        kernel: socket.socket | None = self.writer.get_extra_info("socket")
        if kernel is not None:
            with suppress(OSError):
                kernel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Respond = Callable[[Exchange], Awaitable[bool]]
"""Answers a request. Returns whether the connection can be used again."""


class Server:
    """Serves on loopback addresses until it is closed; then no connection and no task is left."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()

    async def listen(self, address: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen on one address; returns the port. Raises ``OSError`` where it is taken."""
        server = await asyncio.start_server(
            self._connected, address, port, limit=LARGEST_HEAD, backlog=1024, ssl=tls
        )
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    @property
    def connections(self) -> int:
        """Connections that are open."""
        return len(self._connections)

    async def close(self) -> None:
        """Stop listening, and break off what is under way."""
        for server in self._servers:
            server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a callback of asyncio's streams is a task
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str(writer.get_extra_info("sockname")[0])
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                request = await _read(reader, address)
            if request is None:
                writer.write(Reply(b"what was sent is no request\n", 400, "text/plain").head(kept=False))
                return
            if not await self._respond(Exchange(request, reader, writer)) or not request.is_kept:
                return


async def _read(reader: asyncio.StreamReader, address: str) -> Request | None:
    """Next request of a connection; ``None`` for what is none. Raises ``IncompleteReadError`` at its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    words = first.split(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    length = headers.get("content-length", "0")
    if len(words) != 3 or not length.isdecimal() or int(length) > LARGEST_BODY:  # noqa: PLR2004 - its words
        return None
    body = await reader.readexactly(int(length))
    return Request(words[0], words[1], headers, body, address)
