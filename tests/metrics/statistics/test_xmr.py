"""XmR charts against the published example, and the four signals one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics.figures import BadFigures
from metrics.statistics.rarecharts import g_chart, u_chart
from metrics.statistics.xmr import Rebase, xmr

STEADY = [10.0, 12, 9, 11, 10, 12, 9, 11, 10, 12, 9, 11]


def test_outlier_is_screened_from_the_ranges_but_not_from_the_mean() -> None:
    # NHS-R community, "Deviations from Excel defaults": limits 4.6, 1.94, -0.72
    values = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    found = xmr(values)
    assert [found.high[0], found.centre[0], found.low[0]] == pytest.approx([4.60, 1.94, -0.72], abs=5e-3)
    assert np.flatnonzero(found.signals.special).tolist() == [4]
    whole = xmr(values, screen=False)
    assert whole.mean_range[0] == pytest.approx(32 / 17)
    assert whole.high[0] == pytest.approx(35 / 18 + 2.66 * 32 / 17)


def test_seven_on_one_side_of_the_mean_are_a_signal_and_six_are_not() -> None:
    base = [0.0, 10] * 8
    assert np.flatnonzero(xmr([*base, *[6.0] * 7]).signals.run).tolist() == list(range(15, 23))
    assert not xmr([*base, 0, *[6.0] * 6, 0]).signals.run.any()


def test_seven_that_rise_are_a_signal_and_six_are_not() -> None:
    assert np.flatnonzero(xmr([5, 1, 2, 3, 4, 5, 6, 7, 3]).signals.trend).tolist() == list(range(1, 8))
    assert not xmr([5, 1, 2, 3, 4, 5, 6, 3, 2]).signals.trend.any()
    assert xmr([9, 8, 7, 6, 5, 4, 3]).signals.trend.all()


def test_two_of_three_near_the_same_limit_are_a_signal() -> None:
    low, high = xmr(STEADY).low[0], xmr(STEADY).high[0]
    near = 10.5 + 0.8 * (high - 10.5)
    assert np.flatnonzero(xmr([*STEADY, near, near], baseline=12).signals.near).tolist() == [12, 13]
    between = xmr([*STEADY, near, 11, near], baseline=12).signals
    assert np.flatnonzero(between.near).tolist() == [12, 14]
    assert not xmr([*STEADY, near, 10, near], baseline=12).signals.near.any()
    lenient = xmr([*STEADY, near, 10, near], near="western-electric", baseline=12).signals
    assert np.flatnonzero(lenient.near).tolist() == [12, 14]
    assert not xmr([*STEADY, near, low + 10.5 - near], baseline=12).signals.near.any()
    outside = xmr([*STEADY, near, high + 1], baseline=12).signals
    assert not outside.near.any()
    assert outside.outside[-1]


@pytest.mark.parametrize(
    ("last", "better", "state"),
    [
        (10.0, "up", "common-cause"),
        (99.0, "up", "improvement-high"),
        (99.0, "down", "concern-high"),
        (-99.0, "up", "concern-low"),
        (-99.0, "down", "improvement-low"),
        (99.0, "neutral", "neutral-high"),
        (-99.0, "neutral", "neutral-low"),
    ],
)
def test_variation_is_the_state_of_the_latest_point(last: float, better: str, state: str) -> None:
    assert xmr([*STEADY, last], better=better, baseline=12).variation == state  # type: ignore[arg-type]  # a case


@pytest.mark.parametrize(
    ("target", "better", "state"),
    [
        (2.0, "up", "consistently-passes"),
        (2.0, "down", "consistently-fails"),
        (20.0, "up", "consistently-fails"),
        (20.0, "down", "consistently-passes"),
        (10.5, "up", "hit-and-miss"),
        (None, "up", "no-target"),
        (10.5, "neutral", "no-target"),
    ],
)
def test_assurance_compares_the_limits_with_the_target(target: float | None, better: str, state: str) -> None:
    assert xmr(STEADY, target=target, better=better).assurance == state  # type: ignore[arg-type]  # a case


def test_limits_begin_anew_only_with_a_named_event() -> None:
    found = xmr([*STEADY, *(value + 50 for value in STEADY)], rebases=[Rebase(12, "New building")])
    assert (found.centre[0], found.centre[-1]) == (10.5, 60.5)
    assert not found.signals.special.any()
    assert xmr([*STEADY, *(value + 50 for value in STEADY)]).signals.run.all()
    with pytest.raises(BadFigures, match="Name what changed"):
        xmr(STEADY, rebases=[Rebase(3, " ")])
    with pytest.raises(BadFigures, match="outside the series"):
        xmr(STEADY, rebases=[Rebase(12, "late")])


def test_fewer_than_twelve_points_are_on_trial() -> None:
    assert xmr(STEADY[:11]).trial.all()
    assert not xmr(STEADY).trial.any()
    assert xmr([*STEADY, 1, 2, 3], rebases=[Rebase(12, "Moved")]).trial.tolist() == [False] * 12 + [True] * 3


def test_one_point_has_no_limits_and_equal_ones_no_signal() -> None:
    one = xmr([5])
    assert np.isnan(one.high[0])
    assert (one.variation, one.assurance) == ("unknown", "no-target")
    same = xmr([0.1] * 20, target=0.2)
    assert not same.signals.special.any()
    assert (same.variation, same.assurance) == ("common-cause", "consistently-fails")


def test_missing_point_is_passed_over_and_none_at_all_is_refused() -> None:
    gap = xmr([*STEADY[:5], np.nan, *STEADY[5:]])
    assert gap.centre[0] == xmr(STEADY).centre[0]
    assert gap.mean_range[0] == xmr(STEADY).mean_range[0]
    assert not gap.signals.special[5]
    for nothing in ([], [np.nan, np.nan]):
        with pytest.raises(BadFigures, match="no points"):
            xmr(nothing)
    with pytest.raises(BadFigures, match="endless"):
        xmr([1, np.inf])


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=40), st.sampled_from([0.25, 2.0, 1024.0]))
def test_unit_of_measure_changes_no_signal(values: list[int], scale: float) -> None:
    one, other = xmr(values), xmr(np.array(values) * scale)
    assert np.array_equal(one.signals.special, other.signals.special)


def test_u_chart_has_limits_by_exposure() -> None:
    found = u_chart([4, 6, 20], [100, 300, 200])
    assert found.centre == pytest.approx(0.05)
    assert found.high == pytest.approx(0.05 + 3 * np.sqrt(0.05 / np.array([100, 300, 200])))
    assert found.outside.tolist() == [False, False, True]
    assert u_chart([0, 0], [5, 5]).outside.tolist() == [False, False]


def test_g_chart_has_limits_of_the_geometric_distribution() -> None:
    found = g_chart([10, 20, 30])
    assert (found.centre, found.low[0]) == (20, 0)
    assert found.high[0] == pytest.approx(20 + 3 * 420**0.5)
    with pytest.raises(BadFigures, match="no points"):
        g_chart([])
