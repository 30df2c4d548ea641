"""From a file and its mapping to a delivery: read, group into cases, map. Chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from checks.chunk import MappedChunk
from checks.compile import load_contract
from exporters.files.file import read_file
from exporters.grouping import group_cases
from exporters.intake import Delivery
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from metrics.ahead import one_ahead
from metrics.regions import Registry

Progress = Callable[[int, int], None]
"""Told how many bytes were read, and of how many."""


def deliver_file(
    path: Path, mapping: Mapping, registry: Registry, *, now: datetime, progress: Progress | None = None
) -> Delivery:
    """Delivery of a file's records. Nothing is read until its chunks are asked for."""
    chunks = one_ahead(read_file(path, mapping.format, progress=progress))
    grouped = group_cases(chunks, mapping) if mapping.group_by else chunks
    observed = _observed(path, mapping, now)
    mapper = Mapper(mapping, load_contract(mapping.dataset), registry, observed, origin=path.name)
    mapped = (mapper.map(chunk) for chunk in grouped)
    return _delivery(mapped, mapping, path.name, observed, seen_on_arrival=mapping.seen_on_arrival)


def deliver_rows(
    rows: Sequence[tuple[datetime, pl.DataFrame]],
    mapping: Mapping,
    registry: Registry,
    *,
    now: datetime,
    origin: str,
) -> Delivery:
    """Delivery of rows of text columns that were read before, each frame with the time it was seen.

    They are as old as they were then: what has come in since is not replaced by them.
    """
    contract = load_contract(mapping.dataset)
    mapped = (Mapper(mapping, contract, registry, seen, origin=origin).map(part) for seen, part in rows)
    return _delivery(mapped, mapping, origin, now, seen_on_arrival=False)


def _delivery(
    chunks: Iterable[MappedChunk], mapping: Mapping, origin: str, observed: datetime, *, seen_on_arrival: bool
) -> Delivery:
    return Delivery(
        contract=load_contract(mapping.dataset),
        source=mapping.source,
        origin=origin,
        chunks=chunks,
        observed=observed,
        simulated=mapping.simulated,
        mapping_hash=mapping.digest,
        seen_on_arrival=seen_on_arrival,
    )


def _observed(path: Path, mapping: Mapping, now: datetime) -> datetime:
    if mapping.observed_at == "file" and path.exists():  # one that is not there is for the reader to tell
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return now
