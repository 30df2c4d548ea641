"""A Parquet file from somebody else, read in a process of its own.

What it holds cannot be told from outside: some bytes of a page may stand for thousands of millions
of values, and the numbers in its footer are only claims.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from exporters.errors import SourceTooLarge, UnreadableFormat
from exporters.files.apart import TookTooMuch, apart
from exporters.files.format import Limits
from exporters.files.tables import read_parquet

MEMORY_BYTES = 4 << 30
"""Of address space, of which the libraries alone reserve more than half."""
SECONDS = 60
SMALL_ROWS = 1_000


def read_parquet_apart(content: Path, limits: Limits, max_rows: int) -> Iterator[pl.DataFrame]:
    """Records of a Parquet file as text. Raises ``SourceError``."""
    with tempfile.TemporaryDirectory(dir=content.parent) as folder:
        out = Path(folder) / "rows.arrow"
        try:
            apart(
                _write,
                content,
                out,
                limits,
                max_rows,
                memory_bytes=MEMORY_BYTES,
                seconds=SECONDS,
            )
        except TookTooMuch as error:
            raise SourceTooLarge("the body takes more memory or time to read than is given") from error
        with pa.memory_map(str(out)) as mapped:
            batches = pa.ipc.open_file(mapped)
            for number in range(batches.num_record_batches):
                yield pl.DataFrame(pl.from_arrow(batches.get_batch(number)))


def _write(path: Path, out: Path, limits: Limits, max_rows: int) -> None:
    """Write the records of a Parquet file to an Arrow file, as text. Raises ``SourceError``."""
    try:
        rows = pq.ParquetFile(path).metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFormat(f"it is broken or cut off ({str(error).splitlines()[0]})") from error
    if rows > max_rows:
        raise SourceTooLarge(too_many(max_rows))
    size = 0.0
    writer = None
    for frame in read_parquet(path, "the body", limits, SMALL_ROWS, None):
        size += frame.estimated_size()
        if size > limits.max_decompressed_bytes:
            raise SourceTooLarge(
                f"the body holds more than {limits.max_decompressed_bytes:,} bytes once decompressed"
            )
        table = frame.to_arrow()
        writer = writer or pa.ipc.new_file(out, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def too_many(max_rows: int) -> str:
    """What is said of a body with too many records."""
    return f"the body holds more than {max_rows:,} records"
