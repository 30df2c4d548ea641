"""Runs a probe: waits for a place, holds the deadline, and gives a result in any case."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from exporters.probing.address import Address
from exporters.probing.dns import probe_dns
from exporters.probing.http import probe_http
from exporters.probing.module import Module, Prober
from exporters.probing.phases import Phase
from exporters.probing.resolve import Resolver, system_resolver
from exporters.probing.result import Confirmed, Failure, Reason, Result
from exporters.probing.run import Run
from exporters.probing.tcp import probe_tcp

CONFIRM_AFTER_SECONDS = 2.0

PROBERS: dict[Prober, Callable[[Address, Run], Awaitable[None]]] = {
    "http": probe_http,
    "tcp": probe_tcp,
    "dns": probe_dns,
}

_WAITED_FOR: dict[Phase | None, str] = {
    Phase.DNS: "no address",
    Phase.CONNECT: "no connection",
    Phase.TLS: "no agreement on encryption",
    Phase.FIRST_BYTE: "no answer",
    Phase.TRANSFER: "no complete answer",
    None: "no result",
}


async def probe(
    address: Address,
    module: Module,
    *,
    limit: asyncio.Semaphore | None = None,
    resolver: Resolver = system_resolver,
) -> Result:
    """Result of one probe; a failure is a result too.

    ``limit``: places for probes at a time; waiting for one is in ``queue_seconds`` and in nothing else,
    and the deadline begins after it. Cancelling closes the socket at once.
    """
    asked = time.perf_counter()
    places: AbstractAsyncContextManager[None] = nullcontext() if limit is None else limit
    async with places:
        deadline = asyncio.get_running_loop().time() + module.timeout_seconds
        run = Run(module, resolver, deadline, queue_seconds=time.perf_counter() - asked)
        try:
            async with asyncio.timeout_at(deadline):
                await PROBERS[module.prober](address, run)
        except Failure as failure:
            return run.result(failure)
        except TimeoutError:
            waited_for = _WAITED_FOR[run.watch.running]
            detail = f"{waited_for} within {module.timeout_seconds:g} s"
            return run.result(Failure(Reason.TIMEOUT, detail))
        return run.result(None)


async def probe_twice(
    address: Address,
    module: Module,
    *,
    limit: asyncio.Semaphore | None = None,
    delay_seconds: float = CONFIRM_AFTER_SECONDS,
    resolver: Resolver = system_resolver,
) -> Confirmed:
    """A probe and, if it failed, a second one after a delay, which holds no place."""
    first = await probe(address, module, limit=limit, resolver=resolver)
    if first.up:
        return Confirmed(first)
    await asyncio.sleep(delay_seconds)
    return Confirmed(first, await probe(address, module, limit=limit, resolver=resolver))
