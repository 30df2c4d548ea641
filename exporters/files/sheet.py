"""One sheet of a spreadsheet as an Arrow file, read in a process of its own whose memory is limited.

A sheet is held whole while it is read, and what it takes cannot be told from outside: two cells in
opposite corners take a table of 17 thousand million, a text may stand in every cell, and the sizes
that the archive states are only claims. A process that asks for too much ends; this one goes on.
"""

from __future__ import annotations

from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.ipc

from exporters.errors import SourceEmpty, SourceTooLarge, UnreadableFormat
from exporters.files.apart import TookTooMuch, apart
from exporters.files.dialect import column_names
from exporters.files.format import FileFormat, Limits

_BATCH_ROWS = 65_536


def write_sheet(path: Path, name: str, fmt: FileFormat, limits: Limits, out: Path) -> None:
    """Write the sheet that ``fmt`` states to ``out``: its columns by name, as text.

    ``name``: of the file, for messages. Raises ``SourceTooLarge`` where reading it takes more than
    ``limits.max_sheet_bytes`` of memory, and ``UnreadableFormat`` or ``SourceEmpty``.
    """
    try:
        apart(_write, path, name, fmt, limits, out, memory_bytes=limits.max_sheet_bytes)
    except TookTooMuch as error:
        raise SourceTooLarge(
            f"{name} takes more than {limits.max_sheet_bytes:,} bytes of memory to read. Does a stray cell "
            "stand far from the others? Delete the empty rows and columns around the table, or save it as "
            "CSV, or raise format.limits.max_sheet_bytes."
        ) from error


def _write(path: Path, name: str, fmt: FileFormat, limits: Limits, out: Path) -> None:
    names, cells = _cells(path, name, fmt, limits)
    table = pa.RecordBatch.from_arrays(cells.columns, names=names)
    with pa.ipc.new_file(out, table.schema) as writer:
        for start in range(0, table.num_rows, _BATCH_ROWS):
            writer.write_batch(table.slice(start, _BATCH_ROWS))


def _cells(path: Path, name: str, fmt: FileFormat, limits: Limits) -> tuple[list[str], pa.RecordBatch]:
    try:
        book = fastexcel.read_excel(path)
        sheet = _sheet(book.sheet_names, fmt.sheet, name)
        header = book.load_sheet(
            sheet, header_row=None, skip_rows=max(0, fmt.header - 1), n_rows=1, dtypes="string"
        )
        first = header.to_arrow().to_pylist()
        if not first:
            raise SourceEmpty(f"{name} has nothing in sheet {sheet!r}. Is it the right one (format.sheet)?")
        found = [str(value or "").strip() for value in first[0].values()]
        names = column_names(found if fmt.header else [""] * len(found), name, limits)
        loaded = book.load_sheet(sheet, header_row=None, skip_rows=fmt.header, dtypes="string")
        if loaded.width != len(names):
            raise UnreadableFormat(
                f"{name}, sheet {sheet!r}: the header has {len(names)} cells, the rows {loaded.width}. "
                "State the row of the header in format.header."
            )
        return names, loaded.to_arrow()
    except fastexcel.FastExcelError as error:
        raise UnreadableFormat(
            f"{name} cannot be read as a spreadsheet: {str(error).splitlines()[0]}. Save it as XLSX again."
        ) from error


def _sheet(sheets: list[str], wanted: str | None, name: str) -> str:
    if wanted is None and sheets:
        return sheets[0]
    if wanted in sheets:
        return str(wanted)
    if wanted is not None and wanted.isdecimal() and 1 <= int(wanted) <= len(sheets):
        return sheets[int(wanted) - 1]
    raise UnreadableFormat(
        f"{name} has no sheet {wanted!r}. Write one of {', '.join(map(repr, sheets))} in format.sheet."
    )
