"""Every page, in both languages, without data, with one region and with 514."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit as st

from app.main import PAGES
from app.text import LANGUAGES, Language
from metrics.regions import indonesia
from tests.app.installations import ONLY
from tests.app.reader import Reader
from tests.services.command import Installed

REGIONS = 514
STATES = ("empty", "one", "nation")
SIMULATED = {"empty": False, "one": False, "nation": True}
EVERY_STATE = pytest.mark.parametrize("installed", STATES, indirect=True)
EVERY_PAGE = pytest.mark.parametrize("page", PAGES)
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
LONG = 15
"""Characters from which on a sentence is not part of another by chance."""
AS_PRINTED = ("track.", "series.")
"""Names that sources print, and that stay as printed in either language."""

HOSTILE: dict[str, dict[str, str]] = {
    "language that is none": {"lang": "xx"},
    "script for a language": {"lang": "<script>alert(1)</script>"},
    "places that are none": {"region": "99.99", "province": "99"},
    "markup for a place": {
        "region": "<img src=x onerror=alert(1)>",
        "province": '"><script>alert(1)</script>',
    },
    "region of another province": {"region": ONLY, "province": "31"},
    "indicator and period that are none": {"indicator": "no_such", "period": "2025-13"},
    "incident and check that are none": {
        "id": "<script>alert(1)</script>",
        "check": "no_such",
        "dataset": "no_such",
        "state": "no_such",
    },
    "statements and paths": {"indicator": "' OR 1=1 --", "period": "../../etc/passwd", "page": "-1"},
    "number of 5000 digits": {"page": "9" * 5000},
    "odd characters": {"page": "²", "period": "\x00", "region": f"\u202e{ONLY}"},
    "nothing": {"page": "", "period": "", "region": "", "lang": ""},
    "names that are none": {"level": "<b>x</b>", "embed": "true", "unheard_of": "1"},
}

readers: dict[str, Reader] = {}
openings: dict[tuple[str, str, str], Seen] = {}


@pytest.fixture
def installed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """An installation, which the dashboard reads."""
    found: Installed = request.getfixturevalue(request.param)
    monkeypatch.setenv("PANTAU_HOME", str(found.home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    return found


@pytest.fixture(scope="module", autouse=True)
def closed_stores() -> Iterator[None]:
    yield
    readers.clear()
    openings.clear()
    st.cache_resource.clear()


@pytest.fixture
def reader(installed: Installed) -> Reader:
    """A tab on the installation: one for all tests, because the first page takes longest."""
    key = str(installed.home)
    if key not in readers:
        readers[key] = Reader.of(installed)
    return readers[key]


def open_in(reader: Reader, t: Language, page: str, /, **query: str) -> Reader:
    return reader.open(page, lang=t.code, **query)


@dataclass(frozen=True)
class Seen:
    """What one opening of a page showed."""

    failures: list[str]
    heading: str
    words: str


@pytest.fixture
def seen(request: pytest.FixtureRequest, reader: Reader, page: str, t: Language) -> Seen:
    """A page with nothing chosen but its language. Opened once for all tests of it."""
    key = (request.node.callspec.params["installed"], page, t.code)
    if key not in openings:
        shown = reader.open(page, lang=t.code)
        openings[key] = Seen(shown.failures, shown.heading, shown.words)
    return openings[key]


@EVERY_STATE
@EVERY_PAGE
@EVERY_LANGUAGE
def test_page_opens_with_its_heading_in_its_language(seen: Seen, page: str, t: Language) -> None:
    assert seen.failures == []
    assert seen.heading == t(f"{page}.title")


@EVERY_STATE
@EVERY_PAGE
@EVERY_LANGUAGE
def test_page_is_in_one_language(seen: Seen, t: Language) -> None:
    (other,) = (one for one in LANGUAGES.values() if one is not t)
    strange = {
        key: sentence
        for key, sentence in other.sentences.items()
        if len(sentence) >= LONG and "{" not in sentence and not key.startswith(AS_PRINTED)
        if sentence in seen.words and sentence not in t.sentences.values()
    }
    assert strange == {}


@EVERY_STATE
@EVERY_PAGE
@EVERY_LANGUAGE
def test_page_is_marked_as_simulated_if_and_only_if_the_data_are(
    request: pytest.FixtureRequest, seen: Seen, t: Language
) -> None:
    simulated = SIMULATED[request.node.callspec.params["installed"]]
    assert (t("simulated.lead") in seen.words) is simulated
    assert (t("simulated.body") in seen.words) is simulated


@pytest.mark.parametrize("installed", ["empty"], indirect=True)
@EVERY_LANGUAGE
@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("national", ("empty.title", "empty.body", "empty.command")),
        ("quality", ("empty.title", "empty.body", "empty.command")),
        ("about", ("about.no_ranking", "about.real")),
    ],
)
def test_without_data_the_page_says_so_and_what_to_do(
    reader: Reader, page: str, says: tuple[str, ...], t: Language
) -> None:
    shown = open_in(reader, t, page)
    assert t("as_of.none") in shown.words
    assert [key for key in says if t(key) not in shown.words] == []


@pytest.mark.parametrize("installed", ["empty"], indirect=True)
@EVERY_LANGUAGE
@pytest.mark.parametrize("query", [{"region": ONLY}, {"province": "32"}], ids=lambda query: next(iter(query)))
def test_without_data_a_place_is_not_ranked_and_nothing_is_zero(
    reader: Reader, query: dict[str, str], t: Language
) -> None:
    shown = open_in(reader, t, "region", **query)
    assert shown.failures == []
    assert t("empty.values") in shown.words
    assert t("rank.unlisted" if "region" in query else "rank.none_here") in shown.words


@EVERY_STATE
def test_page_of_a_region_is_about_that_region(reader: Reader) -> None:
    for t in LANGUAGES.values():
        shown = open_in(reader, t, "region", region=ONLY)
        assert shown.failures == []
        assert shown.heading == "Kota Bandung"
        assert "Jawa Barat" in shown.words


@pytest.mark.parametrize("installed", ["one"], indirect=True)
@EVERY_LANGUAGE
def test_only_region_has_a_place_but_nobody_to_compare_with(
    reader: Reader, installed: Installed, t: Language
) -> None:
    (row,) = (row for row in installed("rank")["rows"] if row["ranked"])
    shown = open_in(reader, t, "region", region=row["region"])
    place = t("rank.place", rank="1", span="1")
    assert t("rank.of", place=place, count="1") in shown.words
    assert t.number(row["score"], 1) in shown.words
    national = open_in(reader, t, "national")
    rest = len(installed("rank")["rows"]) - 1
    assert t("rank.not_ranked", n=t.number(rest)) in national.words


@pytest.mark.parametrize("installed", ["nation"], indirect=True)
@EVERY_LANGUAGE
def test_ranking_of_the_page_is_that_of_the_command_line(
    reader: Reader, installed: Installed, t: Language
) -> None:
    rows = installed("rank")["rows"]
    shown = open_in(reader, t, "national")
    place, span, code = t("rank.head_place"), t("rank.head_range"), t("table.code")
    region = (code, t("table.name"), t("table.province"))
    listed = shown.table(place, span, *region, t("rank.head_score"), t("rank.head_band"))
    assert [(row[code], row[place], row[span]) for row in listed] == [
        (row["region"], t.number(row["rank"]), t.span(row["rank_low"], row["rank_high"]))
        for row in sorted(rows, key=lambda row: (row["rank"] or 0, row["region"]))
        if row["ranked"]
    ]
    rest = shown.table(code, t("table.name"), t("table.reason"))
    assert len(listed) + len(rest) == REGIONS
    assert all(row[t("table.reason")] for row in rest)


@pytest.mark.parametrize("installed", ["nation"], indirect=True)
@EVERY_LANGUAGE
def test_region_that_is_not_ranked_says_why_in_words(
    reader: Reader, installed: Installed, t: Language
) -> None:
    row = next(row for row in installed("rank")["rows"] if not row["ranked"])
    shown = open_in(reader, t, "region", region=row["region"])
    assert t("rank.none") in shown.words
    for reason in row["reasons"]:
        assert reason.split("(")[0].split(":")[0] not in shown.words
    words = "Tidak diperingkat: " if t.code == "id" else "Not ranked, because "
    assert words in shown.words


@pytest.mark.parametrize("installed", ["nation"], indirect=True)
def test_every_province_has_a_page_that_lists_its_regions(reader: Reader) -> None:
    registry = indonesia()
    assert len(registry.provinces) == 38
    for code, province in registry.provinces.items():
        shown = reader.open("region", province=code)
        assert (shown.failures, shown.heading) == ([], province.name)
        links = "".join(shown.markup).count("?region=")
        rest = [row for rows in shown.tables for row in rows if LANGUAGES["id"]("table.reason") in row]
        listed = links + sum(
            row.get(LANGUAGES["id"]("table.code"), "").startswith(f"{code}.") for row in rest
        )
        assert listed == sum(region.province is province for region in registry.regions.values()), code


@pytest.mark.parametrize("installed", ["one"], indirect=True)
@EVERY_PAGE
@pytest.mark.parametrize("query", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_address_shows_the_page_as_if_nothing_was_chosen(
    reader: Reader, page: str, query: dict[str, str]
) -> None:
    shown = reader.open(page, **query)
    assert shown.failures == []
    assert [body for body in shown.markup if "alert(1)" in body or "no_such" in body] == []
    t = LANGUAGES["id"]
    at_a_province = page == "region" and query.get("province") == "31"
    assert shown.heading == ("DKI Jakarta" if at_a_province else t(f"{page}.title"))


@pytest.mark.parametrize("installed", ["one"], indirect=True)
@EVERY_PAGE
def test_switch_changes_the_language_and_keeps_the_place(reader: Reader, page: str) -> None:
    shown = reader.open(page, region=ONLY)
    (switch,) = (one for one in shown.test.button_group if one.key == "lang")
    switch.set_value("en").run()
    assert shown.failures == []
    assert shown.test.query_params == {"region": ONLY, "lang": "en"}
    assert shown.heading == ("Kota Bandung" if page == "region" else LANGUAGES["en"](f"{page}.title"))
    (switch,) = (one for one in shown.test.button_group if one.key == "lang")
    switch.set_value("id").run()
    assert shown.test.query_params == {"region": ONLY}, "the first language is left out"
    assert shown.heading == ("Kota Bandung" if page == "region" else LANGUAGES["id"](f"{page}.title"))


def test_without_a_store_the_page_says_how_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_HOME", str(tmp_path))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    shown = Reader.of(Installed(tmp_path))
    for t in LANGUAGES.values():
        open_in(shown, t, "quality")
        assert shown.failures == []
        assert shown.heading == t("no_store.title")
        assert t("no_store.body") in shown.words
        assert "pantau init" in shown.words
