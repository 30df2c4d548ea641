"""Servers on loopback that answer well, badly or not at all."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from exporters.probing import Address, Module, Result, probe
from exporters.probing.address import Scheme

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def module(**entries: object) -> Module:
    """A module that may reach loopback."""
    return Module.model_validate({"timeout_seconds": 20, "allow": ["127.0.0.0/8", "::1"], **entries})


def answers(*pieces: bytes, pause_seconds: float = 0.0, before_seconds: float = 0.0) -> Handler:
    """Reads a request and sends pieces, then closes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(before_seconds)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_seconds)

    return handle


def endless(head: bytes, piece: bytes, pause_seconds: float = 0.0) -> Handler:
    """Sends a piece over and over until the other side is gone."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_seconds)

    return handle


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Never answers, and notices when the other side leaves."""
    while await reader.read(1024):
        pass


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Resets the connection after the request."""
    await reader.read(1)
    open_socket = writer.get_extra_info("socket")
    open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def half_closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Announces ten bytes, sends two and closes its half only."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")
    writer.write_eof()
    await reader.read()


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Port of a server; its connections are closed at the end."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await handler(reader, writer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    handling: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(handle(reader, writer))
        handling.add(task)
        task.add_done_callback(handling.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context, backlog=1024)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(handling):
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
        await server.wait_closed()
        await asyncio.sleep(0)


def probed(
    handler: Handler,
    rules: Module | None = None,
    *,
    context: ssl.SSLContext | None = None,
    scheme: Scheme | None = None,
    host: str = "127.0.0.1",
) -> Result:
    """Result of a probe of a server with this handler."""

    async def scenario() -> Result:
        async with serving(handler, context) as port:
            address = Address(host, port, scheme or ("https" if context else "http"))
            return await probe(address, rules or module())

    return asyncio.run(scenario())


def open_files() -> int:
    """File descriptors of this process."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count
