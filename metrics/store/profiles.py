"""Rows of what the monitors compare over time: profiles by month, and what batches look like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, select

from metrics.store.observation_tables import PROFILE, PROFILE_MARK, SHAPE


@dataclass(frozen=True, slots=True)
class ProfileMark:
    """State of the archive, and of all else, that the profiles of a record set stand for."""

    archive_version: int
    state: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What the last batch of a source looked like, and the one that it is compared with.

    ``columns``, ``before``: rows of the columns' descriptions, as plain values.
    """

    dataset: str
    source: str
    seen: datetime
    mapping_hash: str
    columns: list[dict[str, Any]]
    before: list[dict[str, Any]]


def put_profile(
    connection: Connection, dataset: str, partition: str, counts: pl.DataFrame, shares: pl.DataFrame
) -> None:
    """Write the profile of a month in place of the one that was there."""
    here = (PROFILE.c.dataset == dataset) & (PROFILE.c.partition == partition)
    connection.execute(delete(PROFILE).where(here))
    packed = {"counts": _packed(counts), "shares": _packed(shares)}
    connection.execute(PROFILE.insert().values(dataset=dataset, partition=partition, **packed))


def put_mark(connection: Connection, dataset: str, mark: ProfileMark, months: Iterable[str]) -> None:
    """Say what the profiles of a record set stand for; those of other months are removed."""
    connection.execute(
        delete(PROFILE).where(PROFILE.c.dataset == dataset, PROFILE.c.partition.not_in(list(months)))
    )
    connection.execute(delete(PROFILE_MARK).where(PROFILE_MARK.c.dataset == dataset))
    connection.execute(
        PROFILE_MARK.insert().values(dataset=dataset, archive_version=mark.archive_version, state=mark.state)
    )


def mark(connection: Connection, dataset: str) -> ProfileMark | None:
    """What the profiles of a record set stand for, ``None`` before the first."""
    row = connection.execute(select(PROFILE_MARK).where(PROFILE_MARK.c.dataset == dataset)).first()
    return ProfileMark(row.archive_version, row.state) if row is not None else None


def profile(connection: Connection, name: str, dataset: str, first: str, last: str) -> list[pl.DataFrame]:
    """Frames "counts" or "shares" of a record set, of the months from one to another, in order."""
    statement = (
        select(PROFILE.c[name])
        .where(PROFILE.c.dataset == dataset, PROFILE.c.partition.between(first, last))
        .order_by(PROFILE.c.partition)
    )
    return [pl.read_parquet(BytesIO(content)) for content in connection.scalars(statement)]


def put_shapes(connection: Connection, shapes: Sequence[Shape]) -> None:
    """Write what batches look like, in place of what was there of the same source."""
    for shape in shapes:
        here = (SHAPE.c.dataset == shape.dataset) & (SHAPE.c.source == shape.source)
        connection.execute(delete(SHAPE).where(here))
        connection.execute(SHAPE.insert().values(**_fields(shape)))


def shapes(connection: Connection) -> list[Shape]:
    """What the batches of each source look like, in order of record set and source."""
    statement = select(SHAPE).order_by(SHAPE.c.dataset, SHAPE.c.source)
    return [Shape(**row) for row in connection.execute(statement).mappings()]


def _fields(shape: Shape) -> Mapping[str, Any]:
    return {name: getattr(shape, name) for name in Shape.__slots__}


def _packed(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()
