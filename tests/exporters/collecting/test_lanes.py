"""Who may fetch at one time."""

from __future__ import annotations

import asyncio
import time

from exporters.collecting.lanes import Lanes
from exporters.collecting.sourceconfig import Collecting


async def hold(lanes: Lanes, host: str | None, seconds: float, seen: list[int]) -> None:
    async with lanes.turn(host):
        seen.append(lanes.under_way - lanes.slow)
        await asyncio.sleep(seconds)


def held(collecting: Collecting, *holds: tuple[str | None, float]) -> tuple[list[int], float, Lanes]:
    async def run() -> tuple[list[int], float, Lanes]:
        lanes, seen = Lanes(collecting), list[int]()
        begun = time.perf_counter()
        await asyncio.gather(*(hold(lanes, host, seconds, seen) for host, seconds in holds))
        return seen, time.perf_counter() - begun, lanes

    return asyncio.run(run())


def test_no_more_fetches_than_stated_are_fast_at_one_time() -> None:
    seen, _, lanes = held(Collecting(concurrency=7), *[(None, 0.01)] * 100)
    assert max(seen) == 7
    assert (lanes.under_way, lanes.slow) == (0, 0)


def test_one_host_is_not_asked_by_more_than_stated() -> None:
    async def run() -> int:
        lanes, most, now = Lanes(Collecting(concurrency=50, per_host=3)), 0, 0

        async def one() -> None:
            nonlocal most, now
            async with lanes.turn("host"):
                now += 1
                most = max(most, now)
                await asyncio.sleep(0.005)
                now -= 1

        await asyncio.gather(*(one() for _ in range(30)))
        return most

    assert asyncio.run(run()) == 3


def test_slow_fetches_make_room_for_the_others() -> None:
    collecting = Collecting(concurrency=2, slow_after_seconds=0.05, slow_concurrency=50)

    async def run() -> list[str]:
        lanes, order = Lanes(collecting), list[str]()

        async def one(name: str, seconds: float) -> None:
            async with lanes.turn(None):
                await asyncio.sleep(seconds)
                order.append(name)

        hanging = [asyncio.create_task(one("hanging", 3)) for _ in range(20)]
        await asyncio.gather(*(one("healthy", 0) for _ in range(20)))
        assert lanes.slow >= 18
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        assert (lanes.under_way, lanes.slow) == (0, 0)
        return order

    assert asyncio.run(run()) == ["healthy"] * 20


def test_slow_lane_that_is_full_leaves_the_fetch_in_the_fast_one() -> None:
    collecting = Collecting(concurrency=2, slow_after_seconds=0.01, slow_concurrency=1)
    seen, _, lanes = held(collecting, *[(None, 0.1)] * 6)
    assert len(seen) == 6
    assert max(seen) <= 2
    assert (lanes.under_way, lanes.slow) == (0, 0)
