"""Pieces of the page on quality: nothing from data is markup, and colour is never the only sign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.components.marks import SIGNS, days_text, figure, legend, mark_badge, mark_text
from app.components.markup import text
from app.components.quality_matrix import freshness, region_matrix
from app.components.quality_region import (
    SHOWN,
    column_words,
    finding_list,
    finding_rows,
    hold_list,
    incident_list,
    region_card,
)
from app.components.quality_verdict import QUALITY_PAGE, tiles
from app.components.stretches import LOOKS, history_chart, history_rows
from app.main import PAGES
from app.reading.observation import Cell, Mark, Row, Stretch, Sum
from app.text import LANGUAGES, Language
from app.text.monitors import check_name
from metrics.model import Province, Region
from metrics.observation import Hold
from metrics.regions import indonesia
from tests.app.observed import AT, EVIL, FAIL, SILENT, incident, verdict

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
ZONE = "Asia/Makassar"
PROVINCE = Province(EVIL, EVIL, EVIL, 0, 0, EVIL)
REGION = Region(EVIL, EVIL, EVIL, PROVINCE, ZONE)
CELLS = {EVIL: Cell(3, silent=False, mark=Mark.CRITICAL, failing=2)}
ROW = Row(EVIL, EVIL, CELLS, held=(EVIL,))


STRANGE = replace(verdict("drift", FAIL, days=SILENT), monitor=EVIL, field=EVIL)

PIECES = {
    "matrix": lambda: region_matrix([ROW], [EVIL], indonesia(), ID),
    "card": lambda: region_card(ROW, [EVIL], REGION, EN),
    "holds": lambda: hold_list([Hold(EVIL, EVIL, SILENT, EVIL, EVIL, EVIL)], ID),
    "incidents": lambda: incident_list([incident(EVIL, parent=EVIL)], ID, ZONE),
    "findings": lambda: finding_list([STRANGE], EN),
}


@pytest.mark.parametrize("piece", PIECES)
def test_nothing_from_data_becomes_markup(piece: str) -> None:
    made = PIECES[piece]()
    assert text(EVIL) in made
    assert "<img" not in made
    assert 'onerror="' not in made


def test_address_of_the_page_is_where_its_links_lead() -> None:
    assert PAGES["quality"] == QUALITY_PAGE


@EVERY_LANGUAGE
def test_every_mark_has_a_sign_and_a_word_of_its_own(t: Language) -> None:
    said = [mark_text(mark, t) for mark in Mark]
    assert len(set(said)) == len(set(SIGNS.values())) == len(Mark)
    assert all(text(t(f"mark.{mark}")) in mark_badge(mark, t) for mark in Mark)
    assert all(SIGNS[mark] in legend(t) for mark in Mark)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (Cell(None, silent=True, mark=Mark.NONE, failing=0), "belum pernah"),
        (Cell(0, silent=False, mark=Mark.PASSED, failing=0), "0 hari"),
        (Cell(44, silent=True, mark=Mark.PASSED, failing=0), "44 hari"),
        (Cell(1044, silent=True, mark=Mark.CRITICAL, failing=1), "diam 1.044 hari"),
    ],
)
def test_freshness_is_said_in_days_and_silence_only_where_no_check_passes(cell: Cell, said: str) -> None:
    assert freshness(cell, ID) == said


@pytest.mark.parametrize(
    ("value", "said"), [(705.0, "705"), (0.4196, "0,42"), (80.67, "80,7"), (3288.25, "3.288"), (None, "–")]
)
def test_figure_of_a_finding_has_the_decimals_it_needs(value: float | None, said: str) -> None:
    assert figure(value, ID) == said


def test_days_are_one_or_from_the_first_to_the_last() -> None:
    assert days_text((date(2025, 8, 17),) * 2, ID) == "17 Agustus 2025"
    assert days_text((date(2025, 8, 17), date(2025, 12, 31)), EN) == "17 Aug 2025 – 31 Dec 2025"
    assert days_text(None, EN) == EN("quality.all_days")


def test_what_one_check_holds_is_said_once_with_one_remedy() -> None:
    holds = [Hold(dataset, "32.11", SILENT, "silence", "", "") for dataset in ("surveys", "traffic")]
    made = hold_list([*holds, Hold("surveys", "32.11", None, "twins", "", "")], EN)
    assert made.count("<li>") == 2
    assert made.count(check_name("silence", "en")) == 1
    assert f"surveys ({days_text(SILENT, EN)}), traffic" in made


def test_column_is_in_words_where_it_has_some() -> None:
    assert column_words("first_byte_seconds", EN) == "time to the first byte"
    assert column_words("stamp_duty", EN) == "stamp_duty"
    assert column_words(None, EN) == ""


def test_findings_beyond_the_first_are_in_the_table_only() -> None:
    many = [verdict("volume", FAIL, days=SILENT)] * (SHOWN + 3)
    assert finding_list(many, ID).count("<section") == SHOWN
    assert len(finding_rows(many, ID)) == SHOWN + 3
    assert {row[ID("table.bound")] for row in finding_rows(many, ID)} == {"2"}


@pytest.mark.parametrize(
    ("found", "shade", "said"),
    [
        (Sum(20, 0, 0, 0), None, ""),
        (Sum(20, 20, 0, 5), 0, "0/20"),
        (Sum(20, 20, 1, 0), 1, "1/20"),
        (Sum(20, 20, 3, 0), 2, "3/20"),
        (Sum(20, 20, 10, 0), 3, "10/20"),
        (Sum(20, 20, 11, 0), 4, "11/20"),
    ],
)
def test_tile_is_darker_for_a_larger_share_and_blank_without_data(
    found: Sum, shade: int | None, said: str
) -> None:
    (tile,) = tiles({"11": PROVINCE}, {"11": found}, ID)
    assert (tile.shade, tile.figure) == (shade, said)
    assert str(found.critical) in tile.says


def stretch(mark: Mark, *, check: str = "silence", hours: int = 0) -> Stretch:
    since = AT + timedelta(hours=hours)
    return Stretch(check, "surveys", mark, since, since + timedelta(hours=1), 2, 10, 3, None, None, EVIL)


def test_every_mark_that_can_be_drawn_has_one_look_and_no_symbol_is_used_twice() -> None:
    drawn = [mark for _, marks, *_ in LOOKS for mark in marks]
    assert sorted(drawn) == sorted(set(Mark) - {Mark.NONE})
    assert len({symbol for _, _, _, symbol, *_ in LOOKS}) == len(LOOKS)


def test_stretch_is_drawn_from_its_first_run_to_its_last_on_the_clock_of_the_region() -> None:
    history = [stretch(Mark.PASSED), stretch(Mark.CRITICAL, hours=2), stretch(Mark.INFO, check="drift")]
    chart = history_chart(history, ID, ZONE)
    assert [trace.name for trace in chart.data] == [ID("group.bad"), ID("group.warned"), ID("group.fine")]
    failing = chart.data[0]
    begun, ended, gap = failing.x
    assert (begun.hour, ended.hour, gap) == (11, 12, None), "3:00 UTC is 11:00 in Makassar"
    assert list(chart.layout.yaxis.categoryarray) == [
        f"survei: {check_name(check, 'id')}" for check in ("drift", "silence")
    ]


def test_history_stands_in_its_table_the_latest_first() -> None:
    rows = history_rows([stretch(Mark.PASSED), stretch(Mark.CRITICAL, hours=2)], EN, ZONE)
    assert [row[EN("quality.head_mark")] for row in rows] == [
        mark_text(Mark.CRITICAL, EN),
        mark_text(Mark.PASSED, EN),
    ]
    assert [bool(row[EN("quality.head_remedy")]) for row in rows] == [True, False]
