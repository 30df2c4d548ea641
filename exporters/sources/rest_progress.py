"""How far a fetch has come, and from where the next one goes on."""

from __future__ import annotations

from exporters.errors import FetchError, FetchReason
from exporters.sources.rest_cursor import Incremental, Position, kept
from exporters.sources.rest_reading import Page
from exporters.sources.source import Surroundings, Want


class Progress:
    """How far a fetch has come."""

    def __init__(self, incremental: Incremental | None, want: Want, surroundings: Surroundings) -> None:
        self._incremental = None if want.window is not None else incremental
        self._around = surroundings
        self._now = surroundings.now()
        self._reached: Position | None = None
        self._highest: Position | None = None
        self._in_order = incremental is not None and incremental.ordered
        self.parameters: dict[str, str] = {}
        if self._incremental is not None:
            try:
                self._reached = self._incremental.position(want.since, surroundings.zone)
            except ValueError as error:
                raise FetchError(
                    f"{surroundings.name}: {error}. Set the cursor back, or correct incremental.format.",
                    FetchReason.INTERNAL,
                ) from None
            self.parameters = self._incremental.parameters(self._reached, surroundings.zone)

    def cursor(self, page: Page, *, is_last: bool) -> str | None:
        """Cursor behind a page; ``None`` where it does not say where to go on.

        In the order of the field it is behind each page, else behind the last one only.
        """
        if self._incremental is None:
            return None
        if page.rows.height:
            self._advance(self._incremental, page)
        if self._highest is None or self._reached is None or not (is_last or self._in_order):
            return None
        return kept(self._reached)

    def _advance(self, incremental: Incremental, page: Page) -> None:
        column = incremental.field
        texts = page.rows[column] if column in page.rows.columns else ()
        values = incremental.values(texts, self._around.zone, self._now)
        if not values:
            raise FetchError(
                f"{self._around.name}: no record has a {column!r} that can be read as {incremental.format}. "
                "Correct incremental.field or incremental.format.",
                FetchReason.SCHEMA,
            )
        if self._highest is not None and min(values) < self._highest:  # type: ignore[operator] # of one kind
            self._in_order = False
        self._highest = max(values)
        if self._reached is None or self._highest > self._reached:  # type: ignore[operator] # of one kind
            self._reached = self._highest
