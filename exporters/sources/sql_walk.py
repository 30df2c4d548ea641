"""The way through the rows of a query: which are complete, and from where the next page goes on.

A page that is full may end among rows of one value of the cursor, so those of its last value are
left for the next page. That holds for queries with ``>`` and with ``>=``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from exporters.errors import FetchError, FetchReason
from exporters.sources.source import Piece, Surroundings, Want
from exporters.sources.sql_cursor import Position
from exporters.sources.sql_database import parameters_of
from exporters.sources.sql_settings import SqlSettings
from exporters.sources.sql_values import NoText, frame_of

Rows = Sequence[Sequence[object]]


class Walk:
    """One fetch.

    ``paged``: each page is a query of its own. ``ended``: no other page is to be asked for.
    ``stopped``: nothing more of this one is to be read.
    """

    def __init__(self, settings: SqlSettings, surroundings: Surroundings, want: Want) -> None:
        self._settings = settings
        self._around = surroundings
        self._cursor = settings.cursor
        self._backfill = want.window is not None
        self._parameters = parameters_of(settings.query)
        self.paged = settings.cursor is not None and "limit" in self._parameters
        self.ended = False
        self.stopped = False
        self._count = 0
        self._since: Position | None = None
        self._until: Position | None = None
        self._reached: Position | None = None
        self._last: Position | None = None
        self._begin(want)

    def _begin(self, want: Want) -> None:
        cursor = self._cursor
        if cursor is None:
            return
        if want.window is None:
            try:
                self._reached = cursor.read(want.since if want.since is not None else cursor.start)
            except ValueError as error:
                raise self._error(f"the cursor kept from before cannot be used: {error}") from error
            self._since = self._reached if want.since is None else cursor.before(self._reached)
        elif cursor.type == "instant":
            self._since, self._until = cursor.at(want.window.begin), cursor.at(want.window.end)
        else:
            raise self._error("it cannot be asked for a stretch of time, because its cursor is no instant")

    def parameters(self) -> dict[str, object]:
        """Parameters of the next page."""
        cursor = self._cursor
        if cursor is None or self._since is None:
            return {}
        decimals = self._settings.access.kind != "sqlite"
        every: dict[str, object] = {
            "since": cursor.bound(self._since, decimals=decimals),
            "limit": self._settings.page_rows,
        }
        if "until" in self._parameters:
            until = self._until if self._until is not None else cursor.at(self._around.now())
            every["until"] = cursor.bound(until, decimals=decimals)
        return {name: every[name] for name in self._parameters}

    def take(self, names: Sequence[str], rows: Rows) -> Piece | None:
        """Piece of a page; ``None`` where nothing of it is asked for. Raises ``FetchError``."""
        if len(set(names)) < len(names):
            raise self._error("two columns of the result have one name. Name them apart with AS")
        full = len(rows) >= self._settings.page_rows
        if self._cursor is not None:
            rows = self._in_order(self._cursor.column, names, rows, full=full)
        elif self._count + len(rows) > self._settings.max_rows:
            raise self._error(
                f"the query gives over {self._settings.max_rows:,} rows. Add a cursor, or raise max_rows",
                FetchReason.TOO_LARGE,
            )
        piece = self._piece(names, rows) if rows else None
        self._count += len(rows)
        self.stopped = self.stopped or self._count >= self._settings.max_rows
        self.ended = self.stopped or not (full and self.paged)
        return piece

    def _piece(self, names: Sequence[str], rows: Rows) -> Piece:
        first, last = self._count + 1, self._count + len(rows)
        try:
            frame = frame_of(names, rows, first)
        except NoText as error:
            raise self._error(
                f"row {error.row:,}: column {error.column!r} holds {error.kind}, which has no one text. Cast "
                "it in the query"
            ) from None
        kept = None
        if self._cursor is not None and self._reached is not None and not self._backfill:
            kept = self._cursor.kept(self._reached)
        return Piece(frame, f"rows {first:,} to {last:,}", self._around.now(), kept)

    def _in_order(self, column: str, names: Sequence[str], rows: Rows, *, full: bool) -> Rows:
        """Rows of a page that are asked for; the position goes to the last value that is complete."""
        values = self._positions(column, names, rows)
        if self._until is not None:
            inside = next((n for n, value in enumerate(values) if not _less(value, self._until)), len(values))
            self.stopped = self.stopped or inside < len(values)
            rows, values = rows[:inside], values[:inside]
        if not values:
            return rows
        complete = len(values)
        if full and not self.stopped:
            complete = next((n for n in range(len(values), 0, -1) if values[n - 1] != values[-1]), 0)
        if not self.paged:
            self._advance(values[complete - 1] if complete else None)
            return rows
        if full and not self.stopped and (not complete or values[complete - 1] == self._since):
            raise self._error(
                f"a page of {self._settings.page_rows:,} rows does not go past one value of {column!r}. "
                "Raise page_rows, or take a finer cursor"
            )
        self._advance(values[complete - 1])
        return rows[:complete]

    def _advance(self, position: Position | None) -> None:
        if position is None:
            return
        self._since = position
        if self._reached is None or isinstance(position, str) or _less(self._reached, position):
            self._reached = position

    def _positions(self, column: str, names: Sequence[str], rows: Rows) -> list[Position]:
        """Values of the cursor's column, which must ascend; the order of texts is the database's own."""
        if self._cursor is None or column not in names:
            raise self._error(f"the result has no column {column!r}; it has {', '.join(names)}")
        at = list(names).index(column)
        values: list[Position] = [] if self._last is None else [self._last]
        for number, row in enumerate(rows, start=self._count + 1):
            try:
                values.append(self._cursor.of(row[at]))
            except ValueError as error:
                raise self._error(f"row {number:,}: column {column!r}: {error}") from None
        if self._cursor.type != "text":
            for number, (one, other) in enumerate(pairwise(values), start=self._count + 1):
                if _less(other, one):
                    raise self._error(
                        f"row {number:,}: {column!r} falls. Begin the ORDER BY of the query with it"
                    )
        positions = values[len(values) - len(rows) :]
        if not self.paged and positions:
            self._last = positions[-1]
        return positions

    def _error(self, what: str, reason: FetchReason = FetchReason.SCHEMA) -> FetchError:
        return FetchError(f"{self._around.name}: {what}.", reason)


def _less(one: Position, other: Position) -> bool:
    return one < other  # type: ignore[operator] # all positions of one cursor are of one kind
