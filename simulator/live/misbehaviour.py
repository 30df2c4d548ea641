"""What a system in trouble does to a connection instead of answering, and what it makes of an answer."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from simulator.live.faults import Fault, Options
from simulator.live.wire import Exchange, Reply, json_reply

MALFORMED_AT = 0.6
ENDLESS = b'{"simulated":true,"filler":"' + b"x" * 65_000 + b'"},\n'
LONGEST_ENDLESS = 8 << 30
"""Bytes after which even an endless body ends, should nobody hang up."""

Send = Callable[[Exchange, Options, Reply], Awaitable[bool]]


async def _down(exchange: Exchange, _options: Options, _reply: Reply) -> bool:
    exchange.reset()
    return False


async def _slow(exchange: Exchange, options: Options, reply: Reply) -> bool:
    await asyncio.sleep(float(options["delay_seconds"]))
    return await plainly(exchange, reply)


async def _hanging(exchange: Exchange, _options: Options, _reply: Reply) -> bool:
    while await exchange.reader.read(1 << 16):
        pass
    return False


async def _dripping(exchange: Exchange, options: Options, reply: Reply) -> bool:
    for byte in reply.head(kept=False) + reply.body:
        await exchange.send(bytes([byte]))
        await asyncio.sleep(float(options["interval_seconds"]))
    return False


async def _resetting(exchange: Exchange, _options: Options, reply: Reply) -> bool:
    body = reply.body or b"simulated"
    await exchange.send(reply.head(kept=False, length=len(body)), body[: len(body) // 2])
    await asyncio.sleep(0.05)  # or the reset overtakes what was sent
    exchange.reset()
    return False


async def _huge(exchange: Exchange, _options: Options, reply: Reply) -> bool:
    await exchange.send(reply.head(kept=False, length=-1), b"[")
    for _ in range(LONGEST_ENDLESS // len(ENDLESS)):
        await exchange.send(ENDLESS)
        await asyncio.sleep(0)
    return False


WIRE: dict[str, Send] = {
    "down": _down,
    "province_loss": _down,
    "slow": _slow,
    "hanging": _hanging,
    "dripping": _dripping,
    "resetting": _resetting,
    "huge": _huge,
}
"""Kinds of faults that concern the connection. Of several, the first in this order decides."""


async def plainly(exchange: Exchange, reply: Reply) -> bool:
    """Send a reply as it is."""
    body = b"" if exchange.request.method == "HEAD" else reply.body
    await exchange.send(reply.head(kept=exchange.request.is_kept), body)
    return True


async def send(exchange: Exchange, reply: Reply, faults: Sequence[Fault]) -> bool:
    """Send a reply as a system with these faults would. Returns whether the connection can be used again."""
    answered = spoilt(reply, faults, exchange.request.target)
    options = {fault.kind: fault.options for fault in faults}
    for kind, way in WIRE.items():
        if kind in options:
            return await way(exchange, options[kind], answered)
    return await plainly(exchange, answered)


def spoilt(reply: Reply, faults: Sequence[Fault], target: str) -> Reply:
    """The reply that faults make of a reply."""
    for fault in faults:
        if fault.kind in _ANSWERS:
            reply = _ANSWERS[fault.kind](reply, fault.options, target)
    return reply


def _status(_reply: Reply, options: Options, _target: str) -> Reply:
    return json_reply({"error": "simulated failure"}, int(options["code"]))


def _auth(_reply: Reply, _options: Options, _target: str) -> Reply:
    return json_reply({"error": "simulated: not authorised"}, 401, {"WWW-Authenticate": "Bearer"})


def _redirect_loop(_reply: Reply, _options: Options, target: str) -> Reply:
    return Reply(b"", 302, headers={"Location": target})


def _redirect_elsewhere(_reply: Reply, options: Options, _target: str) -> Reply:
    return Reply(b"", 302, headers={"Location": str(options["location"])})


def _malformed(reply: Reply, _options: Options, _target: str) -> Reply:
    """Cut off, with a length that fits: only who reads it finds out."""
    return replace(reply, body=reply.body[: int(len(reply.body) * MALFORMED_AT)] or b"{")


def _gzip_bomb(reply: Reply, options: Options, _target: str) -> Reply:
    headers = {**reply.headers, "Content-Encoding": "gzip"}
    return replace(reply, body=bomb(int(options["megabytes"])), headers=headers)


_ANSWERS: dict[str, Callable[[Reply, Options, str], Reply]] = {
    "gzip_bomb": _gzip_bomb,
    "malformed": _malformed,
    "status": _status,
    "auth": _auth,
    "redirect_loop": _redirect_loop,
    "redirect_elsewhere": _redirect_elsewhere,
}


@lru_cache(maxsize=2)
def bomb(megabytes: int) -> bytes:
    """So many megabytes of blanks, as one member of gzip."""
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    megabyte = b" " * (1 << 20)
    return b"".join([*(packer.compress(megabyte) for _ in range(megabytes)), packer.flush()])
