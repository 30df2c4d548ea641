"""Event logs become one record a case, wherever the chunks end."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from exporters.errors import ColumnMissing, MappingError
from exporters.grouping import _Cases, group_cases
from exporters.mapping import Mapping

LOG = """
version: 1
dataset: transactions
source: log
group_by: case
observed_at: {column: time, pick: max}
region: kode
fields:
  id: case
  submitted: {column: begin, pick: min}
  completed: {column: end, pick: last}
  status: {constant: open}
  promise_value: {column: promise, pick: max}
"""
EVENTS = [
    # case, kode, begin, end, promise, time
    ("a", "1", "2024-05-06T10:00:00+07:00", None, "9", "2024-05-06T10:00:00+07:00"),
    ("b", "2", "2024-05-06T10:00:00+07:00", "x", "1", "2024-05-06T12:00:00+07:00"),
    ("a", None, "2024-05-06T05:00:00+00:00", "first", "10", "2024-05-06T04:00:00Z"),
    ("a", "9", "2024-05-06T09:00:00+09:00", "second", None, "2024-05-06T03:30:00Z"),
    ("b", "2", "junk", None, "x", None),
]


def chunks(size: int) -> Iterator[pl.DataFrame]:
    columns = ["case", "kode", "begin", "end", "promise", "time"]
    frame = pl.DataFrame(EVENTS, schema=dict.fromkeys(columns, pl.String), orient="row")
    yield from frame.with_row_index("_row", 1).with_columns(pl.col("_row").cast(pl.Int64)).iter_slices(size)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_each_column_gives_what_its_field_picks(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.grouping._CHUNK", 2)
    grouped = pl.concat(group_cases(chunks(size), Mapping.parse(LOG)))
    assert grouped.rows(named=True) == [
        {
            "case": "a",
            "_row": 1,
            "_lines": 3,
            "kode": "1",
            "begin": "2024-05-06T09:00:00+09:00",  # the earliest instant, though not the smallest text
            "end": "second",
            "promise": "10",
            "time": "2024-05-06T04:00:00Z",
        },
        {
            "case": "b",
            "_row": 2,
            "_lines": 2,
            "kode": "2",
            "begin": "2024-05-06T10:00:00+07:00",
            "end": "x",
            "promise": "1",
            "time": "2024-05-06T12:00:00+07:00",
        },
    ]


def test_lines_are_all_accounted_for() -> None:
    grouped = pl.concat(group_cases(chunks(2), Mapping.parse(LOG)))
    assert grouped["_lines"].sum() == len(EVENTS)


def test_without_group_by_chunks_pass_as_they_are() -> None:
    mapping = Mapping.parse(LOG.replace("group_by: case\n", ""))
    assert [chunk.height for chunk in group_cases(chunks(2), mapping)] == [2, 2, 1]


def test_malformed_lines_pass_as_records_of_their_own() -> None:
    frame = next(chunks(5)).with_columns(
        pl.when(pl.col("_row") == 3).then(pl.lit("a,b")).alias("_line"),
        pl.when(pl.col("_row") == 3).then(pl.lit("2 fields")).alias("_problem"),
    )
    grouped = pl.concat(group_cases([frame], Mapping.parse(LOG)), how="diagonal")
    assert grouped["_row"].to_list() == [3, 1, 2]
    assert grouped["_lines"].to_list() == [1, 2, 2]
    assert grouped["_line"].to_list() == ["a,b", None, None]


def test_memory_grows_with_the_cases_not_with_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporters.grouping._CHUNK", 100)
    cases = _Cases(Mapping.parse(LOG))
    chunk = next(chunks(5))
    for _ in range(300):
        cases.add(chunk)
        assert sum(part.height for part in cases._cases) <= 104
    assert pl.concat(cases.records())["_lines"].sum() == 1_500


def test_case_column_that_is_missing_is_named() -> None:
    mapping = Mapping.parse(LOG.replace("group_by: case", "group_by: kasus"))
    with pytest.raises(
        ColumnMissing, match=r"log\.csv has no column 'kasus', which mapping names in group_by"
    ):
        list(group_cases(chunks(2), mapping, origin="log.csv"))


def test_two_fields_may_not_pick_different_values_of_one_column() -> None:
    mapping = Mapping.parse(LOG + "  due: {column: time, pick: min}\n")
    with pytest.raises(MappingError, match="due: it picks the min of 'time', another field the max"):
        list(group_cases(chunks(2), mapping))
