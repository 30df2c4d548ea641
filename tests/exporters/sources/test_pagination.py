"""Pages are followed to a certain end, and never to another host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from exporters.errors import FetchError, FetchReason
from exporters.sources.pagination import Came, LinkHeader, Step
from exporters.sources.rest import Rest, RestSettings
from exporters.sources.rest_reading import Page, no_rows
from exporters.sources.source import Piece
from tests.exporters.sources.asking import HIDDEN, discreet, gathered
from tests.services.regional import Handler, RegionalSystem, answering, regional

TOTAL = 7


def _numbers(begin: int, size: int) -> list[dict[str, int]]:
    return [{"id": number} for number in range(begin, min(begin + size, TOTAL))]


async def paged(request: web.Request) -> web.Response:
    """Seven records by page, offset, cursor, link or URL, three a page at most."""
    query = request.query
    size = min(3, int(query.get("size", query.get("limit", "3"))))
    begin = int(query.get("cursor") or query.get("offset") or (int(query.get("page", "1")) - 1) * size)
    behind, headers = begin + size, {}
    more = f"{request.path}?cursor={behind}" if behind < TOTAL else None
    if more is not None:
        headers["Link"] = f'<{request.path}>; rel="first", <{more}>; title="a, b; c"; rel="prefetch next"'
    document: dict[str, Any] = {"data": _numbers(begin, size), "next": more, "meta": {"cursor": ""}}
    if more is not None:
        document["meta"]["cursor"] = behind if begin else str(behind)
    return web.json_response(document, headers=headers)


def walked(
    pagination: Mapping[str, object], handler: Handler = paged, **settings: object
) -> tuple[RegionalSystem, list[Piece]]:
    """System that was asked for all pages, and the pieces that came."""
    with regional(handler) as system:
        pieces = gathered(
            Rest,
            {"url": system.url(), "format": {"records": "data"}, "pagination": pagination, **settings},
        )
    return system, pieces


def ids(pieces: list[Piece]) -> list[int]:
    return [int(value) for piece in pieces if piece.rows.height for value in piece.rows["id"]]


@pytest.mark.parametrize(
    ("pagination", "sizes"),
    [
        ({"kind": "page"}, [3, 3, 1, 0]),
        ({"kind": "page", "size_parameter": "size", "size": 2}, [2, 2, 2, 1, 0]),
        ({"kind": "page", "size_parameter": "size", "size": 3, "ends": "short"}, [3, 3, 1]),
        ({"kind": "page", "start": 2}, [3, 1, 0]),
        ({"kind": "offset", "size": 3}, [3, 3, 1, 0]),
        ({"kind": "offset", "size": 100}, [3, 3, 1, 0]),
        ({"kind": "offset", "size": 3, "ends": "short"}, [3, 3, 1]),
        ({"kind": "cursor", "path": "meta.cursor"}, [3, 3, 1]),
        ({"kind": "cursor", "path": "meta.cursor", "size_parameter": "limit", "size": 2}, [2, 2, 2, 1]),
        ({"kind": "link"}, [3, 3, 1]),
        ({"kind": "next_url", "path": "next"}, [3, 3, 1]),
    ],
)
def test_every_page_comes_once(pagination: dict[str, object], sizes: list[int]) -> None:
    _, pieces = walked(pagination)
    assert [piece.rows.height for piece in pieces] == sizes
    assert ids(pieces) == list(range(3 if "start" in pagination else 0, TOTAL))


def test_parameters_stay_on_every_page_that_is_asked_for_by_one() -> None:
    system, _ = walked({"kind": "page"}, query={"state": "all"})
    assert [(asked.query["state"], asked.query["page"]) for asked in system.asked] == [
        ("all", str(number)) for number in (1, 2, 3, 4)
    ]


def test_pieces_say_which_page_they_are() -> None:
    _, pieces = walked({"kind": "link"})
    assert [piece.origin.rpartition("/")[2] for piece in pieces] == [f"records (page {n})" for n in (1, 2, 3)]


def test_key_in_the_query_goes_along_to_the_next_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_SECRET", HIDDEN)
    auth = {"kind": "api_key", "query": "key", "value": "env:REGION_SECRET"}
    system, pieces = walked({"kind": "next_url", "path": "next"}, auth=auth)
    assert [asked.query["key"] for asked in system.asked] == [HIDDEN] * 3
    assert ids(pieces) == list(range(TOTAL))


async def _strict(request: web.Request) -> web.Response:
    if int(request.query["page"]) > 3:
        raise web.HTTPNotFound
    return await paged(request)


def test_page_beyond_the_last_may_be_called_missing() -> None:
    _, pieces = walked({"kind": "page"}, _strict)
    assert ids(pieces) == list(range(TOTAL))


def test_first_page_that_is_missing_is_a_failure() -> None:
    with pytest.raises(FetchError) as caught:
        walked({"kind": "page"}, answering("", status=404))
    assert caught.value.reason is FetchReason.STATUS


def _document(**fields: object) -> Handler:
    return answering(json.dumps({"data": [{"id": 1}], **fields}))


async def _endless(request: web.Request) -> web.Response:
    number = int(request.query.get("page", "1"))
    return web.json_response({"data": [{"id": number}], "next": number})


async def _ignoring(request: web.Request) -> web.Response:
    """Knows no pages: the same records whatever is asked, in an answer that is never the same."""
    return web.json_response({"data": [{"id": 1}, {"id": 2}], "page": request.query.get("page")})


@pytest.mark.parametrize(
    ("handler", "pagination", "told"),
    [
        (_ignoring, {"kind": "page"}, "two pages hold the same records"),
        (_ignoring, {"kind": "offset", "size": 2}, "two pages hold the same records"),
        (_endless, {"kind": "page", "max_pages": 5}, "more than 5 pages"),
        (_document(next="c"), {"kind": "cursor", "path": "next"}, "one that came already"),
        (
            _document(next="/records"),
            {"kind": "next_url", "path": "next", "max_pages": 9},
            "one that came already",
        ),
        (
            answering('{"data": [{"id": 1}]}', Link="<?a=1>; rel=next"),
            {"kind": "link"},
            "one that came already",
        ),
    ],
)
def test_pages_without_end_are_a_loop(handler: Handler, pagination: dict[str, object], told: str) -> None:
    with pytest.raises(FetchError) as caught:
        walked(pagination, handler)
    assert discreet(caught.value).reason is FetchReason.LOOP
    assert told in str(caught.value)


def test_empty_page_that_names_itself_as_the_next_is_the_last() -> None:
    async def handle(request: web.Request) -> web.Response:
        first = "cursor" not in request.query
        return web.json_response({"data": [{"id": 0}] if first else [], "next": "end"})

    _, pieces = walked({"kind": "cursor", "path": "next"}, handle)
    assert [piece.rows.height for piece in pieces] == [1, 0]


def test_empty_page_with_another_behind_it_is_passed() -> None:
    async def handle(request: web.Request) -> web.Response:
        at = int(request.query.get("cursor", "0"))
        return web.json_response(
            {"data": [{"id": at}] if at != 1 else [], "next": at + 1 if at < 2 else None}
        )

    _, pieces = walked({"kind": "cursor", "path": "next"}, handle)
    assert ids(pieces) == [0, 2]


@pytest.mark.parametrize("value", ['"a\\r\\nX-Other: 1"', '"a&state=closed#x"', '"é ?"'])
def test_cursor_of_an_answer_cannot_change_the_request(value: str) -> None:
    async def handle(request: web.Request) -> web.Response:
        rest = "null" if "cursor" in request.query else value
        return web.Response(text=f'{{"data": [{{"id": {len(request.query)}}}], "next": {rest}}}')

    system, _ = walked({"kind": "cursor", "path": "next"}, handle)
    assert system.asked[1].query == {"cursor": json.loads(value)}
    assert "x-other" not in system.asked[1].headers


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/",
        "http://127.0.0.2/records",
        "http://127.0.0.1:1/records",
        "//other.example/records",
        "https://other.example/?a=1",
        "http://127.0.0.1@other.example/",
        "file:///etc/passwd",
        "http://[broken/",
        "/records\\r\\nX-Other: 1",
    ],
)
def test_next_page_at_another_host_is_refused(location: str) -> None:
    document = f'{{"data": [{{"id": 1}}], "next": "{location}"}}'
    for handler, pagination in (
        (answering(document), {"kind": "next_url", "path": "next"}),
        (answering(document, Link=f'<{location.replace(chr(92), "%")}>; rel="next"'), {"kind": "link"}),
    ):
        if pagination["kind"] == "link" and "X-Other" in location:
            continue  # a header cannot hold it
        with pytest.raises(FetchError) as caught:
            walked(pagination, handler)
        assert discreet(caught.value).reason is FetchReason.REDIRECT


@pytest.mark.parametrize("value", [{"a": 1}, ["b"], True])
def test_cursor_that_is_none_is_a_change_of_schema(value: object) -> None:
    with pytest.raises(FetchError) as caught:
        walked({"kind": "cursor", "path": "next"}, _document(next=value))
    assert caught.value.reason is FetchReason.SCHEMA
    assert "'next' does not say which page is next" in str(caught.value)


@pytest.mark.parametrize("end", [None, "", False])
def test_absent_empty_and_false_are_the_end(end: object) -> None:
    _, pieces = walked({"kind": "cursor", "path": "next"}, _document(next=end))
    assert len(pieces) == 1


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('</a?b=1>; rel="next"', "/a?b=1"),
        ("</a>;rel=next", "/a"),
        ('</p>; rel="prev", </a>; rel="next"', "/a"),
        ('</a>; title="x, <y>; rel=prev"; rel="next"', "/a"),
        ('</a>; REL="NEXT"', "/a"),
        ('</a>; rel="prev"', None),
        ('</a>; title="rel=next"', None),
        ('</a>; title="x; rel=next"', None),
        ('</a>; rel="prev"; rel="next"', None),
        ("</a>; x" + " " * 60_000, None),
        ("</a>" + "; x" * 20_000 + '; rel="next"', "/a"),
        ("<" * 60_000, None),
        ("</a>" + '; x="' * 15_000, None),
        ("", None),
        ("garbage", None),
    ],
)
def test_link_that_is_called_next_is_found(header: str, found: str | None) -> None:
    came = Came(Page(no_rows(), 1), {"link": header}, Step(), "https://mpp.example/x/y")
    step = LinkHeader(kind="link").after(came)
    assert step == (None if found is None else Step(url=f"https://mpp.example{found}"))


@pytest.mark.parametrize(
    ("pagination", "told"),
    [
        ({"kind": "page", "ends": "short"}, "size is missing"),
        ({"kind": "page", "size_parameter": "n"}, "size is missing"),
        ({"kind": "cursor", "path": "a", "size": 1}, "size and size_parameter go together"),
        ({"kind": "offset"}, "Field required"),
        ({"kind": "scroll"}, "does not match any of the expected tags"),
        ({"kind": "link", "max_pages": 0}, "greater than or equal to 1"),
    ],
)
def test_pagination_that_cannot_be_used_is_refused(pagination: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        RestSettings.model_validate({"url": "https://mpp.example/", "pagination": pagination})
