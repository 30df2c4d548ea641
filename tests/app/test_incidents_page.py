"""The page of incidents: never watched, none, merged ones, one incident, and 514 regions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app import data
from app.components.marks import days_text
from app.components.quality_verdict import CHECK_COMMAND
from app.text import LANGUAGES, Language
from app.text.monitors import check_name, check_remedy
from metrics.observation import Act, IncidentAct
from metrics.store import Store
from tests.app.installations import ONLY
from tests.app.observed import AT, EVIL, SILENT, verdict, watch
from tests.app.reader import Reader, opened
from tests.app.troubled import ALONE, BEGAN, PART, PARTS, PAST, WIDE, troubled
from tests.services.command import Installed

ZONE = "Asia/Jakarta"
pytestmark = pytest.mark.usefixtures("closed_stores")
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))


@pytest.fixture(scope="module")
def home(empty: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of an installation without data, in whose store there are incidents."""
    copy = shutil.copytree(empty.home, tmp_path_factory.mktemp("troubled") / "home")
    troubled(copy)
    return copy


@pytest.fixture
def reader(home: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return opened(home, monkeypatch)


def rows_of(reader: Reader) -> int:
    return "".join(reader.markup).count('<th scope="row">')


@EVERY_LANGUAGE
def test_data_that_were_never_checked_are_not_called_free_of_incidents(
    empty: Installed, monkeypatch: pytest.MonkeyPatch, t: Language
) -> None:
    shown = opened(empty.home, monkeypatch).open("incidents", lang=t.code)
    assert shown.failures == []
    assert t("quality.lead_unwatched") in shown.words
    assert CHECK_COMMAND in shown.words
    assert t("incidents.lead_none") not in shown.words


@EVERY_LANGUAGE
def test_where_there_never_was_an_incident_the_page_says_so(
    empty: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, t: Language
) -> None:
    home = shutil.copytree(empty.home, tmp_path / "home")
    watch(home, [verdict("silence")])
    shown = opened(home, monkeypatch).open("incidents", lang=t.code)
    assert t("incidents.lead_none") in shown.words
    assert t("incidents.empty") in shown.words
    assert not [box for box in shown.test.selectbox if box.key == "province"]


@EVERY_LANGUAGE
def test_first_words_say_how_many_how_wide_since_when_and_which_is_the_gravest(
    reader: Reader, t: Language
) -> None:
    shown = reader.open("incidents", lang=t.code)
    assert shown.failures == []
    lead = t("incidents.lead_wide", n="2", regions="3", wide="1")
    place = t("incidents.province", name="Jawa Barat (32)")
    gravest = f"{place}: {check_name('silence', t.code)}"
    since = t("incidents.since", day=t.instant(BEGAN, ZONE))
    assert shown.words.index(lead) < shown.words.index(since) < shown.words.index(gravest)
    assert t("incidents.grave", n="1") in shown.words
    assert t("incidents.untaken", n="1") in shown.words


@EVERY_LANGUAGE
def test_parts_are_told_below_their_parent_with_the_root_cause_first(reader: Reader, t: Language) -> None:
    shown = reader.open("incidents", lang=t.code)
    assert t("incidents.list", n="2") in shown.words
    assert rows_of(shown) == 2
    (table,) = (body for body in shown.markup if "pm-grid" in body)
    causes = f"{check_name('silence', t.code)}, {t('incidents.with', checks=check_name('sustained', t.code))}"
    assert causes in table
    assert t("incidents.inside", n="3", present="3") in table
    assert all(f"id=part-{place}" in table for place in PARTS)
    assert t("incidents.assigned", who="budi") in table
    assert t("incidents.latest_batch") in table


def test_choices_in_the_address_leave_what_meets_all_of_them(reader: Reader) -> None:
    t = LANGUAGES["id"]
    assert t("incidents.list", n="3") in reader.open("incidents", state="all").words
    assert t("incidents.list", n="1") in reader.open("incidents", state="resolved").words
    assert t("incidents.list", n="1") in reader.open("incidents", check="sustained", province="32").words
    assert t("incidents.list", n="0") in reader.open("incidents", province="11").words
    assert t("incidents.none_match") in reader.words
    (box,) = (box for box in reader.test.selectbox if box.key == "state")
    box.set_value("acknowledged").run()
    assert reader.test.query_params == {"province": "11", "state": "acknowledged"}
    assert reader.failures == []


def test_choices_stay_on_the_way_to_an_incident_and_back(reader: Reader) -> None:
    reader.open("incidents", state="all", province="32")
    assert f"./insiden?state=all&amp;province=32&amp;id={WIDE}" in "".join(reader.markup)
    reader.open("incidents", state="all", province="32", id=WIDE)
    assert 'href="./insiden?state=all&amp;province=32"' in "".join(reader.markup)


@EVERY_LANGUAGE
def test_incident_of_a_province_has_all_that_its_reader_needs(reader: Reader, t: Language) -> None:
    shown = reader.open("incidents", lang=t.code, id=WIDE)
    assert shown.failures == []
    silence, sustained = check_name("silence", t.code), check_name("sustained", t.code)
    said = [
        f"{t('incidents.province', name='Jawa Barat (32)')}: {silence}",
        t("incidents.root", check=silence, others=sustained),
        t("incidents.days", days=days_text(SILENT, t)),
        t("incidents.concerned", bad="90", n="600"),
        t("incidents.opened", day=t.instant(BEGAN, ZONE)),
        t("incidents.assignee", who="budi"),
        check_remedy("silence", t.code),
        t("incidents.own_parts", n="3"),
        t("incidents.findings", n="3"),
        t("quality.state.acknowledged"),
    ]
    assert [words for words in said if words not in shown.words] == []
    commands = [code.value for code in shown.test.code]
    assert commands[0] == f'pantau incident note {WIDE} "{t("incidents.note")}"'
    assert commands[2] == f'pantau incident resolve {WIDE} --note "{t("incidents.note")}"'
    markup = "".join(shown.markup)
    assert "./kualitas-data?province=32" in markup
    assert all(f"./kualitas-data?region={place}" in markup for place in PARTS), "of the findings"
    assert "./pemeriksaan?check=silence" in markup


@EVERY_LANGUAGE
def test_log_is_a_list_with_the_latest_first(reader: Reader, t: Language) -> None:
    shown = reader.open("incidents", lang=t.code, id=WIDE)
    (log,) = (body for body in shown.markup if "<ol" in body)
    told = [t(f"incidents.act.{act}") for act in ("assigned", "acknowledged", "opened")]
    places = [log.index(f"<b>{words}</b>") for words in told]
    assert places == sorted(places)
    assert t("incidents.to", note="budi: the network") in log
    assert t("incidents.machine") in log


@EVERY_LANGUAGE
def test_part_leads_to_its_parent_and_is_looked_after_as_that_is(reader: Reader, t: Language) -> None:
    shown = reader.open("incidents", lang=t.code, id=PART)
    assert t("incidents.parent") in shown.words
    assert t("incidents.parent_note") in shown.words
    assert f"id={WIDE}" in "".join(shown.markup)
    assert t("incidents.assignee", who="budi") in shown.words
    assert t("incidents.measured", value=t.number(7.25, 1), bound="2") in shown.words
    assert t("incidents.no_log") in shown.words
    assert f"./kualitas-data?region={ONLY}" in "".join(shown.markup)


@EVERY_LANGUAGE
def test_incident_of_a_rule_says_shares_columns_and_where_its_rows_are(reader: Reader, t: Language) -> None:
    shown = reader.open("incidents", lang=t.code, id=ALONE)
    assert t("incidents.measured", value=t.percent(0.25), bound=t.percent(0.01)) in shown.words
    column = {"id": "tanggal selesai", "en": "date of completion"}[t.code]
    assert t("incidents.fields", fields=column) in shown.words
    assert t("incidents.no_findings") in shown.words
    assert t("incidents.assignee_none") in shown.words
    assert shown.test.code[0].value.startswith(f"pantau incident ack {ALONE} ")


@EVERY_LANGUAGE
def test_past_incident_says_how_it_ended_and_how_to_open_it_again(reader: Reader, t: Language) -> None:
    shown = reader.open("incidents", lang=t.code, id=PAST)
    assert t("incidents.resolved", day=t.instant(AT, ZONE)) in shown.words
    assert t("incidents.reopened", n="2") in shown.words
    assert t("incidents.findings_gone") in shown.words
    assert [code.value for code in shown.test.code] == [
        f'pantau incident reopen {PAST} --note "{t("incidents.note")}"'
    ]


@EVERY_LANGUAGE
def test_incident_that_is_not_there_leaves_the_list(reader: Reader, t: Language) -> None:
    shown = reader.open("incidents", lang=t.code, id="no-such")
    assert shown.failures == []
    assert t("incidents.no_such") in shown.words
    assert t("incidents.list", n="2") in shown.words


def test_nothing_from_the_store_becomes_markup(reader: Reader) -> None:
    for query in ({}, {"id": WIDE}, {"id": PART}, {"id": PAST}):
        shown = reader.open("incidents", **query)
        assert [body for body in shown.markup if "<img" in body] == []
    assert EVIL in reader.open("incidents", id=WIDE).words


def test_incidents_are_read_again_once_they_change_and_so_is_the_log(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_HOME", str(shutil.copytree(home, tmp_path / "home")))
    monkeypatch.delenv("PANTAU_STORE_URL", raising=False)
    before, log = data.incidents(), data.log_of(PAST)
    assert data.incidents() is before
    assert (len(before), log) == (6, ())
    act = IncidentAct(PAST, AT, "sari", Act.NOTED, "again?")
    with Store.open(f"sqlite:///{tmp_path / 'home' / 'store.sqlite3'}") as store:
        store.put_incidents([before[0]], [act])
    data._log.clear()
    assert data.log_of(PAST) == (act,)


@pytest.mark.parametrize("query", [{}, {"state": "all", "page": "2"}], ids=str)
def test_514_regions_open(nation: Installed, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]) -> None:
    shown = opened(nation.home, monkeypatch).open("incidents", **query)
    assert shown.failures == []
    assert len(shown.markup) > 1
