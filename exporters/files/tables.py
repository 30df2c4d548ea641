"""Parquet files and spreadsheets: typed cells become text, instants and dates as ISO 8601."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from exporters.errors import SourceEmpty, SourceTooLarge, UnreadableFormat
from exporters.files.dialect import column_names
from exporters.files.format import ROW, FileFormat, Limits
from exporters.files.sheet import write_sheet
from exporters.files.stream import Progress


def read_parquet(
    path: Path, name: str, limits: Limits, chunk_rows: int, progress: Progress | None
) -> Iterator[pl.DataFrame]:
    """Frames of text. Objects become columns ``outer.inner``, lists JSON; instants keep their zone."""
    try:
        file = pq.ParquetFile(path)
        total, row = file.metadata.num_rows, 0
        column_names(file.schema_arrow.names, name, limits)
        for batch in file.iter_batches(batch_size=chunk_rows):
            frame = _as_text(pl.DataFrame(pl.from_arrow(batch)))
            names = column_names(frame.columns, name, limits)
            frame = frame.rename(dict(zip(frame.columns, names, strict=True)))
            yield _numbered(frame, row)
            row += frame.height
            _report(progress, path, row / max(1, total))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFormat(
            f"{name} is broken Parquet or cut off: {str(error).splitlines()[0]}. Fetch it again."
        ) from error
    if not row:
        raise SourceEmpty(f"{name} holds no record. Was it exported with an empty selection?")


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    while structs := [name for name, kind in frame.schema.items() if isinstance(kind, pl.Struct)]:
        frame = frame.with_columns(pl.col(structs).name.map_fields(lambda field: field)).unnest(
            structs, separator="."
        )
    return frame.select(_text(name, kind) for name, kind in frame.schema.items())


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        zone = "%:z" if kind.time_zone else ""
        return column.dt.cast_time_unit("us").dt.to_string(f"%Y-%m-%dT%H:%M:%S%.6f{zone}")
    if isinstance(kind, pl.List | pl.Array):
        return column.map_elements(lambda v: json.dumps(list(v), default=str), return_dtype=pl.String)
    if isinstance(kind, pl.Binary):
        return column.cast(pl.String, strict=False)
    return column.cast(pl.String)


def read_excel(
    path: Path, name: str, fmt: FileFormat, limits: Limits, chunk_rows: int, progress: Progress | None
) -> Iterator[pl.DataFrame]:
    """Frames of text of one sheet. Blank rows are left out; dates become ISO 8601.

    The sheet is read in a process of its own (``write_sheet``): it is held whole there, and only there.
    """
    _refuse_bomb(path, name, limits)
    row = 0
    with tempfile.TemporaryDirectory() as folder:
        cells = Path(folder) / "cells.arrow"
        write_sheet(path, name, fmt, limits, cells)
        with pa.memory_map(str(cells)) as mapped:
            batches = pa.ipc.open_file(mapped)
            for number in range(batches.num_record_batches):
                frame = pl.DataFrame(pl.from_arrow(batches.get_batch(number)))
                filled = frame.filter(~pl.all_horizontal(pl.all().is_null() | (pl.all() == "")))
                for part in filled.iter_slices(chunk_rows):
                    if part.height:
                        yield _numbered(part, row)
                        row += part.height
                _report(progress, path, (number + 1) / batches.num_record_batches)
    if not row:
        raise SourceEmpty(f"{name} holds no record under its header. Is it the right sheet (format.sheet)?")


def _refuse_bomb(path: Path, name: str, limits: Limits) -> None:
    """Look at the directory of the archive before anything is decompressed."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
    ratio = size / max(1, path.stat().st_size)
    if size > limits.max_decompressed_bytes or (size > limits.ratio_from_bytes and ratio > limits.max_ratio):
        raise SourceTooLarge(
            f"{name} grows {ratio:,.0f} times to {size:,} bytes when decompressed: it looks like a "
            "decompression bomb. If it is not, raise max_ratio or max_decompressed_bytes in format.limits."
        )


def _numbered(frame: pl.DataFrame, row: int) -> pl.DataFrame:
    return frame.with_columns(pl.int_range(row + 1, row + frame.height + 1, dtype=pl.Int64).alias(ROW))


def _report(progress: Progress | None, path: Path, share: float) -> None:
    if progress is not None:
        size = path.stat().st_size
        progress(round(size * share), size)
