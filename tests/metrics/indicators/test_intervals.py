"""Intervals against published values, and their coverage by exact summation over all outcomes."""

import numpy as np
import pytest
from scipy import stats

from metrics.indicators.intervals import TAIL, Z, order_statistics, poisson, student, wilson


def test_z_is_the_normal_quantile_of_the_level() -> None:
    assert stats.norm.ppf(1 - TAIL) == Z


def test_wilson_agrees_with_newcombes_table() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I
    ratio = np.array([81 / 263, 15 / 148, 0.0, 1.0])
    low, high = wilson(ratio, np.array([263.0, 148, 20, 29]))
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.8830], abs=1e-4)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 1.0], abs=1e-4)


def test_proportion_of_nothing_has_no_bounds() -> None:
    low, high = wilson(np.array([0.0]), np.array([0.0]))
    assert np.isnan([low, high]).all()


def test_poisson_is_exact_below_ten_and_byar_from_there_on() -> None:
    low, high = poisson(np.array([0, 1, 9, 10, 100]))
    assert low == pytest.approx([0, 0.0253, 4.1154, 4.790, 81.36], abs=5e-3)
    assert high == pytest.approx([3.6889, 5.5716, 17.0848, 18.39, 121.63], abs=5e-3)


@pytest.mark.parametrize("mean", [0.5, 3.0, 9.0, 12.0, 60.0])
def test_poisson_bounds_hold_the_truth_in_95_of_100_cases(mean: float) -> None:
    counts = np.arange(400)
    low, high = poisson(counts)
    assert stats.poisson.pmf(counts, mean)[(low <= mean) & (mean <= high)].sum() >= 0.945


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9])
def test_wilson_holds_the_truth_in_about_95_of_100_cases(share: float) -> None:
    counts = np.arange(201)
    low, high = wilson(counts / 200, np.full(201, 200.0))
    assert stats.binom.pmf(counts, 200, share)[(low <= share) & (share <= high)].sum() >= 0.935


@pytest.mark.parametrize("q", [0.5, 0.9])
@pytest.mark.parametrize("n", [6, 29, 36, 200])
def test_order_statistics_hold_the_quantile_in_95_of_100_cases(n: int, q: float) -> None:
    (low,), (high,) = order_statistics(np.array([n]), q)
    below = np.arange(n + 1)  # how many values lie below the quantile
    assert stats.binom.pmf(below, n, q)[(below >= low) & (below < high)].sum() >= 0.95


def test_tail_of_few_values_is_bounded_on_one_side_only() -> None:
    low, high = order_statistics(np.array([29, 35, 36]), 0.9)
    assert list(high) == [30, 36, 36]
    assert np.all(low >= 1)


@pytest.mark.parametrize("q", [0.5, 0.9, 0.99])
def test_order_statistics_are_the_quantiles_of_the_binomial_distribution(q: float) -> None:
    n = np.concatenate([np.arange(1, 1000), [10**5, 10**6]])
    low, high = order_statistics(n, q)
    assert np.array_equal(low, stats.binom.ppf(TAIL, n, q))
    assert np.array_equal(high, stats.binom.ppf(1 - TAIL, n, q) + 1)


def test_mean_of_one_value_has_no_interval() -> None:
    low, high = student(np.array([5.0, 5.0]), np.array([0.0, 4.0]), np.array([1.0, 4.0]))
    assert np.isnan([low[0], high[0]]).all()
    assert [low[1], high[1]] == pytest.approx([5 - 3.1824, 5 + 3.1824], abs=1e-4)
