"""What ``explain`` says agrees with a count over the raw records."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from metrics.model import Outcome, Severity
from metrics.observation import Finding, Watch
from metrics.regions import indonesia
from metrics.store import Store
from tests.app.collected import collect, failed, sources_of
from tests.e2e.cases import BEGUN, REGIONS, Case, closed
from tests.pantau import published
from tests.pantau.conftest import VARIABLES
from tests.pantau.published import COUNT, FIRST, first_cases, later_cases
from tests.services.command import Answer, Installed, run

PLACE, PROVINCE = "32.73", "32"
BAD_RULE = "completed-not-before-submitted"


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Installation that published, got more records, and a reply. Read it only."""
    folder = tmp_path_factory.mktemp("explained")
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        installed = published.publish(folder)
        published.deliver_more(installed, folder)
        installed("reply", FIRST, PLACE, "--text", "Dua loket tutup.", "--by", "budi")
        installed("rank")
    return installed


def told(installed: Installed, *words: str, language: str = "en") -> Answer:
    """What is printed for a person."""
    return run("--home", installed.home, "explain", *words, "--lang", language)


def is_bad(case: Case) -> bool:
    return bool(case["completed"]) and case["completed"] < case["submitted"]


def current(regions: set[str]) -> list[Case]:
    """Cases of regions as they were delivered last; those that the gate rejects are not among them."""
    latest = {case["id"]: case for case in [*first_cases(), *later_cases()]}
    return [case for case in latest.values() if case["region"] in regions and not is_bad(case)]


def month_of(case: Case) -> str:
    zone = ZoneInfo(indonesia().regions[case["region"]].timezone)
    return f"{dt.datetime.fromisoformat(case['submitted']).astimezone(zone):%Y-%m}"


@pytest.mark.parametrize(
    ("words", "regions"),
    [
        ((PLACE,), {PLACE}),
        ((PROVINCE, "--level", "province"), {code for code in REGIONS if code.startswith(PROVINCE)}),
    ],
    ids=["region", "province"],
)
def test_counts_of_each_month_are_those_of_the_raw_records(
    explained: Installed, words: tuple[str, ...], regions: set[str]
) -> None:
    found = explained("explain", *words)
    cases = current(regions)
    months = Counter(map(month_of, cases))
    open_cases = Counter(month_of(case) for case in cases if case["status"] == "open")
    assert {part["month"]: part["records"] for part in found["months"]} == months
    assert {part["month"]: part["counts"]["received"] for part in found["months"]} == months
    assert {part["month"]: part["counts"]["open"] for part in found["months"]} == {
        month: open_cases[month] for month in months
    }
    (median,) = [part for part in found["indicators"] if part["indicator"] == "completion_days_median"]
    assert median["n"] == len(cases)
    assert sum(part["records"] for part in found["batches"]) == len(cases)


def test_batches_tell_how_many_records_are_still_current_and_which_rows_were_rejected(
    explained: Installed,
) -> None:
    later, first = explained("explain", PLACE)["batches"]
    before = {case["id"]: case for case in first_cases() if case["region"] == PLACE}
    changed = {case["id"] for case in closed(before.values()) if case != before[case["id"]]}
    good = [case for case in before.values() if not is_bad(case)]
    assert (later["origin"], first["origin"]) == ("later.csv", "first.csv")
    assert first["records"] == len(good) - len(changed)
    assert first["rejected"] == {BAD_RULE: len(before) - len(good)}
    assert first["read"] == COUNT == first["accepted"] + first["refused"]
    assert later["records"] == len(current({PLACE})) - first["records"]


def test_rank_and_figures_are_those_that_rank_and_indicators_print(explained: Installed) -> None:
    found = explained("explain", PLACE)
    (row,) = [row for row in explained("rank")["rows"] if row["region"] == PLACE]
    assert {name: found["row"][name] for name in ("rank", "rank_low", "rank_high", "score", "band")} == {
        name: row[name] for name in ("rank", "rank_low", "rank_high", "score", "band")
    }
    assert found["place"]["rank"] == row["rank"]
    assert row["rank_low"] <= found["place"]["alone_low"] <= found["place"]["alone_high"] <= row["rank_high"]
    assert sum(part["weight"] for part in found["indicators"]) == pytest.approx(1)
    for part in found["indicators"]:
        figure = explained.figure(part["indicator"], PLACE)
        assert {name: part[name] for name in ("value", "low", "high", "n", "status")} == {
            name: figure[name] for name in ("value", "low", "high", "n", "status")
        }


def test_checks_that_fail_come_first_with_their_counts(explained: Installed) -> None:
    found = explained("explain", PLACE)
    outcomes = [check["outcome"] for check in found["checks"]]
    bad = [case for case in later_cases() if case["region"] == PLACE and is_bad(case)]
    failing = {check["check"]: check["bad"] for check in found["checks"] if check["outcome"] == "fail"}
    assert failing == {BAD_RULE: len(bad)}
    assert outcomes == sorted(outcomes, key=["fail", "error", "pass"].index)


def test_what_was_published_and_replied_is_shown(explained: Installed) -> None:
    (snapshot,) = explained("explain", PLACE)["snapshots"]
    assert snapshot["publication"]["id"] == FIRST
    assert [reply["text"] for reply in snapshot["replies"]] == ["Dua loket tutup."]
    (other,) = explained("explain", "35.78")["snapshots"]
    assert other["replies"] == []
    assert "Reply, " in told(explained, PLACE).out
    assert "Tanggapan, " in told(explained, PLACE, language="id").out


def test_every_level_has_a_heading_in_either_language(explained: Installed) -> None:
    english, indonesian = told(explained, PLACE).out, told(explained, PLACE, language="id").out
    for number, (here, there) in enumerate(
        [
            ("Rank", "Peringkat"),
            ("Indicators", "Indikator"),
            ("Monthly roll-ups and records in the archive", "Rekap bulanan dan catatan di arsip"),
            ("Where the records come from", "Asal catatan"),
            ("Checks", "Pemeriksaan"),
            ("What was published", "Yang sudah diterbitkan"),
        ],
        start=1,
    ):
        assert f"\n{number}. {here}\n" in english
        assert f"\n{number}. {there}\n" in indonesian
    assert "simulated records are among" in english
    assert "catatan simulasi" in indonesian


def test_region_without_records_says_why_it_has_no_rank(explained: Installed) -> None:
    answer = told(explained, "11.01")
    assert answer.status == 0
    assert "Not ranked, because none of its indicators has a value." in answer.out
    assert "There are no records yet." in answer.out


def test_hold_names_the_check_and_what_lifts_it(explained: Installed, tmp_path: Path) -> None:
    shutil.copytree(explained.home, tmp_path / "home")
    installed = Installed(tmp_path / "home")
    days = (BEGUN.date(), BEGUN.replace(month=6).date())
    found = Finding(
        *("silence", "transactions", PLACE, None, days, Outcome.FAIL, Severity.CRITICAL, "completeness"),
        detail="nothing came",
        remedy="Ask for the original list of these days; until then the days do not count.",
    )
    with Store.open(f"sqlite:///{installed.home / 'store.sqlite3'}") as store:
        started = store.watches(1)[0].started + dt.timedelta(days=1)
        store.put_watch(Watch("later", started, 1.0, *days, 1, {"transactions": 1}), [found], [])
    answer = told(installed, PLACE)
    assert "On hold: applications 32.73, 6 January 2025–6 June 2025" in answer.out
    assert "What to do: Ask for the original list of these days" in answer.out
    assert "Mintalah daftar asli hari-hari itu" in told(installed, PLACE, language="id").out


def test_sources_of_the_region_are_listed_with_how_they_fare(explained: Installed, tmp_path: Path) -> None:
    shutil.copytree(explained.home, tmp_path / "home")
    installed = Installed(tmp_path / "home")
    first, *others = sources_of([PLACE, "35.78"], simulated=True)
    collect(installed.home, [failed(first), *others])
    found = installed("explain", PLACE)
    assert found["sources"]
    assert {source["region"] for source in found["sources"]} == {PLACE}
    assert {source["dataset"] for source in found["sources"]} <= {"transactions"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("32",), "with --level province there is one"),
        ((PLACE, "--level", "province"), "with --level region there is one"),
        (("99.99",), "'99.99' is no code of a region"),
    ],
)
def test_code_that_is_not_ranked_is_refused(explained: Installed, words: tuple[str, ...], said: str) -> None:
    answer = explained.run("explain", *words)
    assert (answer.status, answer.out) == (2, "")
    assert said in answer.err
