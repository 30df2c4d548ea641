"""Bytes of a file, decompressed as they are read, within limits."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from exporters.errors import SourceMissing, SourceTooLarge, TruncatedSource, UnreadableFormat
from exporters.files.format import Limits

GZIP = b"\x1f\x8b"
Progress = Callable[[int, int], None]
"""Called with the bytes of the file read so far and its size."""


class ByteStream:
    """Content of a file, gzip undone. A context manager.

    ``read`` raises ``TruncatedSource`` for a gzip file that is cut off, ``UnreadableFormat`` for
    one that is broken, and ``SourceTooLarge`` for one that grows beyond the limits.
    """

    def __init__(self, path: Path, limits: Limits, progress: Progress | None = None) -> None:
        self.path = path
        self.limits = limits
        self.position = 0
        try:
            self.size = path.stat().st_size
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise SourceMissing(
                f"{path} cannot be read: {error.strerror or error}. Give the path of a file that you may "
                "read."
            ) from error
        self.compressed = self._file.read(2) == GZIP
        self._file.seek(0)
        self._content: IO[bytes] = (
            gzip.GzipFile(fileobj=self._file) if self.compressed else self._file  # type: ignore[assignment] # typeshed: GzipFile is no IO[bytes], though it reads as one
        )
        self._progress = progress

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def name(self) -> str:
        """Name of the file, for messages."""
        return self.path.name

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes of content, fewer only at the end."""
        try:
            data = self._content.read(size)
        except EOFError as error:
            raise TruncatedSource(
                f"{self.name} ends in the middle of the compressed data, after {self.position:,} bytes of "
                "content. The file was cut off on its way: fetch it again."
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableFormat(
                f"{self.name} is broken gzip ({error}), after {self.position:,} bytes of content. Fetch it "
                "again."
            ) from error
        except OSError as error:
            raise SourceMissing(
                f"{self.path} cannot be read any further: {error}. Check the disk."
            ) from error
        self.position += len(data)
        self._check()
        if self._progress is not None:
            self._progress(self._file.tell(), self.size)
        return data

    def again(self) -> ByteStream:
        """The same content from its beginning."""
        return ByteStream(self.path, self.limits)

    def _check(self) -> None:
        limits = self.limits
        if not self.compressed:
            return
        if self.position > limits.max_decompressed_bytes:
            raise SourceTooLarge(
                f"{self.name} holds more than {limits.max_decompressed_bytes:,} bytes once decompressed. "
                "If that is right, split the file or raise format.limits.max_decompressed_bytes."
            )
        ratio = self.position / max(1, self._file.tell())
        if self.position > limits.ratio_from_bytes and ratio > limits.max_ratio:
            raise SourceTooLarge(
                f"{self.name} grows {ratio:,.0f} times when decompressed, more than "
                f"{limits.max_ratio:,.0f} times ({self.position:,} bytes so far): it looks like a "
                "decompression bomb. If it is not, raise format.limits.max_ratio."
            )


class HeldStream(ByteStream):
    """Content that is held in memory. ``name``: for messages."""

    def __init__(self, content: bytes, name: str, limits: Limits) -> None:
        self.limits = limits
        self.position = 0
        self.size = len(content)
        self.compressed = False
        self._held = content
        self._name = name
        self._file = self._content = io.BytesIO(content)
        self._progress = None

    @property
    def name(self) -> str:
        """What it is called, for messages."""
        return self._name

    def again(self) -> ByteStream:
        """The same content from its beginning."""
        return HeldStream(self._held, self._name, self.limits)
