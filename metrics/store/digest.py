"""One fingerprint of every roll-up row, the same on every database and after every rebuild."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from sqlalchemy import Connection, select

from metrics.store import bulk
from metrics.store.tables import ROLLUP_TABLES, SEED

if TYPE_CHECKING:
    from hashlib import _Hash


def rollup_digest(connection: Connection) -> str:
    """SHA-256 over all roll-up rows in order of key; the seed's events, which no archive holds, left out.

    Partition by partition, so that no more than one partition is in memory.
    """
    sha = hashlib.sha256()
    for name, table in sorted(ROLLUP_TABLES.items()):
        key = [column.name for column in table.primary_key]
        found = connection.scalars(select(table.c.partition).distinct().where(table.c.partition != SEED))
        for partition in sorted(found):
            frame = bulk.read_frame(connection, select(table).where(table.c.partition == partition))
            sha.update(f"{name} {partition} {frame.height}\n".encode())
            for series in frame.sort(key):
                add_column(sha, series)
    return sha.hexdigest()


def add_column(sha: _Hash, series: pl.Series) -> None:
    """Add a column: its name, and its values so that no two different columns give the same bytes."""
    sha.update(f"{series.name} {series.dtype}\n".encode())
    if series.dtype in (pl.String, pl.Binary):
        values = series.cast(pl.Binary)
        sha.update(values.bin.size().to_numpy().astype("<i8").tobytes())
        sha.update(b"".join(values))
    else:
        sha.update(series.cast(pl.Int64).to_numpy().astype(np.dtype("<i8")).tobytes())
