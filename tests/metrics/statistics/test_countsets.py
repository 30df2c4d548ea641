"""Rank sets of counts against a slow reference, and a worked case."""

import numpy as np
import pytest
from scipy import stats

from metrics.statistics.countsets import marginal_of_counts, simultaneous_of_counts
from metrics.statistics.figures import BadFigures, Floats


def slow(x: Floats, time: Floats, unit: int | None = None) -> tuple[list[int], list[int]]:
    """Holm's procedure over the one-sided binomial tests of all ordered pairs (of one unit)."""
    p = len(x)
    tests = sorted(
        (float(stats.binom.sf(x[j] - 1, x[j] + x[k], time[j] / (time[j] + time[k]))), j, k)
        for j in range(p)
        for k in range(p)
        if j != k and (unit is None or unit in {j, k})
    )
    low, high = [1] * p, [p] * p
    for done, (value, j, k) in enumerate(tests):
        if value > 0.05 / (len(tests) - done):
            break
        low[k] += 1
        high[j] -= 1
    return low, high


@pytest.mark.parametrize("units", [2, 6, 17])
@pytest.mark.parametrize("equal", [True, False])
def test_sets_are_those_of_holms_procedure(units: int, equal: bool) -> None:  # noqa: FBT001 - a case
    rng = np.random.default_rng(units)
    x = rng.poisson(rng.gamma(2, 30, units)).astype(np.float64)
    time = np.ones(units) if equal else rng.uniform(1, 4, units)
    found = simultaneous_of_counts(x, None if equal else time)
    assert (found.low.tolist(), found.high.tolist()) == slow(x, time)
    own = marginal_of_counts(x, time)
    for unit in range(units):
        low, high = slow(x, time, unit)
        assert (own.low[unit], own.high[unit]) == (low[unit], high[unit])
    assert (own.low >= found.low).all()
    assert (own.high <= found.high).all()
    assert (found.low <= found.rank).all()
    assert (found.rank <= found.high).all()


def test_six_to_none_is_the_smallest_count_that_tells_two_units_apart() -> None:
    # 0.5**6 = 0.0156 is below 0.05/2; 0.5**5 = 0.03125 is not
    assert simultaneous_of_counts([6, 0]).low.tolist() == [1, 2]
    assert simultaneous_of_counts([5, 0]).none_differ


def test_fewer_is_better_mirrors_the_sets() -> None:
    down = simultaneous_of_counts([90, 10, 50], direction="down")
    assert (down.rank.tolist(), down.low.tolist(), down.high.tolist()) == ([3, 1, 2],) * 3


def test_no_events_and_no_units_are_stated_and_zero_exposure_is_refused() -> None:
    assert simultaneous_of_counts([0, 0, 0]).none_differ
    assert len(simultaneous_of_counts([]).rank) == 0
    assert marginal_of_counts([3]).high.tolist() == [1]
    with pytest.raises(BadFigures, match="exposure: entry 1 is 0"):
        simultaneous_of_counts([1, 2], [1, 0])
    with pytest.raises(BadFigures, match="Write 95"):
        simultaneous_of_counts([1, 2], level=95)
