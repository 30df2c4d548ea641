"""The sweep: who is probed when, what waits, and what a failing archive or a hanging target does to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from exporters.collecting import sweep as sweeping
from exporters.collecting.config import Config, Target, parse_config
from exporters.collecting.exposure import OWN_FAMILIES, PROBE_FAMILIES
from exporters.collecting.prober import Prober
from exporters.collecting.sweep import Record, Sweep, first_wait
from exporters.exposition import checked
from metrics.errors import StoreUnavailable
from metrics.regions import indonesia

CODES = list(indonesia().regions)


def config(ports: Sequence[int], **probing: float) -> Config:
    settings = {"every_seconds": 0.2, "confirm_after_seconds": 0, "archive_every_seconds": 0.3} | probing
    entries = "".join(f"  {name}: {value}\n" for name, value in settings.items())
    targets = "".join(
        f"  - {{region: '{code}', name: portal, module: web, address: '127.0.0.1:{port}'}}\n"
        for code, port in zip(CODES, ports, strict=False)
    )
    text = (
        f"version: 1\nprobing:\n{entries}modules:\n"
        f"  web: {{prober: tcp, timeout_seconds: 1, allow: 127.0.0.0/8, tcp: {{expect: hello}}}}\ntargets:\n{targets}"
    )
    return parse_config(text, indonesia(), origin="exporter.yaml", folder=Path())


class Archive:
    """Takes records in; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.taken: list[Record] = []
        self.failures = failures

    async def deliver(self, records: Sequence[Record]) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the archive is away")
        self.taken += records


async def swept(plan: Config, archive: Archive, seconds: float) -> Sweep:
    sweep = Sweep(Prober(plan), archive.deliver, now=time.time)
    task = asyncio.create_task(sweep.run())
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return sweep


async def greeter(*, silent: bool) -> tuple[asyncio.Server, int]:
    """A server that says hello, or nothing at all."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if silent:
                await asyncio.sleep(5)
            writer.write(b"hello")
            writer.close()
        finally:
            with suppress(ConnectionError):
                await writer.wait_closed() if writer.is_closing() else await _aborted(writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


async def _aborted(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    await writer.wait_closed()


def test_target_that_hangs_holds_up_no_other() -> None:
    async def run() -> Archive:
        archive = Archive()
        quick, port = await greeter(silent=False)
        hanging, silent_port = await greeter(silent=True)
        async with quick, hanging:
            await swept(config([port, silent_port]), archive, 3)
        return archive

    archive = asyncio.run(run())
    mine = [record for record in archive.taken if record["region"] == CODES[0]]
    others = [record for record in archive.taken if record["region"] == CODES[1]]
    assert {record["up"] for record in mine} == {True}
    assert {record["reason"] for record in others} == {"timeout"}
    assert len(mine) > len(others) >= 1
    assert all(record["valid_seconds"] == 0.4 for record in archive.taken)


def test_what_cannot_be_delivered_is_kept_and_offered_again() -> None:
    async def run() -> tuple[Archive, Sweep]:
        archive = Archive(failures=2)
        server, port = await greeter(silent=False)
        async with server:
            return archive, await swept(config([port]), archive, 2)

    archive, sweep = asyncio.run(run())
    assert sweep.tally.failed_deliveries == 2
    assert sweep.tally.last_error == "the archive is away"
    assert sweep.waiting == 0
    assert len(archive.taken) == sweep.tally.delivered == sweep.tally.probes.total()
    assert len({record["id"] for record in archive.taken}) == len(archive.taken)


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "KEPT", 3)

    async def run() -> Sweep:
        server, port = await greeter(silent=False)
        async with server:
            return await swept(config([port]), Archive(failures=1000), 2)

    sweep = asyncio.run(run())
    assert sweep.waiting == 3
    assert sweep.tally.dropped == sweep.tally.probes.total() - 3 > 0


def test_delivery_that_is_broken_off_is_offered_again() -> None:
    async def run() -> Sweep:
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def deliver(_: Sequence[Record]) -> None:
            await never

        sweep = Sweep(Prober(config([1])), deliver, now=time.time)
        sweep._waiting.extend([{"id": "1"}, {"id": "2"}])
        task = asyncio.create_task(sweep.deliver())
        await asyncio.sleep(0)
        sweep._waiting.append({"id": "3"})
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return sweep

    sweep = asyncio.run(run())
    assert [record["id"] for record in sweep._waiting] == ["1", "2", "3"]
    assert sweep.tally.delivered == 0


def test_those_who_ask_at_the_same_time_get_the_same_probe_and_it_ends_with_the_last_of_them() -> None:
    async def run() -> None:
        server, port = await greeter(silent=True)
        async with server:
            prober = Prober(config([port]))
            (target,) = prober.config.targets
            first, second = (asyncio.create_task(prober.probe(target)) for _ in range(2))
            await asyncio.sleep(0.1)
            assert len(prober._under_way) == 1
            first.cancel()
            await asyncio.sleep(0.1)
            assert len(prober._under_way) == 1
            second.cancel()
            await asyncio.sleep(0.1)
            assert not prober._under_way

    asyncio.run(run())


def test_who_asks_as_the_last_one_leaves_gets_a_probe_of_its_own() -> None:
    async def run() -> bool:
        server, port = await greeter(silent=False)
        async with server:
            prober = Prober(config([port]))
            (target,) = prober.config.targets
            leaving = asyncio.create_task(prober.probe(target))
            await asyncio.sleep(0)
            leaving.cancel()
            asking = asyncio.create_task(prober.probe(target))
            return (await asking).first.up

    assert asyncio.run(run())


def test_targets_are_spread_over_the_period_the_same_way_each_time() -> None:
    targets = [Target(region=code, name="portal", module="web", address="x") for code in CODES]
    waits = [first_wait(target, 60, 1_000_000.0) for target in targets]
    assert waits == [first_wait(target, 60, 1_000_000.0) for target in targets]
    assert all(0 <= wait < 60 for wait in waits)
    per_second = [sum(second <= wait < second + 1 for wait in waits) for second in range(60)]
    assert max(per_second) < 30


def test_families_keep_the_rules_of_the_house() -> None:
    checked([*PROBE_FAMILIES])
    checked([*OWN_FAMILIES])
