"""Probes of a port and of a name."""

from __future__ import annotations

import asyncio

import pytest

from exporters.probing import Address, Found, Reason, Result, probe
from exporters.probing.address import ip_address
from tests.exporters.probing.certificates import Certificates
from tests.exporters.probing.servers import module, probed, serving


async def greets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greets like a mail server, then answers one line."""
    writer.write(b"220 mail ready\r\n")
    line = await reader.readline()
    writer.write(b"250 " + line)
    await writer.drain()


def test_port_that_accepts_is_up() -> None:
    result = probed(greets, module(prober="tcp"))
    assert result.up
    assert (result.phases.first_byte, result.phases.transfer, result.status_code) == (None, None, None)
    assert result.phases.connect is not None


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"expect": "^220 "}, Reason.NONE),
        ({"expect": "250 HELO me", "send": "HELO me\r\n"}, Reason.NONE),
        ({"expect": "nothing of that kind", "send": "x\n"}, Reason.BODY),
        ({"expect": "nothing of that kind", "limit_bytes": 5}, Reason.TOO_LARGE),
        ({"expect": "nothing of that kind"}, Reason.TIMEOUT),
    ],
)
def test_what_comes_back_over_tcp_must_match(rules: dict[str, object], reason: Reason) -> None:
    seconds = 0.5 if reason is Reason.TIMEOUT else 20
    assert probed(greets, module(prober="tcp", tcp=rules, timeout_seconds=seconds)).reason is reason


def test_port_that_closes_at_once_is_closed() -> None:
    async def closes(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        return

    assert probed(closes, module(prober="tcp", tcp={"expect": "x"})).reason is Reason.CLOSED


@pytest.mark.parametrize(
    ("kind", "reason"), [("valid", Reason.NONE), ("expired", Reason.CERTIFICATE_EXPIRED)]
)
def test_tcp_with_tls_checks_the_certificate(certificates: Certificates, kind: str, reason: Reason) -> None:
    rules = module(prober="tcp", tcp={"tls": {"ca_file": certificates.authority}, "expect": "^220"})
    result = probed(greets, rules, context=certificates.server(kind))
    assert result.reason is reason
    assert (result.certificate_expires_at is not None) is result.up


def test_port_of_the_module_goes_before_that_of_the_address() -> None:
    async def scenario() -> Result:
        async with serving(greets) as port:
            return await probe(Address("127.0.0.1", 1), module(prober="tcp", tcp={"port": port}))

    assert asyncio.run(scenario()).up


@pytest.mark.parametrize(
    ("expected", "reason"),
    [((), Reason.NONE), (("203.0.113.0/24",), Reason.NONE), (("203.0.113.7",), Reason.DNS)],
)
def test_name_must_have_the_addresses_expected(expected: tuple[str, ...], reason: Reason) -> None:
    async def resolver(host: str) -> Found:
        assert host == "portal.test"
        found = (ip_address("203.0.113.7"), ip_address("203.0.113.8"))
        return Found(tuple(address for address in found if address), 0.0, 0.0)

    rules = module(prober="dns", dns={"name": "portal.test", "expected": expected})
    result = asyncio.run(probe(Address("a.test"), rules, resolver=resolver))
    assert result.reason is reason
    assert result.ip == "203.0.113.7"
    assert result.phases.connect is None


def test_name_without_an_address_of_the_family_is_dns() -> None:
    result = asyncio.run(probe(Address("127.0.0.1"), module(prober="dns", ip="ipv6")))
    assert (result.reason, result.detail) == (Reason.DNS, "the name has no address of IPv6")


def test_preference_decides_which_address_is_first() -> None:
    async def resolver(_: str) -> Found:
        found = (ip_address("127.0.0.1"), ip_address("::1"))
        return Found(tuple(address for address in found if address), 0.0, 0.0)

    for preference, first in (("prefer_ipv6", "::1"), ("prefer_ipv4", "127.0.0.1"), ("ipv6", "::1")):
        rules = module(prober="dns", ip=preference)
        assert asyncio.run(probe(Address("a.test"), rules, resolver=resolver)).ip == first
