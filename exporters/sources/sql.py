"""A query to a region's database: read-only, page by page in the order of a cursor."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Generator, Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from exporters.errors import FetchError, FetchReason
from exporters.secret import Secret
from exporters.sources.source import Piece, Settings, Surroundings, Want
from exporters.sources.sql_cursor import Cursor, Position
from exporters.sources.sql_database import Access, Rows, Session, checked_url, parameters_of
from exporters.sources.sql_values import NoText, frame_of
from exporters.sources.threaded import threaded

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_READS = re.compile(r"\s*\(*\s*(select|with|values|table)\b", re.IGNORECASE)
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)
_ENFORCED = {"postgresql", "sqlite"}
_PARAMETERS = {"since", "until", "limit"}


def _url(text: str) -> str:
    checked_url(text)
    return text


class SqlSettings(Settings):
    """What is asked of which database."""

    url: Annotated[str, AfterValidator(_url)] = Field(
        description="SQLAlchemy URL without a password: `postgresql://reader@host/name`, `sqlite:////file.db`"
    )
    password: Secret | None = Field(None, description="`env:NAME` or `file:PATH`")
    query: str = Field(
        min_length=1,
        max_length=100_000,
        description="one SELECT; its parameters are `:since` (cursor), `:until` (an instant) and `:limit`",
    )
    cursor: Cursor | None = Field(
        None, description="column by which it goes on; left out, everything is read each time"
    )
    page_rows: int = Field(5_000, ge=1, le=100_000, description="rows of a page, in memory at one time")
    max_rows: int = Field(
        5_000_000, ge=1, description="rows of one fetch; with a cursor the next one goes on after them"
    )
    statement_timeout_seconds: float = Field(
        60.0, gt=0, le=86_400, description="what the database may take for a page (PostgreSQL, SQLite)"
    )
    connect_timeout_seconds: float = Field(10.0, gt=0, le=600, description="what connecting may take")
    account_only_reads: bool = Field(
        default=False,
        description="of databases other than PostgreSQL and SQLite: that the user has no right to write",
    )

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if checked_url(self.url).get_backend_name() not in _ENFORCED and not self.account_only_reads:
            raise ValueError(
                "account_only_reads: reading only is enforced in PostgreSQL and SQLite. Here use an account "
                "without rights to write, and state 'account_only_reads: true'"
            )
        bare = _COMMENT.sub(" ", self.query)
        if not _READS.match(bare):
            raise ValueError("query: it is no SELECT. Write one that begins with SELECT or WITH")
        found = parameters_of(self.query)
        if found - _PARAMETERS:
            raise ValueError(
                f"query: :{min(found - _PARAMETERS)} is no parameter; there are :since, :until and :limit. "
                "Write a colon that is text as \\:"
            )
        if self.cursor is None and found:
            raise ValueError("query: its parameters need a cursor. Add cursor, or remove them")
        if self.cursor is not None and "since" not in found:
            raise ValueError("query: it does not use :since. Add 'WHERE <cursor column> > :since'")
        if self.cursor is not None and not _ORDERED.search(bare):
            raise ValueError("query: it is not ordered. Add 'ORDER BY <cursor column>'")
        if self.cursor is not None and self.cursor.type != "instant" and "until" in found:
            raise ValueError("query: :until is an instant, and the cursor is none. Remove it")
        return self

    @property
    def access(self) -> Access:
        """How the database is reached."""
        password = self.password.get_secret_value() if self.password is not None else None
        return Access(
            checked_url(self.url), password, self.connect_timeout_seconds, self.statement_timeout_seconds
        )


class SqlQuery:
    """A query. With ``:limit`` each page is a query of its own; without, one result is streamed."""

    Settings: ClassVar[type[Settings]] = SqlSettings

    def __init__(self, settings: SqlSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._around = surroundings

    def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """Rows, page by page. Raises ``FetchError``."""
        session = Session(self._settings.access, self._around.name)
        pieces = self._pieces(_Walk(self._settings, self._around, want), session)
        return threaded(pieces, self._around.threads, interrupt=session.interrupt)

    async def settle(self, piece: Piece) -> None:
        """Nothing: the database is not told."""

    async def close(self) -> None:
        """Nothing: each fetch has a connection of its own."""

    def _pieces(self, walk: _Walk, session: Session) -> Generator[Piece]:
        size = self._settings.page_rows
        with session.connected():
            while not walk.ended:
                walk.ended = True  # unless a page is full
                for page in session.chunks(self._settings.query, walk.parameters(), size):
                    piece = walk.take(page)
                    if piece is not None:
                        yield piece
                    if walk.paged or walk.stopped:
                        break


class _Walk:
    """Way through the rows of one fetch."""

    def __init__(self, settings: SqlSettings, surroundings: Surroundings, want: Want) -> None:
        self._settings = settings
        self._around = surroundings
        self._backfill = want.window is not None
        self.paged = settings.cursor is not None and "limit" in parameters_of(settings.query)
        self.ended = False
        self.stopped = False
        self._rows = 0
        self._since: Position | None = None
        self._until: Position | None = None
        self._reached: Position | None = None
        if settings.cursor is not None:
            self._begin(settings.cursor, want)

    def _begin(self, cursor: Cursor, want: Want) -> None:
        if want.window is None:
            try:
                self._reached = cursor.read(want.since if want.since is not None else cursor.start)
            except ValueError as error:
                raise self._error(f"the cursor kept from before cannot be used: {error}") from error
            self._since = self._reached if want.since is None else cursor.before(self._reached)
        elif cursor.type == "instant":
            self._since, self._until = cursor.at(want.window.begin), cursor.at(want.window.end)
        else:
            raise self._error(
                "it cannot be asked for a stretch of time, because its cursor is no instant. Set it back "
                "to its start instead"
            )

    def parameters(self) -> dict[str, object]:
        """Parameters of the next page."""
        cursor = self._settings.cursor
        if cursor is None or self._since is None:
            return {}
        decimals = self._settings.access.kind != "sqlite"
        until = self._until if self._until is not None else cursor.at(self._around.now())
        every = {
            "since": cursor.bound(self._since, decimals=decimals),
            "until": cursor.bound(until, decimals=decimals),
            "limit": self._settings.page_rows,
        }
        return {name: every[name] for name in parameters_of(self._settings.query)}

    def take(self, page: Rows) -> Piece | None:
        """Piece of a page, ``None`` where nothing is left of it, and whether there may be another."""
        names, rows = page
        if len(set(names)) < len(names):
            raise self._error("two columns of the result have one name. Name them apart with AS")
        full = len(rows) == self._settings.page_rows
        following: Position | None = None
        cursor = self._settings.cursor
        if cursor is not None:
            rows, following = self._ordered(cursor, names, rows, full=full)
        elif self._rows + len(rows) > self._settings.max_rows:
            raise FetchError(
                f"{self._around.name}: the query gives more than {self._settings.max_rows:,} rows. Add a "
                "cursor, or raise max_rows",
                FetchReason.TOO_LARGE,
            )
        piece = self._piece(names, rows, following)
        self._rows += len(rows)
        self.stopped = self.stopped or self._rows >= self._settings.max_rows
        self.ended = self.stopped or not (full and self.paged)
        return piece

    def _piece(
        self, names: Sequence[str], rows: Sequence[Sequence[object]], following: Position | None
    ) -> Piece | None:
        if not rows:
            return None
        try:
            frame = frame_of(names, rows, self._rows + 1)
        except NoText as error:
            raise self._error(
                f"row {error.row:,}, column {error.column!r} holds {error.kind}, which has no text. Cast it "
                "in the query"
            ) from None
        cursor = self._settings.cursor
        kept = None if cursor is None or following is None or self._backfill else cursor.kept(following)
        return Piece(frame, f"{self._around.name}: rows {self._rows + 1}-{self._rows + len(rows)}",
                     self._around.now(), kept)

    def _ordered(
        self, cursor: Cursor, names: Sequence[str], rows: Sequence[Sequence[object]], *, full: bool
    ) -> tuple[Sequence[Sequence[object]], Position | None]:
        """Rows of a page that are asked for, and the position behind those that are complete.

        Behind a full page there may be more rows of its last value.
        """
        values = self._positions(cursor, names, rows)
        if self._until is not None:
            inside = next((n for n, value in enumerate(values) if value >= self._until), len(values))  # type: ignore[operator] # of one kind
            self.stopped = self.stopped or inside < len(values)
            rows, values = rows[:inside], values[:inside]
        if not values:
            return rows, None
        complete = len(values)
        if full and not self.stopped:
            complete = next((n for n in range(len(values), 0, -1) if values[n - 1] != values[-1]), 0)
        if self.paged:
            rows = rows[:complete]
            if not complete:
                raise self._error(
                    f"{self._settings.page_rows:,} rows or more have one value of {cursor.column!r}, so that "
                    "no page goes past it. Raise page_rows, or take a finer cursor"
                )
        if complete:
            self._advance(cursor, values[complete - 1])
        return rows, self._reached

    def _advance(self, cursor: Cursor, position: Position) -> None:
        if self.paged and position == self._since and cursor.type != "text":
            ...
        self._since = position
        if self._reached is None or cursor.type == "text" or position > self._reached:  # type: ignore[operator] # of one kind
            self._reached = position
