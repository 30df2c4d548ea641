"""How the pages of an answer follow one another. Every way is bounded, and stays with its host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from exporters.errors import FetchError, FetchReason
from exporters.probing.address import Address
from exporters.probing.guard import redirected
from exporters.probing.result import Failure
from exporters.sources.rest_auth import Part
from exporters.sources.rest_reading import Page, at

Name = Annotated[str, Field(min_length=1)]
Ends = Literal["empty", "short"]
_PARAMETER = r"\s*+;\s*+([\w!#$&+.^`|~*-]++)\s*+(?:=\s*+(\"[^\"]*+\"|[^\s\",;]*+))?+"
_PARAMETERS = re.compile(_PARAMETER)
_LINK = re.compile(rf"<([^<>]*+)>((?:{_PARAMETER})*+)")
_ENDS = (
    "`empty`: after a page without records; `short`: after one with fewer records than `size`, which saves \
a request and loses records where the system caps the size"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What a page is asked for by: parameters beside the others, or a URL that has all of them."""

    parameters: tuple[tuple[str, str | int], ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """A page that came: how it was asked for, and where."""

    page: Page
    headers: Mapping[str, str]
    step: Step
    url: str


class _Paging(Part):
    max_pages: int = Field(1_000, ge=1, le=1_000_000, description="pages of one fetch, at most")

    @property
    def numbered(self) -> bool:
        """Whether pages are asked for by number, so that one beyond the last may be called missing."""
        return False

    def first(self) -> Step:
        """How the first page is asked for."""
        return Step()


class PageNumber(_Paging):
    """Pages by their numbers."""

    kind: Literal["page"]
    parameter: Name = Field("page", description="parameter of the number")
    start: int = Field(1, ge=0, description="number of the first page")
    size_parameter: Name | None = Field(None, description="parameter of the size, if it can be asked for")
    size: int | None = Field(None, ge=1, description="records of a page")
    ends: Ends = Field("empty", description=_ENDS)

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if self.size is None and (self.size_parameter is not None or self.ends == "short"):
            raise ValueError("size is missing. Add it")
        return self

    @property
    def numbered(self) -> bool:
        """Whether pages are asked for by number."""
        return True

    def first(self) -> Step:
        """The page with the first number."""
        return self._at(self.start)

    def after(self, came: Came) -> Step | None:
        """The page with the next number."""
        if _is_last(came.page.records, self.ends, self.size):
            return None
        return self._at(int(dict(came.step.parameters)[self.parameter]) + 1)

    def _at(self, number: int) -> Step:
        size = () if self.size_parameter is None or self.size is None else ((self.size_parameter, self.size),)
        return Step(((self.parameter, number), *size))


class Offset(_Paging):
    """Pages by the number of records before them."""

    kind: Literal["offset"]
    parameter: Name = Field("offset", description="parameter of the records to pass over")
    size_parameter: Name = Field("limit", description="parameter of the size")
    size: int = Field(ge=1, description="records of a page")
    ends: Ends = Field("empty", description=_ENDS)

    @property
    def numbered(self) -> bool:
        """Whether pages are asked for by number."""
        return True

    def first(self) -> Step:
        """The page before which there is no record."""
        return self._at(0)

    def after(self, came: Came) -> Step | None:
        """The page behind the records that came, however many were asked for."""
        if _is_last(came.page.records, self.ends, self.size):
            return None
        return self._at(int(dict(came.step.parameters)[self.parameter]) + came.page.records)

    def _at(self, offset: int) -> Step:
        return Step(((self.parameter, offset), (self.size_parameter, self.size)))


class CursorInAnswer(_Paging):
    """Each answer says by which cursor the next is asked for."""

    kind: Literal["cursor"]
    parameter: Name = Field("cursor", description="parameter of the cursor")
    path: Name = Field(description="path in the answer to the next cursor, as `meta.next`")
    size_parameter: Name | None = Field(None, description="parameter of the size, if it can be asked for")
    size: int | None = Field(None, ge=1, description="records of a page")

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if (self.size is None) != (self.size_parameter is None):
            raise ValueError("size and size_parameter go together. Add the other, or remove both")
        return self

    def first(self) -> Step:
        """The page without a cursor."""
        return Step(self._sizes)

    def after(self, came: Came) -> Step | None:
        """The page with the cursor that was told; none where there is none, or it is empty."""
        cursor = _text(came.page.document, self.path)
        return None if cursor is None else Step(((self.parameter, cursor), *self._sizes))

    @property
    def _sizes(self) -> tuple[tuple[str, str | int], ...]:
        return () if self.size_parameter is None or self.size is None else ((self.size_parameter, self.size),)


class LinkHeader(_Paging):
    """Each answer has a header Link with the next page (RFC 8288)."""

    kind: Literal["link"]

    def after(self, came: Came) -> Step | None:
        """The page that the header calls next."""
        found = next(_next_links(came.headers.get("link", "")), None)
        return None if found is None else _same_host(came.url, found)


class NextUrl(_Paging):
    """Each answer holds the URL of the next page."""

    kind: Literal["next_url"]
    path: Name = Field(description="path in the answer to the URL, as `next` or `links.next.href`")

    def after(self, came: Came) -> Step | None:
        """The page at the URL that was told; none where there is none, or it is empty."""
        found = _text(came.page.document, self.path)
        return None if found is None else _same_host(came.url, found)


Pagination = Annotated[
    PageNumber | Offset | CursorInAnswer | LinkHeader | NextUrl, Field(discriminator="kind")
]


def _is_last(records: int, ends: Ends, size: int | None) -> bool:
    return not records or (ends == "short" and size is not None and records < size)


def _text(document: object, path: str) -> str | None:
    """Text or number at a path. Raises ``FetchError`` for what is neither."""
    found = at(document, path)
    if found in (None, "", False):
        return None
    if not isinstance(found, str):
        raise FetchError(
            f"what stands at {path!r} does not say which page is next. Correct pagination.path.",
            FetchReason.SCHEMA,
        )
    return str(found)


def _next_links(header: str) -> Iterator[str]:
    for link in _LINK.finditer(header):
        parameters = {name.lower(): value for name, value in reversed(_PARAMETERS.findall(link[2]))}
        if "next" in parameters.get("rel", "").strip('"').lower().split():
            yield link[1]


def _same_host(url: str, location: str) -> Step:
    """Step to a URL, which may be relative. Raises ``FetchError`` unless it is of the same host."""
    try:
        target = redirected(Address.parse(url), location)
    except Failure:
        raise FetchError(
            "the next page is said to be at another host or port, or at no valid URL. What we show to "
            "this host is not for others: ask who runs it to correct its links.",
            FetchReason.REDIRECT,
        ) from None
    return Step(url=f"{target.scheme}://{target.authority}{target.path}")
