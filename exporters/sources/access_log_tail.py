"""The log of a web server while it is written: rows of requests, one for each interval that is over.

An interval is given once no line of it may come any more: when ``late_seconds`` have passed, on the
clock or by the lines that follow. Until then its lines are read again by each fetch, from the first
of them on, so that nothing is kept in memory between two fetches and a crash loses nothing. Rotation
by renaming, compressing or copying and truncating is followed as long as the rotated file is there.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from exporters.errors import FetchError, FetchReason, SourceTooLarge
from exporters.files.accesslog import Before, Folding, decoded
from exporters.files.accesslogline import LineReader
from exporters.files.format import AccessLog
from exporters.sources.access_log_cursor import Place, TailCursor
from exporters.sources.access_log_files import Line, LogFile, Rotation
from exporters.sources.source import Piece, Settings, Source, Surroundings, Want
from exporters.sources.threaded import threaded

LOG = logging.getLogger("pantau.exporter")
_LINES_AT_ONCE = 5_000
"""Lines between two looks at what is over."""


class AccessLogSettings(Settings):
    """Which log, and how it is written."""

    path: Path = Field(
        description="file that the server writes to; `<path>.1`, `<path>.2.gz`, `<path>-20260131` and the "
        "like are what it was before a rotation"
    )
    late_seconds: float = Field(
        300.0,
        ge=0,
        le=86_400,
        description="how long after its end lines of an interval may come: the longest request, and the "
        "difference between the clocks",
    )
    format: AccessLog = Field(
        default_factory=AccessLog,
        description="how it is written, as in a mapping's `format.access_log`; `log` is the source's name "
        "if left out",
    )
    encoding: str = Field("utf-8", pattern=r"^(utf-8|latin-1|ascii)$", description="encoding of its text")
    piece_rows: int = Field(1_000, ge=1, le=100_000, description="rows of a piece, at least")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a line begins. ``row``: lines before it. ``last``: second of the request before it."""

    file: int
    offset: int
    row: int
    last: int | None


class AccessLogTail(Source):
    """The log of a server, with the files that it was before."""

    Settings: ClassVar[type[Settings]] = AccessLogSettings

    def __init__(self, settings: AccessLogSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._around = surroundings

    def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """Rows of the intervals that are over. Raises ``FetchError``.

        Of a stretch of time it has none to give: what is in the files was given.
        """
        return self._fetch(want)

    async def _fetch(self, want: Want) -> AsyncGenerator[Piece]:
        if want.window is not None:
            return
        async with aclosing(threaded(self._pieces(want.since), self._around.threads)) as pieces:
            async for piece in pieces:
                yield piece

    def _pieces(self, since: str | None) -> Generator[Piece]:
        settings, name = self._settings, self._around.name
        log = settings.format.model_copy(update={"log": settings.format.log or name})
        try:
            cursor = TailCursor.read(since) if since is not None else None
        except ValueError as error:
            raise FetchError(
                f"{name}: what was kept of it cannot be used: {error}.", FetchReason.INTERNAL
            ) from error
        try:
            with Rotation(settings.path, name, LineReader(log), settings.encoding) as rotation:
                rotation.open(cursor.places[0].mark if cursor else None, cursor.offset if cursor else 0)
                yield from _Tail(settings, self._around, log, rotation, cursor).pieces()
        except SourceTooLarge as error:
            raise FetchError(f"{name}: {error}", FetchReason.TOO_LARGE) from error
        except (OSError, EOFError, zlib.error) as error:
            raise FetchError(
                f"{name}: {settings.path} cannot be read any further: {error}. Check the file and the disk.",
                FetchReason.FILE,
            ) from error


class _Tail:
    """One reading of the files, from where it goes on to their end."""

    def __init__(
        self,
        settings: AccessLogSettings,
        surroundings: Surroundings,
        log: AccessLog,
        rotation: Rotation,
        cursor: TailCursor | None,
    ) -> None:
        self._settings = settings
        self._around = surroundings
        self._rotation = rotation
        self._cursor = cursor
        before = cursor.before if cursor is not None else Before()
        self._folding = Folding(settings.path.name, log, before, patience="late_seconds")
        self._opened: dict[int, _Spot] = {}
        offset = cursor.offset if cursor is not None and rotation.found else 0
        self._at = _Spot(0, offset, cursor.row if cursor is not None else 0, before.last)
        self._newest = 0
        self._ends = {0: offset}

    def pieces(self) -> Generator[Piece]:
        """Rows as their intervals are over."""
        files = self._files()
        now = int(self._around.now().timestamp() - self._settings.late_seconds)
        seen = [self._seen(file) for file in files]
        for number, file in enumerate(files):
            for line in file.lines(self._at.offset if number == 0 else 0):
                if not line.ended and number == len(files) - 1:
                    break
                self._take(number, line, again=line.end <= seen[number])
                is_new = line.end > seen[number] and not any(seen[number + 1 :])
                if is_new and self._at.row % _LINES_AT_ONCE == 0:
                    self._folding.close_before(min(now, self._newest - int(self._settings.late_seconds)))
                    if len(self._folding.done) >= self._settings.piece_rows:
                        yield self._piece(files)
        self._folding.close_before(now)
        if self._folding.done:
            yield self._piece(files)

    def _files(self) -> list[LogFile]:
        """Files to read. Where the one to go on in is gone, those that are younger than what was read."""
        files = self._rotation.files
        if self._cursor is None or self._rotation.found:
            return files
        LOG.warning(
            "%s: the file that was read last is gone, with what was written to it since. Fetch more often, "
            "or keep rotated files for longer",
            self._around.name,
        )
        last = self._cursor.before.last
        seconds = [file.first_second() for file in files[:-1]]
        younger = [last is None or (second is not None and second >= last) for second in seconds]
        return files[younger.index(True) if True in younger else len(files) - 1 :]

    def _seen(self, file: LogFile) -> int:
        """Up to where a file was read before."""
        places = self._cursor.places if self._cursor is not None and self._rotation.found else ()
        known = [place.seen for place in places if file.is_known_by(place.mark, place.seen)]
        return max(known, default=0)

    def _take(self, number: int, line: Line, *, again: bool) -> None:
        begin = _Spot(number, line.begin, self._at.row, self._folding.last)
        text = line.content.strip()
        if text:
            interval = self._folding.add(begin.row + 1, decoded(text, self._settings.encoding), again=again)
            if interval is not None:
                self._opened.setdefault(interval, begin)
                self._newest = max(self._newest, self._folding.last or 0)
        self._ends[number] = line.end
        self._at = _Spot(number, line.end, begin.row + 1, self._folding.last)

    def _piece(self, files: list[LogFile]) -> Piece:
        self._opened = {one: spot for one, spot in self._opened.items() if self._folding.is_open(one)}
        start = next(iter(self._opened.values()), self._at)
        read = range(start.file, self._at.file + 1)
        places = [Place(files[number].mark(), self._ends.get(number, 0)) for number in read]
        before = Before(self._folding.begins, start.last, self._folding.closed_before)
        cursor = TailCursor(places, start.offset, start.row, before)
        return Piece(self._folding.frame(), self._settings.path.name, self._around.now(), cursor.kept())
