"""CSV with irregular quoting, record by record: nothing is lost, and one bad quote spoils one line.

A quote inside an unquoted field is text (``12" pipe``). A quoted field that goes on after its
closing quote, or never closes, makes its first line malformed, and reading goes on with the next.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from exporters.files.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Badline:
    """A line that is no record, and why."""

    text: str
    problem: str

    @classmethod
    def of(cls, text: str, width: int, dialect: Dialect) -> Self:
        """Tell what is wrong with a record of the wrong number of fields."""
        try:
            found = len(next(iter(dialect.records(text.splitlines(keepends=True))), []))
        except csv.Error as error:
            return cls(text, str(error))
        return cls(text, f"{found} fields under a header of {width}")


@dataclass(slots=True)
class _Lines:
    """Lines from a place on, and how many of them were taken."""

    lines: list[bytes]
    at: int
    patience: int
    taken: int = 0
    size: int = 0
    ran_out: bool = False

    def __iter__(self) -> Iterator[str]:
        for line in self.lines[self.at :]:
            self.taken += 1
            self.size += len(line)
            if self.size > self.patience:
                raise csv.Error("a quote is never closed")
            yield line.decode()
        self.ran_out = True


def read_carefully(
    data: bytes, width: int, dialect: Dialect, *, final: bool, patience: int
) -> tuple[list[list[str] | Badline], int]:
    """Records and malformed lines of ``data`` in order, and the bytes that they took.

    What may be the beginning of a record is left for the next block unless ``final``.
    """
    whole = data if final else data[: data.rfind(b"\n") + 1]
    lines = whole.splitlines(keepends=True) if b"\r" not in whole else _split(whole)
    out: list[list[str] | Badline] = []
    at = 0
    while at < len(lines):
        at, stopped = _read_run(lines, at, width, dialect, out, final=final, patience=patience)
        if stopped:
            break
    return out, sum(map(len, lines[:at]))


def _split(data: bytes) -> list[bytes]:
    """Lines by newline alone: a carriage return may stand inside a field."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _read_run(
    lines: list[bytes],
    at: int,
    width: int,
    dialect: Dialect,
    out: list[list[str] | Badline],
    *,
    final: bool,
    patience: int,
) -> tuple[int, bool]:
    """Read records until one is bad. Returns the line to go on with, and whether to wait for more."""
    source = _Lines(lines, at, patience)
    reader = iter(dialect.records(source))
    while True:
        first = at + source.taken
        source.size = 0
        try:
            record = next(reader, None)
        except csv.Error as error:
            if source.ran_out and not final and sum(map(len, lines[first:])) <= patience:
                return first, True
            out.append(Badline(_text(lines[first]), _problem(error)))
            return first + 1, False
        if record is None:
            return at + source.taken, False
        if record and len(record) != width:
            out.append(Badline(_text(lines[first]), f"{len(record)} fields under a header of {width}"))
            if at + source.taken > first + 1:
                return first + 1, False
        elif record:
            out.append(record)


def _text(line: bytes) -> str:
    return line.decode().removesuffix("\n").removesuffix("\r")


def _problem(error: csv.Error) -> str:
    text = str(error)
    return "a quote is never closed" if "unexpected end of data" in text else text
