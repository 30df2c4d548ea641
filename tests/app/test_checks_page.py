"""The page of checks: never run, the list, one monitor, one rule, and 514 regions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app import data
from app.components.check_words import MONITORS_REFERENCE
from app.text import LANGUAGES, Language
from app.text.monitors import MONITORS, check_about, check_name, check_remedy
from tests.app.installations import ONLY
from tests.app.observed import EVIL, RULE
from tests.app.reader import Reader, opened
from tests.app.troubled import PARTS, troubled
from tests.services.command import Installed

pytestmark = pytest.mark.usefixtures("closed_stores")
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))


@pytest.fixture(scope="module")
def home(one: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the installation with one region, watched three times."""
    copy = shutil.copytree(one.home, tmp_path_factory.mktemp("troubled") / "home")
    troubled(copy)
    return copy


@pytest.fixture
def reader(home: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return opened(home, monkeypatch)


@EVERY_LANGUAGE
def test_checks_that_never_ran_are_listed_and_said_to_be_so(
    empty: Installed, monkeypatch: pytest.MonkeyPatch, t: Language
) -> None:
    shown = opened(empty.home, monkeypatch).open("checks", lang=t.code)
    assert shown.failures == []
    assert t("quality.lead_unwatched") in shown.words
    assert t("checks.list", n=t.number(len(MONITORS))) in shown.words
    assert t("checks.never", n=t.number(len(MONITORS))) in shown.words
    one = shown.open("checks", lang=t.code, check="silence")
    assert one.failures == []
    keys = ("checks.now_none", "checks.history_none", "checks.no_findings", "checks.cost_none")
    assert [key for key in keys if t(key) not in one.words] == []
    assert one.charts == 0


@EVERY_LANGUAGE
def test_list_says_of_each_check_what_it_is_how_it_comes_out_and_what_it_costs(
    reader: Reader, t: Language
) -> None:
    shown = reader.open("checks", lang=t.code, kind="monitor", group="failing")
    assert shown.failures == []
    (table,) = (body for body in shown.markup if "pm-grid" in body)
    said = [
        check_name("silence", t.code),
        t("dimension.timeliness"),
        t("checks.severity.critical"),
        t("checks.head_undone"),
    ]
    assert [words for words in said if words not in table] == []
    assert "check=silence" in table
    assert "✖" in table
    assert t("checks.alarms", rows="3", share=t.percent(0.02, 0)) in shown.words


def test_choices_leave_what_meets_all_of_them(reader: Reader) -> None:
    t = LANGUAGES["id"]
    assert t("checks.list", n=t.number(len(MONITORS))) in reader.open("checks", kind="monitor").words
    assert t("checks.list", n="0") in reader.open("checks", kind="rule", group="undone").words
    assert t("checks.none_match") in reader.words
    shown = reader.open("checks", kind="rule", group="passed")
    (box,) = (box for box in shown.test.selectbox if box.key == "check")
    box.set_value("silence").run()
    assert shown.test.query_params == {"kind": "rule", "group": "passed", "check": "silence"}
    assert shown.failures == []


@EVERY_LANGUAGE
def test_monitor_has_definition_results_history_findings_and_cost(reader: Reader, t: Language) -> None:
    shown = reader.open("checks", lang=t.code, check="silence")
    assert shown.failures == []
    said = [
        check_about("silence", t.code),
        t("checks.remedy", remedy=check_remedy("silence", t.code)),
        t("checks.reference", page=f"{MONITORS_REFERENCE}#silence"),
        t("checks.incidents", n="1"),
        t("checks.findings", n="3"),
    ]
    assert [words for words in said if words not in shown.words] == []
    assert shown.charts == 3
    counts = shown.table(t("checks.head_at"), t("group.bad"), t("group.warned"))
    assert [row[t("group.bad")] for row in counts][:3] == ["3", "2", "1"]
    costs = shown.table(
        t("checks.head_day"), t("checks.head_runs"), t("checks.cost_time"), t("checks.cost_records")
    )
    milliseconds = [row[t("checks.cost_time")] for row in costs if "2025" in row[t("checks.head_day")]]
    assert milliseconds == [t.number(value, 1) for value in (40, 30, 20)]


@EVERY_LANGUAGE
def test_results_by_region_have_the_worst_first_and_lead_to_the_history(reader: Reader, t: Language) -> None:
    shown = reader.open("checks", lang=t.code, check="silence", group="failing")
    tables = [body for body in shown.markup if "pm-grid" in body]
    assert len(tables) == 2, "of the present results, and of what was found"
    assert all(f"./kualitas-data?region={place}" in body for body in tables for place in PARTS)
    assert t("checks.now_order", n="3") in shown.words
    assert t("checks.now_match") in reader.open("checks", lang=t.code, check="silence", province="11").words


@EVERY_LANGUAGE
def test_rule_shows_the_rows_that_were_rejected_under_it(reader: Reader, t: Language) -> None:
    rejected = data.facts().rejections
    rule = rejected["rule"][0]
    n = int(rejected.filter(rule=rule)["n"].sum())
    shown = reader.open("checks", lang=t.code, check=rule)
    assert shown.failures == []
    assert n > 0
    assert t("checks.rejected", n=t.number(n)) in shown.words
    assert t("checks.slips", rows="3", share=t.percent(0.02, 0)) in shown.words
    assert t("checks.cost_shared") in shown.words


def test_nothing_from_the_store_becomes_markup(reader: Reader) -> None:
    for query in ({}, {"check": "silence"}, {"check": RULE}):
        shown = reader.open("checks", **query)
        assert [body for body in shown.markup if "<img" in body] == []
    assert EVIL in reader.open("checks", check="silence").words


def test_unchanged_store_is_not_read_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANTAU_HOME", str(home))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    assert data.checking() is data.checking()
    assert data.findings_of(["silence"]) is data.findings_of(["silence"])
    assert data.history_of_check("silence") is data.history_of_check("silence")
    assert set(data.checking().rules["dataset"]) == {"transactions"}
    assert data.history_of_check("silence").filter(region=ONLY).height > 0


@pytest.mark.parametrize("query", [{}, {"check": "silence", "page": "2"}, {"kind": "rule"}], ids=str)
def test_514_regions_open(nation: Installed, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]) -> None:
    shown = opened(nation.home, monkeypatch).open("checks", **query)
    assert shown.failures == []
    assert len(shown.markup) > 1
