"""A query to a region's database: read-only, page by page in the order of a cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextlib import closing
from typing import ClassVar

from exporters.sources.source import Piece, Settings, Source, Surroundings, Want
from exporters.sources.sql_database import Session
from exporters.sources.sql_settings import SqlSettings
from exporters.sources.sql_walk import Walk
from exporters.sources.threaded import threaded


class SqlQuery(Source):
    """A query. With ``:limit`` each page is a query of its own; without, one result is streamed."""

    Settings: ClassVar[type[Settings]] = SqlSettings

    def __init__(self, settings: SqlSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._around = surroundings

    def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """Rows, page by page. Raises ``FetchError``."""
        session = Session(self._settings.access, self._around.name)
        return threaded(self._pieces(want, session), self._around.threads, interrupt=session.interrupt)

    def _pieces(self, want: Want, session: Session) -> Generator[Piece]:
        walk = Walk(self._settings, self._around, want)
        with session.connected():
            while not walk.ended:
                walk.ended = True  # unless a page is full
                chunks = session.chunks(self._settings.query, walk.parameters(), self._settings.page_rows)
                with closing(chunks):
                    for names, rows in chunks:
                        piece = walk.take(names, rows)
                        if piece is not None:
                            yield piece
                        if walk.paged or walk.stopped:
                            break
