"""Connections that lead only where they may: checked at the address itself, whatever led to it.

A name is looked up once a connection, and the addresses that were found are the ones connected to.
An address that stands in the URL is checked the same way. So is the other end of a connection that
was kept from an earlier request, which may have been allowed more.
"""

from __future__ import annotations

import socket
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from exporters.probing.address import ip_address
from exporters.probing.guard import check_addresses
from exporters.probing.resolve import Resolver
from exporters.probing.result import Failure

_KEEP_ALIVE_SECONDS = 30.0
_NAMES_SECONDS = 30
_NAMES_KEPT = 10_000
_LINK_LOCAL = IPv6Address("fe80::")
"""What an address with a zone is."""


@dataclass(slots=True)
class Allowance:
    """What one request may reach. ``refused``: why an address was refused, the last of them."""

    host: str
    allow: tuple[str, ...]
    refused: Failure | None = None

    def check(self, text: str) -> None:
        """Raises ``PermissionError`` for an address that may not be reached, and keeps the reason."""
        address = ip_address(text)
        try:
            check_addresses(self.host, (_LINK_LOCAL if address is None else address,), self.allow)
        except Failure as failure:
            self.refused = failure
            raise PermissionError(failure.detail) from failure


ALLOWANCE: ContextVar[Allowance] = ContextVar("allowance")
"""Of the request that is under way; tasks that aiohttp makes for it inherit it."""


def guarded_connector(resolver: Resolver) -> aiohttp.TCPConnector:
    """Connector that opens and hands out only connections that ``ALLOWANCE`` covers.

    It bounds no number: who asks does.
    """
    return _GuardedConnector(
        resolver=_Names(resolver),
        socket_factory=_guarded_socket,
        limit=0,
        keepalive_timeout=_KEEP_ALIVE_SECONDS,
        ttl_dns_cache=_NAMES_SECONDS,
        dns_cache_max_size=_NAMES_KEPT,
    )


class _GuardedConnector(aiohttp.TCPConnector):
    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[aiohttp.tracing.Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own signature
    ) -> aiohttp.connector.Connection:
        connection = await super().connect(req, traces, timeout)
        allowance = ALLOWANCE.get()
        transport = connection.transport
        peer = transport.get_extra_info("peername") if transport is not None else None
        if peer is not None:  # gone already otherwise, which the request will find
            try:
                allowance.check(str(peer[0]))
            except PermissionError:
                connection.release()  # others may use it
                raise
        allowance.refused = None
        return connection


def _guarded_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    family, kind, protocol, _, address = info
    ALLOWANCE.get().check(str(address[0]))
    return socket.socket(family=family, type=kind, proto=protocol)


class _Names(AbstractResolver):
    """A resolver as aiohttp wants one."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - aiohttp filters by it once more
    ) -> list[ResolveResult]:
        found = await self._resolver(host)
        if not found.addresses:
            raise OSError(f"{host} has no address")
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,  # noqa: PLR2004 - IPv4
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found.addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""
