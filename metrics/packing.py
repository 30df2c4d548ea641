"""Columns of whole numbers as bytes, the same bytes for the same numbers on every machine.

A roll-up row keeps its histogram, its day counts and its open cases packed, so that a year
of 514 regions stays some ten thousand rows. Layout: little-endian int64, column after column.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def pack(*columns: Ints) -> bytes:
    """Bytes of columns of one length (``ValueError`` otherwise). ``pack()`` of empty columns is ``b""``."""
    if len({len(column) for column in columns}) > 1:
        raise ValueError("packed columns have different lengths: they could not be told apart again")
    return b"".join(np.ascontiguousarray(column, dtype="<i8").tobytes() for column in columns)


def unpack(data: bytes | None, columns: int) -> tuple[Ints, ...]:
    """Return the columns that ``pack`` put together. ``None`` and ``b""`` give empty ones."""
    flat = np.frombuffer(data or b"", dtype="<i8").astype(np.int64, copy=False)
    return tuple(flat.reshape(columns, -1)) if flat.size else tuple(flat for _ in range(columns))
