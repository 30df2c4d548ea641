"""From a file and its mapping to a delivery: read, group into cases, map. Chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from checks.chunk import MappedChunk
from checks.compile import load_contract
from exporters.grouping import group_cases
from exporters.intake import Delivery
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from exporters.sources.file import read_file
from metrics.regions import Registry

Progress = Callable[[int, int], None]
"""Told how many bytes were read, and of how many."""


def deliver_file(
    path: Path, mapping: Mapping, registry: Registry, *, now: datetime, progress: Progress | None = None
) -> Delivery:
    """Delivery of a file's records. Nothing is read until its chunks are asked for."""
    chunks = read_file(path, mapping.format, progress=progress)
    grouped = group_cases(chunks, mapping) if mapping.group_by else chunks
    return _delivery(grouped, mapping, registry, origin=path.name, observed=_observed(path, mapping, now))


def deliver_rows(
    rows: pl.DataFrame, mapping: Mapping, registry: Registry, *, now: datetime, origin: str
) -> Delivery:
    """Delivery of rows of text columns that were read before (rejected ones, that are tried again)."""
    return _delivery(iter([rows]), mapping, registry, origin=origin, observed=now)


def _observed(path: Path, mapping: Mapping, now: datetime) -> datetime:
    if mapping.observed_at == "file":
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return now


def _delivery(
    rows: Iterator[pl.DataFrame], mapping: Mapping, registry: Registry, *, origin: str, observed: datetime
) -> Delivery:
    contract = load_contract(mapping.dataset)
    mapper = Mapper(mapping, contract, registry, observed)

    def chunks() -> Iterator[MappedChunk]:
        for chunk in rows:
            yield mapper.map(chunk)

    return Delivery(
        contract=contract,
        source=mapping.source,
        origin=origin,
        chunks=chunks(),
        simulated=mapping.simulated,
        mapping_hash=mapping.digest,
        seen_on_arrival=mapping.observed_at == "now",
    )
