"""Funnel limits against published tables and the distributions they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics.dispersion import Allowance
from metrics.statistics.figures import BadFigures
from metrics.statistics.funnel import discoveries, funnel, funnel_of_means, limits
from metrics.statistics.intervals import poisson_exact, wilson


def test_limits_of_ratios_are_those_of_the_published_table() -> None:
    # PHE funnel plots, ratios: with 18.39035799 expected events 10 lie on the lower 95 % limit …
    low, high = limits(1.0, [18.39035799, 4.795387629], "ratio", 0.95)
    assert [low[0] * 100, high[1] * 100] == pytest.approx([54.3763205, 208.5337156], rel=1e-5)
    low, high = limits(1.0, [134.9243187, 71.92139974], "ratio", 0.998)
    assert [low[0] * 100, high[1] * 100] == pytest.approx([74.11562345, 139.0406755], rel=1e-5)


@given(st.integers(0, 400), st.floats(0.01, 400), st.sampled_from([0.95, 0.998]))
def test_count_is_beyond_the_limits_where_its_exact_interval_leaves_the_target_out(
    count: int, expected: float, level: float
) -> None:
    low, high = limits(1.0, [expected], "ratio", level)
    below, above_it = poisson_exact(count, level)
    assert (count / expected < low[0]) == (above_it < expected)
    assert (count / expected > high[0]) == (below > expected)


def test_limits_of_proportions_are_where_wilsons_interval_touches_the_target() -> None:
    n = np.array([20.0, 100, 5000])
    low, high = limits(0.3, n, "proportion", 0.95)
    assert wilson(low, n)[1] == pytest.approx([0.3] * 3)
    assert wilson(high, n)[0] == pytest.approx([0.3] * 3)
    low, high = limits(0.02, np.array([5.0]), "proportion", 0.998)
    assert (low[0], high[0] <= 1) == (0, True)


@pytest.mark.parametrize("expected", [3.0, 12.5, 180.0])
def test_interpolated_limits_lie_between_the_quantiles_of_the_distribution(expected: float) -> None:
    # Spiegelhalter 2005, appendix A.1.1
    low, high = (bound[0] * expected for bound in limits(1.0, [expected], "ratio", 0.95, "interpolated"))
    for bound, tail in ((low, 0.025), (high, 0.975)):
        assert stats.poisson.ppf(tail, expected) - 1 <= bound <= stats.poisson.ppf(tail, expected)
    low, high = (bound[0] for bound in limits(0.25, [40], "proportion", 0.998, "interpolated"))
    assert stats.binom.ppf(0.001, 40, 0.25) - 1 <= low * 40 <= stats.binom.ppf(0.001, 40, 0.25)
    assert stats.binom.ppf(0.999, 40, 0.25) - 1 <= high * 40 <= stats.binom.ppf(0.999, 40, 0.25)


def test_flags_say_beyond_which_limits_a_unit_lies() -> None:
    found = funnel([100, 125, 140, 70, 76], [100] * 5, "ratio", target=1.0)
    assert found.flag.tolist() == [0, 1, 2, -2, -1]
    assert found.value.tolist() == [1, 1.25, 1.4, 0.7, 0.76]


def test_target_is_the_pooled_figure_and_rates_are_ratios_in_other_words() -> None:
    rate = funnel([30, 10], [1000, 1000], "rate")
    assert rate.target == pytest.approx(0.02)
    ratio = funnel([30, 10], [20, 20], "ratio", target=1.0)
    assert rate.flag.tolist() == ratio.flag.tolist()
    assert rate.high[0.95] == pytest.approx(ratio.high[0.95] * 0.02)
    assert rate.z == pytest.approx(ratio.z)


def test_tau2_is_the_moment_estimate_on_the_logarithmic_scale() -> None:
    observed, expected = np.array([30.0, 70, 45, 90, 50]), np.array([50.0, 60, 40, 70, 80])
    found = funnel(observed, expected, "ratio", target=1.0, allowance=Allowance(trimming="none"))
    z = np.sqrt(expected) * np.log(observed / expected)
    tau2 = ((z**2).sum() - 4) / (expected.sum() - (expected**2).sum() / expected.sum())
    assert found.dispersion.phi == pytest.approx((z**2).mean())
    assert found.dispersion.tau2 == pytest.approx(tau2)
    assert found.high[0.998] == pytest.approx(np.exp(3.090232 * np.sqrt(1 / expected + tau2)), rel=1e-6)
    root = funnel(
        observed, expected, "ratio", target=1.0, allowance=Allowance("multiplicative", "none"), scale="sqrt"
    )
    arm = 1.959964 * root.dispersion.phi**0.5 / (2 * np.sqrt(expected))
    assert root.low[0.95] == pytest.approx((1 - arm) ** 2, rel=1e-6)


def test_truncating_and_winsorising_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    observed = rng.poisson(60 * np.exp(rng.normal(0, 0.4, 100)))
    kinds = [Allowance(trimming=trimming) for trimming in ("none", "winsorise", "truncate")]
    none, drawn, cut = (funnel(observed, [60] * 100, "ratio", allowance=kind).dispersion for kind in kinds)
    assert (none.units, drawn.units) == (100, 100)
    assert 75 <= cut.units <= 80  # what lies on a quantile is left out too
    assert none.tau2 > drawn.tau2 > cut.tau2 > 0


def test_widened_limits_of_proportions_stay_within_0_and_1() -> None:
    found = funnel([1, 9, 18, 2], [10, 10, 20, 20], "proportion", allowance=Allowance(trimming="none"))
    assert found.dispersion.tau2 > 0
    assert (found.low[0.998] >= 0).all()
    assert (found.high[0.998] <= 1).all()
    assert found.target == 0.5


def test_without_over_dispersion_the_limits_are_the_plain_ones() -> None:
    plain = funnel([10, 11, 9, 10], [10] * 4, "ratio")
    allowed = funnel([10, 11, 9, 10], [10] * 4, "ratio", allowance=Allowance())
    assert (allowed.dispersion.tau2, allowed.dispersion.plain) == (0, True)
    assert np.array_equal(plain.high[0.95], allowed.high[0.95])


def test_funnel_of_means_is_symmetric_about_its_target() -> None:
    found = funnel_of_means([5, 7, 9], [1, 1, 0.5], target=7)
    assert found.high[0.95] == pytest.approx([8.96, 8.96, 7.98], abs=1e-3)
    assert found.flag.tolist() == [-1, 0, 2]
    assert funnel_of_means([5, 8], [1, 2]).target == pytest.approx(5.6)


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    # the fifteen p-values of their example (1995, section 3.2): four are rejected at 0.05
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    p += [0.6528, 0.7590, 1.0000]
    assert discoveries(stats.norm.isf(np.array(p) / 2)).sum() == 4
    assert discoveries([]).tolist() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [10, 0], "ratio"), "denominator: entry 1 is 0"),
        (([], [], "ratio"), "no units"),
        (([3], [2], "proportion"), "more than the denominator"),
        (([0, 0], [5, 5], "rate"), "zero events in all"),
        (([1], [5], "mean"), "does not fit"),
        (([1, np.nan], [5, 5], "rate"), "entry 1 is nan"),
    ],
)
def test_what_allows_no_funnel_is_refused(
    arguments: tuple[list[float], list[float], str], message: str
) -> None:
    with pytest.raises(BadFigures, match=message):
        funnel(*arguments)  # type: ignore[arg-type]  # wrong on purpose


def test_funnel_of_one_unit_and_of_equal_units_flags_nobody() -> None:
    assert funnel([7], [7], "ratio").flag.tolist() == [0]
    assert funnel([5, 5, 5], [10, 10, 10], "proportion", allowance=Allowance()).flag.tolist() == [0, 0, 0]
    with pytest.raises(BadFigures, match="10 % at each end"):
        funnel([1, 2], [3, 4], "ratio", allowance=Allowance(trim=10))
