"""Numbers, words, truth values and lists are read as the mapping says, or not at all."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.values import read_integer, read_list, read_number, read_truth, read_words


def texts(*values: str | None) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "value"),
    [
        ("1.5", ".", "", 1.5), (" 1.5 ", ".", "", 1.5), ("-2", ".", "", -2.0), ("1e3", ".", "", 1000.0),
        ("1,5", ".", "", None), ("1,234.5", ".", "", None), ("1,234.5", ".", ",", 1234.5), ("12,34", ".", ",", None),
        ("1,5", ",", "", 1.5), ("1.5", ",", "", None), ("1.234,5", ",", ".", 1234.5), ("1.23", ",", ".", None),
        ("1 234,5", ",", " ", 1234.5), ("inf", ".", "", None), ("nan", ".", "", None), ("", ".", "", None),
        ("1.234.567", ",", ".", 1_234_567.0), ("12 jam", ".", "", None),
    ],
)  # fmt: skip
def test_number_is_read_with_its_marks_and_no_others(
    text: str, decimal: str, thousands: str, value: float | None
) -> None:
    assert read_number(texts(text), decimal, thousands).to_list() == [value]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_are_read_back_with_a_decimal_comma(numbers: list[float]) -> None:
    written = texts(*(repr(number).replace(".", ",") for number in numbers))
    assert read_number(written, ",", "").to_list() == numbers


def test_whole_number_has_no_fraction() -> None:
    assert read_integer(texts("7", "7.0", "7.5", "x", None), ".", "", 1.0).to_list() == [
        7,
        7,
        None,
        None,
        None,
    ]
    assert read_integer(texts("9007199254740993"), ".", "", 1.0).to_list() == [2**53 + 1]
    assert read_integer(texts("1.5"), ".", "", 1000.0).to_list() == [1500]


def test_words_do_not_mind_case_and_blanks() -> None:
    words: dict[str, str | None] = {"selesai": "completed", "proses": "open"}
    assert read_words(texts(" Selesai", "PROSES", "lain", None), words, None).to_list() == [
        "completed",
        "open",
        None,
        None,
    ]
    assert read_words(texts("lain", None), words, "other").to_list() == ["other", None]


def test_words_are_text_also_where_the_only_one_is_not_known() -> None:
    read = read_words(texts("lain", None, "lain"), {"selesai": "completed"}, None)
    assert read.dtype == pl.String
    assert read.to_list() == [None, None, None]


def test_truth_is_read_from_its_own_words_or_the_mappings() -> None:
    assert read_truth(texts("true", "FALSE", "1", "0", "ya", None), {}, None).to_list() == [
        True,
        False,
        True,
        False,
        None,
        None,
    ]
    assert read_truth(texts("up", "Down", "?"), {"up": "true", "down": "false"}, None).to_list() == [
        True,
        False,
        None,
    ]


def test_lists_are_read_whole_or_not_at_all() -> None:
    rows = texts("[0.1, 0.5, Infinity]", "1;2", "[]", "1;x", None)
    assert read_list(rows, pl.Float64(), 1.0).to_list() == [
        [0.1, 0.5, float("inf")],
        [1.0, 2.0],
        [],
        None,
        None,
    ]
    assert read_list(texts("[1, 2]", "[1.5]"), pl.Int64(), 1.0).to_list() == [[1, 2], None]
    assert read_list(texts("[250, 500]"), pl.Float64(), 0.001).to_list() == [[0.25, 0.5]]
