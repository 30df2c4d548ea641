"""Answers of an interface become rows, whole and bounded."""

from __future__ import annotations

import json

import polars as pl
import pytest

from exporters.errors import (
    FetchError,
    FetchReason,
    InvalidJson,
    SourceError,
    SourceTooLarge,
    UnreadableFormat,
    WrongEncoding,
)
from exporters.sources import SOURCES
from exporters.sources.rest import Rest
from tests.exporters.sources.asking import HIDDEN, discreet, gathered
from tests.exporters.sources.fetching import NAME, NOW
from tests.services.regional import answering, regional


def rows_of(body: str | bytes, content_type: str = "application/json", **settings: object) -> pl.DataFrame:
    """Rows of one answer."""
    with regional(answering(body, content_type)) as system:
        [piece] = gathered(Rest, {"url": system.url(), **settings})
    return piece.rows


def failure(body: str | bytes, content_type: str = "application/json", **settings: object) -> SourceError:
    """How reading an answer fails."""
    with pytest.raises(SourceError) as caught:
        rows_of(body, content_type, **settings)
    assert str(caught.value).startswith(NAME)
    if isinstance(caught.value, FetchError):
        discreet(caught.value)
    return caught.value


def test_rest_is_a_kind_of_source() -> None:
    assert SOURCES["rest"] is Rest


def test_fields_are_text_as_it_is_written() -> None:
    body = '[{"n": 1.50, "big": 12345678901234567890123, "ok": true, "none": null, "in": {"a": "é"}, "l": [1.0]}]'
    assert rows_of(body).to_dicts() == [
        {
            "n": "1.50",
            "big": "12345678901234567890123",
            "ok": "true",
            "none": None,
            "in.a": "é",
            "l": "[1.0]",
            "_row": 1,
        }
    ]


@pytest.mark.parametrize(
    ("kind", "body", "records"),
    [
        ("json", '{"data": {"items": [{"id": "1", "n": 2}, {"id": "2"}]}}', "data.items"),
        ("json", '[{"id": "1", "n": 2}, {"id": "2"}]', ""),
        ("jsonl", '{"id": "1", "n": 2}\n{"id": "2"}\n', ""),
        ("csv", "id;n\n1;2\n2;\n", ""),
        ("xml", "<all><x><id>1</id><n>2</n></x><x><id>2</id><n/></x></all>", "x"),
    ],
)
def test_same_records_are_the_same_rows_in_every_format(kind: str, body: str, records: str) -> None:
    rows = rows_of(body, "text/plain", format={"kind": kind, "records": records})
    assert rows.select("id", "n", "_row").to_dicts() == [
        {"id": "1", "n": "2", "_row": 1},
        {"id": "2", "n": None, "_row": 2},
    ]


@pytest.mark.parametrize(
    ("said", "total"), [("3", 3), ('"3"', 3), ("null", None), ('"many"', None), ("-1", None), ("2.5", None)]
)
def test_total_that_the_source_gives_is_told_beside_what_came(said: str, total: int | None) -> None:
    body = f'{{"meta": {{"total": {said}}}, "items": [{{"id": "1", "l": [1, 2]}}, {{"id": "2", "l": [3]}}]}}'
    settings = {"records": "items", "total": "meta.total", "explode": "l"}
    with regional(answering(body, "application/json")) as system:
        [piece] = gathered(Rest, {"url": system.url(), "format": settings})
    assert (piece.total, piece.records, piece.rows.height) == (total, 2, 3)


def test_total_is_asked_of_json_only() -> None:
    with pytest.raises(ValueError, match=r"format.total: it is a path in JSON. Remove it"):
        Rest.Settings.model_validate({"url": "http://a.test", "format": {"kind": "csv", "total": "n"}})


def test_large_answer_is_read_whole() -> None:
    rows = rows_of(json.dumps([{"id": str(n), "text": "x" * 50} for n in range(5_000)]))
    assert rows["id"].to_list() == [str(n) for n in range(5_000)]
    assert rows["_row"].to_list() == list(range(1, 5_001))


@pytest.mark.parametrize(
    ("kind", "body"),
    [("json", "[]"), ("json", ""), ("json", " \n"), ("jsonl", "\n"), ("csv", "id,n\n"), ("xml", "<all/>")],
)
def test_answer_without_a_record_is_a_piece_without_rows(kind: str, body: str) -> None:
    assert rows_of(body, format={"kind": kind}).height == 0


def test_null_instead_of_an_array_is_no_record() -> None:
    assert rows_of('{"data": null}', format={"records": "data"}).height == 0


def test_elements_of_an_inner_array_become_rows_with_the_fields_of_their_record() -> None:
    body = json.dumps(
        [
            {"mpp": "A", "visits": [{"day": "1", "n": 1.5}, {"day": "2", "by": {"sex": "f"}}]},
            {"mpp": "B", "visits": []},
            {"mpp": "C", "visits": [{"day": "3"}]},
        ]
    )
    rows = rows_of(body.replace("1.5", "1.50"), format={"explode": "visits"})
    assert rows.to_dicts() == [
        {"mpp": "A", "visits.day": "1", "visits.n": "1.50", "visits.by.sex": None, "_row": 1},
        {"mpp": "A", "visits.day": "2", "visits.n": None, "visits.by.sex": "f", "_row": 2},
        {"mpp": "C", "visits.day": "3", "visits.n": None, "visits.by.sex": None, "_row": 3},
    ]


def test_plain_elements_of_an_inner_array_become_rows_and_malformed_lines_stay() -> None:
    rows = rows_of('{"id": "1", "in": {"n": [2, "b"]}}\nnone\n', format={"kind": "jsonl", "explode": "in.n"})
    assert rows["in.n"].to_list() == ["2", "b", None]
    assert rows["id"].to_list() == ["1", "1", None]
    assert rows["_line"].to_list() == [None, None, "none"]


@pytest.mark.parametrize(
    "body", ['[{"id": "1"}]', '[{"id": "1", "visits": "many"}]', '[{"id": 1, "visits": {"a": 1}}]']
)
def test_inner_array_that_is_none_is_a_change_of_schema(body: str) -> None:
    error = failure(body, format={"explode": "visits"})
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.SCHEMA
    assert "Correct format.explode" in str(error)


@pytest.mark.parametrize(
    ("body", "records"), [('{"data": []}', "items"), ('["a"]', ""), ('"a"', ""), ("[[{}]]", ""), ("3", "a")]
)
def test_records_that_are_elsewhere_are_a_change_of_schema(body: str, records: str) -> None:
    error = failure(body, format={"records": records})
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.SCHEMA
    assert "format.records" in str(error)


def test_invalid_json_is_refused_with_its_place_and_without_quoting_it() -> None:
    error = failure('[\n {"nama": "Siti", "code": 001}]')
    assert isinstance(error, InvalidJson)
    assert str(error).startswith(f"{NAME}, line 2, column 28: invalid JSON")
    assert "Siti" not in str(error)


@pytest.mark.parametrize(
    "body", ['[{"n": NaN}]', '[{"n": Infinity}]', '[{"a": "\\ud800"}]', '[{"a": 1}] x', '[{"a']
)
def test_what_only_looks_like_json_is_refused(body: str) -> None:
    assert isinstance(failure(body), InvalidJson)


def test_both_halves_of_a_character_are_one() -> None:
    assert rows_of('[{"a": "\\ud83d\\ude00"}]')["a"].to_list() == ["\U0001f600"]


def test_page_for_logging_in_is_told_as_such() -> None:
    error = failure("<!DOCTYPE html><html><body>Masuk</body></html>", "text/html")
    assert isinstance(error, UnreadableFormat)
    assert "Did a login page come" in str(error)


def test_encoding_that_an_answer_states_is_used() -> None:
    text = '[{"nama": "Café"}]'
    for encoding, stated in (
        ("windows-1252", "; charset=windows-1252"),
        ("utf-16", ""),
        ("utf-8-sig", "; charset=utf-8"),
    ):
        rows = rows_of(text.encode(encoding), f"application/json{stated}")
        assert rows["nama"].to_list() == ["Café"]
    assert rows_of(text.encode("cp1252"), format={"encoding": "cp1252"})["nama"].to_list() == ["Café"]


@pytest.mark.parametrize(("kind", "place"), [("json", "line 2"), ("csv", "line 2")])
def test_bytes_that_are_not_in_the_encoding_are_refused_with_their_line(kind: str, place: str) -> None:
    body = {"json": b'[{"a": 1,\n"b": "\xff"}]', "csv": b"a,b\n\xc3\xa9\xff\xc3\xa9,2\n"}[kind]
    error = failure(body, format={"kind": kind})
    assert isinstance(error, WrongEncoding)
    assert place in str(error)


@pytest.mark.parametrize(
    "body",
    [
        '[{"a": ' + "[" * 40 + "]" * 40 + "}]",
        '{"a":' * 40 + "1" + "}" * 40,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "[" * 5_000_000,
    ],
)
def test_json_that_is_nested_too_deep_is_refused(body: str) -> None:
    error = failure(body)
    assert isinstance(error, FetchError)
    assert error.reason is FetchReason.TOO_LARGE
    assert "raise limits.depth" in str(error)


def test_brackets_in_texts_do_not_count_as_depth() -> None:
    text = "[{" * 100 + '\\"' + '"[{' * 50
    assert rows_of(json.dumps([{"a": text, "b": "\\", "c": '"\\"'}]))["a"].to_list() == [text]


def test_depth_counts_to_its_limit() -> None:
    body = "[{" + '"a": {' * 9 + "}" * 9 + "}]"
    assert rows_of(body, limits={"depth": 11}).height == 1
    assert isinstance(failure(body, limits={"depth": 10}), FetchError)


def test_xml_with_entities_or_too_deep_is_refused() -> None:
    bomb = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l><x>&b;</x></l>'
    assert "DTD" in str(failure(bomb, "application/xml", format={"kind": "xml"}))
    deep = failure("<l><x>" + "<y>" * 50 + "</y>" * 50 + "</x></l>", format={"kind": "xml"})
    assert isinstance(deep, SourceTooLarge)
    assert "raise limits.depth" in str(deep)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"rows": 2}, "limits.rows"),
        ({"columns": 2}, "limits.columns"),
        ({"body_bytes": 20}, "limits.body_bytes"),
    ],
)
def test_answer_beyond_a_limit_is_refused(limits: dict[str, int], told: str) -> None:
    body = json.dumps([{"a": 1, "b": 2, "c": 3}] * 3)
    assert told in str(failure(body, limits=limits))


def test_rows_are_counted_after_arrays_were_taken_apart() -> None:
    body = json.dumps([{"a": list(range(10))}])
    assert rows_of(body, format={"explode": "a"}, limits={"rows": 10}).height == 10
    assert "limits.rows" in str(failure(body, format={"explode": "a"}, limits={"rows": 9}))


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, FetchReason.AUTH), (404, FetchReason.STATUS), (429, FetchReason.BUSY), (500, FetchReason.STATUS)],
)
def test_status_that_is_no_success_is_a_failure(status: int, reason: FetchReason) -> None:
    failing = answering("[]", status=status, Retry_After="7")
    with regional(failing) as system, pytest.raises(FetchError) as caught:
        gathered(Rest, {"url": system.url(f"/a?b={HIDDEN}")})
    error = discreet(caught.value)
    assert error.reason is reason
    assert str(error).startswith(f"{NAME}: 127.0.0.1:{system.port} answers with status {status}")
    assert error.retry_after_seconds == (7.0 if status == 429 else None)


def test_piece_says_where_it_is_from_without_the_query() -> None:
    with regional(answering("[]")) as system:
        [piece] = gathered(Rest, {"url": system.url(f"/api/v1?x={HIDDEN}")})
    assert piece.origin == f"127.0.0.1:{system.port}/api/v1"
    assert (piece.seen, piece.cursor) == (NOW, None)
