"""Growth: what the points say of it, and futures that stay within their bounds."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.rollout.growth import CEILINGS, CURVES, JOLTS, PACES, TRUST, Posterior, paths, posterior
from metrics.rollout.series import Point
from metrics.statistics.figures import Floats

UNHURRIED = settings(deadline=None, max_examples=15)
"""Each example computes a whole grid."""
SHARES = np.linspace(0.05, 0.95, 19)


def rising(steps: list[tuple[int, int]], start: int = 5) -> list[Point]:
    """Points by (days, more) from the one before."""
    points = [Point(date(2022, 1, 1), start)]
    for days, more in steps:
        points.append(Point(points[-1].day + timedelta(days=days), points[-1].count + more))
    return points


def work(amount: float) -> Floats:
    return np.full(len(SHARES), amount)


@UNHURRIED
@given(
    st.lists(st.tuples(st.integers(1, 700), st.integers(0, 60)), min_size=4, max_size=6),
    st.integers(0, 300),
    st.integers(0, 1000),
)
def test_futures_never_fall_and_never_exceed_the_bound(
    steps: list[tuple[int, int]], spare: int, seed: int
) -> None:
    points = rising(steps)
    bound = points[-1].count + spare
    rows = paths(posterior(points, bound), np.array([0.1, 3.0, 40.0, 400.0]), seed=seed, draws=300)
    assert (np.diff(rows, axis=1, prepend=points[-1].count) >= 0).all()
    assert rows.max() <= bound


def test_probabilities_sum_to_one_and_passed_ceilings_have_none() -> None:
    found = posterior(rising([(90, 40), (90, 45), (90, 40), (90, 50)], 40), 300)
    assert found.weight.sum() == pytest.approx(1)
    assert found.last.count == 215
    passed = found.ceilings < 215
    assert passed.any()
    assert found.weight[passed].sum() == 0


def test_odds_of_the_ceilings_beforehand_sum_to_one() -> None:
    assert TRUST.sum() == pytest.approx(1)
    assert len(TRUST) == len(CEILINGS)


@pytest.mark.parametrize("name", CURVES)
def test_two_stretches_of_work_are_one_long_one(name: str) -> None:
    def onward(share: Floats, amount: float) -> Floats:
        reached: Floats = 1 - (1 - share) * np.exp(CURVES[name](share, work(amount)))
        return reached

    assert onward(onward(SHARES, 0.01), 0.03) == pytest.approx(onward(SHARES, 0.04))


def test_each_curve_has_its_slope() -> None:
    little = 1e-6
    slopes = {
        name: (1 - SHARES) * -np.expm1(curve(SHARES, work(little))) / little for name, curve in CURVES.items()
    }
    assert slopes["levelling"] == pytest.approx(1 - SHARES, rel=1e-4)
    assert slopes["steady"] == pytest.approx(np.ones(len(SHARES)), rel=1e-4)
    assert slopes["contagion"] == pytest.approx(SHARES * (1 - SHARES), rel=1e-4)


def test_an_even_long_series_tells_its_pace_and_curve() -> None:
    points = rising([(61, 20)] * 39, 20)
    found = posterior(points, 1000)
    steady = list(CURVES).index("steady")
    assert found.weight[:, steady].sum() > 0.9
    mean = float((found.weight.sum(axis=(0, 1, 3)) * PACES).sum())
    ceiling = float((found.weight.sum(axis=(1, 2, 3)) * found.ceilings).sum())
    assert mean * ceiling == pytest.approx(10.0, rel=0.15)


def test_ceremonies_show_as_leaps() -> None:
    def jolt(steps: list[tuple[int, int]]) -> float:
        return float((posterior(rising(steps), 514).weight.sum(axis=(0, 1, 2)) * JOLTS).sum())

    even = [(90, 20)] * 10
    leaping = [(90, 2), (90, 60), (90, 0), (90, 41), (90, 1), (90, 66), (90, 3), (90, 0), (90, 27), (90, 0)]
    assert jolt(leaping) > 3 * jolt(even)


def test_a_count_at_its_bound_stays_there() -> None:
    found = posterior(rising([(90, 0)] * 4, 38), 38)
    assert (paths(found, np.array([12.0]), seed=1, draws=100) == 38).all()


def test_the_same_seed_draws_the_same_futures() -> None:
    found: Posterior = posterior(rising([(90, 4)] * 4), 38)
    one, two, other = (paths(found, np.array([6.0]), seed=seed, draws=200) for seed in (1, 1, 2))
    assert (one == two).all()
    assert (one != other).any()
