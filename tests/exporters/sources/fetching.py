"""Sources made and fetched from as the sweep does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import polars as pl
import pytest

from exporters.errors import FetchError, FetchReason, SourceError
from exporters.sources.client import Client
from exporters.sources.source import Piece, Source, Surroundings, Want

NAME = "32.11/test"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
Given = TypeVar("Given")


@contextmanager
def surroundings(
    *, now: Callable[[], datetime] = lambda: NOW, client: Client | None = None, threads: int = 4
) -> Iterator[Surroundings]:
    """What a source gets, with threads of its own. Sources without HTTP get no client."""
    with ThreadPoolExecutor(threads) as pool:
        yield Surroundings(NAME, "32.11", "Asia/Jakarta", cast("Client", client), pool, now)


def run(work: Callable[[], Coroutine[Any, Any, Given]]) -> Given:
    """What a coroutine gives. Nothing of it may go on once it has ended."""

    async def watched() -> Given:
        given = await work()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        assert rest == set()
        return given

    return asyncio.run(watched())


async def pieces_of(source: Source, want: Want | None = None, *, settle: bool = True) -> list[Piece]:
    """Pieces of one fetch, each of them settled after it, as when every delivery succeeds."""
    async with aclosing(cast("Any", source.fetch(want or Want()))) as given:
        pieces: list[Piece] = [piece async for piece in given]
    for piece in pieces if settle else ():
        await source.settle(piece)
    return pieces


def fetched(source: Source, want: Want | None = None, *, settle: bool = True) -> list[Piece]:
    """Pieces of one fetch, in an event loop of its own."""
    return run(lambda: pieces_of(source, want, settle=settle))


def table(pieces: list[Piece]) -> pl.DataFrame:
    """Rows of pieces in one frame."""
    return pl.concat([piece.rows for piece in pieces], how="diagonal")


def refused(source: Source, reason: FetchReason, want: Want | None = None) -> str:
    """Message with which a fetch fails. Holds it to name the source and to end in a sentence."""
    with pytest.raises(SourceError) as caught:
        fetched(source, want)
    assert isinstance(caught.value, FetchError)
    assert caught.value.reason is reason
    message = str(caught.value)
    assert message.startswith(f"{NAME}: ")
    assert message.endswith((".", "?"))
    return message
