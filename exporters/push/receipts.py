"""Each push is taken in once: whoever sends it again gets the answer that it got.

What was answered is in the store; what is still under way is waited for.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from exporters.push.account import Account, Push
from exporters.push.refusal import Refusal
from exporters.push.settings import PushSettings
from metrics.model import PushReceipt
from metrics.store import Store


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender is told. ``replayed``: whether it was told before."""

    status: int
    account: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _UnderWay:
    digest: str
    task: asyncio.Task[Answer]


class Receipts:
    """Answers to pushes. ``threads``: where the store is read."""

    def __init__(
        self,
        store: Store,
        threads: Executor,
        *,
        clock: Callable[[], datetime],
        settings: Callable[[], PushSettings],
    ) -> None:
        self._store = store
        self._threads = threads
        self._clock = clock
        self._settings = settings
        self._under_way: dict[tuple[str, str], _UnderWay] = {}

    async def once(self, token: str, key: str, digest: str, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to a push: that of ``work``, unless it was answered, or is being taken in.

        Goes on when the caller is cancelled. Raises what ``work`` raises, and ``Refusal`` (422) where the
        key was used for another content.
        """
        place = (token, key)
        while (held := self._under_way.get(place)) is not None and held.digest != digest:
            await asyncio.wait({held.task})
        if held is not None:
            answer = await _patiently(held.task)
            return Answer(answer.status, answer.account, replayed=True)
        task = asyncio.create_task(self._answer(token, key, digest, work))
        self._under_way[place] = _UnderWay(digest, task)
        task.add_done_callback(lambda _: self._under_way.pop(place))
        return await _patiently(task)

    async def _answer(
        self, token: str, key: str, digest: str, work: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        receipt = await asyncio.get_running_loop().run_in_executor(self._threads, self._recall, token, key)
        if receipt is None:
            return await work()
        if receipt.digest != digest:
            raise Refusal(
                422, "this Idempotency-Key was used for another content. Use each key for one push alone."
            )
        return Answer(receipt.status, receipt.account, replayed=True)

    def _recall(self, token: str, key: str) -> PushReceipt | None:
        receipt = self._store.push_receipt(token, key)
        return receipt if receipt is not None and receipt.answered >= self._keep_from() else None

    def remember(self, pushes: Sequence[Push], accounts: Sequence[Account]) -> None:
        """Keep what pushes are answered. Raises ``StoreError``."""
        now = self._clock()
        receipts = [
            PushReceipt(push.token, push.key, push.digest, account.status, account.json, now)
            for push, account in zip(pushes, accounts, strict=True)
        ]
        self._store.put_push_receipts(
            receipts, keep_from=self._keep_from(), keep_bytes=self._settings().remember_bytes
        )

    def _keep_from(self) -> datetime:
        return self._clock() - timedelta(hours=self._settings().remember_hours)


def digest_of(*parts: str) -> str:
    """SHA-256 of some words."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


async def _patiently(task: asyncio.Task[Answer]) -> Answer:
    """Result of a task, also for a caller whom the server breaks off at its end: the answer still arrives."""
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled():
            raise
        return await asyncio.shield(task)
