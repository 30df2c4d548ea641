"""What each check is, how it comes out and what it costs, as the page of checks reads it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from app.reading.checks import (
    DIMENSIONS,
    GROUPS,
    Check,
    chosen,
    daily,
    judged,
    listed,
    of_choice,
    over_time,
    rate,
)
from app.reading.observation import Mark, marked
from app.text.monitors import MONITORS
from checks import monitors
from metrics.model import Severity
from metrics.observation import Cause, Cost, Finding, Watch
from metrics.regions import indonesia
from metrics.store import Store
from tests.app.installations import ONLY
from tests.app.observed import AT, CRITICAL, ERROR, FAIL, RULE, SILENT, verdict, watch
from tests.services.command import Installed

OTHER, ELSEWHERE = "32.04", "11.01"
DAY = timedelta(days=1)
RULES = pl.DataFrame(
    {
        "rule": [RULE, "batch-not-empty"],
        "dataset": ["transactions", "surveys"],
        "dimension": ["consistency", "completeness"],
        "severity": ["critical", "critical"],
    }
)
LEARNING = verdict("drift", ERROR, cause=Cause.LEARNING)


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


def all_checks(store: Store) -> dict[str, Check]:
    return {check.id: check for check in listed(now(store), RULES, store.costs(), MONITORS)}


def cost(check: str, day: int, runs: int, milliseconds: float, rows: int, dataset: str = "") -> Cost:
    return Cost(check, dataset, date(2025, 7, day), runs, milliseconds, rows)


def history(store: Store, check: str) -> pl.DataFrame:
    return marked(store.standings(check=check), MONITORS)


def test_dimensions_are_those_of_the_monitors() -> None:
    assert {name: monitor.about.dimension for name, monitor in monitors.MONITORS.items()} == DIMENSIONS


def test_groups_hold_every_mark_of_a_check_that_was_judged_once() -> None:
    held = [mark for marks in GROUPS.values() for mark in marks]
    assert sorted(held) == sorted(set(Mark) - {Mark.NONE})


def test_every_monitor_and_rule_is_listed_also_what_never_ran(store: Store) -> None:
    found = all_checks(store)
    assert set(found) == {*MONITORS, RULE, "batch-not-empty"}
    silence, rule = found["silence"], found[RULE]
    assert (silence.monitor, silence.severity, silence.judged, silence.cost) == (True, None, 0, None)
    assert (rule.monitor, rule.severity, rule.dimension) == (False, Severity.CRITICAL, "consistency")
    assert rule.datasets == ("transactions",)


def test_region_counts_once_by_its_worst_record_set(home: Path, store: Store) -> None:
    said = [
        verdict("silence", FAIL, CRITICAL),
        verdict("silence", dataset="surveys"),
        verdict("silence", region=OTHER),
        verdict("silence", ERROR, dataset="surveys", region=OTHER, cause=Cause.LEARNING),
        verdict("silence", ERROR, region=ELSEWHERE, cause=Cause.BROKEN),
    ]
    watch(home, said)
    silence = all_checks(store)["silence"]
    assert [silence.among(group) for group in GROUPS] == [1, 1, 1]
    assert silence.judged == 3
    assert silence.severity is Severity.CRITICAL
    assert silence.datasets == ("surveys", "transactions")


def test_a_few_rows_that_break_a_rule_are_a_remark(home: Path, store: Store) -> None:
    watch(home, [verdict(RULE, FAIL, CRITICAL, bad=2), verdict(RULE, FAIL, CRITICAL, region=OTHER, bad=60)])
    assert all_checks(store)[RULE].regions == {Mark.INFO: 1, Mark.CRITICAL: 1}


def test_the_check_that_fails_critically_in_most_regions_is_first_and_what_never_ran_last(
    home: Path, store: Store
) -> None:
    everywhere = [verdict("silence", FAIL, CRITICAL, region=region) for region in (ONLY, OTHER)]
    watch(home, [*everywhere, verdict("shift", FAIL, CRITICAL), verdict("drift", FAIL), verdict("volume")])
    order = list(all_checks(store))
    assert order[:4] == ["silence", "shift", "drift", "volume"]
    assert order[-2:] == ["batch-not-empty", RULE]


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        ({"kind": "rule"}, {RULE, "batch-not-empty"}),
        ({"group": "failing"}, {"silence"}),
        ({"group": "undone"}, {"drift"}),
        ({"group": "passed"}, {"volume"}),
        ({"dataset": "surveys"}, {"batch-not-empty"}),
        ({"kind": "monitor", "dataset": "transactions"}, {"silence", "drift", "volume"}),
    ],
)
def test_choices_leave_what_meets_all_of_them(
    home: Path, store: Store, choice: dict[str, str], left: set[str]
) -> None:
    watch(home, [verdict("silence", FAIL, CRITICAL), LEARNING, verdict("volume")])
    assert {check.id for check in chosen(all_checks(store).values(), **choice)} == left


def test_cost_of_a_run_is_the_average_over_all_days_and_by_day(home: Path, store: Store) -> None:
    costs = [cost("silence", 1, 4, 100.0, 4000), cost("silence", 2, 1, 50.0, 6000)]
    shared = [cost(RULE, 1, 1, 3.0, 10, "surveys"), cost(RULE, 1, 3, 9.0, 50, "transactions")]
    findings: list[Finding] = []
    store.put_watch(
        Watch("w", AT, 1.5, date(2025, 6, 1), date(2025, 6, 30), 0, {}), findings, [*costs, *shared]
    )
    found = all_checks(store)["silence"].cost
    assert found is not None
    assert (found.runs, found.milliseconds, found.rows) == (5, 30.0, 2000.0)
    days = daily(store.costs(), "silence")
    assert [(day.day, one.milliseconds, one.rows) for day, one in days.items()] == [
        (1, 25, 1000),
        (2, 50, 6000),
    ]
    (rule,) = daily(store.costs(), RULE).values()
    assert (rule.runs, rule.milliseconds, rule.rows) == (4, 3.0, 15.0)
    assert daily(store.costs(), "volume") == {}


def test_the_worst_results_come_first_and_choices_narrow_them(home: Path, store: Store) -> None:
    said = [
        verdict("silence"),
        verdict("silence", FAIL, CRITICAL, region=OTHER, bad=5),
        verdict("silence", FAIL, CRITICAL, region=ELSEWHERE, bad=50),
        verdict("silence", ERROR, dataset="surveys", cause=Cause.LEARNING),
        verdict("drift", FAIL),
    ]
    watch(home, said)
    found = judged(now(store), "silence")
    marks = [Mark.CRITICAL, Mark.CRITICAL, Mark.PASSED, Mark.LEARNING]
    assert [(one.region, one.mark) for one in found] == list(
        zip([ELSEWHERE, OTHER, ONLY, ONLY], marks, strict=True)
    )
    assert (found[0].since, found[0].runs, found[0].value, found[0].bound) == (AT, 1, 7.25, 2.0)
    registry = indonesia()
    assert of_choice(found, registry) == found
    assert of_choice(found, registry, group="failing", province="32") == [found[1]]
    assert of_choice(found, registry, dataset="surveys") == [found[3]]


def test_number_of_failing_regions_changes_when_a_region_fails_or_heals(home: Path, store: Store) -> None:
    fails, passes = verdict("silence", FAIL, CRITICAL), verdict("silence")
    other = verdict("silence", FAIL, region=OTHER)
    watch(home, [passes, verdict("silence", region=OTHER)], AT)
    watch(home, [fails, verdict("silence", region=OTHER)], AT + DAY)
    watch(home, [fails, other], AT + 2 * DAY)
    watch(home, [passes, other], AT + 3 * DAY)
    watch(home, [passes, other], AT + 4 * DAY)
    told = [(one.at, one.critical, one.warned) for one in over_time(history(store, "silence"))]
    assert told == [
        (AT, 0, 0),
        (AT + DAY, 1, 0),
        (AT + 2 * DAY, 1, 1),
        (AT + 3 * DAY, 0, 1),
        (AT + 4 * DAY, 0, 1),
    ]


def test_region_fails_until_the_last_of_its_record_sets_heals(home: Path, store: Store) -> None:
    both = [verdict("silence", FAIL, CRITICAL, dataset=name) for name in ("surveys", "transactions")]
    watch(home, both, AT)
    watch(home, [verdict("silence"), both[0]], AT + DAY)
    watch(home, [verdict("silence"), verdict("silence", dataset="surveys")], AT + 2 * DAY)
    assert [one.critical for one in over_time(history(store, "silence"))] == [1, 0]
    assert over_time(history(store, "drift")) == []


def test_what_was_last_said_holds_while_nothing_else_is_said(home: Path, store: Store) -> None:
    watch(home, [verdict("silence", FAIL, CRITICAL)], AT)
    watch(home, [verdict("silence", FAIL, CRITICAL, region=OTHER)], AT + DAY)
    assert [one.critical for one in over_time(history(store, "silence"))] == [1, 2]


def test_rate_is_of_the_days_last_judged_by_region_and_year(home: Path, store: Store) -> None:
    early = (date(2025, 1, 1), date(2025, 1, 2))
    watch(home, [verdict("drift", FAIL, days=early)], AT, date(2025, 1, 1))
    watch(home, [verdict("drift", FAIL, days=SILENT), verdict("drift", FAIL)], AT + DAY)
    findings = store.findings(check="drift")
    assert findings.height == 3
    (latest,) = store.watches(1)
    found = rate(findings, latest, 10)
    assert found is not None
    assert (found.found, found.regions, found.days, found.judged) == (2, 1, 35, 10)
    assert found.yearly == pytest.approx(2 / 10 / (35 / 365.25))
    assert rate(findings, None, 10) is None
    assert rate(findings, latest, 0) is None
