"""Connections begin one after the other, never many in one turn of the event loop.

Fifty that begin at once would each find their events handled after those of the other forty-nine, and
report this process's own work as the latency of the other side. Begun one by one they stay apart.
"""

from __future__ import annotations

import asyncio
import time
from weakref import WeakKeyDictionary

_BEGINNING: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def turn() -> float:
    """Waits until no other connection begins in this turn of the event loop; gives the seconds waited."""
    asked = time.perf_counter()
    async with _BEGINNING.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        await asyncio.sleep(0)
    return time.perf_counter() - asked
