"""Lists that an expression collected, packed into bytes: sorted, counted, the same every time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from metrics.packing import Ints


def _flattened(lists: pa.Array) -> tuple[Ints, pa.Array]:
    """Row number of each element, and the elements."""
    if pa.types.is_large_list(lists.type):
        lists = lists.cast(pa.list_(lists.type.value_type))
    return pc.list_parent_indices(lists).to_numpy().astype(np.int64), pc.list_flatten(lists)


def _blobs(rows: int, row: Ints, columns: Sequence[Ints]) -> pa.Array:
    """One blob a row, its columns one after another. ``row`` is sorted."""
    per_row = np.bincount(row, minlength=rows).astype(np.int64)
    start = np.cumsum(per_row) - per_row
    width = len(columns)
    within = np.arange(len(row), dtype=np.int64) - start[row]
    flat = np.empty(width * len(row), dtype="<i8")
    for number, column in enumerate(columns):
        flat[width * start[row] + number * per_row[row] + within] = column
    offsets = np.concatenate([[0], np.cumsum(per_row)]) * width * 8
    buffers = [None, pa.py_buffer(offsets.astype("<i8").tobytes()), pa.py_buffer(flat.tobytes())]
    return pa.Array.from_buffers(pa.large_binary(), rows, buffers).cast(pa.binary())


def _sorted_groups(row: Ints, keys: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Order by row and keys, and where in that order a new (row, keys) begins."""
    order = np.lexsort((*reversed(keys), row))
    columns = [column[order] for column in (row, *keys)]
    if not len(order):
        return order, np.empty(0, np.int64)
    changes = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return order, np.concatenate([[0], np.flatnonzero(changes) + 1])


def packed_counts(lists: pa.Array, fields: Sequence[str] = ()) -> pa.Array:
    """Blobs ``pack(value, n)`` of lists of whole numbers, or ``pack(field, …, n)`` of structs."""
    row, values = _flattened(lists)
    columns = [values.field(name) for name in fields] if fields else [values]
    keys = [column.to_numpy(zero_copy_only=False).astype(np.int64) for column in columns]
    order, starts = _sorted_groups(row, keys)
    counts = np.diff(np.append(starts, len(order))).astype(np.int64)
    at = order[starts]
    return _blobs(len(lists), row[at], [*(key[at] for key in keys), counts])


def packed_sums(lists: pa.Array, keys: Sequence[str], sums: Sequence[str]) -> pa.Array:
    """Blobs ``pack(key, …, sum, …)`` of lists of structs, the sums added up over equal keys."""
    row, values = _flattened(lists)
    columns = [values.field(name).to_numpy(zero_copy_only=False).astype(np.int64) for name in keys]
    order, starts = _sorted_groups(row, columns)
    at = order[starts]
    added = [values.field(name).to_numpy(zero_copy_only=False).astype(np.int64)[order] for name in sums]
    totals = [np.add.reduceat(column, starts) if len(starts) else column for column in added]
    return _blobs(len(lists), row[at], [*(column[at] for column in columns), *totals])


def packed_sorted(lists: pa.Array, fields: Sequence[str]) -> pa.Array:
    """Blobs ``pack(field, …)`` of lists of structs, sorted, repeats kept."""
    row, values = _flattened(lists)
    keys = [values.field(name).to_numpy(zero_copy_only=False).astype(np.int64) for name in fields]
    order = np.lexsort((*reversed(keys), row))
    return _blobs(len(lists), row[order], [key[order] for key in keys])
