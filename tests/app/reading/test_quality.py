"""Arrivals, rejections and silence as a page reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from app.reading.quality import (
    active,
    by_region,
    by_rule,
    coverage,
    data_as_of,
    matrix,
    silent_regions,
    totals,
)
from metrics.datasets import DATASETS
from metrics.store import Store
from tests.app.installations import CASES
from tests.e2e.cases import REGIONS
from tests.services.command import Installed

BAD = CASES // 50


def test_totals_add_up_to_what_was_read(some_store: Store) -> None:
    sums = totals(some_store.batches(None))
    assert (sums.batches, sums.read, sums.accepted, sums.rejected) == (1, CASES, CASES - BAD, BAD)
    assert sums.new + sums.updated + sums.unchanged == sums.accepted
    assert sums.rejected_share == BAD / CASES


def test_rejections_are_those_the_command_line_prints(some: Installed, some_store: Store) -> None:
    printed = some("rejected")
    rules = by_rule(some_store.batches(None))
    assert rules.rows() == [("transactions", "completed-not-before-submitted", len(printed))]
    places = dict(by_region(some_store.rejections()).rows())
    assert places == {code: n for code in REGIONS if (n := sum(row["region"] == code for row in printed))}
    assert list(places.values()) == sorted(places.values(), reverse=True)


def test_every_region_has_a_row_for_every_record_set(some_store: Store) -> None:
    registry = some_store.registry()
    cover = coverage(some_store.freshness(), registry, list(DATASETS))
    assert cover.height == len(registry.regions) * len(DATASETS)
    reporting = cover.filter(~cover["silent"])
    assert sorted(reporting["region"]) == sorted(REGIONS)
    assert set(reporting["dataset"]) == {"transactions"}
    assert reporting["records"].sum() == CASES - BAD
    assert active(cover) == ["transactions"]


def test_silent_regions_are_listed_not_left_out(some_store: Store) -> None:
    registry = some_store.registry()
    cover = coverage(some_store.freshness(), registry, list(DATASETS))
    silent = silent_regions(cover)
    assert silent.height == len(registry.regions) - len(REGIONS)
    assert not set(silent["region"]) & set(REGIONS)
    assert set(silent["missing"]) == {"transactions"}, "sets that nobody reports are missing from nobody"
    assert silent["all_silent"].all()
    assert silent["days"].null_count() == silent.height


def test_provinces_count_their_regions_and_those_that_report(some_store: Store) -> None:
    cover = coverage(some_store.freshness(), some_store.registry(), ["transactions"])
    rows = {row["province"]: row for row in matrix(cover).iter_rows(named=True)}
    assert sum(row["regions"] for row in rows.values()) == 514
    assert rows["32"]["reporting"] == 2
    assert sum(row["reporting"] for row in rows.values()) == len(REGIONS)


def test_time_of_the_data_is_that_of_the_records_not_of_the_clock(some_store: Store) -> None:
    assert data_as_of(some_store.freshness()) == datetime(2025, 7, 1, tzinfo=UTC)


def test_without_data_everything_is_empty_and_nothing_fails(empty_store: Store) -> None:
    sums = totals(empty_store.batches(None))
    assert (sums.read, sums.rejected_share) == (0, None)
    assert by_rule([]).height == by_region(empty_store.rejections()).height == 0
    assert data_as_of(empty_store.freshness()) is None
    cover = coverage(empty_store.freshness(), empty_store.registry(), list(DATASETS))
    assert cover["silent"].all()
    assert active(cover) == []
    assert silent_regions(cover).height == 0
    assert set(matrix(cover)["reporting"]) == {0}
