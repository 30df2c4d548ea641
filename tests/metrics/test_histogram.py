"""Laws of the histogram: merging is exact, and a quantile is within 1 % of that of the durations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.histogram import RELATIVE_ERROR, ZERO, Histogram, bucket_of, estimate_of

YEARS_US = 30 * 366 * 86_400_000_000
durations = st.lists(st.integers(0, YEARS_US).map(lambda us: us / 1e6), max_size=60)
some = durations.filter(bool)


def same(one: Histogram, other: Histogram) -> bool:
    return (
        np.array_equal(one.buckets, other.buckets)
        and np.array_equal(one.counts, other.counts)
        and one.total_microseconds == other.total_microseconds
    )


@given(durations, durations)
def test_merge_is_the_histogram_of_both(one: list[float], other: list[float]) -> None:
    assert same(Histogram.merge([Histogram.of(one), Histogram.of(other)]), Histogram.of(one + other))


@given(durations, durations, durations)
def test_merge_is_associative_and_commutative(a: list[float], b: list[float], c: list[float]) -> None:
    x, y, z = map(Histogram.of, (a, b, c))
    left = Histogram.merge([Histogram.merge([x, y]), z])
    assert same(left, Histogram.merge([x, Histogram.merge([y, z])]))
    assert same(left, Histogram.merge([z, y, x]))


@given(durations)
def test_merge_with_nothing_changes_nothing(values: list[float]) -> None:
    empty = Histogram.merge([])
    assert (empty.n, empty.mean_seconds, empty.quantile_seconds(0.5)) == (0, None, None)
    assert same(Histogram.merge([Histogram.of(values), empty]), Histogram.of(values))


@settings(max_examples=300)
@given(some, st.floats(0, 1))
def test_quantile_is_within_one_percent_at_every_share(values: list[float], q: float) -> None:
    found = Histogram.of(values).quantile_seconds(q)
    assert found == pytest.approx(float(np.quantile(values, q)), rel=RELATIVE_ERROR * (1 + 1e-9), abs=1e-9)


@given(some)
def test_mean_is_exact(values: list[float]) -> None:
    exact = sum(round(value * 1e6) for value in values) / len(values) / 1e6
    assert Histogram.of(values).mean_seconds == pytest.approx(exact, rel=1e-12, abs=1e-15)


@given(durations)
def test_packing_returns_the_same_histogram(values: list[float]) -> None:
    histogram = Histogram.of(values)
    assert same(Histogram.unpack(histogram.pack(), histogram.total_microseconds), histogram)


@given(st.integers(1, YEARS_US))
def test_every_whole_microsecond_is_within_one_percent_of_its_estimate(microseconds: int) -> None:
    seconds = np.array([microseconds / 1e6])
    estimate = estimate_of(bucket_of(seconds))
    assert abs(estimate - seconds) <= RELATIVE_ERROR * (1 + 1e-9) * seconds


def test_zero_has_a_bucket_of_its_own() -> None:
    assert bucket_of(np.array([0.0]))[0] == ZERO
    assert Histogram.of([0.0, 0.0, 8.0]).quantile_seconds(0.5) == 0.0


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_what_is_no_duration_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="reject such rows"):
        Histogram.of([1.0, value])


def test_mean_of_two_p95s_is_2_243_ms_where_the_p95_is_159_ms() -> None:
    # a fast service with 100,000 calls and a slow one with 1,000: the average of percentiles is of nobody
    rng = np.random.default_rng(1)
    fast, slow = rng.exponential(0.05, 100_000), rng.exponential(1.5, 1_000)
    parts = [Histogram.of(calls) for calls in (fast, slow)]
    averaged = sum(part.quantile_seconds(0.95) or 0 for part in parts) / 2
    merged = Histogram.merge(parts).quantile_seconds(0.95)
    truth = float(np.quantile(np.concatenate([fast, slow]), 0.95))
    assert merged == pytest.approx(truth, rel=RELATIVE_ERROR)
    assert truth == pytest.approx(0.159, abs=0.002)
    assert averaged == pytest.approx(2.243, rel=0.05)
