"""Complaints of a server of Open311 (GeoReport v2), in JSON or XML.

The specification lets a question span 90 days of ``requested_datetime`` and an answer hold 1,000
requests. So longer stretches are asked for piece by piece, and a piece whose answer is full is asked
for again in halves, unless the server knows pages. Of each request only what says when it came, what
it is about by its class, and what became of it is kept: no text, place, picture or name.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from exporters.errors import FetchError, FetchReason, SourceError
from exporters.files.format import ROW
from exporters.sources.client import Answer
from exporters.sources.pagination import PageNumber, Step
from exporters.sources.rest_cursor import Incremental, Position, kept, spelt
from exporters.sources.rest_endpoint import Endpoint, EndpointSettings
from exporters.sources.rest_pages import Pages, Turn
from exporters.sources.rest_reading import AnswerFormat, Reading
from exporters.sources.source import Piece, Settings, Source, Surroundings, Want, Window

LONGEST = timedelta(days=90)
"""What a question may span."""
_SHORTEST = timedelta(minutes=1)
_NEEDED = ("service_request_id", "status", "requested_datetime")
_OPTIONAL = ("service_name", "service_code", "agency_responsible", "updated_datetime", "expected_datetime")
_ERROR = ("code", "description")


class Open311Settings(EndpointSettings):
    """How a server of Open311 is asked. ``url``: of its version 2, without ``requests.json``."""

    format: Literal["json", "xml"] = Field("json", description="`json` or `xml`")
    jurisdiction_id: str | None = Field(None, min_length=1, description="where the server has several")
    updated_after: bool = Field(
        default=False,
        description="whether the server selects by `updated_after` and `updated_before`; then only what "
        "changed is asked for",
    )
    overlap_seconds: float = Field(
        300.0, ge=0, le=86_400, description="with `updated_after`: how far before the last change it goes on"
    )
    revisit_days: float = Field(
        90.0,
        ge=0,
        le=3_650,
        description="without `updated_after`: how long requests are asked for again, to see their outcome",
    )
    initial_days: float = Field(90.0, gt=0, le=36_500, description="how far back the first fetch begins")
    page_size: int | None = Field(
        None, ge=1, le=10_000, description="requests of a page, where the server knows `page` and `page_size`"
    )
    most_requests: int = Field(
        1_000, ge=2, description="without `page_size`: requests at which an answer may have been cut off"
    )
    max_pages: int = Field(1_000, ge=1, le=1_000_000, description="pages of one question, at most")


class Open311(Source):
    """A server of Open311."""

    Settings: ClassVar[type[Settings]] = Open311Settings

    def __init__(self, settings: Open311Settings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._around = surroundings
        self._endpoint = Endpoint(settings, surroundings)
        records = "request" if settings.format == "xml" else ""
        reading = Reading(AnswerFormat(kind=settings.format, records=records), settings.limits)
        self._pages = Pages(self._endpoint, reading, surroundings, _paging(settings))
        self._changes = Incremental(
            field="updated_datetime", parameter="updated_after", overlap_seconds=settings.overlap_seconds
        )

    async def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """Requests, by the stretch of time that they are of. Raises a ``SourceError``."""
        by_change = self._settings.updated_after and want.window is None
        reached = self._reached(want)
        for window in _parts(want.window or self._window(reached)):
            async with aclosing(self._of(window, by_change=by_change)) as pieces:
                async for rows, origin, is_last in pieces:
                    reached = self._advanced(reached, rows, window, by_change=by_change)
                    told = is_last and want.window is None and reached is not None
                    cursor = kept(reached) if told and reached is not None else None
                    yield Piece(rows, origin, self._around.now(), cursor)

    def _reached(self, want: Want) -> Position | None:
        try:
            return self._changes.position(want.since, self._around.zone)
        except ValueError as error:
            raise FetchError(
                f"{self._around.name}: {error}. Set the cursor back.", FetchReason.INTERNAL
            ) from None

    def _window(self, reached: Position | None) -> Window:
        """What is asked for, where nothing else is wanted."""
        settings, now = self._settings, self._around.now().replace(microsecond=0)
        begin = now - timedelta(days=settings.initial_days)
        if isinstance(reached, datetime):
            back = (
                timedelta(seconds=settings.overlap_seconds)
                if settings.updated_after
                else timedelta(days=settings.revisit_days)
            )
            begin = min(reached, now) - back
        return Window(begin, now)

    def _advanced(
        self, reached: Position | None, rows: pl.DataFrame, window: Window, *, by_change: bool
    ) -> Position | None:
        """How far it has come: to the last change by the server's clock, or to the end of a stretch."""
        if not by_change:
            ends: list[Position] = [window.end]
        else:
            texts = [text for name in ("requested_datetime", "updated_datetime") for text in rows[name]]
            ends = self._changes.values(texts, self._around.zone, self._around.now())
        known = [end for end in (reached, *ends) if isinstance(end, datetime)]
        return max(known, default=None)

    async def _of(self, window: Window, *, by_change: bool) -> AsyncGenerator[tuple[pl.DataFrame, str, bool]]:
        """Rows of a stretch of time, what they are from, and whether they are the last of it."""
        begin, end = ("updated_after", "updated_before") if by_change else ("start_date", "end_date")
        zone = self._around.zone
        asked = {begin: spelt(window.begin, "iso", zone), end: spelt(window.end, "iso", zone)}
        turns = self._pages.walk(lambda step: self._ask(asked, step), self._check, self._settings.url)
        async with aclosing(turns):
            async for turn in turns:
                if self._is_full(turn):
                    for half in _halves(window, self._around.name, self._settings.most_requests):
                        async for rows, origin, is_last in self._of(half, by_change=by_change):
                            yield rows, origin, is_last and half.end == window.end
                else:
                    origin = f"{self._endpoint.host}, {asked[begin]} to {asked[end]}, page {turn.number}"
                    yield self._kept(turn), origin, turn.is_last

    def _is_full(self, turn: Turn) -> bool:
        return self._settings.page_size is None and turn.page.records >= self._settings.most_requests

    async def _ask(self, asked: dict[str, str], step: Step) -> Answer:
        settings = self._settings
        own = {} if settings.jurisdiction_id is None else {"jurisdiction_id": settings.jurisdiction_id}
        parameters = own | asked | {name: str(value) for name, value in step.parameters}
        return await self._endpoint.ask(parameters, path=f"/requests.{settings.format}")

    def _check(self, answer: Answer) -> None:
        is_error = not 200 <= answer.status < 300  # noqa: PLR2004 - the class of success
        self._endpoint.check(answer, told=self._told(answer) if is_error else "")

    def _told(self, answer: Answer) -> str:
        """What an answer of the specification's form says of an error; empty for another."""
        is_xml = answer.body.lstrip().startswith(b"<")
        fmt = AnswerFormat(kind="xml", records="error") if is_xml else AnswerFormat()
        try:
            rows = Reading(fmt, self._settings.limits).read(answer.body, "", self._around.name).rows
        except SourceError:
            return ""
        return self._endpoint.fit_to_show("; ".join(_errors(rows)))

    def _kept(self, turn: Turn) -> pl.DataFrame:
        """Of the requests what may be kept. Raises ``FetchError`` where they are none."""
        rows = turn.page.rows
        if not rows.height:
            return rows.with_columns(pl.lit(None, pl.String).alias(name) for name in (*_NEEDED, *_OPTIONAL))
        lacking = [name for name in _NEEDED if name not in rows.columns]
        if lacking:
            told = self._endpoint.fit_to_show("; ".join(_errors(rows)))
            said = f" It says: {told}." if told else ""
            raise FetchError(
                f"{self._around.name}: the answer holds no requests of Open311: {lacking[0]} is "
                f"missing.{said} Correct url and format.",
                FetchReason.SCHEMA,
            )
        absent = [pl.lit(None, pl.String).alias(name) for name in _OPTIONAL if name not in rows.columns]
        return rows.with_columns(absent).select(ROW, *_NEEDED, *_OPTIONAL)


def _paging(settings: Open311Settings) -> PageNumber | None:
    if settings.page_size is None:
        return None
    return PageNumber(
        kind="page", size_parameter="page_size", size=settings.page_size, max_pages=settings.max_pages
    )


def _parts(window: Window) -> Iterator[Window]:
    """A stretch of time in parts that one question may span."""
    begin = window.begin
    while begin < window.end:
        end = min(begin + LONGEST, window.end)
        yield Window(begin, end)
        begin = end


def _halves(window: Window, name: str, most: int) -> Iterator[Window]:
    if window.end - window.begin <= _SHORTEST:
        raise FetchError(
            f"{name}: {most:,} requests or more within a minute, so that answers may be cut off. Set "
            "page_size if the server knows pages, or raise most_requests.",
            FetchReason.TOO_LARGE,
        )
    middle = (window.begin + (window.end - window.begin) / 2).replace(microsecond=0)
    yield Window(window.begin, middle)
    yield Window(middle, window.end)


def _errors(rows: pl.DataFrame) -> Iterator[str]:
    if not set(_ERROR) <= set(rows.columns):
        return
    for code, description in rows.select(_ERROR).iter_rows():
        yield f"{code or 'no code'}: {description or 'no description'}"
