"""A kind of source for tests: rows in a list, a cursor that counts them, and faults on command."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl

from exporters.collecting.collector import Watched
from exporters.collecting.sourceconfig import CollectedSource
from exporters.errors import FetchError, FetchReason, SourceError
from exporters.mapping import Mapping
from exporters.sources.client import Client
from exporters.sources.source import Piece, Settings, Source, Surroundings, Want
from metrics.regions import indonesia

CODES = list(indonesia().regions)
MAPPING = """
version: 1
dataset: complaints
source: ledger
observed_at: {column: seen}
region: {column: region}
fields:
  id: number
  received: {column: received}
  status: {constant: received}
"""


@dataclass
class Ledger(Source):
    """Gives ``rows``, three to a piece. ``trouble`` is called before each piece; it may raise or wait."""

    rows: list[dict[str, str]]
    per_piece: int = 3
    trouble: Callable[[], object] | None = None
    seconds: float = 0.0
    settled: list[Piece] = field(default_factory=list)
    refused: list[SourceError] = field(default_factory=list)
    asked: list[Want] = field(default_factory=list)
    closed: bool = False
    Settings = Settings

    async def fetch(self, want: Want) -> AsyncIterator[Piece]:
        self.asked.append(want)
        begin = int(want.since or 0)
        while begin < len(self.rows):
            await asyncio.sleep(self.seconds)
            if self.trouble is not None:
                self.trouble()
            rows = self.rows[begin : begin + self.per_piece]
            frame = pl.DataFrame(rows).with_row_index("_row", offset=1)
            begin += len(rows)
            cursor = str(begin) if want.window is None else None
            yield Piece(frame.with_columns(pl.col("_row").cast(pl.Int64)), f"rows to {begin}", now(), cursor)

    async def settle(self, piece: Piece) -> None:
        self.settled.append(piece)

    async def refuse(self, piece: Piece, error: SourceError) -> None:  # noqa: ARG002 - the signature of all sources
        self.refused.append(error)

    async def close(self) -> None:
        self.closed = True


def now() -> datetime:
    return datetime.now(UTC)


def row(number: int, region: str) -> dict[str, str]:
    return {
        "number": str(number),
        "region": region,
        "received": "2026-03-02T04:00:00Z",
        "seen": "2026-03-02T05:00:00Z",
    }


def entry(region: str | None, name: str = "complaints", **more: Any) -> CollectedSource:
    facts = {"region": region, "name": name, "kind": "ledger", "settings": Settings()}
    return CollectedSource.model_validate(facts | {"mapping": Mapping.parse(MAPPING)} | more)


def watched(region: str, source: Ledger, name: str = "complaints", **more: Any) -> Watched:
    return Watched(entry(region, name, **more), source, "Asia/Jakarta")


def surroundings(region: str) -> Surroundings:
    return Surroundings(f"{region}/x", region, "Asia/Jakarta", Client(), ThreadPoolExecutor(1), now)


class Trouble:
    """Raises one after the other; then nothing more."""

    def __init__(self, reasons: Sequence[FetchReason | None]) -> None:
        self._left = list(reasons)

    def __call__(self) -> None:
        reason = self._left.pop(0) if self._left else None
        if reason is not None:
            raise FetchError(f"it fails by {reason.value}", reason)
