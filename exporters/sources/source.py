"""What every kind of source promises to the sweep, and what it gets from it.

A source fetches; it does not map, check or store. It yields its rows piece by piece, each with the
cursor from which the next fetch goes on once the piece is in the archive. The sweep may therefore
die at any moment: what was not taken in is fetched again, and what was taken in twice is known by
its key and counted once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

import polars as pl
from pydantic import BaseModel, ConfigDict

from exporters.errors import SourceError
from exporters.sources.client import Client

REGION = "@region"
"""Column that the sweep adds to the rows of a source that is of one region: its code. For mappings."""
SOURCE = "@source"
"""Column that the sweep adds to all rows: the source that they are from, as ``32.11/permits``."""


class Settings(BaseModel):
    """Base of what a configuration says of one source. Nothing unknown, nothing that changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Window:
    """Records that changed from ``begin`` on and before ``end``; aware instants."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Want:
    """What is asked of a source.

    ``since``: cursor of the last piece that was taken in, ``None`` before the first. ``window``:
    records of a stretch of time, whatever the cursor (a backfill); the cursors of its pieces are
    ``None``, because it does not move where the source goes on.
    """

    since: str | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one answer, page or file.

    ``rows``: columns of text as the source names them and ``_row`` (i64, from 1), as the readers of
    ``exporters.files`` give them; may be empty. ``cursor``: where to go on once these rows are in
    the archive, ``None`` where there is nothing to remember. ``origin``: what they were read from,
    for people; without secrets and without personal data. ``seen``: when the source gave them. ``total``:
    how many records the source says that it has for the whole fetch, ``None`` where it says nothing;
    ``records``: how many of these came in this piece.
    """

    rows: pl.DataFrame
    origin: str
    seen: datetime
    cursor: str | None = None
    total: int | None = None
    records: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a source gets from the sweep.

    ``name``: ``32.11/permits``, unique, for messages. ``region``: code of the region that it is of,
    ``None`` where it tells of several. ``zone``: IANA time zone of that region, or UTC. ``threads``:
    where work that blocks is done. ``now``: the clock.
    """

    name: str
    region: str | None
    zone: str
    client: Client
    threads: Executor
    now: Callable[[], datetime]


class Source(Protocol):
    """A kind of source, made once for each source that a configuration names.

    A kind derives from this, so that what it need not do is done. Construction contacts nothing.
    """

    Settings: ClassVar[type[Settings]]

    def __init__(self, settings: Any, surroundings: Surroundings) -> None:  # noqa: ANN401 - its own Settings
        ...

    def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """Rows piece by piece, oldest first. Raises ``FetchError`` or another ``SourceError``.

        May be cancelled at any point: then it leaves nothing open. Nothing blocks the event loop.
        """
        ...

    async def settle(self, piece: Piece) -> None:  # noqa: ARG002 - for those that need it
        """Told once a piece's rows are in the archive, in the order of the pieces."""
        return  # a body, without which mypy takes the method for abstract

    async def refuse(self, piece: Piece, error: SourceError) -> None:  # noqa: ARG002 - as above
        """Told where a piece's rows cannot be mapped: its columns are not those that the mapping names."""
        return

    async def close(self) -> None:
        """Give back what is open. May be called twice."""
        return
