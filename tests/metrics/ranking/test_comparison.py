"""Single indicators over all places: funnels and shrinkage, by the statistics that they are built on."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from metrics.model import IndicatorValue
from metrics.ranking.comparison import Comparison, compare
from metrics.ranking.method import Funnels
from metrics.statistics.dispersion import Allowance
from metrics.statistics.funnel import funnel, funnel_of_means
from metrics.statistics.mixtures import shrink_counts, shrink_proportions
from tests.metrics.ranking.figures import figure

PLAIN = Funnels(over_dispersion="none")
EVENTS, SIZE = np.array([3.0, 40, 95, 160, 20]), np.array([10.0, 100, 100, 200, 100])


def compared(
    figures: Mapping[str, IndicatorValue], nation: IndicatorValue | None = None, settings: Funnels = PLAIN
) -> Comparison:
    indicator = next(iter(figures.values())).indicator
    return compare(indicator, {code: {indicator: one} for code, one in figures.items()}, nation, settings)


def proportions() -> dict[str, IndicatorValue]:
    return {
        code: figure("on_time_ratio", code, x / n, 0.1, int(n))
        for code, x, n in zip("ABCDE", EVENTS, SIZE, strict=True)
    }


@pytest.mark.parametrize("settings", [PLAIN, Funnels(), Funnels(over_dispersion="multiplicative", trim=0.2)])
def test_proportions_lie_in_the_funnel_of_their_events(settings: Funnels) -> None:
    found = compared(proportions(), settings=settings)
    allowance = Allowance(settings.over_dispersion, settings.trimming, settings.trim)
    expected = funnel(EVENTS, SIZE, "proportion", allowance=allowance)
    assert found.funnel is not None
    assert found.funnel.kind == "proportion"
    assert found.funnel.target == pytest.approx(318 / 510)
    for row, place in enumerate(found.in_funnel.values()):
        assert place.alert == pytest.approx((expected.low[0.95][row], expected.high[0.95][row]))
        assert place.alarm == pytest.approx((expected.low[0.998][row], expected.high[0.998][row]))
        assert place.z == pytest.approx(expected.z[row])
        assert ["in", "alert", "alarm"].index(place.place) == abs(expected.flag[row])
    assert found.funnel.alarms == (np.abs(expected.flag) == 2).sum()


def test_side_of_a_flag_is_by_the_direction_of_the_indicator() -> None:
    shares = compared(proportions()).in_funnel
    assert [(shares[code].place, shares[code].side) for code in "ABCDE"] == [
        ("alert", "worse"),
        ("alarm", "worse"),
        ("alarm", "better"),
        ("alarm", "better"),
        ("alarm", "worse"),
    ]
    days = {code: figure("completion_days_median", code, v, 1.0) for code, v in (("A", 9.0), ("B", 30.0))}
    nation = replace(figure("completion_days_median", "*", 20.0), level="nation")
    assert [place.side for place in compared(days, nation).in_funnel.values()] == ["better", "worse"]


def test_crude_proportion_is_kept_beside_the_shrunk_one() -> None:
    found = compared(proportions())
    expected = shrink_proportions(EVENTS, SIZE)
    assert found.shrinkage is not None
    assert found.shrinkage.between_variance == pytest.approx(expected.between)
    assert [one.value for one in found.shrunk.values()] == pytest.approx(expected.value)
    assert found.shrunk["A"].own_weight < found.shrunk["D"].own_weight


def test_rate_is_compared_and_shrunk_in_its_own_unit() -> None:
    complaints, size = np.array([2.0, 9, 30]), np.array([1000.0, 1500, 2000])
    rates = {
        code: figure("complaints_per_1000", code, 1000 * x / n, 1.0, int(n))
        for code, x, n in zip("ABC", complaints, size, strict=True)
    }
    found = compared(rates)
    expected = shrink_counts(complaints, size)
    assert found.funnel is not None
    assert found.funnel.kind == "rate"
    assert found.funnel.target == pytest.approx(1000 * 41 / 4500)
    assert [one.value for one in found.shrunk.values()] == pytest.approx(1000 * expected.value)
    assert found.in_funnel["C"].alert[1] > found.funnel.target
    assert (found.in_funnel["C"].place, found.in_funnel["C"].side) == ("alert", "worse")


def test_rates_without_any_event_have_no_funnel_and_are_alike() -> None:
    rates = {code: figure("complaints_per_1000", code, 0.0, 1.0, 100) for code in "AB"}
    found = compared(rates)
    assert found.funnel is None
    assert found.shrinkage is not None
    assert (found.shrinkage.mean, found.shrinkage.differ) == (0.0, False)


def test_median_is_compared_by_its_interval_and_not_shrunk() -> None:
    days = {
        code: figure("completion_days_median", code, v, half)
        for code, v, half in (("A", 9.0, 1.0), ("B", 12.0, 2.0), ("C", 30.0, 3.0))
    }
    found = compared(days)
    expected = funnel_of_means([9, 12, 30], np.array([1.0, 2, 3]) / 1.959964)
    assert found.funnel is not None
    assert found.funnel.kind == "mean"
    assert found.funnel.target == pytest.approx(expected.target)
    assert found.in_funnel["C"].z == pytest.approx(expected.z[2])
    assert (found.shrinkage, found.shrunk) == (None, {})


def test_limits_of_a_waiting_time_do_not_go_below_zero() -> None:
    days = {code: figure("completion_days_median", code, v, 1.0) for code, v in (("A", 1.0), ("B", 60.0))}
    found = compared(days, settings=Funnels(trimming="none"))
    assert [place.alarm[0] for place in found.in_funnel.values()] == [0.0, 0.0]


def test_ratio_whose_value_is_no_share_of_whole_cases_is_compared_by_its_interval() -> None:
    found = compared({"A": figure("on_time_ratio", "A", 0.1234567, 0.1, 100)})
    assert found.funnel is not None
    assert (found.funnel.kind, found.shrinkage) == ("mean", None)


def test_figure_without_both_ends_or_below_the_least_n_has_no_place() -> None:
    days = {
        "A": figure("completion_days_median", "A", 9.0, 1.0),
        "B": replace(figure("completion_days_median", "B", 9.0, 1.0), high=None),
        "C": figure("completion_days_median", "C", 9.0, 0.0),
        "D": figure("completion_days_median", "D", 9.0, 1.0, n=0),
        "E": figure("completion_days_median", "E", None),
    }
    found = compared(days)
    assert list(found.in_funnel) == ["A"]
    assert found.places == 3
