"""Indicator values as a page reads them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.values import (
    CLASSES,
    Comparison,
    at,
    by_indicator,
    by_region,
    classes,
    compare,
    months,
    ordered,
    periods,
    place,
    with_gaps,
)
from metrics.catalogue import CATALOGUE
from metrics.store import Store
from tests.services.command import Installed

DIRECTIONS = st.sampled_from(["up", "down", "neutral"])
FIGURES = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)
VALUES = st.lists(st.none() | FIGURES, max_size=40)


def printed(installed: Installed, *words: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = installed("indicators", *words)
    return rows


@pytest.mark.parametrize("level", ["region", "province", "nation"])
def test_values_of_a_level_are_those_the_command_line_prints(
    some: Installed, some_store: Store, level: str
) -> None:
    frame = some_store.indicator_values(period="all", level=level)
    rows = printed(some, "--period", "all", "--level", level)
    assert rows
    read = {
        (name, code): value
        for name in frame["indicator"].unique()
        for code, value in by_region(at(frame, indicator=name)).items()
    }
    assert {(row["indicator"], row["region"]) for row in rows} == read.keys()
    for row in rows:
        value = read[row["indicator"], row["region"]]
        shown = (value.value, value.low, value.high, value.n, value.status.value, value.reason)
        assert shown == tuple(row[name] for name in ("value", "low", "high", "n", "status", "reason"))


def test_values_of_a_region_are_those_the_command_line_prints(some: Installed, some_store: Store) -> None:
    frame = some_store.indicator_values(level="region", region="73.71")
    for period in ("all", "2025-02"):
        own = by_indicator(at(frame, period=period))
        rows = printed(some, "--period", period, "--region", "73.71")
        assert {row["indicator"]: row["value"] for row in rows} == {name: own[name].value for name in own}
    whole = by_indicator(at(frame, period="all"))
    assert whole["completion_days_median"].value is not None
    assert whole["ikm"].value is None
    assert whole["ikm"].reason


def test_periods_are_those_there_are_the_latest_first(some_store: Store) -> None:
    found = periods(some_store.indicator_values(level="nation"))
    assert found[:2] == ["all", "2025"]
    assert found[2:] == sorted(found[2:], reverse=True)
    assert {"2025-01", "2025-05"} <= set(found)


def test_without_data_everything_is_empty_and_nothing_fails(empty_store: Store) -> None:
    frame = empty_store.indicator_values(level="region")
    assert frame.height == 0
    assert periods(frame) == []
    assert by_region(at(frame, indicator="ikm")) == {}
    assert by_indicator(frame) == {}
    assert months(frame).height == with_gaps(months(frame)).height == 0


def test_catalogue_is_shown_whole_those_with_a_better_side_first() -> None:
    names = ordered(CATALOGUE)
    assert sorted(names) == sorted(CATALOGUE)
    neutral = [CATALOGUE[name].direction == "neutral" for name in names]
    assert neutral == sorted(neutral)


def test_month_without_rows_becomes_an_empty_row() -> None:
    frame = pl.DataFrame({"period": ["2025", "2024-11", "2025-02", "all"], "value": [9.0, 1.0, 2.0, 9.0]})
    rows = with_gaps(months(frame)).rows()
    assert rows == [("2024-11", 1.0), ("2024-12", None), ("2025-01", None), ("2025-02", 2.0)]


@given(VALUES, DIRECTIONS)
def test_every_value_has_a_class_and_better_values_no_lower_one(
    values: list[float | None], direction: str
) -> None:
    scale = classes(values, direction)
    assert 1 <= scale.count <= CLASSES
    known = sorted(value for value in values if value is not None)
    places = [found for value in known if (found := scale.of(value)) is not None]
    assert len(places) == len(known)
    assert all(0 <= found < scale.count for found in places)
    assert places == sorted(places, reverse=direction == "down")
    assert all(0 <= (scale.shade(value) or 0) < CLASSES for value in known)
    assert scale.of(None) is scale.shade(None) is None


@pytest.mark.parametrize(
    ("values", "count"),
    [([], 1), ([None], 1), ([3.0], 1), ([1, 1, 1, 1], 1), ([1, 2, 3], 3), (range(100), 5)],
)
def test_few_or_equal_values_make_few_classes(values: list[float | None], count: int) -> None:
    assert classes(values, "up").count == count


@given(FIGURES, VALUES, DIRECTIONS)
def test_place_lies_among_the_others(value: float, values: list[float | None], direction: str) -> None:
    spread = place(value, [value, *values], direction)
    others = [other for other in values if other is not None]
    if not others:
        assert spread is None
        return
    assert spread is not None
    assert 0 <= spread.ahead <= 1
    assert spread.regions == len(others) + 1
    ladder = [spread.low, spread.tenth, spread.median, spread.ninetieth, spread.high]
    assert ladder == pytest.approx(sorted(ladder))
    if value == max([value, *others]) and others.count(value) == 0:
        assert spread.ahead == (0 if direction == "down" else 1)


def test_place_without_a_value_is_none() -> None:
    assert place(None, [1.0, 2.0], "up") is None


@pytest.mark.parametrize(
    ("low", "high", "upwards", "downwards"),
    [
        (5.0, 6.0, "better", "worse"),
        (1.0, 2.0, "worse", "better"),
        (3.0, 5.0, "alike", "alike"),
        (4.0, 4.0, "alike", "alike"),
        (5.0, None, "better", "worse"),
        (3.0, None, "alike", "alike"),
        (None, 2.0, "worse", "better"),
        (None, None, "unknown", "unknown"),
    ],
)
def test_only_an_interval_that_leaves_the_nation_out_says_more(
    low: float | None, high: float | None, upwards: str, downwards: str
) -> None:
    assert compare(low, high, 4.0, "up") is Comparison(upwards)
    assert compare(low, high, 4.0, "down") is Comparison(downwards)
    assert compare(low, high, None, "up") is Comparison.UNKNOWN
