"""Product-limit curves against published tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics.figures import BadFigures
from metrics.statistics.survival import Curves, curve

# Freireich et al. 1963, 6-mercaptopurine arm; weeks, and whether the remission ended
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_curve_and_greenwoods_error_are_those_of_the_leukaemia_trial() -> None:
    # Klein & Moeschberger 2003, table 4.1
    found = curve(WEEKS, ENDED)
    at = found.ended > 0
    assert found.time[at].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.survival[at] == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.628, 0.538, 0.448], abs=6e-4)
    assert found.error[at] == pytest.approx(
        [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=6e-5
    )


def test_median_has_an_open_interval_where_too_many_are_open() -> None:
    found = curve(WEEKS, ENDED).quantile(0.5)
    assert (found.value[0], found.low[0], np.isnan(found.high[0])) == (23, 13, True)
    never = curve([1, 2, 3], [0, 0, 0]).quantile(0.5)
    assert np.isnan([never.value[0], never.low[0], never.high[0]]).all()


def test_restricted_mean_is_that_of_the_leukaemia_maintenance_trial() -> None:
    # Miller 1997 (aml), as in the documentation of R's survival package: up to 161 weeks
    kept = curve([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
    not_kept = curve([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
    means, errors = zip(*(each.restricted_mean(161) for each in (kept, not_kept)), strict=True)
    assert np.concatenate(means) == pytest.approx([52.6, 22.7], abs=0.05)
    assert np.concatenate(errors) == pytest.approx([19.83, 4.18], abs=0.005)
    assert [each.quantile(0.5).value[0] for each in (kept, not_kept)] == [31, 23]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=30), st.integers(1, 80))
def test_without_open_cases_the_restricted_mean_is_that_of_the_cut_off_times(
    times: list[int], horizon: int
) -> None:
    found, _ = curve(times, [1] * len(times)).restricted_mean(horizon)
    assert found[0] == pytest.approx(np.minimum(times, horizon).mean())


def test_groups_are_curves_of_their_own() -> None:
    one, two = curve(WEEKS, ENDED), curve([5, 9, 9], [1, 1, 0])
    both = Curves(
        np.concatenate([one.time, two.time]),
        np.concatenate([one.ended, two.ended]),
        np.concatenate([one.left, two.left]),
        np.array([0, len(one.time)]),
    )
    assert both.quantile(0.5).value.tolist() == [23, 9]
    singly = [each.restricted_mean(12) for each in (one, two)]
    together = both.restricted_mean(12)
    assert together[0] == pytest.approx(np.concatenate([mean for mean, _ in singly]))
    assert together[1] == pytest.approx(np.concatenate([error for _, error in singly]))


def test_no_cases_and_a_horizon_of_zero_are_refused() -> None:
    with pytest.raises(BadFigures, match="no cases"):
        curve([], [])
    with pytest.raises(BadFigures, match="times: entry 0 is -1"):
        curve([-1], [1])
    with pytest.raises(BadFigures, match="horizon"):
        curve([1], [1]).restricted_mean(0)
