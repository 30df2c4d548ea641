"""Probe of a name: does it have addresses, and are they those it should have."""

from __future__ import annotations

import ipaddress

from exporters.probing.address import Address
from exporters.probing.result import Failure, Reason
from exporters.probing.run import Run


async def probe_dns(address: Address, run: Run) -> None:
    """Resolves the name and compares. Nothing is connected to. Raises ``Failure``."""
    rules = run.module.dns
    addresses = await run.resolve(rules.name or address.host)
    run.ip = str(addresses[0])
    expected = [ipaddress.ip_network(text) for text in rules.expected]
    strangers = [found for found in addresses if not any(found in network for network in expected)]
    if expected and strangers:
        raise Failure(Reason.DNS, f"{strangers[0]} is not among the addresses expected")
