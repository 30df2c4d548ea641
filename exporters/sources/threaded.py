"""Work that blocks, done in threads for sources that promise to block nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Executor, Future
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
_END: Final = object()
_PATIENCE_SECONDS = 10.0
"""How long one that is cancelled waits for its thread. Then the thread ends by itself, and tidies up."""


async def threaded(
    items: Generator[Item], threads: Executor, *, interrupt: Callable[[], None] = lambda: None
) -> AsyncGenerator[Item]:
    """Items of a generator that blocks, each step in one of the threads, one step at a time.

    ``interrupt``: makes a step that is under way end soon; called in a thread of its own where the
    iteration is cancelled. The generator is closed in any case.
    """
    step: Future[object] = Future()
    try:
        while True:
            step = threads.submit(next, items, _END)
            item = await asyncio.shield(asyncio.wrap_future(step))
            if item is _END:
                return
            yield item  # type: ignore[misc] # what is not the end is an item
    except asyncio.CancelledError:
        if not step.cancel() and not step.done():
            await _end(step, interrupt)
        raise
    finally:
        if step.running():
            step.add_done_callback(lambda _: items.close())
        else:
            await asyncio.shield(asyncio.wrap_future(threads.submit(items.close)))


async def _end(step: Future[object], interrupt: Callable[[], None]) -> None:
    """Interrupt a step, and see it end."""
    waiting = asyncio.wrap_future(step)
    both: list[asyncio.Future[Any]] = [waiting, asyncio.ensure_future(asyncio.to_thread(interrupt))]
    for ended in (await asyncio.wait(both, timeout=_PATIENCE_SECONDS))[0]:
        if not ended.cancelled():
            ended.exception()  # it was interrupted: what it says of that is nobody's news
