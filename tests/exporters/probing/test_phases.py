"""Each phase takes the time of its own part of the probe."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from dataclasses import astuple

import pytest

from exporters.probing import Address, Found, Phases, Reason, Result, probe
from exporters.probing.address import ip_address
from exporters.probing.phases import Phase, Stopwatch
from tests.exporters.probing.certificates import Certificates
from tests.exporters.probing.servers import OK, answers, module, probed, serving, silent


def reached(phases: Phases) -> float:
    """Seconds of the phases that were completed."""
    return float(sum(seconds for seconds in astuple(phases) if seconds is not None))


def test_phases_of_plain_http_add_up_to_the_total() -> None:
    result = probed(answers(OK))
    assert result.phases.tls is None
    assert None not in (result.phases.connect, result.phases.first_byte, result.phases.transfer)
    assert reached(result.phases) == pytest.approx(result.total_seconds)


def test_phases_of_https_add_up_to_the_total(certificates: Certificates) -> None:
    rules = module(http={"tls": {"ca_file": certificates.authority}})
    result = probed(answers(OK), rules, context=certificates.server("valid"))
    assert result.up
    assert None not in astuple(result.phases)
    assert reached(result.phases) == pytest.approx(result.total_seconds)


@pytest.mark.parametrize("secure", [False, True])
def test_wait_before_the_first_byte_is_in_first_byte_and_nowhere_else(
    certificates: Certificates, *, secure: bool
) -> None:
    rules = module(http={"tls": {"ca_file": certificates.authority}})
    context = certificates.server("valid") if secure else None
    elsewhere = []
    for _ in range(3):  # the machine may pause once, not always
        result = probed(answers(OK, before_seconds=0.2), rules, context=context)
        assert result.phases.first_byte is not None
        assert result.phases.first_byte >= 0.19
        elsewhere.append(reached(result.phases) - result.phases.first_byte)
    assert min(elsewhere) < 0.19


def test_slow_body_is_in_transfer() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"
    result = probed(answers(head, b"k", pause_seconds=0.2))
    assert result.phases.transfer is not None
    assert result.phases.transfer >= 0.19
    assert reached(result.phases) == pytest.approx(result.total_seconds)


def test_slow_name_server_is_in_dns() -> None:
    async def slow(_: str) -> Found:
        began = time.perf_counter()
        await asyncio.sleep(0.1)
        address = ip_address("127.0.0.1")
        return Found((address,) if address else (), began, time.perf_counter())

    async def scenario() -> Result:
        async with serving(answers(OK)) as port:
            return await probe(Address("slow.test", port, "http"), module(), resolver=slow)

    result = asyncio.run(scenario())
    assert result.phases.dns is not None
    assert result.phases.dns >= 0.09
    assert reached(result.phases) == pytest.approx(result.total_seconds)


def test_redirects_add_to_each_phase() -> None:
    found = b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"
    rules = module(http={"redirects": {"maximum": 2}})
    result = probed(answers(found, before_seconds=0.1), rules)
    assert result.phases.first_byte is not None
    assert result.phases.first_byte >= 0.27
    assert result.total_seconds == pytest.approx(reached(result.phases))


def test_waiting_for_a_place_is_in_no_phase_and_not_in_the_total() -> None:
    async def scenario() -> list[Result]:
        limit = asyncio.Semaphore(1)
        async with serving(answers(OK, before_seconds=0.2)) as port:
            address = Address("127.0.0.1", port, "http")
            return await asyncio.gather(*(probe(address, module(), limit=limit) for _ in range(3)))

    started = time.perf_counter()
    results = asyncio.run(scenario())
    elapsed = time.perf_counter() - started
    assert [result.up for result in results] == [True] * 3
    assert results[1].queue_seconds >= 0.19
    assert results[2].queue_seconds >= 0.38
    assert all(result.total_seconds == pytest.approx(reached(result.phases)) for result in results)
    assert all(result.queue_seconds + result.total_seconds <= elapsed for result in results)


def test_deadline_begins_when_there_is_a_place() -> None:
    async def scenario() -> list[Result]:
        limit = asyncio.Semaphore(1)
        async with serving(silent) as port:
            address = Address("127.0.0.1", port, "http")
            rules = module(timeout_seconds=0.5)
            return await asyncio.gather(*(probe(address, rules, limit=limit) for _ in range(3)))

    results = asyncio.run(scenario())
    assert [result.reason for result in results] == [Reason.TIMEOUT] * 3
    assert all(result.phases.connect is not None for result in results)


def test_what_keeps_this_process_busy_between_two_phases_is_in_none() -> None:
    # the name has been found, and only then does another task hold the event loop
    async def resolver(_: str) -> Found:
        now = time.perf_counter()
        asyncio.get_running_loop().call_soon(time.sleep, 1.0)
        await asyncio.sleep(0)
        address = ip_address("127.0.0.1")
        return Found((address,) if address else (), now, now)

    async def scenario() -> Result:
        async with serving(answers(OK)) as port:
            return await probe(Address("busy.test", port, "http"), module(), resolver=resolver)

    started = time.perf_counter()
    result = asyncio.run(scenario())
    assert result.up
    assert time.perf_counter() - started >= 1.0
    assert result.total_seconds < 1.0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says when bytes came")
def test_what_keeps_this_process_busy_while_it_waits_is_in_no_phase() -> None:
    # the server is not of this event loop, which is held for a second while the answer comes
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=answer_once, args=(listening, 0.2))
        thread.start()

        async def scenario() -> Result:
            asyncio.get_running_loop().call_later(0.1, time.sleep, 1.5)
            return await probe(Address("127.0.0.1", listening.getsockname()[1], "http"), module())

        started = time.perf_counter()
        result = asyncio.run(scenario())
        thread.join()
    assert time.perf_counter() - started >= 1.5
    assert result.phases.first_byte is not None
    assert 0.19 <= result.phases.first_byte < 1.4
    assert reached(result.phases) == pytest.approx(result.total_seconds)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how long a handshake took")
def test_what_keeps_this_process_busy_while_it_connects_is_in_no_phase() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        async def scenario() -> Result:
            task = asyncio.create_task(
                probe(Address("127.0.0.1", listening.getsockname()[1]), module(prober="tcp"))
            )
            loop = asyncio.get_running_loop()
            for _ in range(8):  # holds the loop in each of its turns, that of the connection too
                loop.call_soon(time.sleep, 0.2)
                await asyncio.sleep(0)
            return await task

        result = asyncio.run(scenario())
    assert result.up
    assert result.phases.connect is not None
    assert result.phases.connect < 0.15


def answer_once(listening: socket.socket, before_seconds: float) -> None:
    """Answers one request after a while, in a thread."""
    accepted, _ = listening.accept()
    with accepted:
        accepted.recv(4096)
        time.sleep(before_seconds)
        accepted.sendall(OK)


def test_name_is_looked_up_in_a_thread_of_its_own() -> None:
    threads: set[str] = set()

    async def scenario() -> Result:
        async with serving(answers(OK)) as port:
            result = await probe(Address("localhost", port, "http"), module(ip="ipv4"))
            threads.update(thread.name.split("_")[0] for thread in threading.enumerate())
            return result

    result = asyncio.run(scenario())
    assert result.up
    assert result.phases.dns is not None
    assert "resolver" in threads


def test_stopwatch_counts_what_was_given_up_in_the_total_only() -> None:
    watch = Stopwatch()
    watch.begin(Phase.DNS, 1.0)
    watch.end(2.0)
    watch.begin(Phase.CONNECT, 10.0)
    watch.begin(Phase.CONNECT, 13.0)
    watch.end(13.5)
    watch.begin(Phase.TLS, 20.0)
    watch.drop()
    assert watch.phases() == Phases(dns=1.0, connect=0.5)
    assert watch.total_seconds() == 4.5
