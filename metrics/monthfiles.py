"""Records of one commit as Parquet files, month by month, in bounded memory.

The Delta writer holds all the rows of a commit in memory until it ends. Here a month is written
as soon as it has a row group's worth of rows; the commit then only names the files. Files that
were written and never named by a commit are no part of the table.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROW_GROUP = 65_536
"""Rows of a month that are written together."""
ROWS_HELD = 400_000
"""Rows of all months together that wait to be written."""
_DISTINCT = frozenset({"id", "row"})
"""Columns whose values hardly repeat: a dictionary of them would only cost."""


@dataclass
class MonthFile:
    """A file of one month, under the table's folder."""

    path: Path
    month: str
    rows: int = 0
    _waiting: list[pa.Table] = field(default_factory=list)
    held: int = 0
    """Rows that wait to be written."""
    _writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.Table) -> None:
        """Take rows; they are written when there are enough."""
        self._waiting.append(rows)
        self.held += len(rows)
        if self.held >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write the rows that wait."""
        if not self._waiting:
            return
        rows = pa.concat_tables(self._waiting)
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            words = [name for name in rows.column_names if name not in _DISTINCT]
            self._writer = pq.ParquetWriter(self.path, rows.schema, compression="lz4", use_dictionary=words)
        self._writer.write_table(rows, row_group_size=ROW_GROUP)
        self.rows += len(rows)
        self._waiting, self.held = [], 0

    def close(self) -> None:
        """End the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()


def write_month_files(folder: Path, batches: Iterable[pa.RecordBatch]) -> list[MonthFile]:
    """Write rows that have a column ``month`` under a folder; returns the files, in order of month.

    Raises ``OSError`` where the disk fails; then nothing of what was written is left there.
    """
    files: dict[str, MonthFile] = {}
    name = f"{secrets.token_hex(16)}.parquet"
    try:
        for batch in batches:
            for month, rows in _by_month(pa.Table.from_batches([batch])):
                path = folder / f"month={month}" / name
                files.setdefault(month, MonthFile(path, month)).add(rows)
            if sum(file.held for file in files.values()) > ROWS_HELD:
                for file in files.values():
                    file.flush()
        for file in files.values():
            file.flush()
            file.close()
    except BaseException:
        for file in files.values():
            _discard(file)
        raise
    return [files[month] for month in sorted(files)]


def _by_month(rows: pa.Table) -> Iterable[tuple[str, pa.Table]]:
    """Rows of each month, without the column, which the folder tells."""
    column = rows.column("month")
    others = rows.drop_columns(["month"])
    for month in pc.unique(column).to_pylist():
        yield month, others.filter(pc.equal(column, month))


def _discard(file: MonthFile) -> None:
    try:
        file.close()
    except OSError:  # the disk that failed before
        pass
    finally:
        file.path.unlink(missing_ok=True)
