"""What was fetched from many sources, as few deliveries: one commit to the archive for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from checks.chunk import ORIGINS_SCHEMA, MappedChunk
from checks.compile import load_contract
from exporters.collecting.batch import SOURCE as EXPORTER
from exporters.collecting.sourceconfig import CollectedSource
from exporters.fence import of_foreign, of_text
from exporters.files.format import LINE, PROBLEM, ROW
from exporters.intake import Delivery
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from exporters.sources.source import REGION, SOURCE, Piece
from metrics.regions import Registry

ROWS_AT_ONCE = 200_000
_OWN_ROW, _ORIGIN, _ANSWER = "@row", "@origin", "@answer"


@dataclass(frozen=True, slots=True)
class Harvest:
    """A piece of a source. Its rows have the columns that the source's mapping needs."""

    source: CollectedSource
    piece: Piece


def deliveries(
    harvests: Sequence[Harvest], registry: Registry, *, now: datetime, simulated: bool
) -> Iterator[Delivery]:
    """Deliveries of the harvests: one a record set, or two where some rows do not say how old they are."""
    groups: dict[tuple[str, bool], list[Harvest]] = {}
    for harvest in harvests:
        mapping = harvest.source.mapping
        groups.setdefault((mapping.dataset, mapping.seen_on_arrival), []).append(harvest)
    for (dataset, on_arrival), group in groups.items():
        yield Delivery(
            contract=load_contract(dataset),
            source=EXPORTER,
            origin=f"{len(group)} answers until {now.isoformat(timespec='seconds')}",
            chunks=_chunks(group, registry, now),
            observed=now,
            simulated=simulated,
            seen_on_arrival=on_arrival,
        )


def _chunks(group: Sequence[Harvest], registry: Registry, now: datetime) -> Iterator[MappedChunk]:
    offset = 0
    for mapping, seen, part in _alike(group, now):
        mapper = Mapper(mapping, load_contract(mapping.dataset), registry, seen, origin="collected rows")
        for raw in _rows(part):
            numbered = raw.with_columns(
                pl.int_range(offset + 1, offset + 1 + raw.height, dtype=pl.Int64).alias(ROW)
            )
            offset += raw.height
            yield _bounded(numbered, mapper, mapping, {one.source.id: one.source for one in part})


def _alike(group: Sequence[Harvest], now: datetime) -> Iterator[tuple[Mapping, datetime, list[Harvest]]]:
    """Harvests that are mapped in one go: of one mapping, and seen at one instant where that matters."""
    parts: dict[tuple[str, datetime], list[Harvest]] = {}
    for harvest in group:
        mapping = harvest.source.mapping
        seen = harvest.piece.seen if mapping.observed_at == "file" else now
        parts.setdefault((mapping.digest, seen), []).append(harvest)
    for (_, seen), part in parts.items():
        yield part[0].source.mapping, seen, part


def _rows(part: Sequence[Harvest]) -> Iterator[pl.DataFrame]:
    """Rows of several harvests, a bounded number at once, each with where it is from."""
    waiting: list[pl.DataFrame] = []
    height = 0
    for number, harvest in enumerate(part):
        rows = harvest.piece.rows
        if not rows.height:
            continue
        source = harvest.source
        waiting.append(
            _needed(rows, source.mapping).with_columns(
                pl.lit(source.id).alias(SOURCE),
                pl.lit(source.region, pl.String).alias(REGION),
                pl.lit(harvest.piece.origin).alias(_ORIGIN),
                pl.lit(number).alias(_ANSWER),
            )
        )
        height += rows.height
        if height >= ROWS_AT_ONCE:
            yield _once(waiting)
            waiting, height = [], 0
    if waiting:
        yield _once(waiting)


def _once(answers: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Rows of answers in one frame; one that a source gave in an earlier answer too is there once.

    Answers overlap on purpose; what stands twice in one answer is its source's fault, and is left.
    """
    rows = pl.concat(answers, how="diagonal")
    content = [name for name in rows.columns if name not in (_OWN_ROW, _ORIGIN, _ANSWER)]
    first = pl.col(_ANSWER) == pl.col(_ANSWER).min().over(content)
    return rows.filter(first).drop(_ANSWER) if len(answers) > 1 else rows.drop(_ANSWER)


def _needed(rows: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """The columns that the mapping names, and no other: what nobody asked for may be personal data."""
    named = {column for _, columns, _ in mapping.picked() for column in columns} | {LINE, PROBLEM}
    kept = [name for name in rows.columns if name in named]
    return rows.select(pl.col(ROW).alias(_OWN_ROW), *kept)


def _bounded(
    raw: pl.DataFrame, mapper: Mapper, mapping: Mapping, sources: dict[str, CollectedSource]
) -> MappedChunk:
    """Mapped rows; those of a region that their source may not tell of are rejected."""
    origins = raw.select(
        ROW,
        pl.col(_OWN_ROW).alias("row"),
        pl.col(SOURCE).alias("source"),
        pl.col(_ORIGIN).alias("origin"),
        pl.lit(mapping.digest).alias("mapping_hash"),
    ).cast(ORIGINS_SCHEMA)
    chunk = replace(mapper.map(raw.drop(_OWN_ROW, _ORIGIN)), origins=origins)
    told = chunk.frame.select(ROW, "region").join(
        raw.select(ROW, SOURCE), on=ROW, how="left", maintain_order="left"
    )
    allowed = _allowed(told, sources).with_columns(is_own=True)
    own = told.join(allowed, on=[SOURCE, "region"], how="left", maintain_order="left")["is_own"]
    return of_text(of_foreign(chunk, own.is_null(), told[SOURCE]))


def _allowed(found: pl.DataFrame, sources: dict[str, CollectedSource]) -> pl.DataFrame:
    """Pairs of source and region that may stand together, of those that do."""
    pairs = found.select(SOURCE, "region").unique()
    keep = [
        _may_tell(sources[source], region) if region is not None else False
        for source, region in pairs.iter_rows()
    ]
    return pairs.filter(pl.Series(keep, dtype=pl.Boolean))


def _may_tell(source: CollectedSource, region: str) -> bool:
    if source.region is not None:
        return region == source.region
    return source.tells_of == "all" or region in (source.tells_of or ())
