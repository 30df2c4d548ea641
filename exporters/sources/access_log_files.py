"""The files of a log that is rotated: the one that is written to, and those that it was before.

A file is known again by its first lines, and by its inode where several have the same. Of each line
only what is counted goes into that mark, so that it tells nobody's address.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from exporters.errors import FetchError, FetchReason, SourceTooLarge
from exporters.files.accesslog import decoded
from exporters.files.accesslogline import LineReader, masked
from exporters.files.stream import GZIP

_HEAD_LINES = 16
_HEAD_BYTES = 1 << 16
_PIECE = 1 << 18
_MOST_LINE_BYTES = 4 << 20
_ROTATED = re.compile(r"(?P<sign>[.-])(?P<number>\d+(?:[-_T]?\d+)*)(?P<gz>\.gz)?", re.ASCII)
_LONGEST_COUNT = 4
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file is known by: its inode, and a digest of what its first lines tell."""

    inode: int
    lines: int
    digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line and where it stands. ``ended``: whether it has its end, and is not being written."""

    begin: int
    end: int
    content: bytes
    ended: bool


class LogFile:
    """A file that is open. Raises ``OSError``."""

    def __init__(self, path: Path, reader: LineReader, encoding: str) -> None:
        self.name = path.name
        self._reader = reader
        self._encoding = encoding
        self._file = os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb")
        state = os.fstat(self._file.fileno())
        if not stat.S_ISREG(state.st_mode):
            self._file.close()
            raise FileNotFoundError(path)
        self.inode = state.st_ino
        self._compressed = self._file.read(len(GZIP)) == GZIP
        self._heads: list[bytes] = []

    def close(self) -> None:
        """Close it."""
        self._file.close()

    def mark(self, lines: int = _HEAD_LINES) -> Mark:
        """What it is known by now, by at most so many lines."""
        heads = self._head()[:lines]
        digest = hashlib.blake2b(b"\n".join(map(self._told, heads)), digest_size=8).hexdigest()
        return Mark(self.inode, len(heads), digest)

    def is_known_by(self, mark: Mark, offset: int) -> bool:
        """Whether it is the file of a mark, and reaches to an offset."""
        if not mark.lines:
            return mark.inode == self.inode
        if self.mark(mark.lines).digest != mark.digest or len(self._heads) < mark.lines:
            return False
        return self._compressed or os.fstat(self._file.fileno()).st_size >= offset

    def first_second(self) -> int | None:
        """Second since 1970 of the first request that its first lines tell."""
        for line in self._head():
            request = self._reader.read(decoded(line.strip(), self._encoding))
            if not isinstance(request, str):
                return request.second
        return None

    def lines(self, offset: int) -> Iterator[Line]:
        """Lines from an offset of its content on. Raises ``SourceTooLarge``, ``EOFError``, ``zlib.error``."""
        content = self._content(offset)
        begin, pending = offset, b""
        while data := content.read(_PIECE):
            *whole, pending = (pending + data).split(b"\n")
            for text in whole:
                end = begin + len(text) + 1
                yield Line(begin, end, text, ended=True)
                begin = end
            if len(pending) > _MOST_LINE_BYTES:
                raise SourceTooLarge(
                    f"{self.name}: a line of more than {_MOST_LINE_BYTES:,} bytes. Is it an access log?"
                )
        if pending:
            yield Line(begin, begin + len(pending), pending, ended=False)

    def _told(self, line: bytes) -> bytes:
        """What of a line may be told: its length, and what is counted of it."""
        text = decoded(line.strip(), self._encoding)
        request = self._reader.read(text)
        told = (
            masked(text)
            if isinstance(request, str)
            else f"{request.second} {request.is_failed} {request.microseconds}"
        )
        return f"{len(line)} {told}".encode()

    def _head(self) -> list[bytes]:
        """First lines that have their end; a file may still get more of them."""
        if len(self._heads) < _HEAD_LINES:
            self._heads = self._content(0).read(_HEAD_BYTES).split(b"\n")[:-1][:_HEAD_LINES]
        return self._heads

    def _content(self, offset: int) -> IO[bytes]:
        self._file.seek(0)
        if not self._compressed:
            self._compressed = self._file.read(len(GZIP)) == GZIP
        self._file.seek(0)
        content: IO[bytes] = (
            gzip.GzipFile(fileobj=self._file) if self._compressed else self._file  # type: ignore[assignment] # typeshed: GzipFile is no IO[bytes], though it reads as one
        )
        content.seek(offset)
        return content


class Rotation:
    """Files of a log from the one that a mark is of to the newest, open. A context manager."""

    def __init__(self, path: Path, source: str, reader: LineReader, encoding: str) -> None:
        self._path = path
        self._source = source
        self._reader = reader
        self._encoding = encoding
        self._opened = ExitStack()
        self.files: list[LogFile] = []
        """Oldest first."""
        self.found = False
        """Whether the first of them is the one of the mark."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def open(self, mark: Mark | None, offset: int) -> None:
        """Open the files from a mark on, all where there is none or it is gone. Raises ``FetchError``."""
        for _ in range(_TRIES):
            names = self._names()
            try:
                self._open(names, mark, offset)
            except FileNotFoundError:
                continue
            except (OSError, EOFError, zlib.error) as error:
                raise self._error(error) from error
            if self._names() == names:
                return
        raise FetchError(
            f"{self._source}: the files of {self._path.name} changed their names each time they were looked "
            "at. They are read the next time.",
            FetchReason.BUSY,
        )

    def _open(self, names: Sequence[tuple[str, int]], mark: Mark | None, offset: int) -> None:
        self._opened.close()
        first = None if mark is None else self._place(names, mark, offset)
        self.found = first is not None
        self.files = [self._file(name) for name, _ in names[first or 0 :]]
        for file in self.files:
            self._opened.callback(file.close)

    def _place(self, names: Sequence[tuple[str, int]], mark: Mark, offset: int) -> int | None:
        """Place of the file of a mark: the one of its inode, or else the newest with its content."""
        for place in sorted(range(len(names)), key=lambda n: (names[n][1] != mark.inode, -n)):
            with closing(self._file(names[place][0])) as file:
                if file.is_known_by(mark, offset):
                    return place
        return None

    def _file(self, name: str) -> LogFile:
        return LogFile(self._path.with_name(name), self._reader, self._encoding)

    def _names(self) -> list[tuple[str, int]]:
        """Names and inodes of the files that are there, oldest first."""
        try:
            with os.scandir(self._path.parent) as entries:
                there = {
                    entry.name: entry.stat().st_ino
                    for entry in entries
                    if entry.name.startswith(self._path.name) and entry.is_file()
                }
        except OSError as error:
            raise self._error(error) from error
        ages: list[tuple[tuple[int, int, str], str]] = []
        for name in there:
            found = _ROTATED.fullmatch(name.removeprefix(self._path.name))
            if name == self._path.name:
                ages.append(((2, 0, ""), name))
            elif found is not None and name.removesuffix(".gz") not in there.keys() - {name}:
                number = found["number"]
                counted = found["sign"] == "." and len(number) <= _LONGEST_COUNT
                ages.append(((1, -int(number), "") if counted else (0, 0, number), name))
        if not ages:
            raise FetchError(
                f"{self._source}: there is no {self._path}, nor one that it was before a rotation. Correct "
                "path, or the rights.",
                FetchReason.FILE,
            )
        return [(name, there[name]) for _, name in sorted(ages)]

    def _error(self, error: Exception) -> FetchError:
        what = getattr(error, "strerror", None) or "broken or cut off"
        return FetchError(
            f"{self._source}: {self._path} or a file that it was before cannot be read: {what}. Give the "
            "right to read, or remove what is broken.",
            FetchReason.FILE,
        )
