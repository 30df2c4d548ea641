"""The real records that may lie beside a checkout, read with the mappings and registries of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from checks.chunk import MappedChunk
from checks.compile import load_contract
from exporters.files.file import read_file
from exporters.grouping import group_cases
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from metrics.regions import Registry

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
FILES = {
    "permits-nl": "permits-nl/cases.csv",
    "permits-wabo": "permits-wabo/receipt.csv",
    "complaints-budapest": "complaints-budapest/issues.csv.gz",
    "probe-history": "probe-history/checks.csv",
    "open311": "open311/open311status-fixtures/service_requests.json",
}
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def real(place: str) -> Path:
    """A real file, or a skipped test."""
    path = DATA / place
    if not path.exists():
        pytest.skip(f"../shared/data/{place} does not lie beside this checkout")
    return path


def mapping_of(name: str) -> Mapping:
    return Mapping.load(ROOT / "tests" / "mappings" / f"{name}.yaml")


def registry_of(name: str) -> Registry:
    return Registry.load(ROOT / "tests" / "registries" / f"{name}.csv")


@dataclass(frozen=True)
class Mapped:
    """All of a real set, mapped."""

    frame: pl.DataFrame
    issues: pl.DataFrame
    raw: pl.DataFrame


def mapped(name: str) -> Mapped:
    """All of a real set, mapped, or a skipped test."""
    chunks = list(mapped_chunks(name))
    return Mapped(
        pl.concat(chunk.frame for chunk in chunks),
        pl.concat(chunk.issues for chunk in chunks),
        pl.concat((chunk.raw for chunk in chunks), how="diagonal"),
    )


def mapped_chunks(name: str) -> Iterator[MappedChunk]:
    path = real(FILES[name])
    mapping = mapping_of(name)
    mapper = Mapper(mapping, load_contract(mapping.dataset), registry_of(name), NOW, origin=path.name)
    for raw in group_cases(read_file(path, mapping.format), mapping):
        yield mapper.map(raw)
