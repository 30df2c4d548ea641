"""A file of records as chunks of text: a table, a document or an access log (``TEXT_KINDS``), also as .gz."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from exporters.errors import SourceEmpty
from exporters.files.accesslog import read_access_log
from exporters.files.csvtext import read_csv
from exporters.files.detection import kind_of
from exporters.files.format import FileFormat, Kind, Limits
from exporters.files.jsontext import read_json, read_jsonl
from exporters.files.stream import ByteStream, Progress
from exporters.files.tables import read_excel, read_parquet
from exporters.files.xmltext import read_xml

TextReader = Callable[[ByteStream, FileFormat, Limits, int], Iterator[pl.DataFrame]]
_HEAD = 1 << 12
_PIECE = 1 << 20

TEXT_KINDS: dict[Kind, TextReader] = {
    "csv": read_csv,
    "json": read_json,
    "jsonl": read_jsonl,
    "xml": read_xml,
    "access_log": read_access_log,
}
"""Kinds that are read from a stream; the others need a file to jump about in."""


def read_file(
    path: Path | str,
    fmt: FileFormat | None = None,
    *,
    chunk_rows: int = 200_000,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Iterator[pl.DataFrame]:
    """Records of a file, at most ``chunk_rows`` at a time.

    Each frame has the file's columns as text, null where absent or empty, and ``_row``, the 1-based
    number of the record. Lines that are no record stand among the others in chunks with two more
    columns, ``_line`` (their text) and ``_problem``. JSON and XML may bring new columns in later chunks.

    ``progress`` is called with the bytes of the file that were read and its size. Raises a
    ``SourceError`` that names the file, the place in it and the remedy.
    """
    path, fmt = Path(path), fmt or FileFormat()
    limits = limits or fmt.limits
    kind = kind_of_file(path, fmt, limits)
    if kind in TEXT_KINDS:
        with ByteStream(path, limits, progress) as stream:
            yield from TEXT_KINDS[kind](stream, fmt, limits, chunk_rows)
        return
    with _decompressed(path, limits) as plain:
        if kind == "parquet":
            yield from read_parquet(plain, path.name, limits, chunk_rows, progress)
        else:
            yield from read_excel(plain, path.name, fmt, limits, chunk_rows, progress)


def kind_of_file(path: Path, fmt: FileFormat, limits: Limits) -> Kind:
    """Kind of a file as stated, or from its content and name. Raises ``SourceError``."""
    with ByteStream(path, limits) as stream:
        head = stream.read(_HEAD)
    if not head:
        raise SourceEmpty(
            f"{path.name} is empty (0 bytes). Was it exported with an empty selection, or cut off?"
        )
    return kind_of(path.name, head, fmt.kind)


@contextmanager
def _decompressed(path: Path, limits: Limits) -> Iterator[Path]:
    """Yield the file itself, or its content in a temporary file if it is gzip."""
    with ByteStream(path, limits) as stream:
        if not stream.compressed:
            yield path
            return
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / path.stem
            with plain.open("wb") as copy:
                while data := stream.read(_PIECE):
                    copy.write(data)
            yield plain
