"""JSON: where it is broken is said, and numbers stay as they were written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporters.errors import InvalidJson, SourceEmpty, SourceTooLarge
from exporters.files import jsonscan
from exporters.files.format import FileFormat, Limits
from tests.exporters.files.reading import read_all, refusal
from tests.exporters.realdata import real

VALUE = st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.text(max_size=5))


def put(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("json-service-list", "line 3, column 21"),
        ("json-service-request", "line 7, column 21"),
        ("json-service-requests", "line 7, column 21"),
    ],
)
def test_invalid_examples_of_the_open311_specification_are_refused_with_the_place(
    name: str, place: str
) -> None:
    path = real(f"open311/spec-examples/{name}.json")
    message = refusal(path, InvalidJson)
    assert place in message
    assert '"service_code":00' in message


def test_ids_may_be_strings_or_numbers(tmp_path: Path) -> None:
    path = put(tmp_path / "a.json", '[{"id": 101005420892, "x": 1.50}, {"id": "14-01100669", "x": 1e3}]')
    assert read_all(path).rows() == [("101005420892", "1.50", 1), ("14-01100669", "1e3", 2)]


def test_inner_objects_become_columns_and_arrays_stay_json(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.json", '[{"a": {"b": {"c": true}, "d": {}}, "e": [1.50, "x", null, {"f": "ü"}]}]'
    )
    assert read_all(path).row(0, named=True) == {
        "a.b.c": "true",
        "a.d": None,
        "e": '[1.50, "x", null, {"f": "ü"}]',
        "_row": 1,
    }


def test_records_are_found_at_a_path(tmp_path: Path) -> None:
    text = (
        '{"meta": {"items": 3, "s": "}]"}, "data": {"skip": [1, {"items": []}], "items": [{"a": 1}]}, "z": 0}'
    )
    assert read_all(put(tmp_path / "a.json", text), FileFormat(records="data.items")).rows() == [("1", 1)]


def test_path_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    path = put(tmp_path / "a.json", '{"data": {"rows": []}}')
    assert "there is no 'data.items'" in refusal(path, InvalidJson, FileFormat(records="data.items"))
    assert "Correct format.records" in refusal(path, InvalidJson, FileFormat(records="data.rows.x"))


def test_one_object_alone_is_one_record(tmp_path: Path) -> None:
    assert read_all(put(tmp_path / "a.json", '{"a": 1}')).rows() == [("1", 1)]


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ('[{"a":1},\n {"a":2}', "line 2, column 9", "ends inside an array"),
        ('[{"a":1},\n {"a" 2}]', "line 2, column 7", "Expecting ':'"),
        ('[{"a":1}\n {"a":2}]', "line 2, column 2", "',' or ']' was expected"),
        ('[{"a":"x]', "line 1, column 7", "Unterminated string"),
        ('[{"a":NaN}]', "line 1, column 2", "NaN is no JSON"),
        ('[{"a":1}] [', "line 1, column 11", "something follows"),
        ("hello", "line 1, column 1", "an array of records was expected"),
    ],
)
def test_broken_documents_are_refused_with_line_and_column(
    tmp_path: Path, text: str, place: str, problem: str
) -> None:
    message = refusal(put(tmp_path / "a.json", text), InvalidJson)
    assert place in message
    assert problem in message


def test_place_is_right_far_into_a_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonscan, "_PIECE", 50)
    records = ",\n".join(f'{{"n": {n}, "text": "ü {n}"}}' for n in range(9_000))
    path = put(tmp_path / "a.json", f'[\n{records},\n{{"n": 01}}\n]')
    assert "line 9002, column 8" in refusal(path, InvalidJson)


def test_array_of_numbers_is_refused(tmp_path: Path) -> None:
    assert "record 1: '7' is no object" in refusal(put(tmp_path / "a.json", "[7]"), InvalidJson)


def test_array_without_elements_is_refused(tmp_path: Path) -> None:
    assert "holds no record" in refusal(put(tmp_path / "a.json", "[ ]"), SourceEmpty)


def test_record_without_end_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.json", '[{"a":"' + "x" * 3_000_000 + '"}]')
    assert "a record of more than" in refusal(path, SourceTooLarge, limits=Limits(max_record_bytes=1 << 20))


def test_lines_that_are_no_json_object_come_back_as_malformed_records(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl", '{"a": 1}\n{"a": 2\n[3]\n\n{"b": "x"}')
    frame = read_all(path)
    assert frame.select("_row", "a", "b", "_line").rows() == [
        (1, "1", None, None),
        (2, None, None, '{"a": 2'),
        (3, None, None, "[3]"),
        (4, None, "x", None),
    ]
    assert frame["_problem"][1] == "invalid JSON in column 8: Expecting ',' delimiter"


def test_fields_may_come_and_go_between_records_and_chunks(tmp_path: Path) -> None:
    lines = [json.dumps({"a": n} if n < 10 else {"a": n, "b": n}) for n in range(20)]
    frame = read_all(put(tmp_path / "a.jsonl", "\n".join(lines)), chunk_rows=5)
    assert frame["b"].null_count() == 10
    assert frame.height == 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    records=st.lists(st.fixed_dictionaries({"a": VALUE, "b": VALUE}), min_size=1, max_size=6),
    piece=st.integers(1, 40),
)
def test_what_a_json_writer_wrote_is_read_back_wherever_a_piece_ends(
    tmp_path: Path, records: list[dict[str, object]], piece: int
) -> None:
    expected = [
        tuple(
            None if v is None else v if isinstance(v, str) else json.dumps(v)
            for v in (record["a"], record["b"])
        )
        for record in records
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(records, indent=piece % 3 or None), encoding="utf-8")
    before, jsonscan._PIECE = jsonscan._PIECE, piece
    try:
        assert read_all(path).select("a", "b").rows() == expected
    finally:
        jsonscan._PIECE = before
