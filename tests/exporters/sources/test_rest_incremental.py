"""Only what is new is asked for, or a stretch of time."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest
from aiohttp import web

from exporters.errors import FetchError, FetchReason
from exporters.sources.rest import Rest
from exporters.sources.source import Piece, Want, Window
from tests.exporters.sources.asking import gathered
from tests.exporters.sources.fetching import NOW
from tests.services.regional import answering, regional


def asked_and_pieces(
    records: list[dict[str, object]],
    incremental: dict[str, object],
    want: Want | None = None,
    **settings: object,
) -> tuple[dict[str, str], list[Piece]]:
    """Query of the last request, and the pieces that came."""
    with regional(answering(json.dumps(records))) as system:
        pieces = gathered(Rest, {"url": system.url(), "incremental": incremental, **settings}, want)
    return system.asked[-1].query, pieces


TIMES: list[dict[str, object]] = [{"id": n, "at": f"2026-02-0{n}T08:00:00+07:00"} for n in (2, 3, 1)]
SINCE: dict[str, object] = {"field": "at", "parameter": "since"}


def test_first_fetch_asks_for_everything_and_ends_at_the_highest_value() -> None:
    query, [piece] = asked_and_pieces(TIMES, SINCE)
    assert query == {}
    assert piece.cursor == "2026-02-03T01:00:00+00:00"


def test_next_fetch_goes_on_from_the_cursor_less_the_overlap() -> None:
    query, [piece] = asked_and_pieces(
        TIMES[2:], SINCE | {"overlap_seconds": 600}, Want(since="2026-02-03T01:00:00+00:00")
    )
    assert query == {"since": "2026-02-03T00:50:00Z"}
    assert piece.cursor == "2026-02-03T01:00:00+00:00"  # what comes late does not set it back


def test_fetch_without_a_record_leaves_the_cursor_where_it_is() -> None:
    _, [piece] = asked_and_pieces([], SINCE, Want(since="2026-02-03T01:00:00+00:00"))
    assert (piece.rows.height, piece.cursor) == (0, None)


@pytest.mark.parametrize(
    ("form", "value", "sent", "cursor"),
    [
        ("iso", "2026-02-03T08:00:00.75+07:00", "2026-02-03T01:00:00Z", "2026-02-03T01:00:00.750000+00:00"),
        ("iso", "2026-02-03 08:00:00", "2026-02-03T01:00:00Z", "2026-02-03T01:00:00+00:00"),
        ("local", "2026-02-03T01:00:00Z", "2026-02-03T08:00:00", "2026-02-03T01:00:00+00:00"),
        ("date", "2026-02-03", "2026-02-03", "2026-02-02T17:00:00+00:00"),
        ("epoch_s", 1770080400, "1770080400", "2026-02-03T01:00:00+00:00"),
        ("epoch_ms", 1770080400123, "1770080400123", "2026-02-03T01:00:00.123000+00:00"),
        ("number", 12345678901234567890, "12345678901234567890", "12345678901234567890"),
        ("text", "b/0009?&", "b/0009?&", "b/0009?&"),
    ],
)
def test_cursor_goes_there_and_back_in_each_format(form: str, value: object, sent: str, cursor: str) -> None:
    incremental = SINCE | {"format": form}
    _, [piece] = asked_and_pieces([{"at": value}], incremental)
    assert piece.cursor == cursor
    query, _ = asked_and_pieces([], incremental, Want(since=cursor))
    assert query == {"since": sent}


def test_initial_value_is_where_the_first_fetch_begins() -> None:
    query, _ = asked_and_pieces([], SINCE | {"initial": "2026-01-01", "format": "local"})
    assert query == {"since": "2026-01-01T00:00:00"}


def test_numbers_are_compared_as_numbers() -> None:
    _, [piece] = asked_and_pieces([{"at": 9}, {"at": 10}, {"at": None}], SINCE | {"format": "number"})
    assert piece.cursor == "10"


def test_value_from_the_future_does_not_make_the_cursor_run_ahead() -> None:
    _, [piece] = asked_and_pieces([{"at": "2099-01-01T00:00:00Z"}], SINCE)
    assert piece.cursor == NOW.isoformat()


@pytest.mark.parametrize("record", [{"id": "1"}, {"at": "yesterday"}, {"at": None}, {"at": ""}])
def test_records_without_the_field_are_a_change_of_schema(record: dict[str, object]) -> None:
    with pytest.raises(FetchError, match=r"no record has a 'at' that can be read as iso") as caught:
        asked_and_pieces([record], SINCE)
    assert caught.value.reason is FetchReason.SCHEMA


def test_cursor_of_another_format_is_refused() -> None:
    with pytest.raises(FetchError, match="the cursor kept from before is none of format number"):
        asked_and_pieces([], SINCE | {"format": "number"}, Want(since="2026-02-03T01:00:00+00:00"))


def test_stretch_of_time_is_asked_for_instead_of_what_is_new_and_moves_no_cursor() -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, 17, tzinfo=UTC))
    want = Want(since="2026-02-03T01:00:00+00:00", window=window)
    query, [piece] = asked_and_pieces(
        TIMES, SINCE, want, window={"begin": "from", "end": "to", "format": "local"}
    )
    assert query == {"from": "2026-01-01T07:00:00", "to": "2026-02-01T00:00:00"}
    assert (piece.rows.height, piece.cursor) == (3, None)
    with pytest.raises(FetchError, match="State in 'window' by which parameters"):
        asked_and_pieces(TIMES, SINCE, want)


async def _paged(request: web.Request) -> web.Response:
    """Two records a page, in the order of time unless asked otherwise."""
    number = int(request.query["page"])
    days = [1, 2, 3, 4, 5] if "mixed" not in request.query else [3, 4, 1, 2, 5]
    return web.json_response([{"at": f"2026-02-0{day}"} for day in days[number * 2 - 2 : number * 2]])


@pytest.mark.parametrize(
    ("incremental", "query", "cursors"),
    [
        ({}, {}, [None, None, None, "05"]),
        ({"ordered": "true"}, {}, ["02", "04", "05", "05"]),
        ({"ordered": "true"}, {"mixed": "1"}, ["04", None, None, "05"]),
    ],
)
def test_cursor_is_behind_each_page_only_where_pages_are_in_order(
    incremental: dict[str, object], query: dict[str, str], cursors: list[str | None]
) -> None:
    with regional(_paged) as system:
        settings = {"url": system.url(), "query": query, "pagination": {"kind": "page"}}
        pieces = gathered(
            Rest,
            settings | {"incremental": SINCE | incremental},
            around=lambda given: dataclasses.replace(given, zone="UTC"),
        )
    assert [piece.cursor and piece.cursor[8:10] for piece in pieces] == cursors


def test_parameters_can_be_sent_in_the_body() -> None:
    with regional(answering("[]")) as system:
        settings = {
            "url": system.url(),
            "method": "POST",
            "parameters_in": "body",
            "body": '{"state": "all"}',
        }
        paging = {"kind": "offset", "size": 50}
        gathered(
            Rest,
            settings | {"incremental": SINCE, "pagination": paging},
            Want(since="2026-02-03T01:00:00+00:00"),
        )
    [asked] = system.asked
    assert asked.query == {}
    assert json.loads(asked.body) == {
        "state": "all",
        "since": "2026-02-03T01:00:00Z",
        "offset": 0,
        "limit": 50,
    }
