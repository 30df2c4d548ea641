"""HTML put together by hand: nothing from data becomes markup, and every link leads to a state."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.atlas import tiles
from app.components.markup import REGION_PAGE, href, link, percent, text
from app.components.profile import parts_table, tracks
from app.components.ranking_summary import first_places, reasons_list
from app.components.ranking_table import (
    Ranked,
    band_words,
    place_words,
    range_bar,
    ranking_table,
    score_words,
)
from app.components.states import empty, heading, notice
from app.components.tile_map import tile_map
from app.main import PAGES
from app.reading.values import classes
from app.text import LANGUAGES
from metrics.model import Province, RankRow, Region, RolloutEvent
from metrics.rollout.stages import TRACKS

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
EVIL = "<img src=x onerror=\"alert('1')\">&amp;"
PROVINCE = Province(EVIL, EVIL, EVIL, 0, 0, EVIL)
RANKED = Ranked(EVIL, EVIL, "region")
REGION = Region(EVIL, EVIL, EVIL, PROVINCE, "Asia/Jakarta")
ROW = RankRow(
    EVIL, ranked=True, score=71.44, score_low=68, score_high=74.86, rank=2, rank_low=1, rank_high=3, band=EVIL,
    reasons=(EVIL,), parts={EVIL: 50.0, "ikm": None},
)  # fmt: skip


def event(track: str) -> RolloutEvent:
    stage = TRACKS[track].stages[1].id
    return RolloutEvent(
        EVIL, EVIL, track, stage, date(2024, 1, 1), EVIL, EVIL, verified=True, platform=EVIL, note=EVIL
    )


PIECES = {
    "ranking table": lambda: ranking_table([ROW], {EVIL: RANKED}, 3, ID, REGION_PAGE),
    "first places": lambda: first_places([ROW], {EVIL: RANKED}, EN, REGION_PAGE),
    "region that the registry lost": lambda: ranking_table([ROW], {}, 3, ID, REGION_PAGE),
    "reasons": lambda: reasons_list([(EVIL, 3)], ID),
    "parts": lambda: parts_table(ROW, ID),
    "tile map": lambda: tile_map(tiles([PROVINCE], {}, classes([], "up"), ID), ID, REGION_PAGE),
    "rollout": lambda: tracks([event(track) for track in TRACKS], ID),
    "empty": lambda: empty(EVIL, EVIL, EVIL),
    "notice": lambda: notice(EVIL, EVIL),
    "heading": lambda: heading(EVIL, EVIL),
    "link": lambda: link(EVIL, REGION_PAGE, "en", region=EVIL),
}


@pytest.mark.parametrize("piece", PIECES)
def test_nothing_from_data_becomes_markup(piece: str) -> None:
    made = PIECES[piece]()
    assert text(EVIL) in made
    assert "<img" not in made
    assert 'onerror="' not in made


@given(st.text(max_size=60))
def test_text_is_safe_between_tags_and_in_attributes(words: str) -> None:
    made = text(words)
    assert unescape(made) == words
    assert not set("<>\"'") & set(made)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30), st.sampled_from(["id", "en"])
)
def test_link_holds_the_state_and_the_language_unless_it_is_the_first(code: str, lang: str) -> None:
    address = urlsplit(unescape(href(REGION_PAGE, lang, {"region": code, "province": None})))
    assert address.path == "./wilayah"
    assert (address.scheme, address.netloc) == ("", "")
    expected = {"region": [code]} | ({"lang": ["en"]} if lang == "en" else {})
    assert parse_qs(address.query, keep_blank_values=True) == expected


def test_page_of_a_region_is_where_the_links_lead() -> None:
    assert PAGES["region"] == REGION_PAGE


@given(st.floats(allow_nan=False))
def test_length_stays_within_its_box(share: float) -> None:
    assert 0 <= float(percent(share).rstrip("%")) <= 100


def test_place_is_never_said_without_its_range() -> None:
    assert place_words(ROW, ID) == "Peringkat 2 (kisaran 1–3)"
    assert place_words(ROW, EN) == "Rank 2 (range 1–3)"
    assert place_words(RankRow("a", ranked=True, rank=2), EN) == "Rank 2"
    assert place_words(RankRow("a", ranked=False), EN) == EN("rank.none")
    assert "1–3" in unescape(ranking_table([ROW], {}, 3, ID, REGION_PAGE))


def test_score_is_said_with_its_interval() -> None:
    assert score_words(ROW, ID) == "71,4 (68,0–74,9)"
    assert score_words(RankRow("a", ranked=True, score=1.25), EN) == "1.2"
    assert score_words(RankRow("a", ranked=False), EN) == EN.number(None)
    assert band_words(RankRow("a", ranked=False), EN) == ""


def test_range_is_drawn_from_the_first_place_to_the_last() -> None:
    whole = RankRow("a", ranked=True, rank=1, rank_low=1, rank_high=11)
    lengths = [float(found) for found in re.findall(r"(?:left|width):([\d.]+)%", range_bar(whole, 11, ID))]
    assert lengths == [0, 100, 0]
    assert range_bar(RankRow("a", ranked=False), 11, ID) == ""
    assert "NaN" not in range_bar(RankRow("a", ranked=True, rank=1), 1, ID)
