"""One fetch of one source, from its turn to its last piece, asked again where that may help."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from exporters.collecting.lanes import Lanes
from exporters.collecting.sourceconfig import CollectedSource
from exporters.columns import check_columns
from exporters.errors import ColumnMissing, FetchError, FetchReason, SourceError, SourceTooLarge
from exporters.sources.source import REGION, SOURCE, Piece, Source, Want

Keep = Callable[[Piece], Awaitable[None]]
"""Takes a piece; may wait until there is room for it."""
_LONGEST_BACKOFF = 60.0
_ADDED = (REGION, SOURCE)


@dataclass
class Fetch:
    """How a fetch went. ``reason``: ``None`` where it did not fail. Times in seconds.

    ``total``: how many records the source said that it had, at the last attempt; ``records``: how many came.
    """

    started: datetime
    seconds: float = 0.0
    queue_seconds: float = 0.0
    rows: int = 0
    pieces: int = 0
    reason: FetchReason | None = None
    detail: str = ""
    total: int | None = None
    records: int = 0


async def fetch(
    entry: CollectedSource,
    source: Source,
    want: Want,
    lanes: Lanes,
    keep: Keep,
    *,
    now: Callable[[], datetime],
    patient: bool = True,
) -> Fetch:
    """Fetch a source; its pieces go to ``keep`` as they come. Never raises what the source raises.

    ``patient``: whether it is asked again after a failure that may pass; the pieces that came before
    the failure are kept, and the next attempt goes on from the last of them.
    """
    done = Fetch(now())
    wanted, attempts = want, entry.attempts if patient else 1
    deadline = asyncio.get_running_loop().time() + entry.deadline_seconds
    for attempt in range(1, attempts + 1):
        error, since = await _attempt(entry, source, wanted, lanes, keep, done, deadline)
        wanted = Want(since if since is not None else wanted.since, wanted.window)
        if error is None:
            done.reason, done.detail = None, ""
            return done
        done.reason, done.detail = reason_of(error), str(error)
        wait = _wait(entry, error, attempt)
        left = deadline - asyncio.get_running_loop().time()
        if not done.reason.retryable or attempt == attempts or wait >= left:
            return done
        await asyncio.sleep(wait)
    return done


async def _attempt(
    entry: CollectedSource,
    source: Source,
    want: Want,
    lanes: Lanes,
    keep: Keep,
    done: Fetch,
    deadline: float,
) -> tuple[Exception | None, str | None]:
    """What went wrong, and the cursor of the last piece."""
    since: str | None = None
    done.total, done.records = None, 0
    begun = time.perf_counter()
    async with lanes.turn(entry.host):
        done.queue_seconds += time.perf_counter() - begun
        begun = time.perf_counter()
        try:
            async with asyncio.timeout_at(deadline):
                async with _closed_at_the_end(source.fetch(want)) as pieces:
                    async for piece in pieces:
                        if piece.rows.height:
                            await _checked(entry, source, piece)
                        done.rows += piece.rows.height
                        done.pieces += 1
                        done.records += piece.records
                        done.total = piece.total if piece.total is not None else done.total
                        await keep(piece)
                        since = piece.cursor if piece.cursor is not None else since
        except TimeoutError:
            text = f"{entry.id}: not done after {entry.deadline_seconds:g} s. Ask for less, or raise"
            return FetchError(f"{text} deadline_seconds.", FetchReason.TIMEOUT), since
        except SourceError as error:
            return error, since
        except Exception as error:  # noqa: BLE001 - one source's fault is never another's
            text = f"{entry.id}: a fault of the collector: {type(error).__name__}. Report it."
            return FetchError(text, FetchReason.INTERNAL), since
        finally:
            done.seconds += time.perf_counter() - begun
    return None, since


@asynccontextmanager
async def _closed_at_the_end(pieces: AsyncIterator[Piece]) -> AsyncIterator[AsyncIterator[Piece]]:
    """The pieces; what they hold open is given back whatever happens, and at once."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


async def _checked(entry: CollectedSource, source: Source, piece: Piece) -> None:
    """Raise ``ColumnMissing`` for a piece whose rows lack what the mapping names; the source is told."""
    try:
        check_columns(entry.mapping, [*piece.rows.columns, *_ADDED], f"{entry.id}: {piece.origin}")
    except ColumnMissing as error:
        await source.refuse(piece, error)
        raise


def reason_of(error: Exception) -> FetchReason:
    """Reason of a failure, of the bounded set."""
    if isinstance(error, FetchError):
        return error.reason
    if isinstance(error, ColumnMissing):
        return FetchReason.SCHEMA
    return FetchReason.TOO_LARGE if isinstance(error, SourceTooLarge) else FetchReason.UNREADABLE


def _wait(entry: CollectedSource, error: Exception, attempt: int) -> float:
    """Seconds until the next attempt: what the source asked for, else doubled each time, with jitter."""
    asked = error.retry_after_seconds if isinstance(error, FetchError) else None
    if asked is not None:
        return asked
    longest = min(_LONGEST_BACKOFF, entry.backoff_seconds * 2.0 ** (attempt - 1))
    return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, keeps no secret
