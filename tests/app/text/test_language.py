"""Numbers, units, intervals and dates in the form of each language."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import LANGUAGES, NONE, language

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
NIGHT = datetime(2025, 12, 31, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "decimals", "in_indonesian", "in_english"),
    [
        (0, 0, "0", "0"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (514, 0, "514", "514"),
        (999.96, 1, "1.000,0", "1,000.0"),
        (-1234.5, 1, "-1.234,5", "-1,234.5"),
        (None, 1, NONE, NONE),
    ],
)
def test_number(value: float | None, decimals: int, in_indonesian: str, in_english: str) -> None:
    assert (ID.number(value, decimals), EN.number(value, decimals)) == (in_indonesian, in_english)


@given(st.integers(min_value=-(10**12), max_value=10**12), st.integers(min_value=0, max_value=3))
def test_number_says_the_same_in_both_languages(thousandths: int, decimals: int) -> None:
    value = thousandths / 1000
    swapped = ID.number(value, decimals).translate(str.maketrans(".,", ",."))
    assert swapped == EN.number(value, decimals)


@pytest.mark.parametrize(
    ("value", "unit", "in_indonesian", "in_english"),
    [
        (0.529, "ratio", "52,9 %", "52.9 %"),
        (0.0, "ratio", "0,0 %", "0.0 %"),
        (12.44, "days", "12,4 hari", "12.4 days"),
        (0.25, "days", "0,25 hari", "0.25 days"),
        (117.96, "days", "118 hari", "118 days"),
        (1234.5, "days", "1.234 hari", "1,234 days"),
        (3.214, "index", "3,21 indeks", "3.21 index"),
        (1.5, "parsecs", "1,5 parsecs", "1.5 parsecs"),
        (None, "days", NONE, NONE),
        (None, "ratio", NONE, NONE),
    ],
)
def test_value_with_its_unit(value: float | None, unit: str, in_indonesian: str, in_english: str) -> None:
    assert (ID.value(value, unit), EN.value(value, unit)) == (in_indonesian, in_english)


@pytest.mark.parametrize(
    ("low", "high", "in_indonesian", "in_english"),
    [
        (1.25, 3.5, "1,2–3,5", "1.2–3.5"),
        (1.25, None, "mulai 1,2", "from 1.2"),
        (None, 3.5, "sampai 3,5", "up to 3.5"),
        (None, None, "", ""),
    ],
)
def test_interval_leaves_an_unknown_end_open(
    low: float | None, high: float | None, in_indonesian: str, in_english: str
) -> None:
    assert (ID.interval(low, high, "days"), EN.interval(low, high, "days")) == (in_indonesian, in_english)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(5, 31, "5–31"), (5, 5, "5"), (None, 5, NONE), (5, None, NONE), (1000, 2000, "1.000–2.000")],
)
def test_range_of_places(low: int | None, high: int | None, said: str) -> None:
    assert ID.span(low, high) == said


def test_dates_are_in_words() -> None:
    day = date(2025, 3, 7)
    assert (ID.day(day), EN.day(day)) == ("7 Maret 2025", "7 March 2025")
    assert (ID.short_day(date(2025, 8, 17)), EN.short_day(date(2025, 8, 17))) == (
        "17 Agu 2025",
        "17 Aug 2025",
    )
    assert ID.day(None) == ID.short_day(None) == NONE


@pytest.mark.parametrize(
    ("zone", "in_indonesian", "in_english"),
    [
        ("Asia/Jakarta", "1 Januari 2026 00.05 WIB", "1 January 2026 00:05 WIB"),
        ("Asia/Makassar", "1 Januari 2026 01.05 WITA", "1 January 2026 01:05 WITA"),
        ("Asia/Jayapura", "1 Januari 2026 02.05 WIT", "1 January 2026 02:05 WIT"),
        (UTC, "31 Desember 2025 17.05 UTC", "31 December 2025 17:05 UTC"),
    ],
)
def test_instant_is_on_the_clock_of_its_zone(zone: str | tzinfo, in_indonesian: str, in_english: str) -> None:
    assert (ID.instant(NIGHT, zone), EN.instant(NIGHT, zone)) == (in_indonesian, in_english)
    assert ID.instant(None, zone) == NONE


@pytest.mark.parametrize(
    ("period", "in_indonesian", "in_english"),
    [
        ("all", "seluruh data", "all data"),
        ("2025", "2025", "2025"),
        ("2025-07", "Juli 2025", "July 2025"),
        ("2025-12", "Desember 2025", "December 2025"),
        ("something", "something", "something"),
    ],
)
def test_period(period: str, in_indonesian: str, in_english: str) -> None:
    assert (ID.period(period), EN.period(period)) == (in_indonesian, in_english)


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("2024-10-14", "14 Oktober 2024"),
        ("2024-10", "Oktober 2024"),
        ("2024", "2024"),
        ("akhir 2024", "akhir 2024"),
        ("2024-13-45", "2024-13-45"),
        ("", ""),
    ],
)
def test_date_of_a_published_figure_stays_as_printed_unless_it_is_one(printed: str, said: str) -> None:
    assert ID.as_of(printed) == said


@pytest.mark.parametrize("code", [None, "", "fr", "EN", "<script>", "en\x00", "id-ID"])
def test_any_other_code_gives_the_first_language(code: str | None) -> None:
    assert language(code) is ID


def test_marks_of_the_charts_are_those_of_the_sentences() -> None:
    for one in LANGUAGES.values():
        assert one.number(1234.5, 1) == f"1{one.separators[1]}234{one.separators[0]}5"


def test_sentence_that_does_not_exist_is_an_error_and_a_word_is_not() -> None:
    with pytest.raises(KeyError):
        ID("no.such.sentence")
    assert ID.word("dataset", "noise_levels") == "noise levels"
