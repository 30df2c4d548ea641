"""``pantau quality-report``: what the file says in each state of the data, whom it is about, and how it shows."""

from __future__ import annotations

import dataclasses
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from app.components.marks import days_text, mark_text
from app.reading.observation import Mark
from app.text import LANGUAGES, Language
from app.text.monitors import MONITORS, check_about, check_name, check_remedy
from metrics.model import Severity
from metrics.observation import Days, Hold, Scope, State, Watch
from metrics.regions import indonesia
from metrics.store import Store
from pantau.qualityreport.text import SENTENCES, say
from tests.app.installations import ONLY, with_one_region, with_some_regions, without_data
from tests.app.observed import AT, EVIL, FIRST, LAST, LATEST, RULE, SILENT, incident, verdict, watched
from tests.services.chromium import chromium
from tests.services.command import Answer, run

__all__ = ["chromium"]

EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
DRIFT_DAYS: Days = (FIRST, LAST)
NIK, PERSON = "3273014107900003", "siti.aminah"
JUDGED = ("finding", "standing", "hold", "incident")
OTHERS = ("32.01", "32.71")

Write = Callable[..., str]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_data(tmp_path_factory.mktemp("empty")).home


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One region has data, which went silent; a platform that it shares with others has the cause."""
    home = with_one_region(tmp_path_factory.mktemp("one")).home
    forget(home, *JUDGED)
    at = watched(home)
    platform = dataclasses.replace(
        incident("shared-silence", at=at),
        scope=Scope.PLATFORM,
        place=EVIL,
        causes=("silence", "volume"),
        assignee=PERSON,
    )
    parts = [
        dataclasses.replace(incident(f"part-{code}", parent="shared-silence", at=at), place=code)
        for code in OTHERS
    ]
    with opened(home) as store:
        store.put_incidents([platform, *parts], [])
        rule = Hold("transactions", ONLY, None, RULE, "40 of 90 rows", "Mend them.")
        store.put_holds([*store.critical_findings(), rule])
    return home


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five of 514 regions have data, which are simulated; one of them has trouble, and a province."""
    home = with_some_regions(tmp_path_factory.mktemp("some")).home
    forget(home, *JUDGED)
    drift = verdict("drift", LATEST[0].outcome, days=DRIFT_DAYS, bad=40, n=90)
    drift = dataclasses.replace(drift, field="channel", detail=f"NIK {NIK} in every row")
    alone = dataclasses.replace(incident("alone"), place="33.74", check="volume", causes=("volume",))
    milder = Severity.WARNING
    province = dataclasses.replace(
        incident("province"), scope=Scope.PROVINCE, place="32", severity=milder, state=State.ACKNOWLEDGED
    )
    part = dataclasses.replace(incident("part", parent="province"), severity=milder)
    with opened(home) as store:
        at = max([AT, *(run.started + timedelta(days=1) for run in store.watches(1))])
        store.put_watch(Watch("last", at, 1.5, FIRST, LAST, 1000, {}, simulated=True), [*LATEST, drift], [])
        store.put_holds(store.critical_findings())
        store.put_incidents([alone, province, part], [])
    return home


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """What a report is: written by the command with these words about an installation, and read."""

    def write(home: Path, *words: str) -> str:
        out = tmp_path / "report.html"
        answer = command(home, out, *words)
        assert (answer.status, answer.err) == (0, "")
        return out.read_text(encoding="utf-8")

    return write


def opened(home: Path) -> Store:
    return Store.open(f"sqlite:///{home / 'store.sqlite3'}")


def forget(home: Path, *tables: str) -> None:
    """Empty tables of the store, so that it holds of them what a test writes and nothing else."""
    with closing(sqlite3.connect(home / "store.sqlite3")) as store, store:
        for table in tables:
            store.execute(f"DELETE FROM {table}")  # noqa: S608 - names that stand in this module


def command(home: Path, out: Path, *words: str) -> Answer:
    return run("--home", home, "--json", "quality-report", "--out", out, *words)


def plain(page: str) -> str:
    """The words of a page, a space where an element begins or ends."""
    body = page.partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def part(page: str, anchor: str) -> str:
    """Words of the section with an anchor."""
    return plain("<body>" + page.partition(f'id="{anchor}"')[2].partition("</section>")[0])


def in_order(text: str, words: Sequence[str]) -> bool:
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)


@EVERY_LANGUAGE
def test_installation_without_data_is_said_to_have_none(empty: Path, written: Write, t: Language) -> None:
    page = written(empty, "--lang", t.code)
    said = plain(page)
    for key in ("as_of.none", "empty.title", "empty.body", "empty.command", "quality.incidents_none"):
        assert t(key) in said
    assert f"{say('watched', t)} {say('never_watched', t)}" in said
    assert t("quality.lead_none", of="0") not in said
    assert 'id="matrix"' not in page


@EVERY_LANGUAGE
def test_data_that_were_never_watched_are_not_called_good(
    one: Path, tmp_path: Path, written: Write, t: Language
) -> None:
    home = shutil.copytree(one, tmp_path / "home")
    forget(home, "watch", *JUDGED)
    said = plain(written(home, "--region", ONLY, "--lang", t.code))
    assert t("quality.lead_unwatched") in said
    assert f"{t('quality.lead_unwatched_body')} pantau check" in said
    assert t("quality.region_unwatched") in said
    assert say("holds.none", t) not in said
    assert mark_text(Mark.PASSED, t) not in said


@EVERY_LANGUAGE
def test_head_says_what_it_is_about_when_it_was_watched_and_which_days(
    one: Path, written: Write, t: Language
) -> None:
    with opened(one) as store:
        (latest,) = store.watches(1)
    page = written(one, "--region", ONLY, "--lang", t.code)
    facts = (
        f"{say('scope', t)} Kota Bandung ({ONLY})",
        f"{say('as_of', t)} ",
        f"{say('watched', t)} {t.instant(latest.started, 'Asia/Jakarta')}",
        f"{say('days', t)} {days_text((FIRST, LAST), t)}",
        t("quality.region_failing", n="1"),
    )
    assert in_order(plain(page), facts)
    assert page.startswith(f'<!doctype html>\n<html lang="{t.code}">')
    assert t("simulated.lead") not in page


@EVERY_LANGUAGE
def test_region_asked_for_has_its_standings_findings_holds_and_rejected_rows(
    one: Path, written: Write, t: Language
) -> None:
    page = written(one, "--region", ONLY, "--lang", t.code)
    said = part(page, f"r-{ONLY}")
    assert f"{mark_text(Mark.CRITICAL, t)} {check_name('silence', t.code)} {say('since', t, day='')}" in said
    drift = f"{check_name('drift', t.code)} {t.word('dataset', 'transactions')}, "
    field = t("quality.field", field={"id": "kanal", "en": "channel"}[t.code])
    figures = say("figures", t, value=t.number(7.25, 1), bound="2")
    assert f"{drift}{field} {mark_text(Mark.WARNING, t)}" in said
    assert figures in said
    assert t("quality.concerned", bad="120", n="200") in said
    assert check_remedy("drift", t.code) in said
    what = f"{t.word('dataset', 'transactions')} ({days_text(SILENT, t)})"
    assert t("quality.hold", what=what, check=check_name("silence", t.code)) in said
    remedy = t("quality.hold_remedy", remedy=check_remedy("silence", t.code))
    assert f"{remedy} {say('lift', t)} pantau check --from {SILENT[0]}" in said
    assert f"{check_remedy(RULE, t.code)} {say('lift.batch', t)} 40 of 90 rows" in said
    with opened(one) as store:
        rejected = store.rejections()
    assert rejected.height > 0
    for dataset, rule, n in rejected.select("dataset", "rule", "n").iter_rows():
        assert f"{rule} {t.word('dataset', dataset)} {t.number(n)}" in said


@EVERY_LANGUAGE
def test_incident_that_regions_share_comes_first_with_its_root_cause_and_its_regions(
    one: Path, written: Write, t: Language
) -> None:
    page = written(one, "--region", ONLY, "--lang", t.code)
    said = plain(page)
    names = [f"{indonesia().regions[code].full_name} ({code})" for code in (*OTHERS, ONLY)]
    facts = (
        t("quality.incidents_open", n="1"),
        say("place.platform", t, name=EVIL),
        f"{say('root', t)} {check_name('silence', t.code)}",
        f"{say('followed', t)} {check_name('volume', t.code)}",
        check_remedy("silence", t.code),
        f"{say('members', t, n='3')} {', '.join(names)}",
    )
    assert in_order(said, facts)


@EVERY_LANGUAGE
def test_report_on_all_has_every_region_by_province_and_the_worst_of_each_record_set(
    some: Path, written: Write, t: Language
) -> None:
    page = written(some, "--lang", t.code)
    registry = indonesia()
    rows = re.findall(r'<tr><th scope="row">[^<]+<small>([^<]+)</small></th>(.*?)</tr>', page)
    assert [code for code, _ in rows if code in registry.regions] == sorted(
        registry.regions, key=lambda code: (registry.regions[code].province.code, code)
    )
    cells = dict(rows)
    assert mark_text(Mark.CRITICAL, t) in plain(f"<body>{cells[ONLY]}")
    assert t.word("dataset", "transactions") in cells[ONLY].rpartition("<td")[2]
    assert say("matrix.nothing", t) in cells["11.01"]
    for code in registry.provinces:
        assert page.count(f'<tbody id="p-{code}">') == page.count(f'href="#p-{code}"') == 1
    assert t("simulated.lead") in page
    assert t("quality.lead", n="1", of="5") in page
    assert 'id="r-' not in page


@EVERY_LANGUAGE
def test_incidents_of_a_province_come_before_those_of_a_region(
    some: Path, written: Write, t: Language
) -> None:
    said = plain(written(some, "--lang", t.code))
    facts = (
        say("place.province", t, name="Jawa Barat"),
        t("quality.state.acknowledged"),
        f"{say('members', t, n='1')} Kota Bandung ({ONLY})",
        "Kota Semarang (33.74)",
        check_name("volume", t.code),
    )
    assert in_order(said, facts)


@EVERY_LANGUAGE
def test_every_check_says_what_it_watches_has_found_and_costs(
    some: Path, written: Write, t: Language
) -> None:
    page = written(some, "--lang", t.code)
    for check in MONITORS:
        said = part(page, f"c-{check}")
        assert in_order(
            said, (check_name(check, t.code), check_about(check, t.code), say("found", t), say("cost", t))
        )
    drift = part(page, "c-drift")
    assert f"Kota Bandung ({ONLY})" in drift
    assert say("found.some", t, n="1", regions="1", days=days_text(DRIFT_DAYS, t)) in drift
    with opened(some) as store:
        (cost,) = store.costs(check="volume").to_dicts()
    average = t.number(cost["rows"] / cost["runs"])
    assert average in part(page, "c-volume").partition(say("cost", t))[2]
    assert say("rules", t, name=t.word("dataset", "transactions")) in page


def test_province_is_reported_with_all_its_regions_and_no_others(some: Path, written: Write) -> None:
    page = written(some, "--province", "32")
    regions = indonesia().regions
    own = [code for code, region in regions.items() if region.province.code == "32"]
    assert re.findall(r'<section class="region" id="r-([^"]+)"', page) == own
    assert "Jawa Barat (27 wilayah)" in page
    assert "Kota Semarang" not in page


def test_several_regions_are_reported_each_once(some: Path, written: Write) -> None:
    page = written(some, "--region", "33.74", "--region", ONLY, "--region", "33.74")
    assert re.findall(r'<section class="region" id="r-([^"]+)"', page) == [ONLY, "33.74"]


@pytest.mark.parametrize("words", [(), ("--region", ONLY), ("--province", "32")], ids=str)
def test_links_lead_to_places_in_the_page_and_nowhere_else(
    one: Path, written: Write, words: tuple[str, ...]
) -> None:
    page = written(one, *words)
    places = re.findall(r'\bid="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert {link.removeprefix("#") for link in re.findall(r'href="([^"]+)"', page)} <= set(places)
    assert not re.search(r"<script|<img|<link|https?:|url\(|@import|<[^>]+ src=", page)


@pytest.mark.parametrize("words", [(), ("--region", ONLY)], ids=str)
def test_nothing_from_outside_becomes_markup(one: Path, written: Write, words: tuple[str, ...]) -> None:
    page = written(one, *words)
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert 'onerror="' not in page
    assert "&amp;amp;" in page


def test_persons_are_neither_quoted_nor_named(one: Path, some: Path, written: Write) -> None:
    assert PERSON not in written(one)
    page = written(some, "--region", ONLY)
    assert NIK not in page
    assert "in every row" in page


def test_command_answers_with_what_is_in_the_file(some: Path, tmp_path: Path) -> None:
    answer = command(some, tmp_path / "out.html")
    assert answer.json["report"] == str(tmp_path / "out.html")
    assert (answer.json["regions"], answer.json["critical"], answer.json["incidents"]) == (514, 1, 2)
    assert answer.json["simulated"] is True


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--region", "99.99"), "'99.99' is no region of"),
        (("--province", "99"), "'99' is no province of"),
        (("--province", "32", "--region", ONLY), "--region and --province cannot be given together"),
    ],
)
def test_wrong_use_is_refused_and_writes_nothing(
    empty: Path, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    answer = command(empty, tmp_path / "out.html", *words)
    assert answer.status == 2
    assert message in answer.err
    assert not (tmp_path / "out.html").exists()


def test_file_that_cannot_be_written_is_named(empty: Path, tmp_path: Path) -> None:
    answer = command(empty, tmp_path / "absent" / "out.html")
    assert answer.status == 3
    assert "absent/out.html: No such file or directory" in answer.err


@pytest.mark.parametrize("key", SENTENCES)
def test_sentence_is_there_in_both_languages_with_the_same_fields(key: str) -> None:
    fields = [sorted(re.findall(r"{(\w+)}", SENTENCES[key][code])) for code in LANGUAGES]
    assert fields[0] == fields[1]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("words", [(), ("--region", ONLY)], ids=["all", "one"])
def test_report_asks_for_nothing_complains_of_nothing_and_fits_a_small_screen(
    some: Path,
    written: Write,
    tmp_path: Path,
    chromium: Browser,
    words: tuple[str, ...],
    code: str,
    scheme: Literal["light", "dark"],
) -> None:
    written(some, *words, "--lang", code)
    address = (tmp_path / "report.html").as_uri()
    page = chromium.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    wide = "document.documentElement.scrollWidth > window.innerWidth"
    hidden = "[...document.querySelectorAll('.pm-mark')].filter(mark => !mark.offsetParent).length"
    assert (asked, said, page.evaluate(wide)) == ([address], [], False)
    assert page.evaluate(hidden) == 0
    assert page.locator("h1").inner_text() == SENTENCES["title"][code]
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 28)"}[scheme]
    for width in (700, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate(wide)
    page.emulate_media(media="print", color_scheme=scheme)
    page.set_viewport_size({"width": 673, "height": 900})  # A4 without its margins
    assert not page.evaluate(wide)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()
