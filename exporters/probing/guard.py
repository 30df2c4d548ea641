"""What may be reached: public addresses, and others only where they are allowed by name.

Against requests forged through the prober: the addresses checked here are the ones connected to, and a
redirect never leaves its host.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urljoin

from exporters.probing.address import Address, IPAddress, ip_address, plain_host
from exporters.probing.result import Failure, Reason

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_NEVER_GLOBAL: tuple[Network, ...] = (
    ipaddress.IPv4Network("0.0.0.0/8"),
    ipaddress.IPv4Network("100.64.0.0/10"),
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("198.18.0.0/15"),
    ipaddress.IPv4Network("240.0.0.0/4"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("fc00::/7"),
    ipaddress.IPv6Network("fe80::/9"),
)


def checked_allowance(text: str) -> str:
    """An entry of ``allow`` in its normal form: a host, an address or a network. Raises ``ValueError``."""
    if "/" in text:
        try:
            return str(ipaddress.ip_network(text))
        except ValueError as error:
            raise ValueError(f"{text!r} is no network. Write for example 10.20.0.0/16") from error
    return plain_host(text)


def check_addresses(host: str, addresses: Iterable[IPAddress], allow: Iterable[str]) -> None:
    """Raises ``Failure`` if one of the addresses of a host may not be reached.

    ``allow``: a host allows what its name resolves to, but link-local, multicast and unspecified
    addresses only where the address or its network is listed itself.
    """
    allowances = tuple(allow)
    networks = _networks(allowances)
    for address in addresses:
        embedded = innermost(address)
        if any(address in network or embedded in network for network in networks):
            continue
        if host in allowances and not _only_by_address(embedded):
            continue
        if not is_public(address):
            raise Failure(
                Reason.ADDRESS_NOT_ALLOWED,
                f"{address} is {_kind(embedded)}; it is reached only if 'allow' lists it",
            )


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the public network, through every form that embeds another one."""
    inner = innermost(address)
    if inner.is_multicast or not inner.is_global:
        return False
    return not any(inner in network for network in _NEVER_GLOBAL)


def innermost(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, Teredo, NAT64), else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    teredo = address.teredo
    embedded = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    if embedded is None and address in _NAT64:
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if embedded is None and address in _COMPATIBLE and int(address) > 1:
        embedded = ipaddress.IPv4Address(int(address))
    return embedded or address


def redirected(address: Address, location: str) -> Address:
    """Where a redirect leads. Raises ``Failure`` unless it is the same host and port.

    The one change allowed is from http to https, whose port may be another.
    """
    base = f"{address.scheme}://{address.authority}{address.path}"
    try:
        target = Address.parse(urljoin(base, location))
    except ValueError as error:
        raise Failure(Reason.REDIRECT, "the redirect leads to no valid URL of http or https") from error
    if target.host != address.host:
        raise Failure(Reason.REDIRECT, "the redirect leads to another host")
    upgrade = (address.scheme, target.scheme) == ("http", "https")
    if not upgrade and target.scheme != address.scheme:
        raise Failure(Reason.REDIRECT, "the redirect leads from https to http")
    if not upgrade and target.effective_port != address.effective_port:
        raise Failure(Reason.REDIRECT, f"the redirect leads to port {target.effective_port} of its host")
    return target


@lru_cache(maxsize=256)
def _networks(allowances: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in allowances if "/" in text or ip_address(text))


def _only_by_address(address: IPAddress) -> bool:
    return address.is_link_local or address.is_multicast or address.is_unspecified


def _kind(address: IPAddress) -> str:
    kinds = {
        "an unspecified address": address.is_unspecified,
        "a loopback address": address.is_loopback,
        "a link-local address": address.is_link_local,
        "a multicast address": address.is_multicast,
    }
    return next((kind for kind, holds in kinds.items() if holds), "a private or reserved address")
