"""Pushes that wait are taken in together, and each gets its own account back.

A delivery costs about the same whether it has ten records or ten thousand, and there is one at a
time. So whatever waits for the same record set when its turn comes is one delivery.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self

import polars as pl

from checks.chunk import ORIGINS_SCHEMA, MappedChunk
from checks.compile import load_contract
from exporters.intake import Delivery, Taken
from exporters.push.account import Account, Push, account_of
from exporters.push.refusal import Refusal, later
from metrics.errors import PantauError, StoreError

LOG = logging.getLogger("pantau.push")
GROUP_ROWS = 500_000
RETRY_SECONDS = 30
SOURCE = "push"

Take = Callable[[Delivery], Taken]
"""Takes a delivery in; called in a thread, one at a time. Raises ``PantauError``."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    push: Push
    account: asyncio.Future[Account]

    @property
    def kind(self) -> tuple[str, bool, bool]:
        """What pushes must have in common to be one delivery."""
        return self.push.dataset, self.push.simulated, self.push.seen_on_arrival


class Groups:
    """Takes pushes in, from entry to exit, one group at a time.

    ``remember``: keeps accounts before their senders are told. ``refresh``: computes what follows from
    new records, at most every so many seconds. Both are called in the thread that takes.
    """

    def __init__(
        self,
        take: Take,
        remember: Callable[[Sequence[Push], Sequence[Account]], object],
        refresh: Callable[[], object],
        *,
        clock: Callable[[], datetime],
        refresh_seconds: Callable[[], float],
    ) -> None:
        self._take = take
        self._remember = remember
        self._refresh = refresh
        self._clock = clock
        self._refresh_seconds = refresh_seconds
        self._line: deque[_Waiting] = deque()
        self._more = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="push")
        self._worker: asyncio.Task[None] | None = None
        self._closing = False
        self._stale = False
        self._refreshed = float("-inf")

    async def __aenter__(self) -> Self:
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is being taken in is taken in and answered; what waits is refused."""
        self._closing = True
        self._more.set()
        if self._worker is not None:
            await self._worker
        for waiting in self._line:
            waiting.account.set_exception(_ending())
        self._line.clear()
        await self._refresh_now()
        self._thread.shutdown()

    async def take(self, push: Push) -> Account:
        """Take a push in when its turn comes. Raises ``Refusal`` (500, 503)."""
        if self._closing:
            raise _ending()
        waiting = _Waiting(push, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        self._more.set()
        return await waiting.account

    async def _work(self) -> None:
        while not self._closing:
            self._more.clear()  # first: what comes in from here on ends the waiting below
            if self._stale and self._due() <= 0:
                await self._refresh_now()
            group = self._next()
            if group:
                await self._settle(group)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._more.wait(), max(0.0, self._due()) if self._stale else None)

    def _next(self) -> list[_Waiting]:
        """The push that has waited longest, and those that can be taken in with it."""
        group: list[_Waiting] = []
        left: deque[_Waiting] = deque()
        rows = 0
        for waiting in self._line:
            fits = not group or (
                waiting.kind == group[0].kind and rows + waiting.push.records.rows <= GROUP_ROWS
            )
            if fits:
                group.append(waiting)
                rows += waiting.push.records.rows
            else:
                left.append(waiting)
        self._line = left
        return group

    async def _settle(self, group: Sequence[_Waiting]) -> None:
        """Take a group in and tell each sender; where it fails for one of them, each alone."""
        try:
            accounts = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._taken, [waiting.push for waiting in group]
            )
            self._stale = True
        except StoreError as error:
            LOG.warning("%d pushes are not taken in: %s", len(group), error)
            _refuse(
                group, later(503, "the archive cannot be written now. Send it again later.", RETRY_SECONDS)
            )
        except Exception:
            if len(group) > 1:
                for waiting in group:
                    await self._settle([waiting])
                return
            LOG.exception("push %s is not taken in", group[0].push.id)
            _refuse(group, Refusal(500, "the push could not be taken in; nothing of it counts. Report it."))
        else:
            for waiting, account in zip(group, accounts, strict=True):
                if not waiting.account.done():
                    waiting.account.set_result(account)

    def _taken(self, pushes: Sequence[Push]) -> list[Account]:
        """Accounts of pushes that were taken in together and are remembered. In the thread."""
        delivery, begins = joined(pushes, self._clock())
        taken = self._take(delivery)
        accounts = [account_of(push, taken, begin) for push, begin in zip(pushes, begins, strict=True)]
        try:
            self._remember(pushes, accounts)
        except StoreError as error:
            LOG.warning("%d answers are not remembered: %s", len(accounts), error)
        return accounts

    def _due(self) -> float:
        """Seconds until what follows from new records may be computed again."""
        return self._refreshed + self._refresh_seconds() - asyncio.get_running_loop().time()

    async def _refresh_now(self) -> None:
        if not self._stale:
            return
        self._stale = False
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._refresh)
        except PantauError as error:
            LOG.warning("what was pushed is not in the indicators yet: %s", error)
        except Exception:
            LOG.exception("what was pushed is not in the indicators yet")
        self._refreshed = asyncio.get_running_loop().time()


def joined(pushes: Sequence[Push], now: datetime) -> tuple[Delivery, list[int]]:
    """One delivery of pushes that may go together, and the number before each push's first record."""
    chunks: list[MappedChunk] = []
    begins: list[int] = []
    begin = 0
    for push in pushes:
        begins.append(begin)
        chunks += (_renumbered(chunk, push, begin, now) for chunk in push.records.chunks)
        begin += push.records.last
    first = pushes[0]
    others = f" and {len(pushes) - 1} more" if len(pushes) > 1 else ""
    return Delivery(
        contract=load_contract(first.dataset),
        source=SOURCE,
        origin=f"push {first.id}{others}",
        chunks=chunks,
        observed=now,
        simulated=first.simulated,
        seen_on_arrival=first.seen_on_arrival,
    ), begins


def _renumbered(chunk: MappedChunk, push: Push, begin: int, now: datetime) -> MappedChunk:
    """The chunk with its numbers after those of the pushes before it, and where each record is from."""
    own = pl.concat([chunk.frame["_row"], chunk.issues["_row"]]).unique().sort()
    origins = pl.DataFrame(
        {
            "_row": own + begin,
            "row": own,
            "source": push.source,
            "origin": f"push {push.id}",
            "mapping_hash": push.mapping_hash,
        },
        schema=ORIGINS_SCHEMA,
    )
    later_on = pl.col("_row") + begin
    frame = chunk.frame.with_columns(later_on)
    if push.seen_on_arrival:  # one instant for the whole delivery
        frame = frame.with_columns(pl.lit(now).cast(frame.schema["observed_at"]).alias("observed_at"))
    return replace(
        chunk,
        frame=frame,
        issues=chunk.issues.with_columns(later_on),
        raw=chunk.raw.with_columns(later_on),
        origins=origins,
    )


def _refuse(group: Sequence[_Waiting], refusal: Refusal) -> None:
    for waiting in group:
        if not waiting.account.done():
            waiting.account.set_exception(refusal)


def _ending() -> Refusal:
    return later(503, "the exporter is ending. Send it again later.", RETRY_SECONDS)
