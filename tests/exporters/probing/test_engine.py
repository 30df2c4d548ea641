"""Many probes at a time, probes that are given up, and probes that are repeated."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

import pytest

from exporters.probing import Address, Confirmed, Module, Reason, Result, probe, probe_twice
from exporters.probing.turns import turn
from tests.exporters.probing.certificates import Certificates
from tests.exporters.probing.servers import OK, Handler, answers, module, open_files, resets, serving, silent

REGIONS = 514
AT_A_TIME = 20


async def left_behind(files: int, tasks: int) -> tuple[int, int]:
    """Files open and tasks running beyond these, once the servers have noticed that nobody is there."""
    for _ in range(500):
        if open_files() <= files and len(asyncio.all_tasks()) <= tasks:
            break
        await asyncio.sleep(0.01)
    return open_files() - files, len(asyncio.all_tasks()) - tasks


def test_514_probes_at_50_at_a_time_complete_and_leave_nothing() -> None:
    running, most = 0, 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        await reader.readuntil(b"\r\n\r\n")
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        writer.write(OK)

    async def scenario() -> tuple[list[Result], tuple[int, int]]:
        limit = asyncio.Semaphore(50)
        before = open_files()
        async with serving(counted) as port:
            address = Address("127.0.0.1", port, "http")
            results = await asyncio.gather(*(probe(address, module(), limit=limit) for _ in range(REGIONS)))
        return results, await left_behind(before, 1)

    results, left = asyncio.run(scenario())
    assert Counter(result.reason for result in results) == {Reason.NONE: REGIONS}
    assert most <= 50
    assert left == (0, 0)


@pytest.mark.parametrize("secure", [False, True])
def test_probe_that_is_cancelled_closes_its_socket_at_once(
    certificates: Certificates, *, secure: bool
) -> None:
    arrived, gone = 0, 0
    all_arrived, all_gone = asyncio.Event(), asyncio.Event()

    async def watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived, gone
        arrived += 1
        if arrived == AT_A_TIME:
            all_arrived.set()
        try:
            await silent(reader, writer)
        finally:
            gone += 1
            if gone == AT_A_TIME:
                all_gone.set()

    async def scenario() -> tuple[int, int]:
        context = certificates.server("valid") if secure else None
        rules = module(http={"tls": {"ca_file": certificates.authority}})
        async with serving(watched, context) as port:
            before = open_files()
            address = Address("127.0.0.1", port, "https" if secure else "http")
            tasks = [asyncio.create_task(probe(address, rules)) for _ in range(AT_A_TIME)]
            await all_arrived.wait()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert all(task.cancelled() for task in tasks)
            await all_gone.wait()
            return await left_behind(before, 1)

    assert asyncio.run(scenario()) == (0, 0)


@pytest.mark.parametrize("rounds", range(12))
@pytest.mark.parametrize("secure", [False, True])
def test_probe_may_be_cancelled_at_any_step(certificates: Certificates, rounds: int, *, secure: bool) -> None:
    async def scenario() -> tuple[int, int]:
        context = certificates.server("valid") if secure else None
        rules = module(http={"tls": {"ca_file": certificates.authority}})
        async with serving(answers(OK), context) as port:
            before = open_files()
            address = Address("127.0.0.1", port, "https" if secure else "http")
            task = asyncio.create_task(probe(address, rules))
            for _ in range(rounds):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return await left_behind(before, 1)

    assert asyncio.run(scenario()) == (0, 0)


def test_cancelled_probe_gives_its_place_back() -> None:
    async def scenario() -> Result:
        limit = asyncio.Semaphore(1)
        async with serving(silent) as hanging, serving(answers(OK)) as port:
            task = asyncio.create_task(probe(Address("127.0.0.1", hanging, "http"), module(), limit=limit))
            await asyncio.sleep(0.05)
            task.cancel()
            return await probe(Address("127.0.0.1", port, "http"), module(), limit=limit)

    assert asyncio.run(scenario()).up


@pytest.mark.parametrize(
    "handler", [silent, resets, answers(b"HTTP/1.1 200 OK\r\n"), answers(b"nonsense"), answers(OK)]
)
def test_failed_probe_leaves_no_file_open(handler: Handler) -> None:
    async def scenario() -> tuple[int, int]:
        rules = module(timeout_seconds=0.2)
        before = open_files()
        async with serving(handler) as port:
            for scheme in ("http", "https"):
                address = Address("127.0.0.1", port, scheme)
                await asyncio.gather(*(probe(address, rules) for _ in range(5)))
        return await left_behind(before, 1)

    assert asyncio.run(scenario()) == (0, 0)


def test_connections_begin_in_different_turns_of_the_event_loop() -> None:
    # begun together, each would report the work for all others as its own latency
    async def scenario() -> list[int]:
        begun: list[int] = []
        rounds = 0

        def count() -> None:
            nonlocal rounds
            rounds += 1
            if len(begun) < AT_A_TIME:
                loop.call_soon(count)

        async def begin() -> None:
            await turn()
            begun.append(rounds)

        loop = asyncio.get_running_loop()
        loop.call_soon(count)
        await asyncio.gather(*(begin() for _ in range(AT_A_TIME)))
        return begun

    begun = asyncio.run(scenario())
    assert len(set(begun)) == AT_A_TIME
    assert begun == sorted(begun)


def confirmed(handler: Handler, rules: Module) -> Confirmed:
    """First result and confirmation of a server with this handler."""

    async def scenario() -> Confirmed:
        async with serving(handler) as port:
            return await probe_twice(Address("127.0.0.1", port, "http"), rules, delay_seconds=0.1)

    return asyncio.run(scenario())


def test_probe_that_succeeds_is_not_repeated() -> None:
    both = confirmed(answers(OK), module())
    assert both.first.up
    assert both.confirmation is None
    assert not both.confirmed_down


def test_probe_that_fails_twice_is_confirmed() -> None:
    both = confirmed(resets, module())
    assert both.confirmation is not None
    assert (both.first.reason, both.confirmation.reason) == (Reason.RESET, Reason.RESET)
    assert (both.confirmation.checked - both.first.checked).total_seconds() >= 0.09
    assert both.confirmed_down


def test_failure_that_passes_is_kept_beside_its_confirmation() -> None:
    turns: list[Handler] = [resets, answers(OK)]

    def recovering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Awaitable[None]:
        return turns.pop(0)(reader, writer)

    both = confirmed(recovering, module())
    assert both.first.reason is Reason.RESET
    assert both.confirmation is not None
    assert both.confirmation.up
    assert not both.confirmed_down
