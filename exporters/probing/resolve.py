"""From a name to its IP addresses: once a probe, in threads of their own, timed within the thread."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Literal

from exporters.probing.address import IPAddress, ip_address
from exporters.probing.result import Failure, Reason

THREADS = 64
"""Look-ups at a time; the calls of the C library block, and a dead name server holds each for long."""

Preference = Literal["prefer_ipv4", "prefer_ipv6", "ipv4", "ipv6"]


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses of a name, and the instants of ``time.perf_counter`` at which the look-up ran."""

    addresses: tuple[IPAddress, ...]
    began: float
    ended: float


Resolver = Callable[[str], Awaitable[Found]]
"""Gives the addresses of a host. Raises ``OSError`` where there are none."""


async def system_resolver(host: str) -> Found:
    """Addresses by the system's resolver, in its order; an IP address is its own."""
    literal = ip_address(host)
    if literal is not None:
        now = time.perf_counter()
        return Found((literal,), now, now)
    return await asyncio.get_running_loop().run_in_executor(_threads(), _look_up, host)


def preferred(addresses: tuple[IPAddress, ...], preference: Preference) -> tuple[IPAddress, ...]:
    """Addresses in the order in which they are tried. Raises ``Failure`` if none is of the family."""
    version = 4 if preference.endswith("4") else 6
    first = tuple(address for address in addresses if address.version == version)
    rest = tuple(address for address in addresses if address.version != version)
    chosen = first + rest if preference.startswith("prefer_") else first
    if not chosen:
        raise Failure(Reason.DNS, f"the name has no address of IPv{version}")
    return chosen


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="resolver")


def _look_up(host: str) -> Found:
    began = time.perf_counter()
    entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    ended = time.perf_counter()
    found = (ip_address(str(entry[4][0])) for entry in entries)
    return Found(tuple(dict.fromkeys(address for address in found if address)), began, ended)
