"""Pushes that wait together are one delivery, and each sender gets the account of its own records."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from exporters.intake import Delivery, Taken
from exporters.push.account import LISTED, Account, Push
from exporters.push.groups import Groups
from exporters.push.reading import Reader
from exporters.push.refusal import Refusal
from exporters.push.settings import PushSettings
from exporters.push.tokens import Grant
from metrics.datasets import DATASETS
from metrics.errors import StoreUnavailable
from pantau.home import Home, Settings
from pantau.installation import Installation
from tests.exporters.push.serving import FOREIGN, MINE, lines, record

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


class Line:
    """Groups over a real way in, which can be made to fail."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.deliveries: list[Delivery] = []
        self.remembered: list[Account] = []
        self.refreshed = 0
        self.fail: Callable[[Delivery], None] = lambda _: None

    def take(self, delivery: Delivery) -> Taken:
        self.deliveries.append(delivery)
        self.fail(delivery)
        return self.installation.intake.take_telling(delivery)

    def remember(self, _: Sequence[Push], accounts: Sequence[Account]) -> None:
        self.remembered += accounts

    def refresh(self) -> None:
        self.refreshed += 1

    def groups(self, refresh_seconds: float = 3600) -> Groups:
        return Groups(
            self.take,
            self.remember,
            self.refresh,
            clock=lambda: NOW,
            refresh_seconds=lambda: refresh_seconds,
        )


@pytest.fixture
def line(home: Path) -> Any:
    with Installation(Home(home, Settings())) as installation:
        yield Line(installation)


def push(folder: Path, name: str, *rows: dict[str, Any], **changes: Any) -> Push:
    body = folder / f"{name}.body"
    body.write_bytes(lines(*rows))
    grant = Grant(name, frozenset({MINE}), frozenset(DATASETS), None, simulated=False)
    records = Reader(changes.pop("registry")).records(
        body, "jsonl", "transactions", grant, PushSettings(), NOW
    )
    facts: dict[str, Any] = {
        "id": name, "token": name, "key": name, "digest": name, "dataset": "transactions",
        "source": f"push/{name}", "mapping_hash": "", "simulated": False, "seen_on_arrival": False,
    }  # fmt: skip
    return Push(**facts | changes, records=records)


async def together(groups: Groups, *pushes: Push) -> list[Account | BaseException]:
    """Answers to pushes that wait when the first of them has its turn."""
    tasks = [asyncio.ensure_future(groups.take(one)) for one in pushes]
    await asyncio.sleep(0)
    async with groups:
        return await asyncio.gather(*tasks, return_exceptions=True)


def answers(work: Coroutine[Any, Any, list[Account | BaseException]]) -> list[Account]:
    found = asyncio.run(work)
    assert all(isinstance(one, Account) for one in found), found
    return [one for one in found if isinstance(one, Account)]


def counts(account: Account) -> tuple[int, ...]:
    return account.read, account.accepted, account.rejected, account.new, account.updated, account.unchanged


def test_each_gets_the_account_of_its_own_records(line: Line, tmp_path: Path) -> None:
    registry = line.installation.registry
    later = {
        "observed_at": "2026-02-01T00:00:00Z",
        "status": "completed",
        "completed": "2026-01-09T00:00:00Z",
    }
    asyncio.run(together(line.groups(), push(tmp_path, "before", record(1), record(2), registry=registry)))
    first = push(tmp_path, "a", record(1), record(3, region=FOREIGN), record(4), registry=registry)
    second = push(tmp_path, "b", record(2, **later), {"id": "?"}, registry=registry)
    third = push(tmp_path, "c", record(9, submitted="x"), registry=registry)
    found = answers(together(line.groups(), first, second, third))
    assert len(line.deliveries) == 2
    assert [counts(one) for one in found] == [(3, 2, 1, 1, 0, 1), (2, 1, 1, 0, 1, 0), (1, 0, 1, 0, 0, 0)]
    assert [one.status for one in found] == [200, 200, 422]
    assert [[(row.row, row.region, row.rule, row.field) for row in one.rows] for one in found] == [
        [(2, None, "region-foreign", "region")],
        [(2, None, "region-missing", "region")],
        [(1, MINE, "date-unreadable", "submitted")],
    ]
    assert line.remembered[1:] == found
    batch = line.installation.store.batches()[0]
    assert (batch.read, batch.accepted, batch.new, batch.updated) == (6, 3, 1, 1)


def test_records_are_kept_under_their_own_sender_and_number(line: Line, tmp_path: Path) -> None:
    registry = line.installation.registry
    asyncio.run(
        together(
            line.groups(),
            push(tmp_path, "a", record(1), record(2, region=FOREIGN), registry=registry),
            push(tmp_path, "b", record(3), record(4), record(5, status="lost"), registry=registry),
        )
    )
    archived = line.installation.archive.records("transactions")
    assert archived is not None
    rows = pl.DataFrame(pl.from_arrow(archived.to_table())).select("id", "delivered_by").sort("id").rows()
    assert rows == [("A1", "push/a"), ("A3", "push/b"), ("A4", "push/b")]
    aside = line.installation.intake.quarantine.rows(dataset="transactions")
    assert sorted(aside.select("source", "origin", "row", "region", "rule").rows()) == [
        ("push/a", "push a", 2, None, "region-foreign"),
        ("push/b", "push b", 3, MINE, "domain-status"),
    ]


def test_what_is_simulated_does_not_go_with_what_is_real(line: Line, tmp_path: Path) -> None:
    registry = line.installation.registry
    real = push(tmp_path, "a", record(1), registry=registry)
    other = push(tmp_path, "b", record(2), registry=registry, simulated=True)
    more = push(tmp_path, "c", record(3), registry=registry)
    answers(together(line.groups(), real, other, more))
    assert [one.simulated for one in line.deliveries] == [False, True]


def test_records_seen_on_arrival_are_all_as_old_as_their_delivery(line: Line, tmp_path: Path) -> None:
    registry = line.installation.registry
    rows = [
        push(tmp_path, name, record(1, observed_at=seen), registry=registry, seen_on_arrival=True)
        for name, seen in (("a", "2026-01-01T00:00:00Z"), ("b", "2026-01-02T00:00:00Z"))
    ]
    assert sum(account.new for account in answers(together(line.groups(), *rows))) == 1
    again = push(tmp_path, "c", record(1), registry=registry, seen_on_arrival=True)
    assert counts(*answers(together(line.groups(), again))) == (1, 1, 0, 0, 0, 1)


def test_more_rejected_rows_than_are_listed_are_counted(line: Line, tmp_path: Path) -> None:
    rows = [record(n, region=FOREIGN) for n in range(LISTED + 7)]
    (account,) = answers(
        together(line.groups(), push(tmp_path, "a", *rows, registry=line.installation.registry))
    )
    assert (len(account.rows), account.rows_left_off, account.rejected) == (LISTED, 7, LISTED + 7)
    assert account.rows[-1].row == LISTED


def test_archive_that_fails_refuses_the_group_for_now(line: Line, tmp_path: Path) -> None:
    def away(_: Delivery) -> None:
        raise StoreUnavailable("the store at postgresql://ana:***@db is away")

    line.fail = away
    registry = line.installation.registry
    pushes = [push(tmp_path, name, record(1), registry=registry) for name in "ab"]
    found = asyncio.run(together(line.groups(), *pushes))
    assert [isinstance(one, Refusal) and (one.status, one.headers) for one in found] == [
        (503, {"Retry-After": "30"})
    ] * 2
    assert "postgresql" not in str(found)
    assert len(line.deliveries) == 1
    assert line.refreshed == 0


def test_push_that_brings_its_group_down_fails_alone(line: Line, tmp_path: Path) -> None:
    def poisoned(delivery: Delivery) -> None:
        ids = [name for chunk in delivery.chunks for name in chunk.frame["id"]]
        if "Apoison" in ids:
            raise ZeroDivisionError

    line.fail = poisoned
    registry = line.installation.registry
    pushes = [push(tmp_path, name, record(name), registry=registry) for name in ("a", "poison", "b")]
    good, bad, fine = asyncio.run(together(line.groups(), *pushes))
    assert isinstance(good, Account)
    assert isinstance(fine, Account)
    assert isinstance(bad, Refusal)
    assert (good.new, bad.status, fine.new) == (1, 500, 1)


def test_answer_is_given_although_it_cannot_be_remembered(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget(*_: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(line, "remember", forget)
    one = push(tmp_path, "a", record(1), registry=line.installation.registry)
    assert answers(together(line.groups(), one))[0].accepted == 1


def test_what_follows_is_computed_once_at_the_end_if_not_before(line: Line, tmp_path: Path) -> None:
    registry = line.installation.registry

    async def run(refresh_seconds: float) -> int:
        line.refreshed = 0
        async with line.groups(refresh_seconds) as groups:
            for number in range(3):
                await groups.take(push(tmp_path, f"p{number}", record(number), registry=registry))
        return line.refreshed

    assert asyncio.run(run(3600)) == 2  # after the first one, which waits for nothing, and at the end
    assert asyncio.run(run(0)) == 3


def test_nothing_is_taken_once_it_ends(line: Line, tmp_path: Path) -> None:
    async def run() -> None:
        groups = line.groups()
        async with groups:
            pass
        await groups.take(push(tmp_path, "a", record(1), registry=line.installation.registry))

    with pytest.raises(Refusal, match="is ending"):
        asyncio.run(run())
    assert line.deliveries == []
