"""What the checks say of the regions, as the page on quality reads it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from app.reading.observation import (
    Cell,
    Mark,
    Row,
    by_province,
    checks_in,
    chosen,
    eventful,
    found,
    frequent,
    holds_of,
    latest_first,
    marked,
    matrix,
    outcomes,
    stretches,
    summed,
)
from app.reading.quality import coverage
from app.text.monitors import MONITORS
from checks.compile import load_contract
from metrics.model import Outcome, Severity
from metrics.observation import Cause, Finding, State
from metrics.store import Store
from pantau.verdicts import rule_verdicts
from tests.app.installations import ONLY
from tests.app.observed import AT, CRITICAL, ERROR, FAIL, RULE, SILENT, incident, verdict, watch, watched
from tests.services.command import Installed

OTHER = "32.04"
FRESH = pl.DataFrame(
    {"dataset": "transactions", "region": ONLY, "records": 7, "last_anchor": AT, "last_observed": AT},
    schema_overrides={"last_anchor": pl.Datetime("us", "UTC"), "last_observed": pl.Datetime("us", "UTC")},
)
"""Records of one region."""


@pytest.fixture
def home(empty: Installed, tmp_path: Path) -> Path:
    """A copy of an installation whose data nobody has checked."""
    return shutil.copytree(empty.home, tmp_path / "home")


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as opened:
        yield opened


def now(store: Store) -> pl.DataFrame:
    return marked(store.standings(current=True), MONITORS)


def rows_of(store: Store) -> list[Row]:
    cover = coverage(FRESH, store.registry(), ["transactions"])
    return matrix(cover, now(store), store.holds())


def row_of(store: Store, region: str = ONLY) -> Row:
    (row,) = (row for row in rows_of(store) if row.region == region)
    return row


def cell(days: int | None = 0, mark: Mark = Mark.PASSED, *, silent: bool = False) -> Cell:
    return Cell(days, silent, mark, int(mark in (Mark.CRITICAL, Mark.WARNING, Mark.INFO)))


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        (verdict("silence", FAIL, CRITICAL), Mark.CRITICAL),
        (verdict("volume", FAIL), Mark.WARNING),
        (verdict("referential", FAIL, Severity.INFO), Mark.INFO),
        (verdict("volume"), Mark.PASSED),
        (verdict("volume", ERROR, cause=Cause.LEARNING), Mark.LEARNING),
        (verdict("volume", ERROR, cause=Cause.ABSENT), Mark.LEARNING),
        (verdict("volume", ERROR, cause=Cause.BROKEN), Mark.BROKEN),
        (verdict(RULE, FAIL, CRITICAL, n=200, bad=5), Mark.CRITICAL),
        (verdict(RULE, FAIL, CRITICAL, n=200, bad=4), Mark.INFO),
        (verdict(RULE, FAIL, CRITICAL, n=4, bad=2), Mark.INFO),
        (verdict("clock", FAIL, n=200, bad=2), Mark.WARNING),
    ],
)
def test_outcome_has_its_mark_and_a_few_rows_alarm_nobody(
    home: Path, store: Store, said: Finding, mark: Mark
) -> None:
    watch(home, [said])
    known = now(store).filter(check=said.monitor)
    assert known["mark"].to_list() == [mark.value]


@pytest.mark.parametrize(("n", "bad"), [(4, 2), (4, 3), (150, 2), (150, 3), (200, 4), (200, 5)])
def test_few_rows_are_as_many_as_for_incidents(home: Path, store: Store, n: int, bad: int) -> None:
    watch(home, [verdict(RULE, FAIL, CRITICAL, n=n, bad=bad)])
    contracts = {"transactions": load_contract("transactions")}
    (told,) = rule_verdicts(store.standings(current=True), contracts)
    assert told.failed == (now(store)["mark"].to_list() == [Mark.CRITICAL.value])


def test_mark_of_a_region_is_its_worst_and_the_failing_checks_are_counted(home: Path, store: Store) -> None:
    broken = verdict("clock", ERROR, cause=Cause.BROKEN)
    watch(home, [verdict("volume"), broken, verdict("drift", FAIL), verdict("silence", FAIL, CRITICAL)])
    row = row_of(store)
    assert row.cells["transactions"].mark is Mark.CRITICAL
    assert row.cells["transactions"].failing == 2
    assert row.held == ("transactions",)
    assert row.worst is Mark.CRITICAL


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ([], Mark.NONE),
        ([verdict("drift", ERROR, cause=Cause.LEARNING)], Mark.LEARNING),
        ([verdict("drift", ERROR, cause=Cause.LEARNING), verdict("volume")], Mark.PASSED),
        ([verdict("drift", ERROR, cause=Cause.BROKEN), verdict("volume")], Mark.BROKEN),
    ],
)
def test_nothing_that_was_not_checked_passes(
    home: Path, store: Store, said: list[Finding], mark: Mark
) -> None:
    watch(home, [*said, verdict("volume", region=OTHER)])
    assert row_of(store).worst is mark


def test_every_region_has_a_row_and_those_without_records_report_nothing(home: Path, store: Store) -> None:
    watched(home)
    rows = rows_of(store)
    assert [row.region for row in rows] == sorted(store.registry().regions)
    assert [row.region for row in rows if row.reports] == [ONLY]
    assert [row.region for row in chosen(rows, province=None, trouble=True)] == [ONLY]
    assert len(chosen(rows, province="32", trouble=False)) == 27
    assert chosen(rows, province="11", trouble=True) == []


def test_sums_count_a_region_once_by_its_worst(home: Path, store: Store) -> None:
    watch(
        home,
        [verdict("silence", FAIL, CRITICAL), verdict("drift", FAIL), verdict("drift", FAIL, region=OTHER)],
    )
    whole = summed(rows_of(store))
    assert (whole.regions, whole.reporting, whole.critical, whole.warned) == (514, 1, 1, 1)
    sums = by_province(rows_of(store))
    assert len(sums) == 38
    assert (sums["32"].critical, sums["32"].warned, sums["11"].critical) == (1, 1, 0)


def test_a_record_set_without_records_for_long_is_in_trouble_unless_a_check_says_it_is_well() -> None:
    assert cell(40, Mark.NONE, silent=True).in_trouble
    assert cell(40, Mark.LEARNING, silent=True).in_trouble
    assert not cell(40, Mark.PASSED, silent=True).in_trouble
    assert not cell(None, Mark.NONE, silent=True).in_trouble, "what never came has not stopped"
    assert cell(0, Mark.BROKEN).in_trouble


def test_region_is_in_trouble_while_its_data_are_held_though_it_passes_now() -> None:
    assert Row("a", "b", {"surveys": cell()}, held=("surveys",)).in_trouble
    assert not Row("a", "b", {"surveys": cell()}, held=()).in_trouble
    assert Row("a", "b", {}, held=()).worst is Mark.NONE


def test_outcomes_add_up_to_all_checks(home: Path, store: Store) -> None:
    watched(home)
    made = outcomes(now(store))
    assert (made.passed, made.failed, made.learning, made.broken, made.all) == (2, 1, 1, 0, 4)


def test_most_frequent_critical_check_comes_first_by_its_regions(home: Path, store: Store) -> None:
    silent = [verdict("silence", FAIL, CRITICAL, region=region) for region in (ONLY, OTHER)]
    again = verdict("silence", FAIL, CRITICAL, dataset="surveys")
    watch(home, [*silent, again, verdict("shift", FAIL, CRITICAL), verdict("drift", FAIL)])
    assert frequent(now(store)) == [("silence", 2), ("shift", 1)]


def test_history_tells_each_stretch_and_draws_the_checks_that_ever_failed(home: Path, store: Store) -> None:
    watched(home)
    history = stretches(marked(store.standings(region=ONLY), MONITORS))
    told = [(one.check, one.mark, one.since, one.until, one.runs) for one in history]
    before = AT - timedelta(days=1)
    assert told == [
        ("drift", Mark.WARNING, before, before, 1),
        ("drift", Mark.PASSED, AT, AT, 1),
        ("shift", Mark.LEARNING, before, AT, 2),
        ("silence", Mark.PASSED, before, before, 1),
        ("silence", Mark.CRITICAL, AT, AT, 1),
        ("volume", Mark.PASSED, before, AT, 2),
    ]
    assert [one.check for one in eventful(history)] == ["drift", "drift", "silence", "silence"]
    assert (checks_in(history), checks_in(eventful(history)), checks_in([])) == (4, 2, 0)


def test_findings_are_by_their_days_the_latest_first(home: Path, store: Store) -> None:
    early = (date(2025, 6, 1), date(2025, 6, 2))
    watch(
        home,
        [
            verdict("drift", FAIL, days=early),
            verdict("volume", FAIL, days=SILENT),
            verdict("silence", FAIL, CRITICAL, days=SILENT),
            verdict("schema", FAIL),
        ],
    )
    known = found(store.findings(region=ONLY))
    assert [one.monitor for one in known] == ["schema", "silence", "volume", "drift"]
    assert known[1] == verdict("silence", FAIL, CRITICAL, days=SILENT)
    assert known[0].days is None
    assert {one.outcome for one in known} == {Outcome.FAIL}


def test_holds_are_those_of_the_region(home: Path, store: Store) -> None:
    watch(home, [verdict("silence", FAIL, CRITICAL, days=SILENT, region=region) for region in (ONLY, OTHER)])
    assert [(hold.region, hold.days, hold.check) for hold in holds_of(store.holds(), OTHER)] == [
        (OTHER, SILENT, "silence")
    ]
    assert holds_of(store.holds(), "11.01") == []


def test_present_incidents_come_before_past_ones(home: Path, store: Store) -> None:
    watched(home)
    assert [one.id for one in latest_first(store.incidents(place=ONLY))] == ["open-silence", "past-silence"]
    past = incident("a", state=State.RESOLVED)
    assert [one.id for one in latest_first([past, incident("c"), incident("b")])] == ["b", "c", "a"]


def test_unwatched_store_has_rows_without_marks(empty_store: Store) -> None:
    cover = coverage(empty_store.freshness(), empty_store.registry(), ["transactions"])
    rows = matrix(cover, now(empty_store), [])
    assert {row.worst for row in rows} == {Mark.NONE}
    assert summed(rows).reporting == 0
    assert stretches(marked(empty_store.standings(), MONITORS)) == []
    assert found(empty_store.findings()) == []
    assert frequent(now(empty_store)) == []
