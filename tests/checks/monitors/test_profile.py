"""Profiles: counts and shares that add up, on the region's own days."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from checks.compile import load_contract
from checks.monitors.evidence import COUNTS, SHARES, of_regions
from checks.monitors.profile import SHAPES, columns, counts, shares
from metrics.calendar import calendars_of
from metrics.datasets import DATASETS
from metrics.regions import indonesia
from tests.checks.defects.trial import clean
from tests.checks.records import frame_of, good

WEST, EAST = "32.73", "94.71"
REGIONS = of_regions([indonesia().regions[code] for code in (WEST, EAST) if code in indonesia().regions])
CALENDARS = calendars_of(["id-gov"])
TRANSACTIONS = load_contract("transactions")


def test_every_record_set_has_a_shape_whose_columns_its_contract_has() -> None:
    assert SHAPES.keys() == DATASETS.keys()
    for name, shape in SHAPES.items():
        named = {
            *shape.words,
            *shape.filled,
            *filter(None, (shape.end, shape.outcome, shape.seconds, shape.weight)),
        }
        assert named <= set(load_contract(name).polars_schema)


def test_record_counts_on_the_day_of_its_region() -> None:
    evening = dt.datetime(2025, 6, 2, 16, 0, tzinfo=dt.UTC)
    rows = [good(TRANSACTIONS, n, code) | {"submitted": evening} for n, code in enumerate(REGIONS["region"])]
    told = dict(
        counts("transactions", frame_of(TRANSACTIONS, rows), REGIONS).select("region", "day").iter_rows()
    )
    assert told[WEST] == dt.date(2025, 6, 2)
    assert {day for code, day in told.items() if code != WEST} <= {dt.date(2025, 6, 3)}


@pytest.mark.parametrize("dataset", ["transactions", "complaints", "surveys", "probes", "traffic"])
def test_profiles_of_two_deliveries_add_up_to_the_profile_of_both(dataset: str) -> None:
    evidence = clean(1).evidence
    rows = evidence.records[dataset]
    halves = [rows.filter(pl.col("_row") % 2 == part) for part in (0, 1)]
    keys = [name for name in SHARES if name != "n"]
    parts = [shares(dataset, half, evidence.regions, evidence.calendars) for half in halves]
    whole = shares(dataset, rows, evidence.regions, evidence.calendars)
    assert whole.schema == SHARES
    assert (
        pl.concat(parts)
        .group_by(keys)
        .agg(pl.col("n").sum())
        .sort(keys)
        .equals(whole.select(*keys, "n").sort(keys))
    )
    days = [name for name in COUNTS if name != "n"]
    both = pl.concat(counts(dataset, half, evidence.regions) for half in halves)
    assert (
        both.group_by(days)
        .agg(pl.col("n").sum())
        .sort(days)
        .equals(counts(dataset, rows, evidence.regions).sort(days))
    )


def test_open_case_has_no_outcome_and_no_duration_yet() -> None:
    frame = shares("transactions", frame_of(TRANSACTIONS, [good(TRANSACTIONS, 1, WEST)]), REGIONS, CALENDARS)
    assert {"status", "duration"}.isdisjoint(frame["field"])


def test_column_of_free_text_has_no_list_of_words_and_column_of_dates_has_shapes() -> None:
    frame = pl.DataFrame(
        {"a": [f"text {n}" for n in range(40)], "d": ["2025-01-02"] * 40, "w": ["x", ""] * 20}
    )
    told = {row["field"]: row for row in columns("transactions", "s", frame).iter_rows(named=True)}
    assert told["a"]["values"] is None
    assert told["d"]["formats"] == ["9999-99-99"]
    assert (told["w"]["values"], told["w"]["nulls"], told["w"]["formats"]) == (["x"], 20, None)
