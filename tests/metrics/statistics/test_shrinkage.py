"""Empirical Bayes against published results."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics.figures import BadFigures
from metrics.statistics.mixtures import shrink_counts, shrink_proportions
from metrics.statistics.shrinkage import shrink
from tests.metrics.statistics.published import BCG, SCHOOLS, SCHOOLS_ERRORS


@pytest.mark.parametrize("method", ["dl", "pm", "reml"])
def test_eight_schools_have_no_variance_between_them(method: str) -> None:
    # Gelman et al., Bayesian Data Analysis, section 5.5: pooled 7.7 with standard error 4.1
    found = shrink(SCHOOLS, SCHOOLS_ERRORS, method)  # type: ignore[arg-type]  # one of three
    assert (found.tau2, found.differ, found.reliability) == (0, False, 0)
    assert [found.mean, found.mean_error] == pytest.approx([7.686, 4.072], abs=1e-3)
    assert found.value == pytest.approx([found.mean] * 8)
    assert found.error == pytest.approx([found.mean_error] * 8)
    assert found.q == pytest.approx(4.707, abs=1e-3)


@pytest.mark.parametrize(
    ("method", "tau2", "mean", "error"),
    [("dl", 0.3088, -0.7141, 0.1787), ("pm", 0.3181, -0.7150, 0.1809), ("reml", 0.3132, -0.7145, 0.1798)],
)
def test_bcg_trials_have_the_published_variance(method: str, tau2: float, mean: float, error: float) -> None:
    # Viechtbauer 2010, Journal of Statistical Software 36(3): log relative risks
    cases, others, controls, rest = BCG.T
    ratio = np.log(cases / (cases + others) / (controls / (controls + rest)))
    variance = 1 / cases - 1 / (cases + others) + 1 / controls - 1 / (controls + rest)
    found = shrink(ratio, np.sqrt(variance), method)  # type: ignore[arg-type]  # one of three
    assert [found.tau2, found.mean, found.mean_error] == pytest.approx([tau2, mean, error], abs=5.1e-5)
    assert found.q == pytest.approx(152.233, abs=1e-3)
    assert found.weight == pytest.approx(found.tau2 / (found.tau2 + variance))
    assert found.value == pytest.approx(found.mean + found.weight * (ratio - found.mean))
    assert (found.error > found.error_given_mean).all()


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 10)), min_size=1, max_size=15),
    st.sampled_from(["dl", "pm", "reml"]),
)
def test_shrunk_value_lies_between_the_mean_and_the_units_own(
    units: list[tuple[float, float]], method: str
) -> None:
    y, s = np.array(units).T
    found = shrink(y, s, method)  # type: ignore[arg-type]  # one of three
    assert np.isfinite(found.tau2)
    assert ((found.weight >= 0) & (found.weight < 1)).all()
    assert (np.abs(found.value - found.mean) <= np.abs(y - found.mean) + 1e-9).all()


def test_paule_mandel_makes_the_generalised_q_its_expectation() -> None:
    rng = np.random.default_rng(2)
    y, s = rng.normal(0, 3, 30), rng.uniform(0.5, 2, 30)
    found = shrink(y, s, "pm")
    assert ((y - found.mean) ** 2 / (s**2 + found.tau2)).sum() == pytest.approx(29)


def test_one_unit_is_its_own_mean_and_equal_ones_do_not_differ() -> None:
    one = shrink([5], [2])
    assert (one.mean, one.tau2, one.value.tolist(), one.error.tolist()) == (5, 0, [5], [2])
    assert not shrink([4, 4, 4], [1, 2, 3]).differ


@pytest.mark.parametrize(
    ("values", "errors", "message"),
    [([], [], "no units"), ([1], [0], "more than 0"), ([np.nan], [1], "nan"), ([1, 2], [1], "shapes")],
)
def test_what_allows_no_shrinkage_is_refused(values: list[float], errors: list[float], message: str) -> None:
    with pytest.raises(BadFigures, match=message):
        shrink(values, errors)


def test_counts_and_proportions_find_the_spread_they_were_drawn_from() -> None:
    rng = np.random.default_rng(0)
    rate, time = rng.gamma(4, 0.5, 4000), rng.uniform(5, 50, 4000)
    found = shrink_counts(rng.poisson(rate * time), time)
    assert [found.mean, found.between] == pytest.approx([2, 1], abs=0.1)
    assert np.mean((found.low <= rate) & (rate <= found.high)) == pytest.approx(0.95, abs=0.015)
    share, size = rng.beta(6, 4, 4000), rng.integers(5, 100, 4000)
    found = shrink_proportions(rng.binomial(size, share), size)
    assert [found.mean, found.between] == pytest.approx([0.6, 0.24 / 11], abs=0.005)
    assert np.mean((found.low <= share) & (share <= found.high)) == pytest.approx(0.95, abs=0.015)


def test_counts_are_shrunk_as_marshall_has_it() -> None:
    count, time = np.array([2.0, 30, 5, 12]), np.array([1.0, 10, 4, 2])
    found = shrink_counts(count, time)
    mean = 49 / 17
    spread = (time * (count / time - mean) ** 2).sum() / 17 - mean / (17 / 4)
    assert found.between == pytest.approx(spread)
    assert found.value == pytest.approx(mean + spread / (spread + mean / time) * (count / time - mean))


def test_counts_and_proportions_that_differ_by_chance_only_are_the_pooled_figure() -> None:
    for found in (shrink_counts([10, 10, 10], [5, 5, 5]), shrink_counts([4], [2])):
        assert (found.differ, set(found.value)) == (False, {2.0})
    for found in (shrink_proportions([5, 5], [10, 10]), shrink_proportions([0, 0], [10, 10])):
        assert not found.differ
        assert found.value.tolist() == [found.mean] * 2
    with pytest.raises(BadFigures, match="more than n"):
        shrink_proportions([5], [4])
    with pytest.raises(BadFigures, match="no units"):
        shrink_counts([], [])
    with pytest.raises(BadFigures, match="exposure: entry 0 is 0"):
        shrink_counts([1], [0])


def test_units_that_are_all_or_nothing_keep_their_own_proportion() -> None:
    found = shrink_proportions([0, 50, 0, 50], [50, 50, 50, 50])
    assert found.value == pytest.approx([0, 1, 0, 1], abs=1e-3)
