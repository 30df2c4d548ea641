"""A folder that others put files into: looked at without trust, and never followed out of.

Everything is done relative to the open folder and follows no link, so that nothing that is put
there leads to a file elsewhere. What is read is a copy, whose original did not change meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from exporters.errors import FetchError, FetchReason, SourceMissing, SourceTooLarge

MARKER = ".done"
TAKEN, REFUSED = "taken", "refused"
_TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~", MARKER)
_HIDDEN = (".", "~$")
_LINK_FREE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_PIECE = 1 << 20
_LONGEST_NAME = 180
_MOVED = re.compile(r"\d{8}T\d{12}Z\.(?P<digest>[0-9a-f]{32})\.", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another."""

    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, found: os.stat_result) -> Stamp:
        """Stamp of a file."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def same_content(self, other: Stamp) -> bool:
        """Whether only names and rights may differ."""
        return (self.inode, self.size, self.modified) == (other.inode, other.size, other.modified)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that lies in the folder. ``digest``: SHA-256 of its content, once it was read."""

    name: str
    stamp: Stamp
    digest: str = ""


class Folder:
    """The folder, open. A context manager. Raises ``FetchError`` that names it and the remedy."""

    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._source = source
        self._at = -1

    def __enter__(self) -> Self:
        try:
            self._at = os.open(self._path, _DIRECTORY)
        except OSError as error:
            raise self._error(
                f"the folder {self._path} cannot be read: {error.strerror}. Make it, or correct folder"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._at)

    def check(self) -> None:
        """Raise ``FetchError`` where files could be read but not moved away."""
        if not os.access(self._path, os.W_OK | os.X_OK):
            raise self._error(
                f"the folder {self._path} cannot be written to, so that no file could be moved to {TAKEN}. "
                "Give the right to write"
            )
        for name in (TAKEN, REFUSED):
            os.close(self._inside(name))

    def files(self) -> list[Dropped]:
        """Files that may be taken, earliest first: no links, pipes or devices, none hidden or temporary."""
        found = []
        with os.scandir(self._at) as entries:
            for entry in entries:
                if not _is_data(entry.name):
                    continue
                with contextlib.suppress(FileNotFoundError):
                    state = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(state.st_mode):
                        found.append(Dropped(entry.name, Stamp.of(state)))
        return sorted(found, key=lambda file: (file.stamp.modified, file.name))

    def has_marker(self, file: Dropped) -> bool:
        """Whether the marker of a file lies beside it."""
        try:
            state = os.stat(file.name + MARKER, dir_fd=self._at, follow_symlinks=False)
        except OSError:
            return False
        return stat.S_ISREG(state.st_mode)

    def copy(self, file: Dropped, to: Path, most_bytes: int) -> Dropped | None:
        """Copy a file, with its digest; ``None`` where it changed meanwhile.

        Raises ``SourceTooLarge`` for one of more bytes, ``SourceMissing`` for one that may not be read.
        """
        if file.stamp.size > most_bytes:
            raise SourceTooLarge(
                f"{file.name} has {file.stamp.size:,} bytes, more than {most_bytes:,}. Split it, or raise "
                "max_bytes."
            )
        digest = hashlib.sha256()
        try:
            with (
                os.fdopen(os.open(file.name, os.O_RDONLY | _LINK_FREE, dir_fd=self._at), "rb") as original,
                to.open("xb") as copy,
            ):
                if Stamp.of(os.fstat(original.fileno())) != file.stamp:
                    return None
                for piece in iter(lambda: original.read(_PIECE), b""):
                    digest.update(piece)
                    copy.write(piece)
                    if copy.tell() > file.stamp.size:
                        return None
            state = os.stat(file.name, dir_fd=self._at, follow_symlinks=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SourceMissing(
                f"{file.name} cannot be read: {error.strerror}. Give the right to read it."
            ) from error
        same = Stamp.of(state) == file.stamp and to.stat().st_size == file.stamp.size
        return Dropped(file.name, file.stamp, digest.hexdigest()) if same else None

    def taken(self) -> set[str]:
        """Beginnings of the digests of the files that were taken, as far as they are kept."""
        inside = self._inside(TAKEN)
        try:
            with os.scandir(inside) as entries:
                return {found["digest"] for entry in entries if (found := _MOVED.match(entry.name))}
        finally:
            os.close(inside)

    def move(self, file: Dropped, folder: str, now: datetime, report: str | None = None) -> bool:
        """Move a file into a folder beside it, under a name that no other has; whether it was still there.

        Its marker goes first: a marker that were left would vouch for the next file of that name.
        """
        name = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.{file.digest[:32] or '0' * 32}.{_short(file.name)}"
        inside = self._inside(folder)
        try:
            state = os.stat(file.name, dir_fd=self._at, follow_symlinks=False)
            if not Stamp.of(state).same_content(file.stamp):
                return False
            if self.has_marker(file):
                os.unlink(file.name + MARKER, dir_fd=self._at)
            for free in _names(name):
                if not _exists(free, inside):
                    os.rename(file.name, free, src_dir_fd=self._at, dst_dir_fd=inside)
                    break
            if report is not None:
                writing = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _LINK_FREE
                with os.fdopen(os.open(f"{free}.report.txt", writing, 0o640, dir_fd=inside), "wb") as out:
                    out.write(report.encode())
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._error(
                f"{file.name} cannot be moved to {folder}: {error.strerror}. Move it"
            ) from error
        finally:
            os.close(inside)
        return True

    def _inside(self, name: str) -> int:
        """Folder inside this one, open; made where it is not there."""
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o750, dir_fd=self._at)
            return os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=self._at)
        except OSError as error:
            raise self._error(
                f"{self._path / name} is no folder that can be used: {error.strerror}. Remove what stands "
                "there, or give the right to write"
            ) from error

    def _error(self, what: str) -> FetchError:
        return FetchError(f"{self._source}: {what}.", FetchReason.FILE)


def _is_data(name: str) -> bool:
    """Whether a name is one of a file that is meant to be taken."""
    if name.startswith(_HIDDEN) or name.lower().endswith(_TEMPORARY):
        return False
    return name.isprintable() and "\\" not in name


def _short(name: str) -> str:
    """End of a name that leaves room for what is put before and after it."""
    return name.encode()[-_LONGEST_NAME:].decode(errors="ignore")


def _names(name: str) -> Iterator[str]:
    yield name
    number = 1
    while True:
        yield f"{name}.{number}"
        number += 1


def _exists(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
