"""Intervals against published values, and their coverage by exact summation over all outcomes."""

import numpy as np
import pytest
from scipy import stats

from metrics.statistics.figures import BadFigures
from metrics.statistics.intervals import (
    TAIL,
    Z,
    clopper_pearson,
    least_n,
    order_statistics,
    poisson,
    poisson_exact,
    proportion_difference,
    quantile_interval,
    rate_difference,
    rate_ratio,
    student,
    wilson,
)


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


def test_exact_poisson_bounds_are_those_of_the_published_table() -> None:
    # PHE funnel plots for ratios: expected events at which 1, 10 and 100 events lie on the 95 % limits
    low, high = poisson_exact([1, 10, 100])
    assert low == pytest.approx([0.025317898, 4.795387629, 81.36400699], rel=1e-4)
    assert high == pytest.approx([5.571644585, 18.39035799, 121.6268111], rel=1e-4)
    low, high = poisson_exact([1, 10], 0.998)
    assert low == pytest.approx([0.001000547, 2.960519925], rel=1e-4)
    assert high == pytest.approx([9.233410143, 24.13397235], rel=1e-4)


def test_clopper_pearson_never_covers_less_than_its_level() -> None:
    counts = np.arange(41)
    low, high = clopper_pearson(counts, np.full(41, 40))
    assert (low[0], high[-1]) == (0, 1)
    for share in np.linspace(0.01, 0.99, 50):
        assert stats.binom.pmf(counts, 40, share)[(low <= share) & (share <= high)].sum() >= 0.95


def test_quantile_has_a_far_bound_from_59_values_for_p95_and_299_for_p99() -> None:
    assert (least_n(0.95), least_n(0.99), least_n(0.9), least_n(0.05)) == (59, 299, 29, 59)
    for q, n in ((0.95, 59), (0.99, 299), (0.9, 29)):
        assert q**n <= 0.05 < q ** (n - 1)
        assert quantile_interval(np.arange(n), q).high == n - 1
        assert np.isinf(quantile_interval(np.arange(n - 1), q).high)


@pytest.mark.parametrize("q", [0.05, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("n", [10, 29, 59, 65, 72, 200])
def test_quantile_interval_holds_the_quantile_in_95_of_100_cases(n: int, q: float) -> None:
    found = quantile_interval(np.arange(1, n + 1), q)  # a value is its own place
    below = np.arange(n + 1)
    assert stats.binom.pmf(below, n, q)[(below >= found.low) & (below < found.high)].sum() >= 0.95


def test_ratio_of_rates_agrees_with_the_example_of_the_poisson_test() -> None:
    # the worked example of R's documentation: 11 events in 800 against 21 in 3,011
    found = rate_ratio(11, 800, 21, 3011)
    assert [found.value, found.low, found.high] == pytest.approx([1.971488, 0.8584264, 4.2772659], abs=1e-6)


def test_difference_of_proportions_agrees_with_newcombe() -> None:
    # Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10: 56/70 - 48/80
    found = proportion_difference(56, 70, 48, 80)
    assert [found.value, found.low, found.high] == pytest.approx([0.2, 0.0524, 0.3339], abs=5e-5)


def test_difference_of_rates_holds_zero_for_equal_ones_and_knows_no_events() -> None:
    found = rate_difference([5, 0, 40], [10, 10, 10], [5, 0, 5], [10, 10, 10])
    assert ((found.low < 0) & (found.high > 0)).tolist() == [True, True, False]
    assert found.low[2] > 0


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(BadFigures, match="more than n"):
        clopper_pearson([3], [2])
    with pytest.raises(BadFigures, match="whole number"):
        clopper_pearson([0.5], [2])
    with pytest.raises(BadFigures, match="exposure: entry itself is 0; more than 0"):
        rate_ratio(1, 0, 1, 1)
    with pytest.raises(BadFigures, match="none"):
        quantile_interval([], 0.5)
    with pytest.raises(BadFigures, match="Leave such units out"):
        quantile_interval([1, np.nan], 0.5)
