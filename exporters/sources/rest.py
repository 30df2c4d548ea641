"""An interface of JSON, JSON lines, CSV or XML over HTTP, page by page, and only what is new."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from exporters.errors import FetchError, FetchReason
from exporters.probing.address import Address
from exporters.sources.client import Answer
from exporters.sources.pagination import CursorInAnswer, NextUrl, Pagination, Step
from exporters.sources.rest_cursor import Incremental, WindowParameters, spelt
from exporters.sources.rest_endpoint import Endpoint, EndpointSettings
from exporters.sources.rest_pages import Pages
from exporters.sources.rest_progress import Progress
from exporters.sources.rest_reading import AnswerFormat, Reading
from exporters.sources.source import Piece, Settings, Source, Surroundings, Want


def _body(text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ValueError(  # noqa: TRY004 - what pydantic expects
            'the body is no JSON object. Write it as text, as \'{"state": "all"}\''
        )
    return text


class RestSettings(EndpointSettings):
    """What is asked of an interface, and how it answers."""

    method: Literal["GET", "POST"] = Field("GET", description="`GET` or `POST`")
    body: Annotated[str, AfterValidator(_body)] | None = Field(
        None, description="JSON object that is posted, as text"
    )
    parameters_in: Literal["query", "body"] = Field(
        "query", description="where pages, cursor and window are asked for: `query`, or in the `body`"
    )
    format: AnswerFormat = Field(default_factory=AnswerFormat, description="how answers are written")
    pagination: Pagination | None = Field(
        None, description="how pages follow one another; left out: one page"
    )
    incremental: Incremental | None = Field(
        None, description="how only what is new is asked for; left out, everything is each time"
    )
    window: WindowParameters | None = Field(None, description="how a stretch of time is asked for (backfill)")

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        posted = self.body is not None or self.parameters_in == "body"
        if posted and self.method != "POST":
            raise ValueError("a body is sent with POST only. Write 'method: POST'")
        if isinstance(self.pagination, CursorInAnswer | NextUrl) and self.format.kind != "json":
            raise ValueError("pagination.path: it is a path in JSON. Correct format.kind or pagination.kind")
        if self.format.total is not None and self.format.kind != "json":
            raise ValueError("format.total: it is a path in JSON. Remove it")
        if self.format.explode is not None and self.format.kind not in ("json", "jsonl"):
            raise ValueError("format.explode: it takes arrays of JSON apart. Remove it")
        return self


class Rest(Source):
    """An interface over HTTP."""

    Settings: ClassVar[type[Settings]] = RestSettings

    def __init__(self, settings: RestSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._around = surroundings
        self._endpoint = Endpoint(settings, surroundings)
        self._place = f"{self._endpoint.host}{Address.parse(settings.url).path.partition('?')[0]}"
        reading = Reading(settings.format, settings.limits)
        self._pages = Pages(self._endpoint, reading, surroundings, settings.pagination)

    async def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """Rows, page by page. Raises ``FetchError`` or another ``SourceError``."""
        progress = Progress(self._settings.incremental, want, self._around)
        asked = self._asked(want, progress)
        turns = self._pages.walk(
            lambda step: self._ask(asked, step), self._endpoint.check, self._settings.url
        )
        async with aclosing(turns):
            async for turn in turns:
                cursor = progress.cursor(turn.page, is_last=turn.is_last)
                total = turn.page.total(self._settings.format.total)
                origin, now = self._origin(turn.number), self._around.now()
                yield Piece(turn.page.rows, origin, now, cursor, total, turn.page.records)

    def _asked(self, want: Want, progress: Progress) -> dict[str, str]:
        """Parameters of all pages."""
        window, zone = self._settings.window, self._around.zone
        if want.window is None:
            return progress.parameters
        if window is None:
            raise FetchError(
                f"{self._around.name}: it cannot be asked for a stretch of time. State in 'window' by which "
                "parameters its interface does that.",
                FetchReason.INTERNAL,
            )
        return {
            window.begin: spelt(want.window.begin, window.format, zone),
            window.end: spelt(want.window.end, window.format, zone),
        }

    async def _ask(self, asked: dict[str, str], step: Step) -> Answer:
        settings = self._settings
        parameters: dict[str, str | int] = {**asked, **dict(step.parameters)}
        body = None
        if settings.method == "POST":
            document = json.loads(settings.body or "{}")
            if settings.parameters_in == "body":
                document, parameters = document | parameters, {}
            body = json.dumps(document, ensure_ascii=False).encode()
        return await self._endpoint.ask(
            {name: str(value) for name, value in parameters.items()},
            url=step.url,
            method=settings.method,
            body=body,
        )

    def _origin(self, number: int) -> str:
        return self._place if self._settings.pagination is None else f"{self._place} (page {number})"
