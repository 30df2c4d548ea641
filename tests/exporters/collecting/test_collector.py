"""The collector: cursors follow the archive, faults stay with their source, nothing waits without bound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from exporters.collecting.collector import Collector, Watched
from exporters.collecting.harvest import Harvest
from exporters.collecting.sourceconfig import Collecting
from exporters.errors import FetchReason
from exporters.sources.source import Want, Window
from metrics.errors import PantauError, StoreUnavailable
from metrics.model import SourceRun, SourceState
from tests.exporters.collecting.ledger import CODES, Ledger, Trouble, now, row, watched

FAST = Collecting(deliver_every_seconds=0.05, waiting_rows=1_000)
QUICK: dict[str, Any] = {"backoff_seconds": 0.001, "every_seconds": 0.1}


class World:
    """An archive and a store in memory. ``failures``: deliveries that fail first."""

    def __init__(self, failures: int = 0) -> None:
        self.taken: list[Harvest] = []
        self.states: dict[str, SourceState] = {}
        self.runs: list[SourceRun] = []
        self.failures = failures

    async def deliver(self, harvests: Sequence[Harvest]) -> None:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the archive is away")
        self.taken += harvests

    async def remember(self, states: Sequence[SourceState], runs: Sequence[SourceRun], _: datetime) -> None:
        self.states |= {state.id: state for state in states}
        self.runs += runs

    def collector(self, sources: Iterable[Watched], collecting: Collecting = FAST) -> Collector:
        return Collector(collecting, sources, self.states, self.deliver, self.remember, now=now)

    def ids(self) -> list[str]:
        frames = [harvest.piece.rows for harvest in self.taken if harvest.piece.rows.height]
        return pl.concat(frames)["number"].to_list() if frames else []


def rows(count: int, region: str = CODES[0]) -> list[dict[str, str]]:
    return [row(number, region) for number in range(count)]


def once(world: World, *sources: Watched, want: Want | None = None) -> Collector:
    async def run() -> Collector:
        collector = world.collector(sources)
        await collector.once(want=want)
        return collector

    return asyncio.run(run())


def run_for(world: World, until: Callable[[], bool], *sources: Watched) -> Collector:
    async def run() -> Collector:
        collector = world.collector(sources)
        task = asyncio.create_task(collector.run())
        async with asyncio.timeout(30):
            while not until():  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return collector

    return asyncio.run(run())


def test_everything_is_delivered_and_the_cursor_stands_behind_it() -> None:
    world, source = World(), Ledger(rows(10))
    once(world, watched(CODES[0], source))
    state = world.states[f"{CODES[0]}/complaints"]
    assert world.ids() == [str(n) for n in range(10)]
    assert (state.cursor, state.rows, state.reason, state.failures) == ("10", 10, "", 0)
    assert [piece.cursor for piece in source.settled] == ["3", "6", "9", "10"]


def test_next_collector_goes_on_where_the_last_one_stopped() -> None:
    world, source = World(), Ledger(rows(4))
    once(world, watched(CODES[0], source))
    source.rows += [row(4, CODES[0])]
    once(world, watched(CODES[0], source))
    assert world.ids() == ["0", "1", "2", "3", "4"]
    assert source.asked[-1] == Want("4")


def test_failure_that_may_pass_is_asked_again_from_the_last_piece_on() -> None:
    world = World()
    source = Ledger(rows(9), trouble=Trouble([None, FetchReason.RESET, None, FetchReason.BUSY]))
    once(world, watched(CODES[0], source, **QUICK))
    assert world.ids() == [str(n) for n in range(9)]
    assert [want.since for want in source.asked] == [None, "3", "6"]


@pytest.mark.parametrize("reason", [FetchReason.AUTH, FetchReason.REDIRECT, FetchReason.UNREADABLE])
def test_failure_that_will_not_pass_is_not_asked_again(reason: FetchReason) -> None:
    world, source = World(), Ledger(rows(9), trouble=Trouble([None, reason]))
    collector = once(world, watched(CODES[0], source, **QUICK))
    assert len(source.asked) == 1
    assert world.ids() == ["0", "1", "2"]
    state = world.states[f"{CODES[0]}/complaints"]
    assert (state.cursor, state.reason, state.failures) == ("3", reason.value, 1)
    assert collector.done.failures == {reason.value: 1}


def test_archive_that_fails_moves_no_cursor_and_loses_nothing() -> None:
    world, source = World(failures=1), Ledger(rows(5))
    with pytest.raises(PantauError, match="archive is away"):
        once(world, watched(CODES[0], source))
    assert not world.states
    assert not source.settled
    run_for(world, lambda: len(world.ids()) >= 5, watched(CODES[0], source, **QUICK))
    assert world.ids() == ["0", "1", "2", "3", "4"]


def test_rows_that_wait_are_offered_again_in_their_order() -> None:
    world, source = World(failures=3), Ledger(rows(30))
    run_for(world, lambda: len(world.ids()) >= 30, watched(CODES[0], source, **QUICK))
    assert world.ids() == [str(n) for n in range(30)]


def test_what_was_fetched_is_delivered_when_it_is_stopped() -> None:
    world, source = World(), Ledger(rows(3))
    collecting = Collecting(deliver_every_seconds=3_600)

    async def run() -> None:
        collector = world.collector([watched(CODES[0], source, **QUICK)], collecting)
        task = asyncio.create_task(collector.run())
        while not collector.waiting_rows:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert world.ids() == ["0", "1", "2"]
    assert source.closed


def test_window_leaves_the_cursor_where_it_is() -> None:
    world, source = World(), Ledger(rows(5))
    once(world, watched(CODES[0], source))
    window = Window(now() - timedelta(days=2), now())
    once(world, watched(CODES[0], source), want=Want(window=window))
    assert world.states[f"{CODES[0]}/complaints"].cursor == "5"
    assert len(world.ids()) == 10


def test_column_that_is_gone_stops_its_source_and_the_source_is_told() -> None:
    world = World()
    bad, good = Ledger([{"other": "1"}]), Ledger(rows(2, CODES[1]))
    once(world, watched(CODES[0], bad), watched(CODES[1], good))
    assert world.ids() == ["0", "1"]
    state = world.states[f"{CODES[0]}/complaints"]
    assert (state.reason, state.cursor) == ("schema", None)
    assert "no column 'region'" in state.detail
    assert [str(error) for error in bad.refused] == [state.detail]


def test_fault_of_the_collector_itself_stays_with_its_source() -> None:
    world = World()

    def divide() -> float:
        return 1 / 0

    once(
        world,
        watched(CODES[0], Ledger(rows(2), trouble=divide)),
        watched(CODES[1], Ledger(rows(2, CODES[1]))),
    )
    assert world.states[f"{CODES[0]}/complaints"].reason == "internal"
    assert len(world.ids()) == 2


def test_hanging_source_ends_at_its_deadline() -> None:
    world, source = World(), Ledger(rows(2), seconds=60)
    once(world, watched(CODES[0], source, deadline_seconds=0.05, **QUICK))
    assert world.states[f"{CODES[0]}/complaints"].reason == "timeout"


def test_rows_that_wait_are_bounded() -> None:
    world, most = World(), 0
    collecting = Collecting(deliver_every_seconds=3_600, waiting_rows=1_000)

    async def run() -> None:
        nonlocal most
        sources = [watched(code, Ledger(rows(1_000, code), per_piece=100)) for code in CODES[:5]]
        collector = world.collector(sources, collecting)
        task = asyncio.create_task(collector.once())
        while not task.done():
            most = max(most, collector.waiting_rows)
            await asyncio.sleep(0)
        await task

    asyncio.run(run())
    assert len(world.ids()) == 5_000
    assert most <= 1_500


def test_open_circuit_leaves_the_source_alone_then_tries_it_once() -> None:
    circuit: dict[str, float] = {"failures": 2, "open_seconds": 0.3, "longest_seconds": 0.3}
    source = Ledger(rows(1), trouble=Trouble([FetchReason.AUTH] * 3))
    world = World()
    collector = run_for(
        world, lambda: bool(world.ids()), watched(CODES[0], source, every_seconds=0.01, circuit=circuit)
    )
    assert len(source.asked) >= 4
    assert collector.done.skipped == 2
    assert world.states[f"{CODES[0]}/complaints"].circuit == "closed"
    gaps = [later.started - before.started for before, later in zip(world.runs, world.runs[1:], strict=False)]
    assert min(gaps[1:3]) >= timedelta(seconds=0.29)


def test_every_fetch_is_in_the_log() -> None:
    world = World()
    source = Ledger(rows(4), trouble=Trouble([None, FetchReason.AUTH]))
    once(world, watched(CODES[0], source))
    (run,) = world.runs
    assert (run.source, run.reason, run.rows, run.pieces) == (f"{CODES[0]}/complaints", "auth", 3, 1)
    assert run.detail == "it fails by auth"
