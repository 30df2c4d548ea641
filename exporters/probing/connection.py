"""One connection: to a checked IP address, with each phase stamped in the callback of its event.

Instants are taken in callbacks of the event loop (writable, ``connection_made``, ``data_received``,
``eof_received``), not after an ``await``, and set back by what the kernel knows (``kernel``): what else
this process does meanwhile does not falsify them.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from exporters.probing import tls
from exporters.probing.address import IPAddress
from exporters.probing.kernel import Options, handshake_seconds, lateness_seconds
from exporters.probing.phases import Phase, Stopwatch
from exporters.probing.result import Failure, Reason

ATTEMPTS = 3
"""Addresses of a name that are tried at most."""

_RESETS = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
_UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTDOWN})


class Reader(Protocol):
    """What understands an answer, piece by piece."""

    def feed(self, data: bytes) -> bool:
        """Takes the next bytes; true once the answer is complete. Raises ``Failure``."""

    def end(self) -> None:
        """Takes the end of the stream. Raises ``Failure`` if the answer is not complete."""


class Conversation(asyncio.Protocol):
    """Agrees on encryption if there is to be any, sends a request and hands the answer to its reader."""

    def __init__(
        self, request: bytes, reader: Reader | None, watch: Stopwatch, channel: tls.Channel | None = None
    ) -> None:
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.certificate_expires_at: datetime | None = None
        self._request = request
        self._reader = reader
        self._watch = watch
        self._channel = channel
        self._agreed = channel is None
        self._transport: asyncio.Transport | None = None
        self._socket: Options | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins with the handshake, or with the request."""
        self._transport = transport  # type: ignore[assignment] # a stream has a Transport
        self._socket = transport.get_extra_info("socket")
        if self._channel is None:
            self._ask()
            return
        self._watch.begin(Phase.TLS)
        self._guarded(self._shake_hands, time.perf_counter())

    def data_received(self, data: bytes) -> None:
        """Hands bytes to the handshake or to the reader."""
        now = time.perf_counter() - lateness_seconds(self._socket)
        if self.finished.done():
            return
        if self._channel is None:
            self._guarded(lambda now: self._answer(data, now), now)
            return
        self._channel.take(data)
        if not self._agreed:
            self._guarded(self._shake_hands, now)
        if self._agreed and not self.finished.done():
            self._guarded(self._decrypt, now)

    def eof_received(self) -> bool:
        """The other side sends no more; the connection is closed."""
        self._guarded(self._ended, time.perf_counter())
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: by its end, or by an error."""
        now = time.perf_counter()
        if exc is None:
            self._guarded(self._ended, now)
        elif isinstance(exc, OSError):
            self._finish(broken(exc), now)
        else:
            self._finish(Failure(Reason.OTHER, f"the connection failed: {type(exc).__name__}"), now)

    def close(self) -> None:
        """Closes the socket at once, whatever is under way."""
        if not self.finished.cancel() and not self.finished.cancelled():
            self.finished.exception()  # seen, though nobody waits for it any more
        if self._transport is not None:
            self._transport.abort()

    def _guarded(self, step: Callable[[float], None], now: float) -> None:
        """Takes a step; its failure ends the conversation."""
        if self.finished.done():
            return
        try:
            step(now)
        except Failure as failure:
            self._finish(failure, now)

    def _shake_hands(self, now: float) -> None:
        if self._channel is None:
            return
        try:
            self._agreed = self._channel.handshake()
        finally:
            self._flush()
        if self._agreed:
            self._watch.end(now)
            self.certificate_expires_at = self._channel.expiry()
            self._ask()

    def _ask(self) -> None:
        if self._reader is None:
            self._finish()
            return
        self._watch.begin(Phase.FIRST_BYTE)
        if self._channel is not None:
            self._channel.write(self._request)
            self._flush()
        elif self._transport is not None:
            self._transport.write(self._request)

    def _decrypt(self, now: float) -> None:
        if self._channel is None:
            return
        data, ended = self._channel.read()
        self._flush()
        if data:
            self._answer(data, now)
        if ended and not self.finished.done():
            self._ended(now)

    def _answer(self, data: bytes, now: float) -> None:
        if self._watch.running is Phase.FIRST_BYTE:
            self._watch.end(now)
            self._watch.begin(Phase.TRANSFER, now)
        if self._reader is not None and self._reader.feed(data):
            self._finish(None, now)

    def _ended(self, now: float) -> None:
        if not self._agreed:
            raise Failure(Reason.TLS, "the connection was closed during the handshake")
        if self._reader is not None:
            self._reader.end()
            self._finish(None, now)

    def _flush(self) -> None:
        data = self._channel.pending() if self._channel else b""
        if data and self._transport is not None:
            self._transport.write(data)

    def _finish(self, failure: Failure | None = None, now: float | None = None) -> None:
        if self.finished.done():
            return
        if failure is None:
            self._watch.end(now)
            self.finished.set_result(None)
        else:
            self._watch.leave(now)
            self.finished.set_exception(failure)


async def converse(connected: socket.socket, conversation: Conversation) -> None:
    """Runs a conversation over a connected socket, which is closed afterwards. Raises ``Failure``."""
    loop = asyncio.get_running_loop()
    try:
        await loop.create_connection(lambda: conversation, sock=connected)
        await conversation.finished
    except OSError as error:
        connected.close()
        raise broken(error) from error
    finally:
        conversation.close()


async def connect(
    addresses: Sequence[IPAddress], port: int, watch: Stopwatch, deadline: float
) -> tuple[socket.socket, IPAddress]:
    """Socket connected to the first of the addresses that answers, and that address. Raises ``Failure``.

    A silent address gets its share of the time left until the deadline (of the loop's clock), so that
    the next one is tried too.
    """
    *others, last = addresses[:ATTEMPTS]
    for number, address in enumerate(others):
        share = (deadline - asyncio.get_running_loop().time()) / (len(others) + 1 - number)
        try:
            async with asyncio.timeout(share):
                return await _connect(address, port, watch), address
        except (OSError, Failure):  # a TimeoutError is an OSError
            watch.leave()
    return await _connect(last, port, watch), last


async def _connect(address: IPAddress, port: int, watch: Stopwatch) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - versions of IP
    try:
        connecting = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise Failure(Reason.OTHER, f"no socket could be opened: {_name(error)}") from error
    try:
        connecting.setblocking(False)  # noqa: FBT003 - the signature of socket
        began = time.perf_counter()
        watch.begin(Phase.CONNECT, began)
        code = connecting.connect_ex((str(address), port))
        if code == errno.EINPROGRESS:
            code = await _writable(connecting, watch, began)
    except BaseException:
        connecting.close()
        raise
    if code:
        watch.leave()
        connecting.close()
        raise broken(OSError(code, os.strerror(code)))
    watch.end()
    return connecting


async def _writable(connecting: socket.socket, watch: Stopwatch, began: float) -> int:
    """Error number of the connection once the kernel has decided; 0 if it stands."""
    loop = asyncio.get_running_loop()
    decided: asyncio.Future[int] = loop.create_future()
    number = connecting.fileno()

    def decide() -> None:
        now = time.perf_counter()
        code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code == 0:
            took = handshake_seconds(connecting)
            watch.end(now if took is None else min(now, began + took))
        else:
            watch.leave(now)
        if not decided.done():
            decided.set_result(code)
            loop.remove_writer(number)

    loop.add_writer(number, decide)
    try:
        return await decided
    except BaseException:
        loop.remove_writer(number)
        raise


def broken(error: OSError) -> Failure:
    """What an error of a socket means."""
    if isinstance(error, ConnectionRefusedError):
        return Failure(Reason.REFUSED, "nothing listens on the port")
    if isinstance(error, _RESETS):
        return Failure(Reason.RESET, "the connection was reset")
    if isinstance(error, TimeoutError):
        return Failure(Reason.TIMEOUT, "the network gave up on the connection")
    if error.errno in _UNREACHABLE:
        return Failure(Reason.UNREACHABLE, f"no way to the address: {_name(error)}")
    return Failure(Reason.OTHER, f"the connection failed: {_name(error)}")


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
