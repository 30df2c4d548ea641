"""A folder that a region's staff or programs put files into: each is taken whole, and once.

A file is taken once it is complete: unchanged for a while, or with a marker beside it. It is copied,
and read from the copy to its end before the first row is given, so that of a file that turns out to
be broken nothing is taken. Then it goes to ``taken``, or to ``refused`` with a report beside it. One
that was taken in and not yet moved when the program ended is taken again; its records are known.
Who wants a file that was taken to be read again removes it from ``taken`` first.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from exporters.errors import FetchError, FetchReason, SourceEmpty, SourceError
from exporters.files.file import read_file
from exporters.files.format import ROW, FileFormat
from exporters.sources.drop_folder import REFUSED, TAKEN, Dropped, Folder, Stamp
from exporters.sources.drop_report import report
from exporters.sources.source import Piece, Settings, Source, Surroundings, Want
from exporters.sources.threaded import threaded

LOG = logging.getLogger("pantau.exporter")


class DropSettings(Settings):
    """Where files are put, and when they are complete."""

    folder: Path = Field(description="folder that files are put into; `taken` and `refused` are made in it")
    complete: Literal["stable", "marker"] = Field(
        "stable",
        description="when a file is complete: `stable`, its size and times stay the same for "
        "`stable_seconds`, or `marker`, an empty file of its name and `.done` lies beside it",
    )
    stable_seconds: float = Field(10.0, ge=0, le=3_600, description="how long a file must stay the same")
    format: FileFormat = Field(
        default_factory=FileFormat, description="how the files are written, as in a mapping"
    )
    max_bytes: int = Field(4 << 30, ge=1, description="bytes of a file")
    piece_rows: int = Field(50_000, ge=1, le=1_000_000, description="rows in memory at one time")


@dataclass(frozen=True, slots=True)
class FilePiece(Piece):
    """Rows of a file. ``last``: whether the file is done with once they are in the archive."""

    file: Dropped | None = None
    last: bool = False


class DropFolder(Source):
    """A folder. Files are given in the order in which they were last written, then of their names."""

    Settings: ClassVar[type[Settings]] = DropSettings

    def __init__(self, settings: DropSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._around = surroundings
        self._first_seen: dict[str, tuple[Stamp, float]] = {}
        self._given: set[Stamp] = set()

    def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """Rows of the files that are complete. Raises ``FetchError``, at the end where files were refused.

        Of a stretch of time it has none to give: what was put there was taken.
        """
        return self._fetch(want)

    async def settle(self, piece: Piece) -> None:
        """Move a file to ``taken`` once all its rows are in the archive."""
        if isinstance(piece, FilePiece) and piece.file is not None and piece.last:
            await self._moved(piece.file, TAKEN, None)

    async def refuse(self, piece: Piece, error: SourceError) -> None:
        """Move a file whose rows lack a column to ``refused``."""
        if isinstance(piece, FilePiece) and piece.file is not None:
            await self._moved(piece.file, REFUSED, error)

    async def _moved(self, file: Dropped, to: str, error: SourceError | None) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._around.threads, self._move, file, to, error)

    async def _fetch(self, want: Want) -> AsyncGenerator[Piece]:
        if want.window is not None:
            return
        loop = asyncio.get_running_loop()
        wait = await loop.run_in_executor(self._around.threads, self._look)
        if wait > 0:
            await asyncio.sleep(wait)
        async with aclosing(threaded(self._pieces(), self._around.threads)) as pieces:
            async for piece in pieces:
                yield piece

    def _look(self) -> float:
        """Seconds until the first file that is not complete may be."""
        with self._folder() as folder:
            folder.check()
            files = folder.files()
        self._given &= {file.stamp for file in files}
        if self._settings.complete == "marker":
            return 0.0
        now = time.monotonic()
        self._first_seen = {
            file.name: self._seen(file, now) for file in files if file.stamp not in self._given
        }
        waits = [since + self._settings.stable_seconds - now for _, since in self._first_seen.values()]
        return min((wait for wait in waits if wait > 0), default=0.0)

    def _seen(self, file: Dropped, now: float) -> tuple[Stamp, float]:
        """State of a file, and since when it is in it."""
        stamp, since = self._first_seen.get(file.name, (file.stamp, now))
        return (stamp, since) if stamp == file.stamp else (file.stamp, now)

    def _is_complete(self, folder: Folder, file: Dropped) -> bool:
        if self._settings.complete == "marker":
            return folder.has_marker(file)
        stamp, since = self._first_seen.get(file.name, (None, 0.0))
        return stamp == file.stamp and time.monotonic() - since >= self._settings.stable_seconds

    def _pieces(self) -> Generator[Piece]:
        refused: list[str] = []
        with self._folder() as folder:
            for file in folder.files():
                if file.stamp in self._given or not self._is_complete(folder, file):
                    continue
                try:
                    yield from self._pieces_of(folder, file)
                except FetchError:
                    raise
                except SourceError as error:
                    self._move(file, REFUSED, error)
                    refused.append(str(error))
        if refused:
            raise FetchError(
                f"{self._around.name}: {len(refused)} of the files could not be read and lie in {REFUSED}, "
                f"with reports: {' '.join(refused)}",
                FetchReason.UNREADABLE,
            )

    def _pieces_of(self, folder: Folder, found: Dropped) -> Generator[Piece]:
        """Pieces of a file. Raises ``SourceError`` before the first, where it cannot be read to its end."""
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / found.name
            file = folder.copy(found, copy, self._settings.max_bytes)
            if file is None:
                LOG.info("%s: %s is being written to; it is left for later", self._around.name, found.name)
                return
            if file.digest[:32] in folder.taken():
                again = f"{file.name}: the same, byte for byte, as a file that was taken before"
                LOG.warning("%s: %s", self._around.name, again)
                yield self._piece(pl.DataFrame(schema={ROW: pl.Int64}), file, again, last=True)
            else:
                parts = self._read(copy)
                for number, part in enumerate(parts, start=1):
                    rows = pl.read_ipc(part)
                    yield self._piece(rows, file, file.name, last=number == len(parts))
            self._given.add(found.stamp)

    def _read(self, copy: Path) -> list[Path]:
        """Records of a file, read to its end, in files of Arrow's format."""
        parts: list[Path] = []
        for frame in read_file(copy, self._settings.format, chunk_rows=self._settings.piece_rows):
            parts.append(copy.parent / f".{len(parts)}.arrow")
            frame.write_ipc(parts[-1])
        if not parts:
            raise SourceEmpty(f"{copy.name} holds no record. Was it exported with an empty selection?")
        return parts

    def _piece(self, rows: pl.DataFrame, file: Dropped, origin: str, *, last: bool) -> FilePiece:
        return FilePiece(rows, origin, self._around.now(), file=file, last=last)

    def _move(self, file: Dropped, to: str, error: SourceError | None) -> None:
        """Move a file that is done with. Where that fails it is told, and taken again after a restart."""
        now = self._around.now()
        told = report(file.name, error, now) if error is not None else None
        try:
            with self._folder() as folder:
                if folder.move(file, to, now, told):
                    LOG.info("%s: %s is in %s", self._around.name, file.name, to)
        except FetchError as failure:
            LOG.warning("%s", failure)
            return
        self._given.discard(file.stamp)

    def _folder(self) -> Folder:
        return Folder(self._settings.folder, self._around.name)
