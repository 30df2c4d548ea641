"""Pages of one question, asked for and read one after the other, to a certain end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from exporters.errors import FetchError, FetchReason
from exporters.files.format import ROW
from exporters.sources.client import Answer
from exporters.sources.pagination import Came, Pagination, Step
from exporters.sources.rest_endpoint import Endpoint
from exporters.sources.rest_reading import Page, Reading, no_rows
from exporters.sources.source import Surroundings

_APART_FROM_BYTES = 1 << 13
"""Size from which reading an answer would hold up other requests."""
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Turn:
    """A page, its number from 1, and whether it is the last."""

    number: int
    page: Page
    is_last: bool


@dataclass(frozen=True, slots=True)
class Pages:
    """Way through the pages of a system. ``paging``: ``None`` where an answer is all there is."""

    endpoint: Endpoint
    reading: Reading
    surroundings: Surroundings
    paging: Pagination | None

    async def walk(
        self, ask: Callable[[Step], Awaitable[Answer]], check: Callable[[Answer], None], url: str
    ) -> AsyncGenerator[Turn]:
        """Pages until the last one. Raises ``FetchError`` or another ``SourceError``.

        ``check``: raises for an answer that is none. ``url``: of the first page.
        """
        seen = _Seen(self.surroundings.name)
        step: Step | None = Step() if self.paging is None else self.paging.first()
        while step is not None:
            number = seen.ask(step, 1 if self.paging is None else self.paging.max_pages)
            answer = await ask(step)
            if (
                number > 1
                and answer.status == _NOT_FOUND
                and self.paging is not None
                and self.paging.numbered
            ):
                page, step = Page(no_rows(), 0), None  # beyond the last page
            else:
                check(answer)
                page = await self._read(answer, number)
                step = self._after(Came(page, answer.headers, step, step.url or url))
            if step is not None and seen.ends(page, step):
                step = None
            yield Turn(number, page, is_last=step is None)

    async def _read(self, answer: Answer, number: int) -> Page:
        name = self.surroundings.name if number == 1 else f"{self.surroundings.name}, page {number}"
        given = (answer.body, answer.headers.get("content-type", ""), name)
        if len(answer.body) < _APART_FROM_BYTES:
            return self.reading.read(*given)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.surroundings.threads, self.reading.read, *given)

    def _after(self, came: Came) -> Step | None:
        if self.paging is None:
            return None
        try:
            return self.paging.after(came)
        except FetchError as error:
            raise self.endpoint.named(error) from error


class _Seen:
    """What a fetch has asked for and what came, to end where the pages repeat."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._steps: set[Step] = set()
        self._rows: set[int] = set()

    def ask(self, step: Step, most: int) -> int:
        """Number of the page that is asked for now. Raises ``FetchError`` beyond the most."""
        if len(self._steps) >= most:
            raise FetchError(
                f"{self._name}: more than {most:,} pages. Ask for larger pages or only for what is new, or "
                "raise pagination.max_pages.",
                FetchReason.LOOP,
            )
        self._steps.add(step)
        return len(self._steps)

    def ends(self, page: Page, following: Step) -> bool:
        """Whether the pages end here though another was named. Raises ``FetchError`` where they repeat."""
        if following in self._steps:
            if not page.records:
                return True
            raise self._loop("the next page is one that came already")
        if page.records:
            rows = hash(tuple(page.rows.drop(ROW).hash_rows()))
            if rows in self._rows:
                raise self._loop("two pages hold the same records")
            self._rows.add(rows)
        return False

    def _loop(self, what: str) -> FetchError:
        return FetchError(
            f"{self._name}: {what}. Correct pagination: does the system know its parameters?",
            FetchReason.LOOP,
        )
