"""Profiles, findings, the history of checks, their costs, and incidents, on every database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

from metrics.errors import UnknownName
from metrics.model import CheckResult, Outcome, Severity
from metrics.observation import Act, Cause, Cost, Finding, Incident, IncidentAct, Scope, State, Watch
from metrics.store import Store
from metrics.store.profiles import ProfileMark, Shape
from tests.metrics.store import facts

NOON = facts.NOON
HOUR = dt.timedelta(hours=1)
JULY = (dt.date(2025, 7, 1), dt.date(2025, 7, 3))
MARCH = (dt.date(2025, 3, 1), dt.date(2025, 3, 9))
COUNTS = pl.DataFrame({"dataset": ["surveys"], "region": ["32.11"], "day": [JULY[0]], "n": [4]})
SHARES = pl.DataFrame(
    {"field": ["channel"], "value": [None], "n": [4]}, schema_overrides={"value": pl.String}
)


def finding(outcome: Outcome = Outcome.FAIL, **other: object) -> Finding:
    facts_of_it = {
        "monitor": "volume",
        "dataset": "surveys",
        "region": "32.11",
        "field": None,
        "days": JULY,
        "severity": Severity.WARNING,
        "dimension": "completeness",
        "value": 2.0,
        "bound": 5.0,
        "n": 9,
        "bad": 3,
        "detail": "too few",
        "remedy": "Ask.",
    }
    return Finding(outcome=outcome, **(facts_of_it | other))  # type: ignore[arg-type] # of a test


def watch(at: dt.datetime = NOON, first: dt.date = JULY[0], name: str = "w1") -> Watch:
    return Watch(name, at, 1.5, first, JULY[1], 10, {"surveys": 3}, simulated=True)


def incident(name: str = "i1", **other: object) -> Incident:
    made = Incident(
        name,
        Scope.REGION,
        "32.11",
        "surveys",
        "volume",
        State.OPEN,
        Severity.WARNING,
        NOON,
        NOON,
        days=JULY,
        causes=("volume",),
        detail="too few",
    )
    return replace(made, **other)  # type: ignore[arg-type] # of a test


def test_profile_of_a_month_is_replaced_and_comes_back_in_order(store: Store) -> None:
    for month, n in (("2025-08", 1), ("2025-07", 2), ("2025-07", 3)):
        store.put_profile("surveys", month, COUNTS.with_columns(n=pl.lit(n)), SHARES)
    assert [f["n"].item() for f in store.profile("counts", "surveys", "2025-01", "2025-12")] == [3, 1]
    assert store.profile("shares", "surveys", "2025-07", "2025-07")[0].equals(SHARES)
    assert store.profile("counts", "probes", "2025-01", "2025-12") == []


def test_mark_of_the_profiles_removes_those_of_months_that_are_gone(store: Store) -> None:
    assert store.profile_mark("surveys") is None
    for month in ("2025-07", "2025-08"):
        store.put_profile("surveys", month, COUNTS, SHARES)
    store.put_profile_mark("surveys", ProfileMark(4, "state"), ["2025-08"])
    assert store.profile_mark("surveys") == ProfileMark(4, "state")
    assert len(store.profile("counts", "surveys", "2025-01", "2025-12")) == 1


def test_shape_of_a_source_is_replaced(store: Store) -> None:
    columns = [{"field": "kanal", "values": ["web"], "rows": 4}]
    first = Shape("surveys", "32.11/skm", NOON, "abc", columns, [])
    later = replace(first, seen=NOON + HOUR, before=columns)
    store.put_shapes([first])
    store.put_shapes([later])
    store.put_shapes([])
    assert store.shapes() == [later]


def test_run_replaces_what_was_found_on_the_days_that_it_judged_and_no_other(store: Store) -> None:
    old, undated = finding(days=MARCH, detail="old"), finding(days=None, detail="undated")
    store.put_watch(watch(first=MARCH[0]), [old, undated, finding(), finding(Outcome.PASS)], [])
    store.put_watch(watch(NOON + HOUR, name="w2"), [finding(detail="again")], [])
    found = store.findings()
    assert found.select("watch", "detail", "first_day", "last_day").rows() == [
        ("w1", "old", *MARCH),
        ("w2", "again", *JULY),
    ]
    assert [one.id for one in store.watches()] == ["w2", "w1"]
    assert store.watches(1)[0] == watch(NOON + HOUR, name="w2")


def test_finding_comes_back_with_all_its_parts_and_is_narrowed(store: Store) -> None:
    learning = finding(Outcome.ERROR, region="11.01", cause=Cause.LEARNING, days=None, value=None, bound=None)
    store.put_watch(watch(), [finding(field="cost"), learning], [])
    (row,) = store.findings(region="32.11").to_dicts()
    assert (row["check"], row["field"], row["severity"], row["bad"], row["bound"]) == (
        "volume",
        "cost",
        "warning",
        3,
        5.0,
    )
    assert store.findings().height == 1
    assert store.findings(outcome="error")["cause"].to_list() == ["learning"]
    assert store.findings(outcome=None, check="volume", dataset="surveys").height == 2


def test_check_that_comes_out_the_same_goes_on_with_its_stretch(store: Store) -> None:
    course = [Outcome.PASS, Outcome.PASS, Outcome.FAIL, Outcome.FAIL, Outcome.FAIL, Outcome.PASS]
    for hour, outcome in enumerate(course):
        store.put_watch(watch(NOON + hour * HOUR, name=f"w{hour}"), [finding(outcome, n=hour)], [])
    rows = store.standings(region="32.11")
    assert rows.select("outcome", "since", "until", "runs", "n", "current").rows() == [
        ("pass", NOON + 5 * HOUR, NOON + 5 * HOUR, 1, 5, True),
        ("fail", NOON + 2 * HOUR, NOON + 4 * HOUR, 3, 4, False),
        ("pass", NOON, NOON + HOUR, 2, 1, False),
    ]
    assert store.standings(current=True).height == 1


def test_standing_of_a_region_is_the_worst_of_what_a_check_says_of_it(store: Store) -> None:
    told = [
        finding(Outcome.PASS),
        finding(severity=Severity.INFO, field="cost"),
        finding(severity=Severity.CRITICAL, field="channel"),
        finding(Outcome.ERROR, cause=Cause.LEARNING),
        finding(region=None),
    ]
    store.put_watch(watch(), told, [])
    (row,) = store.standings().to_dicts()
    assert (row["outcome"], row["severity"], row["region"]) == ("fail", "critical", "32.11")


def test_rules_of_a_batch_have_standings_by_region_and_a_cost(store: Store) -> None:
    def result(region: str | None, bad: int) -> CheckResult:
        outcome = Outcome.FAIL if bad else Outcome.PASS
        return CheckResult(
            "surveys",
            "required-id",
            region,
            outcome,
            Severity.CRITICAL,
            "completeness",
            10,
            bad,
            bad / 10,
            0.0,
            4.0,
        )

    with store.rollup_transaction("surveys") as writer:
        writer.history([result(None, 2), result("32.11", 2), result("11.01", 0)], NOON)
        writer.history([result(None, 0), result("32.11", 0)], NOON + HOUR)
    rows = store.standings(check="required-id", current=True)
    assert rows.select("region", "outcome", "until").rows() == [
        ("11.01", "pass", NOON),
        ("32.11", "pass", NOON + HOUR),
    ]
    (cost,) = store.costs(check="required-id").to_dicts()
    assert cost == {
        "check": "required-id",
        "dataset": "surveys",
        "day": NOON.date(),
        "runs": 2,
        "milliseconds": 8.0,
        "rows": 20,
    }


def test_costs_add_up_by_day(store: Store) -> None:
    cost = Cost("volume", "", NOON.date(), 1, 2.5, 100)
    for name, day in (("w1", cost.day), ("w2", cost.day), ("w3", cost.day + dt.timedelta(days=1))):
        store.put_watch(watch(name=name), [], [replace(cost, day=day)])
    assert store.costs()["runs"].to_list() == [2, 1]


def test_holds_are_what_critical_failures_say_once_figures_were_computed(store: Store) -> None:
    grave = finding(severity=Severity.CRITICAL)
    store.put_watch(
        watch(),
        [
            grave,
            replace(grave, region="11.01", days=None),
            replace(grave, region=None),
            replace(grave, outcome=Outcome.ERROR, region="12.01"),
            finding(region="13.01"),
        ],
        [],
    )
    found = store.critical_findings()
    assert [(hold.region, hold.days, hold.check) for hold in found] == [
        ("11.01", None, "volume"),
        ("32.11", JULY, "volume"),
    ]
    assert {(hold.detail, hold.remedy) for hold in found} == {("too few", "Ask.")}
    assert store.holds() == []
    store.put_holds(found)
    assert store.holds() == found
    assert store.holds("32.11") == found[1:]
    store.put_holds([])
    assert store.holds() == []


def test_incident_comes_back_as_it_was_put_and_is_written_over(store: Store) -> None:
    first = incident()
    acts = [
        IncidentAct("i1", NOON, "pantau", Act.OPENED),
        IncidentAct("i1", NOON + HOUR, "sari", Act.NOTED, "x"),
    ]
    store.put_incidents([first], acts[:1])
    closed = replace(
        first,
        state=State.RESOLVED,
        resolved=NOON + HOUR,
        days=None,
        closed_by_hand=True,
        parent="p",
        reopened=2,
    )
    store.put_incidents([closed, incident("i2", opened=NOON + HOUR)], acts[1:])
    assert store.incident("i1") == closed
    assert store.incident_acts("i1") == acts
    assert store.incident_acts("i2") == []
    assert [one.id for one in store.incidents()] == ["i2", "i1"]


def test_incidents_are_narrowed_by_what_is_asked(store: Store) -> None:
    gone = incident("i2", state=State.RESOLVED, resolved=NOON)
    store.put_incidents(
        [incident(), gone, incident("i3", place="11.01", dataset="probes", check="silence")], []
    )
    assert [one.id for one in store.incidents(present=False)] == ["i2"]
    assert {one.id for one in store.incidents(present=True)} == {"i1", "i3"}
    assert [one.id for one in store.incidents(place="11.01")] == ["i3"]
    assert {one.id for one in store.incidents(dataset="surveys", check="volume")} == {"i1", "i2"}


def test_incident_that_there_is_not_is_refused_with_where_to_look(store: Store) -> None:
    with pytest.raises(UnknownName, match="pantau incident list"):
        store.incident("nowhere")
