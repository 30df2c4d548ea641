"""A push is taken in once, whoever sends it again, and however many at the same time."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exporters.push.account import Account, Push
from exporters.push.reading import Records
from exporters.push.receipts import Answer, Receipts
from exporters.push.refusal import Refusal
from exporters.push.settings import PushSettings
from exporters.push.tokens import new_secret
from metrics.model import PushAct, PushToken
from metrics.store import Store

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


class Desk:
    """Receipts with a clock that can be set, and a work that counts how often it is done."""

    def __init__(self, store: Store, threads: ThreadPoolExecutor) -> None:
        self.now = NOW
        self.done = 0
        self.failing = False
        self.receipts = Receipts(store, threads, clock=lambda: self.now, settings=PushSettings)

    async def ask(self, key: str, digest: str) -> Answer:
        async def work() -> Answer:
            self.done += 1
            await asyncio.sleep(0.05)
            if self.failing:
                raise Refusal(503, "not now")
            account = Account("p1", "transactions", 1, 1, 0, 1, 0, 0, (), 0, ())
            push = Push(
                "p1", "mppi", key, digest, "transactions", "push", "", simulated=False, seen_on_arrival=False,
                records=Records((), 1, 1, (), 0),
            )  # fmt: skip
            self.receipts.remember([push], [account])
            return Answer(account.status, account.json)

        return await self.receipts.once("mppi", key, digest, work)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store, ThreadPoolExecutor(2) as threads:
        store.upgrade()
        secret = new_secret("mppi", NOW, None)[1]
        token = PushToken("mppi", ("*",), ("transactions",), "", simulated=False, created=NOW)
        store.add_push_token(token, secret, PushAct(NOW, "create", "mppi", ""))
        yield Desk(store, threads)


def test_what_was_answered_is_answered_again(desk: Desk) -> None:
    first, again = (asyncio.run(desk.ask("k", "d")) for _ in range(2))
    assert desk.done == 1
    assert (first.account, first.status) == (again.account, again.status)
    assert (first.replayed, again.replayed) == (False, True)


def test_those_who_ask_at_the_same_time_wait_for_the_one_answer(desk: Desk) -> None:
    async def run() -> list[Answer]:
        return await asyncio.gather(*(desk.ask("k", "d") for _ in range(20)))

    found = asyncio.run(run())
    assert desk.done == 1
    assert len({one.account for one in found}) == 1
    assert [one.replayed for one in found].count(False) == 1


def test_key_of_another_content_is_refused_also_at_the_same_time(desk: Desk) -> None:
    async def run() -> list[Answer | BaseException]:
        asked = (desk.ask("k", digest) for digest in ("d1", "d2"))
        return await asyncio.gather(*asked, return_exceptions=True)

    good, bad = asyncio.run(run())
    assert isinstance(good, Answer)
    assert isinstance(bad, Refusal)
    assert bad.status == 422
    assert desk.done == 1


def test_what_failed_is_tried_again(desk: Desk) -> None:
    desk.failing = True
    with pytest.raises(Refusal, match="not now"):
        asyncio.run(desk.ask("k", "d"))
    desk.failing = False
    assert asyncio.run(desk.ask("k", "d")).replayed is False
    assert desk.done == 2


def test_answer_is_forgotten_after_its_time(desk: Desk) -> None:
    asyncio.run(desk.ask("k", "d1"))
    desk.now += dt.timedelta(hours=25)
    assert asyncio.run(desk.ask("k", "d2")).replayed is False
    assert desk.done == 2


def test_who_is_broken_off_does_not_break_off_the_push(desk: Desk) -> None:
    async def run() -> Answer:
        asking = asyncio.create_task(desk.ask("k", "d"))
        await asyncio.sleep(0.02)
        asking.cancel()
        return await asking

    assert asyncio.run(run()).status == 200
