"""Times to completion against slow references that look at every case."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.histogram import Histogram, bucket_of, estimate_of
from metrics.indicators.durations import slot_of
from metrics.model import ValueStatus
from tests.metrics.indicators.records import (
    DAY,
    REGISTRY,
    SEEN,
    START,
    Case,
    figures,
    local,
    random_cases,
    random_figures,
    working_seconds,
)

Z = 1.959963984540054


def bucketed(seconds: float) -> float:
    return float(estimate_of(bucket_of(np.array([seconds])))[0])


def slow_curve(ended: list[float], waiting: list[float]) -> list[tuple[float, float, float, float]]:
    """Kaplan-Meier by the book: time, survival, lower, upper."""
    survival, greenwood, rows = 1.0, 0.0, []
    for time in sorted(set(ended)):
        at_risk = sum(1 for t in ended if t >= time) + sum(1 for t in waiting if t >= time)
        died = ended.count(time)
        survival *= 1 - died / at_risk
        if died < at_risk:
            greenwood += died / (at_risk * (at_risk - died))
            spread = Z * math.sqrt(greenwood) / abs(math.log(survival))
            rows.append((time, survival, survival ** math.exp(spread), survival ** math.exp(-spread)))
        else:
            rows.append((time, 0.0, 0.0, math.inf))
    return rows


def slow_quantile(ended: list[float], waiting: list[float], q: float) -> list[float | None]:
    """Value, low and high; ``None`` where the curve or its bound does not fall so far."""
    rows = slow_curve(ended, waiting)
    share = 1 - q + 1e-9
    first = [next((row[0] for row in rows if row[place] <= share), None) for place in (1, 2, 3)]
    if first[0] is not None and any(abs(row[1] - (1 - q)) < 1e-9 for row in rows):
        beyond = next((row[0] for row in rows if row[1] < 1 - q - 1e-9), first[0])
        first[0] = (first[0] + beyond) / 2
    return first


def members(level: str, code: str) -> set[str]:
    return {
        region.code
        for region in REGISTRY.regions.values()
        if level == "nation" or code in {region.code, region.province.code}
    }


GROUPS = [
    ("region", "W.1", "all"),
    ("region", "E.1", "all"),
    ("region", "W.2", "2025-04"),
    ("province", "W", "2025"),
    ("nation", "*", "2025-03"),
    ("nation", "*", "all"),
]


@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_median_with_open_cases_agrees_with_the_book(group: tuple[str, str, str], seed: int) -> None:
    level, code, period = group
    cases = random_cases(seed)
    chosen = [
        case
        for case in cases
        if case.region in members(level, code)
        and (period == "all" or f"{local(case.region, case.start):%Y-%m}".startswith(period))
    ]
    ended = [bucketed(case.seconds) for case in chosen if case.end]
    waiting = [(SEEN - case.start).total_seconds() for case in chosen if not case.end]
    found = random_figures(seed)
    for indicator, q in (("completion_days_median", 0.5), ("completion_days_p90", 0.9)):
        value = found[(indicator, *group)]
        if value.status is ValueStatus.TOO_FEW:
            assert len(chosen) < 29
            continue
        expected = slow_quantile(ended, waiting, q)
        assert value.n == len(chosen)
        assert value.value == pytest.approx(expected[0] and expected[0] / 86400)
        assert value.low == pytest.approx(expected[1] and expected[1] / 86400 / 1.01)
        assert value.high == pytest.approx(expected[2] and expected[2] / 86400 / 0.99)


def test_median_in_working_hours_counts_open_cases_on_the_regions_own_clock_and_calendar() -> None:
    cases = random_cases(1)
    for region in REGISTRY.regions:
        own = [case for case in cases if case.region == region]
        ended = [bucketed(working_seconds(region, c.start, c.end)) for c in own if c.end]
        waiting = [working_seconds(region, c.start, SEEN) for c in own if not c.end]
        value = random_figures(1)["completion_working_hours_median", "region", region, "all"]
        expected = slow_quantile(ended, waiting, 0.5)[0]
        assert value.value == pytest.approx(expected and expected / 3600)


def test_leaving_out_open_cases_flatters_a_slow_region() -> None:
    found = random_figures(2)
    closed = found["completion_days_median_closed", "region", "E.1", "all"]
    counted = found["completion_days_median", "region", "E.1", "all"]
    assert closed.value is not None
    assert counted.value is not None
    assert closed.value < 0.7 * counted.value
    assert counted.n > closed.n


def test_median_is_withheld_while_more_than_half_of_the_cases_are_open() -> None:
    quick = [Case("W.1", START + i * DAY, START + i * DAY + timedelta(hours=5)) for i in range(4)]
    waiting = [Case("W.1", START + i * DAY) for i in range(8)]
    found = figures([*quick, *waiting])
    value = found["completion_days_median", "region", "W.1", "all"]
    assert (value.value, value.status, value.n) == (None, ValueStatus.WITHHELD, 12)
    assert value.reason.startswith("half-open(open=8,n=12): ")
    assert "more than half of the cases are still open" in value.reason
    assert found["completion_days_median_closed", "region", "W.1", "all"].status is ValueStatus.TOO_FEW


def test_median_without_open_cases_is_the_closed_median_for_odd_and_for_even_n() -> None:
    for count in (9, 10):
        cases = [Case("W.1", START, START + (i + 1) * DAY) for i in range(count)]
        found = figures(cases)
        closed = found["completion_days_median_closed", "region", "W.1", "all"]
        counted = found["completion_days_median", "region", "W.1", "all"]
        assert closed.value == pytest.approx((count + 1) / 2, rel=0.01)
        assert counted.value == pytest.approx(closed.value, rel=1e-12)


def test_closed_figures_come_from_merged_counts_and_the_mean_is_exact() -> None:
    cases = random_cases(1)
    found = random_figures(1)
    for level, code in (("region", "W.2"), ("province", "W"), ("nation", "*")):
        seconds = [c.seconds for c in cases if c.end and c.region in members(level, code)]
        parts = Histogram.merge(Histogram.of([value]) for value in seconds)
        exact = np.quantile(seconds, [0.5, 0.9]) / 86400
        median = found["completion_days_median_closed", level, code, "all"]
        tail = found["completion_days_p90_closed", level, code, "all"]
        mean = found["completion_days_mean_closed", level, code, "all"]
        assert median.value == pytest.approx((parts.quantile_seconds(0.5) or 0) / 86400)
        assert [median.value, tail.value] == pytest.approx(exact, rel=0.01)
        assert mean.value == pytest.approx(np.mean(seconds) / 86400, rel=1e-12)
        assert mean.low is not None
        assert mean.high is not None
        error = np.std(seconds, ddof=1) / math.sqrt(len(seconds)) / 86400
        assert (mean.high - mean.low) / 2 == pytest.approx(error * 1.98, rel=0.03)


def test_province_is_pooled_and_not_the_average_of_its_regions() -> None:
    found = random_figures(3)
    name = "completion_days_median_closed"
    one, two = (found[name, "region", code, "all"].value or 0 for code in ("W.1", "W.2"))
    pooled = found[name, "province", "W", "all"].value or 0
    assert abs(pooled - (one + two) / 2) > 1


def test_tail_needs_29_finished_cases_and_its_upper_bound_36() -> None:
    for count, status, bounded in (
        (28, ValueStatus.TOO_FEW, False),
        (29, ValueStatus.OK, False),
        (36, ValueStatus.OK, True),
    ):
        cases = [Case("W.1", START, START + (i + 1) * DAY) for i in range(count)]
        value = figures(cases)["completion_days_p90_closed", "region", "W.1", "all"]
        assert value.status is status
        assert (value.high is not None) is bounded
        assert (value.value is None) is (status is ValueStatus.TOO_FEW)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=30), st.floats(0, 1e9))
def test_open_case_is_at_risk_at_exactly_the_buckets_it_outlasts(ended: list[float], waited: float) -> None:
    buckets = bucket_of(np.array(ended))
    slot = slot_of(np.array([waited]))[0]
    assert np.array_equal(buckets <= slot, estimate_of(buckets) <= waited)
