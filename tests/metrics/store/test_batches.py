"""Batches, their checks and rejections, and how fresh the roll-ups are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.errors import StoreError
from metrics.model import Batch, Outcome
from metrics.store import Store
from tests.metrics.store import facts
from tests.metrics.store.test_rollups import TABLES, fill


def put(store: Store, *batches: Batch) -> None:
    with store.rollup_transaction("transactions") as writer:
        writer.batches(batches)


def test_batch_comes_back_as_it_was_put(store: Store) -> None:
    unfinished = replace(facts.batch("b2"), finished=None, archive_version=None, rejected_by_rule={})
    put(store, facts.batch(), unfinished)
    assert store.batch("b1") == facts.batch()
    assert store.batch("b2") == unfinished
    assert store.batch("b3") is None


def test_batch_that_is_put_again_is_written_over_and_keeps_its_checks(store: Store) -> None:
    with store.rollup_transaction("transactions") as writer:
        writer.batches([facts.batch()])
        writer.checks("b1", [facts.check()])
    mended = replace(facts.batch(), finished=facts.NOON + timedelta(hours=1))
    put(store, mended)
    assert store.batches() == [mended]
    assert store.check_results().height == 1


def test_batches_come_latest_first_and_no_more_than_asked(store: Store) -> None:
    put(store, *(facts.batch(f"b{n}", hours=n) for n in (1, 3, 2)), facts.batch("c", dataset="surveys"))
    assert [b.id for b in store.batches(2)] == ["b3", "b2"]
    assert [b.id for b in store.batches(None)] == ["b3", "b2", "b1", "c"]
    assert [b.id for b in store.batches(dataset="surveys")] == ["c"]


def test_instant_comes_back_in_utc_whatever_zone_it_was_given_in(store: Store) -> None:
    jakarta = facts.NOON.astimezone(datetime.strptime("+0700", "%z").tzinfo)
    put(store, replace(facts.batch(), started=jakarta))
    found = store.batches()[0].started
    assert (found, found.tzinfo) == (facts.NOON, UTC)


def test_instant_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no time zone"):
        put(store, replace(facts.batch(), started=facts.NOON.replace(tzinfo=None)))


def test_check_results_come_back_narrowed_and_in_their_order(store: Store) -> None:
    failed = facts.check("domain-status", None, Outcome.FAIL)
    store.replace_rollup(
        "transactions",
        [],
        {},
        archive_version=1,
        calendar_hash="",
        batches=[facts.batch("b1"), facts.batch("b2")],
        checks=[("b2", failed), ("b2", facts.check()), ("b1", facts.check(region="11.02"))],
    )
    everything = store.check_results()
    assert everything.select("batch", "rule", "region").rows() == [
        ("b2", "domain-status", None),
        ("b2", "required-id", "11.01"),
        ("b1", "required-id", "11.02"),
    ]
    assert store.check_results(batch="b2", outcome=["fail", "error"]).rows(named=True) == [
        {
            "batch": "b2",
            "dataset": "transactions",
            "rule": "domain-status",
            "region": None,
            "outcome": "fail",
            "severity": "critical",
            "dimension": "completeness",
            "n": 10,
            "bad": 1,
            "value": 0.1,
            "bound": None,
            "milliseconds": 1.5,
            "detail": "",
        }
    ]
    assert store.check_results(region="11.02")["batch"].to_list() == ["b1"]
    assert store.check_results(dataset="surveys").schema == everything.schema


def test_checks_and_rejections_put_again_take_the_place_of_the_first(store: Store) -> None:
    for outcome, n in ((Outcome.FAIL, 4), (Outcome.PASS, 1)):
        with store.rollup_transaction("transactions") as writer:
            writer.checks("b1", [facts.check(outcome=outcome)])
            writer.rejections("b1", {("11.01", "required-id"): n})
            writer.batches([facts.batch()])
    assert store.check_results()["outcome"].to_list() == ["pass"]
    assert store.rejections()["n"].to_list() == [1]


def test_rejections_are_summed_over_batches_and_keep_those_of_no_region(store: Store) -> None:
    store.replace_rollup(
        "transactions",
        [],
        {},
        archive_version=1,
        calendar_hash="",
        batches=[facts.batch("b1"), facts.batch("b2")],
        rejections={
            "b1": {("11.01", "required-id"): 2, (None, "region-known"): 5},
            "b2": {("11.01", "required-id"): 3, (None, "region-known"): 1},
        },
    )
    assert store.rejections().rows() == [
        ("transactions", "11.01", "required-id", 5),
        ("transactions", None, "region-known", 6),
    ]
    assert store.rejections().schema["n"] == pl.Int64


def test_check_of_a_batch_that_is_never_written_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="contradict"), store.rollup_transaction("transactions") as writer:
        writer.checks("nowhere", [facts.check()])
    assert store.check_results().height == 0


def test_freshness_counts_each_record_set_and_region(store: Store) -> None:
    later = {"last_anchor_us": facts.NOON_US + 10_000_000, "simulated": True}
    rows = facts.cases(facts.case_row("2025-06"), facts.case_row("2025-07") | later)
    for dataset in TABLES:
        fill(store, dataset, rows if dataset == "transactions" else TABLES[dataset])
    store.put_seed_events([facts.event(5)])
    found = {row["dataset"]: row for row in store.freshness().rows(named=True)}
    assert found["transactions"] == {
        "dataset": "transactions",
        "region": "11.01",
        "records": 6,
        "first_anchor": facts.NOON,
        "last_anchor": facts.NOON + timedelta(seconds=10),
        "last_observed": facts.NOON + timedelta(microseconds=2),
        "simulated": True,
    }
    assert {name: row["records"] for name, row in found.items()} == {
        "transactions": 6,
        "complaints": 3,
        "surveys": 5,
        "probes": 48,
        "traffic": 100,
        "rollout_events": 1,
    }
    assert found["probes"]["last_anchor"] == facts.NOON - timedelta(microseconds=5)
    assert found["surveys"]["last_anchor"] is None
    assert found["rollout_events"]["last_anchor"] == datetime(2023, 6, 20, tzinfo=UTC)


def test_freshness_of_nothing_has_its_columns(store: Store) -> None:
    assert store.freshness().columns == [
        "dataset",
        "region",
        "records",
        "first_anchor",
        "last_anchor",
        "last_observed",
        "simulated",
    ]
