"""Who may fetch now: so many at one time in all and from one host, and the slow ones apart.

A fetch that lasts longer than others makes room: it leaves the fast lane for the slow one, which
is wider. So a fifth of all systems may hang without holding up the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from exporters.collecting.sourceconfig import Collecting


@dataclass
class Lanes:
    """The lanes of one configuration. ``under_way``, ``slow``: fetches in all, and those in the slow lane."""

    collecting: Collecting
    under_way: int = 0
    slow: int = 0
    _hosts: dict[str, asyncio.Semaphore] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fast = asyncio.Semaphore(self.collecting.concurrency)

    @contextlib.asynccontextmanager
    async def turn(self, host: str | None) -> AsyncIterator[None]:
        """Wait for a turn, first with the host, then with all; it is given back at the end of the block."""
        async with self._of(host), _Turn(self):
            yield

    def _of(self, host: str | None) -> contextlib.AbstractAsyncContextManager[object]:
        if host is None:
            return contextlib.nullcontext()
        if host not in self._hosts:
            self._hosts[host] = asyncio.Semaphore(self.collecting.per_host)
        return self._hosts[host]


class _Turn:
    """One turn: fast at first; after a while in the slow lane, where there is room."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._is_slow = False

    async def __aenter__(self) -> None:
        await self._lanes.fast.acquire()
        self._lanes.under_way += 1
        self._move_later()

    async def __aexit__(self, *_: object) -> None:
        self._timer.cancel()
        self._lanes.under_way -= 1
        if self._is_slow:
            self._lanes.slow -= 1
        else:
            self._lanes.fast.release()

    def _move_later(self) -> None:
        seconds = self._lanes.collecting.slow_after_seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, self._move)

    def _move(self) -> None:
        lanes = self._lanes
        if lanes.slow >= lanes.collecting.slow_concurrency:
            self._move_later()
            return
        self._is_slow = True
        lanes.slow += 1
        lanes.fast.release()
