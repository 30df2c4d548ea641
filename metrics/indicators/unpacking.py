"""Packed columns of many roll-up rows as one long frame, without a loop over the rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

WORD = 8
"""Bytes of a packed number."""


def flatten(frame: pl.DataFrame, column: str, names: Sequence[str], keep: Sequence[str]) -> pl.DataFrame:
    """Return one row a packed entry: the columns ``keep`` of its roll-up row and the numbers by name.

    The blobs are those of ``metrics.packing.pack`` with ``len(names)`` columns; null is empty.
    Raises ``ValueError`` for a blob of another shape.
    """
    blobs = frame[column].cast(pl.Binary).fill_null(b"")
    sizes = blobs.bin.size().cast(pl.Int64).to_numpy()
    if np.any(sizes % (WORD * len(names))):
        broken = int(np.flatnonzero(sizes % (WORD * len(names)))[0])
        raise ValueError(f"{column} of roll-up row {broken} is not {len(names)} packed columns: rebuild it")
    lengths = sizes // (WORD * len(names))
    flat = np.frombuffer(b"".join(blobs.to_list()), dtype="<i8").astype(np.int64, copy=False)
    row = np.repeat(np.arange(len(lengths)), lengths)
    within = np.arange(len(row)) - (np.cumsum(lengths) - lengths)[row]
    start = ((np.cumsum(sizes) - sizes) // WORD)[row] + within
    numbers = {name: flat[start + place * lengths[row]] for place, name in enumerate(names)}
    return frame.select(keep)[row].with_columns(pl.Series(name, data) for name, data in numbers.items())
