"""From the content of a push to mapped records, by the contract's own columns or the token's mapping."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

import polars as pl

from checks.chunk import MappedChunk
from checks.compile import load_contract
from checks.contract import INSTANT, Contract
from checks.masking import mask_text
from exporters.columns import with_columns
from exporters.errors import MappingError, SourceEmpty, SourceError, SourceTooLarge, UnreadableFormat
from exporters.fence import of_regions, of_simulation, of_text
from exporters.files.file import read_file
from exporters.files.format import RESERVED, FileFormat, Kind, Limits
from exporters.grouping import group_cases
from exporters.issues import issues, no_issues
from exporters.mapper import OWN, Mapper
from exporters.mapping import Mapping
from exporters.push.parquet import read_parquet_apart, too_many
from exporters.push.refusal import Refusal
from exporters.push.settings import PushSettings
from exporters.push.tokens import Grant
from metrics.regions import Registry

CHUNK_ROWS = 20_000
_OFFSET = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?([Zz]|UTC|[+-]\d{2}(:?\d{2})?)$"
_INSTANT = "'{}' in {} is no instant with its offset from UTC. Write it like 2026-03-02T09:30:00+07:00."
_REASONS = {
    "date-unreadable": "'{}' in {} is no date. Write it like 2026-03-02, an instant with its offset.",
    "number-unreadable": "'{}' in {} is no number, or no whole one. Write digits, and a point for decimals.",
    "word-unknown": "'{}' in {} is neither true nor false. Write one of them.",
    "list-unreadable": "'{}' in {} is no list of numbers. Write it like [0.1, 0.5, 2].",
    "region-unknown": "'{}' in {} is no code of a region. Write the code as text, with its point.",
}
"""Reasons for those who know the contract and no mapping: what was found, and in which column."""


@dataclass(frozen=True, slots=True)
class Records:
    """Mapped records of one push.

    ``last``: the largest number of a record; ``ignored``: columns that are none of the contract's;
    ``bytes``: what they take in memory.
    """

    chunks: tuple[MappedChunk, ...]
    rows: int
    last: int
    ignored: tuple[str, ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads contents. ``registry``: the regions that there are."""

    registry: Registry

    def records(
        self, content: Path, kind: Kind, dataset: str, grant: Grant, settings: PushSettings, now: datetime
    ) -> Records:
        """Records of a content. Raises ``Refusal`` (400, 413, 422) where it cannot be read as a whole."""
        try:
            return self._read(content, kind, dataset, grant, settings, now)
        except SourceTooLarge as error:
            raise Refusal(413, f"{_said(error)}. Send the records in several pushes.") from error
        except UnreadableFormat as error:
            said = f"the body cannot be read as {kind}: {_said(error)}. Correct it, or its type."
            raise Refusal(400, said) from error
        except SourceEmpty as error:
            raise Refusal(422, "the body holds no record. Send one at least.") from error
        except (SourceError, MappingError) as error:
            raise Refusal(422, mask_text(str(error))) from error

    def _read(
        self, content: Path, kind: Kind, dataset: str, grant: Grant, settings: PushSettings, now: datetime
    ) -> Records:
        contract = load_contract(dataset)
        mapping = grant.mapping or own_mapping(dataset)
        plain = grant.mapping is None
        mapping = mapping.model_copy(update={"simulated": grant.simulated})
        mapper = Mapper(mapping, contract, self.registry, now, origin="the body")
        named = {*mapping.group_by, *(column for _, columns, _ in mapping.picked() for column in columns)}
        named |= {"simulated"} if plain else set()
        chunks, columns = [], dict[str, None]()
        for raw in group_cases(_raw(content, kind, grant.mapping, settings), mapping, origin="the body"):
            columns |= dict.fromkeys(name for name in raw.columns if name not in RESERVED)
            chunk = _needed(mapper.map(with_columns(raw, ["region"]) if plain else raw), named)
            chunks.append(_fenced(_explained(chunk, contract) if plain else chunk, grant, plain=plain))
        numbers = pl.concat([part["_row"] for chunk in chunks for part in (chunk.frame, chunk.issues)])
        return Records(
            chunks=tuple(chunks),
            rows=numbers.n_unique(),
            last=int(numbers.max()),  # type: ignore[arg-type] # there is a record, or it was empty
            ignored=tuple(name for name in columns if plain and name not in named),
            bytes=sum(int(part.estimated_size()) for chunk in chunks for part in (chunk.frame, chunk.raw)),
        )


@cache
def own_mapping(dataset: str) -> Mapping:
    """Mapping of a record set's own columns to themselves."""
    names = [item.name for item in load_contract(dataset).properties if item.name not in OWN]
    optional = {"optional": True}
    entries: dict[str, object] = {
        "version": "1",
        "dataset": dataset,
        "source": "push",
        "region": {"column": "region"},
        "observed_at": {"column": "observed_at", **optional},
        "fields": {name: {"column": name, **optional} for name in names},
    }
    return Mapping.of(entries, f"the contract {dataset}")


def _raw(
    content: Path, kind: Kind, mapping: Mapping | None, settings: PushSettings
) -> Iterator[pl.DataFrame]:
    """Records as text, piece by piece. Raises ``SourceError``; ``SourceTooLarge`` beyond the rows allowed."""
    limits = Limits(max_columns=500, max_decompressed_bytes=settings.max_content_bytes)
    rows = 0
    for frame in _frames(content, kind, mapping, limits, settings):
        rows += frame.height
        if rows > settings.max_rows:
            raise SourceTooLarge(too_many(settings.max_rows))
        yield frame


def _frames(
    content: Path, kind: Kind, mapping: Mapping | None, limits: Limits, settings: PushSettings
) -> Iterator[pl.DataFrame]:
    if kind == "parquet":
        yield from read_parquet_apart(content, limits, settings.max_rows)
        return
    own = FileFormat(encoding="utf-8", delimiter=",")
    fmt = (mapping.format if mapping else own).model_copy(update={"kind": kind})
    yield from read_file(content, fmt, chunk_rows=CHUNK_ROWS, limits=limits)


def _said(error: SourceError) -> str:
    """What is wrong, without the remedy, which is for those who write mappings."""
    return mask_text(str(error)).partition(". ")[0].removesuffix(" as the mapping states")


def _needed(chunk: MappedChunk, named: Collection[str]) -> MappedChunk:
    """The chunk, its payloads without columns that nobody asked for: they may be personal data."""
    kept = [name for name in chunk.raw.columns if name in named or name in RESERVED]
    return replace(chunk, raw=chunk.raw.select(kept))


def _fenced(chunk: MappedChunk, grant: Grant, *, plain: bool) -> MappedChunk:
    chunk = of_text(of_regions(chunk, grant.regions, f"the token {grant.token}"))
    return of_simulation(chunk, simulated=grant.simulated) if plain else chunk


def _explained(chunk: MappedChunk, contract: Contract) -> MappedChunk:
    """The chunk, its issues in the words of the contract, and instants without an offset among them."""
    found = [_offsetless(chunk, name) for name, kind in contract.polars_schema.items() if kind == INSTANT]
    words = pl.lit(None, pl.String)
    for rule, text in _REASONS.items():
        told = pl.format(text, pl.col("value"), pl.col("field"))
        words = pl.when(pl.col("rule") == rule).then(told).otherwise(words)
    explained = chunk.issues.with_columns(pl.coalesce(words, pl.col("reason")).alias("reason"))
    return replace(chunk, issues=pl.concat([*found, explained]))


def _offsetless(chunk: MappedChunk, name: str) -> pl.DataFrame:
    """Issues of a column of instants: those that say no offset, or cannot be read at all."""
    if name not in chunk.raw.columns:
        return no_issues()
    text = chunk.raw[name].str.strip_chars()
    bad = (text != "").fill_null(value=False) & ~text.str.contains(_OFFSET).fill_null(value=False)
    if not bad.any():
        return no_issues()
    reason = pl.format(_INSTANT, pl.col("value"), pl.col("field"))
    return issues(chunk.raw["_row"].filter(bad), "date-unreadable", name, text.filter(bad), reason)
