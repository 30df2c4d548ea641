"""The page on sources: without any, with one region, with 514 times four, and as the store changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from app import data
from app.text import LANGUAGES, Language
from tests.app.collected import NOW, collect, failed, fetches_of, sources_of
from tests.app.installations import LOST, ONLY
from tests.app.reader import Reader
from tests.services.command import Installed

ZONE = "Asia/Jakarta"
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
readers: dict[str, Reader] = {}


@pytest.fixture
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A tab on an installation: one for all tests of it."""
    installed: Installed = request.getfixturevalue(request.param)
    monkeypatch.setenv("PANTAU_HOME", str(installed.home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    if request.param not in readers:
        readers[request.param] = Reader.of(installed)
    return readers[request.param]


@pytest.fixture(scope="module", autouse=True)
def closed_stores() -> Iterator[None]:
    yield
    readers.clear()
    st.cache_resource.clear()


@pytest.fixture
def home(empty: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of an installation without data, which the dashboard reads."""
    shutil.copytree(empty.home, tmp_path / "home")
    monkeypatch.setenv("PANTAU_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    yield tmp_path / "home"
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.mark.parametrize("reader", ["empty"], indirect=True)
@EVERY_LANGUAGE
def test_without_sources_the_page_says_so_and_what_to_do(reader: Reader, t: Language) -> None:
    shown = reader.open("sources", lang=t.code)
    assert t("sources.never_asked") in shown.words
    keys = ("sources.empty", "sources.empty_body", "sources.empty_command")
    assert [key for key in keys if t(key) not in shown.words] == []
    assert "docs/howto/collect.md" in shown.words
    assert not shown.test.selectbox


@pytest.mark.parametrize("reader", ["one"], indirect=True)
@EVERY_LANGUAGE
def test_one_region_has_its_failure_and_when_it_was_read(reader: Reader, t: Language) -> None:
    shown = reader.open("sources", lang=t.code)
    assert t("sources.failing", n="1", of="4") in shown.words
    assert t("sources.asked", day=t.instant(NOW, ZONE)) in shown.words
    assert t("sources.list", n="1") in shown.words
    assert f"{ONLY}/permits: <b>no answer</b> & no remedy" in shown.words
    assert shown.charts == 0


@pytest.mark.parametrize("reader", ["one"], indirect=True)
@EVERY_LANGUAGE
def test_chosen_source_shows_its_fetches_as_a_chart_and_as_a_table(reader: Reader, t: Language) -> None:
    shown = reader.open("sources", lang=t.code, source=f"{ONLY}/permits")
    assert shown.failures == []
    assert shown.charts == 1
    (rows,) = shown.tables
    assert [row[t("table.started")] for row in rows][:1] == [t.instant(NOW, ZONE)]
    assert [bool(row[t("sources.detail")]) for row in rows] == [True, False, False]


@pytest.mark.parametrize("reader", ["one"], indirect=True)
@EVERY_LANGUAGE
def test_source_whose_fetches_are_gone_says_so(reader: Reader, t: Language) -> None:
    shown = reader.open("sources", lang=t.code, source=f"{ONLY}/access")
    assert t("sources.no_runs") in shown.words
    assert shown.charts == 0


@pytest.mark.parametrize("reader", ["nation"], indirect=True)
@EVERY_LANGUAGE
def test_lost_province_is_named_first_of_514_regions(reader: Reader, t: Language) -> None:
    shown = reader.open("sources", lang=t.code)
    n = t.number(24 * 4)
    loss = t("sources.loss.province", province="Sulawesi Selatan", n=n, of=n)
    count = t("sources.failing_all_in", n=n, of=t.number(2056), province="Sulawesi Selatan")
    assert shown.words.index(loss) < shown.words.index(count)
    assert t("sources.list", n=n) in shown.words
    assert "".join(shown.markup).count('<th scope="row">') == 50, "the list comes in parts"


@pytest.mark.parametrize("reader", ["nation"], indirect=True)
def test_choices_in_the_address_leave_what_meets_all_of_them(reader: Reader) -> None:
    t = LANGUAGES["id"]
    assert (
        t("sources.list", n="24") in reader.open("sources", kind="sql", reason="timeout", province=LOST).words
    )
    assert t("sources.list", n="0") in reader.open("sources", reason="dns").words
    assert t("sources.none_match") in reader.words
    assert t("sources.list", n="2.056") in reader.open("sources", state="all").words
    assert t("sources.list", n="96") in reader.open("sources", state="no_such", kind="x", province="0").words
    assert reader.failures == []


@pytest.mark.parametrize("reader", ["nation"], indirect=True)
def test_choice_is_written_into_the_address_by_its_code(reader: Reader) -> None:
    shown = reader.open("sources")
    (box,) = (box for box in shown.test.selectbox if box.key == "state")
    box.set_value("up").run()
    assert shown.test.query_params == {"state": "up"}
    assert LANGUAGES["id"]("sources.list", n="1.960") in shown.words


@pytest.mark.parametrize("reader", ["one"], indirect=True)
@EVERY_LANGUAGE
def test_page_of_the_region_has_its_sources_in_one_line(reader: Reader, t: Language) -> None:
    assert t("sources.of_region", n="1", of="4") in reader.open("region", lang=t.code, region=ONLY).words
    assert t("region.data") in reader.open("region", lang=t.code, region="11.01").words
    assert t("sources.of_region", n="0", of="0") not in reader.words


def test_simulated_sources_are_marked_where_no_record_has_come_yet(home: Path) -> None:
    t = LANGUAGES["id"]
    collect(home, sources_of([ONLY], simulated=True))
    shown = Reader.of(Installed(home)).open("sources")
    assert t("simulated.lead") in shown.words
    assert t("sources.none_failing", of="4") in shown.words


def test_failure_shows_without_any_batch_once_the_sources_are_read_again(home: Path) -> None:
    states = sources_of([ONLY], simulated=False)
    collect(home, states)
    before = data.collection()
    assert before.states == tuple(sorted(states, key=lambda one: one.id))
    assert data.collection() is before, "it is kept for some seconds"
    state = data.facts().state
    collect(home, [failed(states[0])], fetches_of(failed(states[0]), "timeout"))
    data._collection.clear()
    after = data.collection()
    assert after.read > before.read
    assert sum(bool(one.reason) for one in after.states) == 1
    assert [run.reason for run in data.runs_of(states[0].id)] == ["timeout"]
    assert data.runs_of("99.99/none") == ()
    data._state.clear()
    assert data.facts().state == state


def test_fetches_that_are_shown_are_the_latest(home: Path) -> None:
    (state, *_) = sources_of([ONLY], simulated=False)
    runs = fetches_of(state, *[""] * (data.RUNS + 5))
    collect(home, [state], runs)
    shown = data.runs_of(state.id)
    assert [run.started for run in shown] == [run.started for run in runs[: data.RUNS]]


def test_store_that_goes_away_while_the_page_is_open_is_said_on_the_page(home: Path) -> None:
    t = LANGUAGES["en"]
    shown = Reader.of(Installed(home)).open("sources", lang="en")
    data._collection.clear()
    data._store.clear()
    (home / "store.sqlite3").unlink()
    shown.test.run()
    assert shown.failures == []
    assert shown.heading == t("sources.title")
    assert t("no_store.lead") in shown.words
