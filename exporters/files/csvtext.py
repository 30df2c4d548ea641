"""CSV in any dialect and encoding, in blocks of bounded size: fields as text, no line lost."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import polars as pl

from exporters.errors import SourceEmpty, SourceTooLarge, UnreadableFormat
from exporters.files.csvblock import read_block
from exporters.files.dialect import Dialect, column_names, delimiter_of
from exporters.files.encoding import Utf8Reader
from exporters.files.format import ROW, FileFormat, Limits
from exporters.files.stream import ByteStream

_SAMPLE = 1 << 16
_BLOCK_BYTES = 16 << 20
"""Largest block: more is no faster and costs memory."""


def read_csv(stream: ByteStream, fmt: FileFormat, limits: Limits, chunk_rows: int) -> Iterator[pl.DataFrame]:
    """Frames of at most ``chunk_rows`` records: columns of text and ``ROW``."""
    text = _Text(stream, fmt, limits)
    names, dialect = text.header(fmt)
    size = text.block_size(chunk_rows)
    row, final = 0, False
    while not final:
        final = text.fill(size)
        block = read_block(text.pending, names, dialect, final=final, patience=limits.max_record_bytes)
        text.drop(block.used)
        if not block.used:
            text.refuse_endless_record(limits, row)
        for part in block.frame.iter_slices(chunk_rows):
            if part.height:
                yield part.with_columns(
                    pl.int_range(row + 1, row + part.height + 1, dtype=pl.Int64).alias(ROW)
                )
                row += part.height
    if not row:
        raise SourceEmpty(
            f"{stream.name} holds a header and no record. Was it exported with an empty selection?"
        )


class _Text:
    """UTF-8 text of a file that is consumed record by record."""

    def __init__(self, stream: ByteStream, fmt: FileFormat, limits: Limits) -> None:
        self._reader = Utf8Reader(stream, fmt.encoding)
        self._limits = limits
        self.pending = b""
        self._ended = False
        self._old_newlines = False
        self.fill(_SAMPLE)
        self._old_newlines = b"\n" not in self.pending and b"\r" in self.pending
        self.pending = self._translated(self.pending)

    def fill(self, size: int) -> bool:
        """Read until ``size`` bytes are pending, one read at least. True at the end of the file."""
        parts = [self.pending]
        have = len(self.pending)
        while not self._ended:
            data = self._reader.read(max(_SAMPLE, size - have))
            self._ended = not data
            parts.append(self._translated(data))
            have += len(data)
            if have >= size:
                break
        self.pending = b"".join(parts)
        return self._ended

    def _translated(self, data: bytes) -> bytes:
        return data.replace(b"\r", b"\n") if self._old_newlines else data

    def drop(self, used: int) -> None:
        """Forget the first ``used`` bytes."""
        self.pending = self.pending[used:]

    def block_size(self, chunk_rows: int) -> int:
        """Bytes that hold about ``chunk_rows`` records, judged by the first ones."""
        sample = self.pending[:_SAMPLE]
        record = len(sample) / max(1, sample.count(b"\n"))
        return int(min(max(_SAMPLE, record * chunk_rows), _BLOCK_BYTES))

    def refuse_endless_record(self, limits: Limits, row: int) -> None:
        """Raise ``SourceTooLarge`` where one line fills all the room that a record may take."""
        if len(self.pending) > limits.max_record_bytes and not self._ended:
            raise SourceTooLarge(
                f"{self._reader.name}, record {row + 1}: a line of more than {limits.max_record_bytes:,} "
                "bytes. Is it a CSV file with one record a line? If so, raise format.limits.max_record_bytes."
            )

    def header(self, fmt: FileFormat) -> tuple[list[str], Dialect]:
        """Names of the columns and the dialect; what follows is pending."""
        name = self._reader.name
        stated = fmt.delimiter or self._separator_line()
        for _ in range(fmt.header - 1):
            self.drop(self._line_end())
        while self.pending.lstrip(b"\r\n") != self.pending or (not self.pending and not self._ended):
            self.pending = self.pending.lstrip(b"\r\n")
            self.fill(_SAMPLE)
        if not self.pending.strip():
            raise SourceEmpty(f"{name} is empty. Was it exported with an empty selection, or cut off?")
        self._line_end()
        end = self.pending.rfind(b"\n") + 1
        sample = self.pending[: min(end, _SAMPLE) or None].decode(errors="ignore")
        delimiter = stated or delimiter_of(sample, fmt.quote)
        if len(delimiter.encode()) != 1:
            raise UnreadableFormat(
                f"{name}: {delimiter!r} cannot be a delimiter. State an ASCII character in format.delimiter."
            )
        dialect = Dialect(delimiter.encode(), fmt.quote.encode())
        fields, used = self._first_record(dialect)
        if fmt.header == 0:
            return [
                f"column_{n}" for n in range(1, len(column_names(fields, name, self._limits)) + 1)
            ], dialect
        self.drop(used)
        return column_names(fields, name, self._limits), dialect

    def _separator_line(self) -> str | None:
        """Delimiter from Excel's first line ``sep=;``, which is dropped."""
        if self.pending[:4].lower() != b"sep=":
            return None
        end = self._line_end()
        line = self.pending[:end].decode().strip("\r\n")
        self.drop(end)
        return line[4:5] or None

    def _line_end(self) -> int:
        """Where the first pending line ends; the text is read on until it does."""
        while (at := self.pending.find(b"\n")) < 0 and not self._ended:
            if len(self.pending) > self._limits.max_record_bytes:
                self.refuse_endless_record(self._limits, 0)
            self.fill(len(self.pending) + _SAMPLE)
        return at + 1 or len(self.pending)

    def _first_record(self, dialect: Dialect) -> tuple[list[str], int]:
        """Fields of the first pending record, and its length in bytes."""
        while True:
            end = self.pending.rfind(b"\n") + 1 or len(self.pending)
            lines = [part + b"\n" for part in self.pending[:end].removesuffix(b"\n").split(b"\n")]
            taken: list[bytes] = []
            source = (taken.append(line) or line.decode() for line in lines)  # type: ignore[func-returns-value] # append counts the lines that the reader takes
            try:
                fields = next(iter(dialect.records(source)))
                return fields, min(sum(map(len, taken)), len(self.pending))
            except csv.Error as error:
                if self._ended or len(self.pending) > self._limits.max_record_bytes:
                    raise UnreadableFormat(
                        f"{self._reader.name}: the header is no line of CSV ({error}). Is it a CSV file? "
                        "State format.delimiter, format.quote and format.header if it is an unusual one."
                    ) from error
                self.fill(len(self.pending) + _SAMPLE)
