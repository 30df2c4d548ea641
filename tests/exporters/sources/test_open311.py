"""Complaints of servers of Open311: real answers, the specification's own, and those that break off."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dictionary
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from aiohttp import web
from pydantic import ValidationError

from checks.compile import load_contract
from exporters.errors import FetchError, FetchReason, InvalidJson
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from exporters.sources import READY_MAPPINGS, SOURCES
from exporters.sources.open311 import Open311, Open311Settings
from exporters.sources.source import REGION, Piece, Want, Window
from tests.exporters.realdata import real, registry_of
from tests.exporters.sources.asking import HIDDEN, discreet, gathered
from tests.exporters.sources.fetching import NAME, NOW
from tests.services.regional import Handler, RegionalSystem, answering, regional

KEPT = [
    "service_request_id",
    "status",
    "requested_datetime",
    "service_name",
    "service_code",
    "agency_responsible",
    "updated_datetime",
    "expected_datetime",
]
START = datetime(2025, 1, 1, tzinfo=UTC)


def collected(
    handler: Handler, want: Want | None = None, **settings: object
) -> tuple[RegionalSystem, list[Piece]]:
    """A server that was asked, and the pieces that came."""
    with regional(handler) as system:
        pieces = gathered(Open311, {"url": system.url("/open311/v2/"), **settings}, want)
    return system, pieces


def ids(pieces: list[Piece]) -> list[str]:
    return [value for piece in pieces for value in piece.rows["service_request_id"]]


def request(number: int, requested: datetime, **fields: object) -> dict[str, object]:
    return {
        "service_request_id": number,
        "status": "open",
        "requested_datetime": requested.isoformat(),
        "service_name": "Jalan berlubang",
        "description": HIDDEN,
        "address": HIDDEN,
        "first_name": HIDDEN,
        "lat": -6.2,
    } | fields


class Server:
    """A server with a request a day, which answers as the specification says: 90 days, so many at most."""

    def __init__(
        self, days: int, most: int = 1_000, *, pages: bool = False, each: timedelta = timedelta(days=1)
    ) -> None:
        self._requests = [request(n, START + n * each) for n in range(days)]
        self._most = most
        self._pages = pages

    async def __call__(self, asked: web.Request) -> web.Response:
        begin, end = (datetime.fromisoformat(asked.query[name]) for name in ("start_date", "end_date"))
        if end - begin > timedelta(days=90):
            error = {"code": 400, "description": "more than 90 days"}
            return web.json_response([error], status=400)
        found = [
            one
            for one in self._requests
            if begin <= datetime.fromisoformat(str(one["requested_datetime"])) < end
        ]
        size = int(asked.query.get("page_size", self._most))
        first = (int(asked.query.get("page", "1")) - 1) * size if self._pages else 0
        return web.json_response(found[first : first + size])


def window(days: int) -> Want:
    return Want(window=Window(START, START + timedelta(days=days)))


def test_open311_is_a_kind_of_source() -> None:
    assert SOURCES["open311"] is Open311


@pytest.mark.parametrize(
    ("place", "form", "found"),
    [
        ("open311status-fixtures/service_requests.json", "json", ["14-01100669", "14-01100627"]),
        ("open311status-fixtures/requests_many.xml", "xml", ["101005420892", "101005420894"]),
        ("open311status-fixtures/requests_single.xml", "xml", ["101005420892"]),
        ("spec-examples/xml-service-requests.xml", "xml", ["638344", "638349"]),
    ],
)
def test_real_answer_comes_as_its_requests_without_texts_and_places(
    place: str, form: str, found: list[str]
) -> None:
    body = real(f"open311/{place}").read_bytes()
    system, [piece] = collected(answering(body, f"application/{form}"), format=form)
    assert piece.rows["service_request_id"].to_list() == found
    assert piece.rows.columns == ["_row", *KEPT]
    assert [asked.path for asked in system.asked] == [f"/open311/v2/requests.{form}"]
    told = repr(piece.rows.to_dicts())
    for personal in ("17TH ST", "Warden Ave", "HAIGHT", "-87.66", "JUDAH"):
        assert personal not in told


@pytest.mark.parametrize(
    ("place", "form"),
    [
        ("open311status-fixtures/service_requests.json", "json"),
        ("open311status-fixtures/requests_many.xml", "xml"),
    ],
)
def test_ready_mapping_makes_complaints_of_what_comes(place: str, form: str) -> None:
    body = real(f"open311/{place}").read_bytes()
    _, [piece] = collected(answering(body, f"application/{form}"), format=form)
    mapping = Mapping.load(READY_MAPPINGS["open311"])
    mapper = Mapper(mapping, load_contract(mapping.dataset), registry_of("open311"), NOW)
    chunk = mapper.map(piece.rows.with_columns(pl.lit("US-CHI").alias(REGION)))
    assert chunk.issues.height == 0
    assert chunk.frame["region"].to_list() == ["US-CHI"] * 2
    assert chunk.frame["status"].to_list() == ["in_process"] * 2
    assert chunk.frame["received"].null_count() == chunk.frame["category"].null_count() == 0
    assert chunk.frame["resolved"].null_count() == 2


@pytest.mark.parametrize("name", ["json-service-requests.json", "json-service-request.json"])
def test_invalid_json_of_the_specification_is_refused_with_its_place(name: str) -> None:
    body = real(f"open311/spec-examples/{name}").read_bytes()
    with pytest.raises(InvalidJson) as caught:
        collected(answering(body))
    assert f"{NAME}, line 7, column " in str(caught.value)
    assert "invalid JSON" in str(caught.value)
    assert "ask the sender for valid JSON" in str(caught.value)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_error_of_the_specification_is_told(form: str) -> None:
    text = real(f"open311/spec-examples/{form}-errors.txt").read_text(encoding="utf-8")
    body = text.partition("\n\n")[2]
    with pytest.raises(FetchError) as caught:
        collected(answering(body, f"application/{form}", status=403), format=form)
    assert caught.value.reason is FetchReason.AUTH
    assert "status 403 (403: Invalid api_key received -- can't proceed with create_request.)" in str(
        caught.value
    )


ERROR = {"code": 400, "description": f"{HIDDEN}\r\n is no key \x1b[31m"}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([ERROR]),
        json.dumps(ERROR),
        f"<errors><error><code>400</code><description>{HIDDEN}</description></error></errors>",
    ],
)
def test_secret_that_a_server_repeats_is_not_told(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_SECRET", HIDDEN)
    auth = {"kind": "api_key", "query": "api_key", "value": "env:REGION_SECRET"}
    with pytest.raises(FetchError) as caught:
        collected(answering(body, status=400), auth=auth)
    assert discreet(caught.value).reason is FetchReason.STATUS
    assert "(400: ***" in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "body",
    ["", "nothing", "<html><body>no</body></html>", '<!DOCTYPE x [<!ENTITY a "b">]><errors/>', "[" * 9999],
)
def test_error_in_another_form_is_told_by_its_status(body: str) -> None:
    with pytest.raises(FetchError, match=r"answers with status 500\. Correct") as caught:
        collected(answering(body, "text/plain", status=500))
    assert caught.value.reason is FetchReason.STATUS


@pytest.mark.parametrize(
    ("records", "told"),
    [
        (
            [{"code": "404", "description": "jurisdiction_id not found"}],
            "It says: 404: jurisdiction_id not found",
        ),
        ([{"service_code": "001"}], "service_request_id is missing"),
    ],
)
def test_answer_that_holds_something_else_is_a_change_of_schema(
    records: list[dict[str, str]], told: str
) -> None:
    with pytest.raises(FetchError) as caught:
        collected(answering(json.dumps(records)))
    assert caught.value.reason is FetchReason.SCHEMA
    assert told in str(caught.value)


def test_long_stretch_is_asked_for_in_parts_of_at_most_90_days() -> None:
    system, pieces = collected(Server(365), window(365))
    spans = [
        tuple(datetime.fromisoformat(asked.query[name]) for name in ("start_date", "end_date"))
        for asked in system.asked
    ]
    assert [(end - begin).days for begin, end in spans] == [90, 90, 90, 90, 5]
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert ids(pieces) == [str(n) for n in range(365)]
    assert [piece.cursor for piece in pieces] == [None] * 5


def test_answer_that_is_full_is_asked_for_again_in_halves() -> None:
    system, pieces = collected(Server(90, most=20), window(90), most_requests=20)
    assert ids(pieces) == [str(n) for n in range(90)]
    assert all(piece.rows.height < 20 for piece in pieces)
    assert len(system.asked) == 15


def test_more_requests_than_any_answer_holds_are_told_and_not_lost() -> None:
    crowd = Server(50, most=20, each=timedelta(seconds=1))
    with pytest.raises(FetchError, match="20 requests or more within a minute") as caught:
        collected(crowd, window(1), most_requests=20)
    assert caught.value.reason is FetchReason.TOO_LARGE


def test_pages_are_followed_where_the_server_knows_them() -> None:
    system, pieces = collected(Server(90, pages=True), window(90), page_size=40)
    assert ids(pieces) == [str(n) for n in range(90)]
    assert [piece.rows.height for piece in pieces] == [40, 40, 10, 0]
    assert system.queries("page") == ["1", "2", "3", "4"]
    with pytest.raises(FetchError) as caught:
        collected(Server(90), window(90), page_size=40)
    assert caught.value.reason is FetchReason.LOOP


def test_jurisdiction_and_own_parameters_are_sent() -> None:
    system, _ = collected(answering("[]"), jurisdiction_id="mpp.example", query={"service_code": "001,002"})
    assert system.asked[0].query["jurisdiction_id"] == "mpp.example"
    assert system.asked[0].query["service_code"] == "001,002"


def asked_of(want: Want, **settings: object) -> tuple[dict[str, str], Piece]:
    """Query and last piece of a fetch that needs one question."""
    system, pieces = collected(
        answering(json.dumps([request(1, NOW - timedelta(days=2), updated_datetime="2026-02-27T08:30:00Z")])),
        want,
        **settings,
    )
    return system.asked[0].query, pieces[-1]


def test_without_the_extension_what_came_lately_is_asked_for_again_to_see_its_outcome() -> None:
    first, piece = asked_of(Want(), initial_days=30)
    assert (first["start_date"], first["end_date"]) == ("2026-01-30T00:00:00Z", "2026-03-01T00:00:00Z")
    assert piece.cursor == NOW.isoformat()
    since = (NOW - timedelta(hours=1)).isoformat()
    following, piece = asked_of(Want(since=since), revisit_days=60)
    assert (following["start_date"], following["end_date"]) == (
        "2025-12-30T23:00:00Z",
        "2026-03-01T00:00:00Z",
    )
    assert piece.cursor == NOW.isoformat()


def test_with_the_extension_only_what_changed_is_asked_for() -> None:
    first, piece = asked_of(Want(), updated_after=True)
    assert first == {"updated_after": "2025-12-01T00:00:00Z", "updated_before": "2026-03-01T00:00:00Z"}
    assert piece.cursor == "2026-02-27T08:30:00+00:00"
    following, piece = asked_of(Want(since=piece.cursor), updated_after=True, overlap_seconds=600)
    assert following["updated_after"] == "2026-02-27T08:20:00Z"
    assert piece.cursor == "2026-02-27T08:30:00+00:00"


def test_extension_is_not_used_for_a_stretch_of_time() -> None:
    query, piece = asked_of(window(30), updated_after=True)
    assert set(query) == {"start_date", "end_date"}
    assert piece.cursor is None


def test_change_that_a_server_dates_into_the_future_does_not_make_the_cursor_run_ahead() -> None:
    body = json.dumps([request(1, NOW, updated_datetime="2099-01-01T00:00:00Z")])
    _, [piece] = collected(answering(body), updated_after=True)
    assert piece.cursor == NOW.isoformat()


def test_server_without_requests_gives_a_piece_without_rows() -> None:
    for form, body in (("json", "[]"), ("xml", "<service_requests/>")):
        _, [piece] = collected(answering(body), format=form)
        assert piece.rows.height == 0
        assert set(KEPT) <= set(piece.rows.columns)


def test_cursor_of_another_kind_is_refused() -> None:
    with pytest.raises(FetchError, match="Set the cursor back"):
        collected(answering("[]"), Want(since="14-01100669"))


@pytest.mark.parametrize(
    "settings",
    [{"format": "csv"}, {"page_size": 0}, {"revisit_days": -1}, {"url": "mpp.example"}, {"most_requests": 1}],
)
def test_setting_that_cannot_be_used_is_refused(settings: Dictionary[str, object]) -> None:
    with pytest.raises(ValidationError):
        Open311Settings.model_validate({"url": "https://mpp.example/v2", **settings})
