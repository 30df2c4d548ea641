"""The page on quality: never watched, nothing wrong, one region in trouble, its history, and 514 regions."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest

from app import data
from app.components.marks import days_text
from app.components.quality_verdict import CHECK_COMMAND, INCIDENTS_PAGE
from app.text import LANGUAGES, Language
from app.text.monitors import check_name, check_remedy
from metrics.store import Store
from tests.app.installations import ONLY
from tests.app.observed import EVIL, LAST, SILENT, verdict, watch, watched
from tests.app.reader import Reader, opened
from tests.services.command import Installed

ZONE = "Asia/Jakarta"
pytestmark = pytest.mark.usefixtures("closed_stores")
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))


@pytest.fixture(scope="module")
def troubled(one: Installed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """A copy of the installation with one region, which went silent; and when it was last watched."""
    home = shutil.copytree(one.home, tmp_path_factory.mktemp("troubled") / "home")
    return home, watched(home)


@pytest.fixture
def reader(troubled: tuple[Path, datetime], monkeypatch: pytest.MonkeyPatch) -> Reader:
    return opened(troubled[0], monkeypatch)


@EVERY_LANGUAGE
def test_first_words_say_how_many_fail_what_is_open_and_what_was_judged(
    reader: Reader, troubled: tuple[Path, datetime], t: Language
) -> None:
    shown = reader.open("quality", lang=t.code)
    assert shown.failures == []
    lead = t("quality.lead", n="1", of="1")
    days = days_text((date(2025, 5, 27), LAST), t)
    watched_at = t("quality.watched", day=t.instant(troubled[1], ZONE), days=days)
    assert shown.words.index(lead) < shown.words.index(watched_at)
    assert t("quality.incidents_open", n="1") in shown.words
    assert f'href="./{INCIDENTS_PAGE}' in "".join(shown.markup)
    assert f"{t('quality.frequent')} {check_name('silence', t.code)}" in shown.words
    assert t("quality.held", n="1") in shown.words


@EVERY_LANGUAGE
def test_matrix_holds_what_is_wrong_and_leads_to_the_history(reader: Reader, t: Language) -> None:
    shown = reader.open("quality", lang=t.code)
    assert t("quality.grid", n="1") in shown.words
    (grid,) = (body for body in shown.markup if "pm-grid" in body)
    assert t("mark.critical") in grid
    assert f"?region={ONLY}" in grid
    assert shown.words.index(t("quality.grid", n="1")) < shown.words.index(t("quality.rules"))


@EVERY_LANGUAGE
def test_history_of_a_region_has_all_that_its_head_needs(
    reader: Reader, troubled: tuple[Path, datetime], t: Language
) -> None:
    shown = reader.open("quality", lang=t.code, region=ONLY)
    assert shown.failures == []
    silence = check_name("silence", t.code)
    what = f"{t.word('dataset', 'transactions')} ({days_text(SILENT, t)})"
    assert t("quality.hold", what=what, check=silence) in shown.words
    assert t("quality.hold_remedy", remedy=check_remedy("silence", t.code)) in shown.words
    assert t("quality.own_incidents", n="2") in shown.words
    assert t("quality.incident_resolved", day=t.instant(troubled[1], ZONE)) in shown.words
    assert t("quality.incident_shared") in shown.words
    assert t("quality.findings", n="2") in shown.words
    assert t("quality.measured", value=t.number(7.25, 1), bound="2") in shown.words
    assert shown.charts == 1
    assert t("quality.rules") not in shown.words, "what all regions share is not repeated"


@EVERY_LANGUAGE
def test_history_stands_below_its_chart_as_a_table(reader: Reader, t: Language) -> None:
    shown = reader.open("quality", lang=t.code, region=ONLY)
    check, mark = t("quality.head_check"), t("quality.head_mark")
    (rows,) = (rows for rows in shown.tables if rows and t("quality.head_runs") in rows[0])
    drift = [row[mark] for row in rows if row[check] == check_name("drift", t.code)]
    assert [word.split(" ", 1)[1] for word in drift][:2] == [t("mark.passed"), t("mark.warning")]


def test_nothing_from_the_store_becomes_markup(reader: Reader) -> None:
    for query in ({}, {"region": ONLY}):
        shown = reader.open("quality", **query)
        assert [body for body in shown.markup if "<img" in body] == []
    assert EVIL in shown.words


@EVERY_LANGUAGE
def test_region_without_records_or_verdicts_says_so(reader: Reader, t: Language) -> None:
    shown = reader.open("quality", lang=t.code, region="11.01")
    assert shown.failures == []
    keys = ("quality.region_unwatched", "quality.no_incidents", "quality.no_findings", "quality.no_rejected")
    assert [key for key in keys if t(key) not in shown.words] == []
    assert t("quality.holds") not in shown.words
    assert shown.charts == 0


def test_choice_of_region_and_of_what_is_shown_is_in_the_address(reader: Reader) -> None:
    t = LANGUAGES["id"]
    assert t("quality.grid", n="514") in reader.open("quality", show="all").words
    assert "".join(reader.markup).count('<th scope="row">') - 38 == 50, "the matrix comes in parts"
    assert t("quality.grid", n="27") in reader.open("quality", show="all", province="32").words
    assert t("quality.grid_none") in reader.open("quality", province="11").words
    (box,) = (box for box in reader.test.selectbox if box.key == "region")
    box.set_value(ONLY).run()
    assert reader.test.query_params == {"province": "11", "region": ONLY}
    assert t("quality.findings", n="2") in reader.words
    assert reader.failures == []


@EVERY_LANGUAGE
def test_where_nothing_fails_the_page_says_so(
    one: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, t: Language
) -> None:
    home = shutil.copytree(one.home, tmp_path / "home")
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        known = store.standings(current=True).filter(outcome="fail").select("check", "dataset", "region")
    at = watched(home)
    well = [verdict(check, dataset=dataset, region=region) for check, dataset, region in known.rows()]
    watch(home, [*well, verdict("silence")], at.replace(year=at.year + 1), date(2025, 1, 1))
    shown = opened(home, monkeypatch).open("quality", lang=t.code)
    assert t("quality.lead_none", of="1") in shown.words
    assert t("quality.grid_none") in shown.words
    region = shown.open("quality", lang=t.code, region=ONLY)
    assert t("quality.region_clean") in region.words
    assert t("quality.no_findings") in region.words


@EVERY_LANGUAGE
def test_data_that_were_never_watched_are_not_called_good(
    one: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, t: Language
) -> None:
    home = shutil.copytree(one.home, tmp_path / "home")
    with closing(sqlite3.connect(home / "store.sqlite3")) as store, store:
        store.execute("DELETE FROM watch")
    shown = opened(home, monkeypatch).open("quality", lang=t.code)
    assert shown.failures == []
    assert t("quality.lead_unwatched") in shown.words
    assert CHECK_COMMAND in shown.words
    assert t("quality.lead_none", of="1") not in shown.words


def test_watch_and_incidents_show_without_any_batch(
    one: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(one.home, tmp_path / "home")
    monkeypatch.setenv("PANTAU_HOME", str(home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    before = data.observation()
    assert data.observation() is before, "an unchanged store is not read again"
    assert data.history_of(ONLY) is data.history_of(ONLY)
    state = data.facts().state
    at = watched(home)
    data._state.clear()
    after = data.observation()
    assert data.facts().state != state
    assert after.watch is not None
    assert after.watch.started == at
    assert [one.id for one in after.incidents][:1] == ["open-silence"]
    assert [hold.check for hold in after.holds] == ["silence"]
    assert {one.id for one in data.history_of(ONLY).incidents} >= {"open-silence", "past-silence"}


@pytest.mark.parametrize("query", [{}, {"region": ONLY}, {"show": "all", "page": "11"}], ids=str)
def test_514_regions_open(nation: Installed, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]) -> None:
    shown = opened(nation.home, monkeypatch).open("quality", **query)
    assert shown.failures == []
    assert len(shown.markup) > 1
