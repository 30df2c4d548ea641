"""Order of scores: when there is one, and that its ranges hold what they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.ranking.order import alone, order_of
from tests.metrics.ranking.figures import METHOD, method
from tests.metrics.statistics.published import SCHOOLS, SCHOOLS_ERRORS

SCORES = st.lists(
    st.tuples(st.floats(0, 100), st.floats(0, 10)).map(lambda pair: (round(pair[0], 9), round(pair[1], 9))),
    max_size=12,
)


def codes(count: int) -> list[str]:
    return [f"{number:03}" for number in range(count)]


def test_eight_schools_have_no_variance_between_them_no_order_and_one_band() -> None:
    order = order_of("ABCDEFGH", np.array(SCHOOLS, float), np.array(SCHOOLS_ERRORS, float), method())
    assert order.spread is not None
    assert (order.spread.tau2, order.doubt) == (0.0, "no-difference")
    assert set(order.band_of().values()) == {1}
    for sets in (order.sets, alone(order, method())):
        assert (sets.low.tolist(), sets.high.tolist()) == ([1] * 8, [8] * 8)
    assert order.sets.rank.tolist() == [1, 4, 8, 5, 7, 6, 2, 3]


def test_regions_that_differ_without_any_pair_told_apart_say_so() -> None:
    order = order_of("AB", np.array([50.0, 51.5]), np.array([1.0, 1.0]), method())
    assert order.spread is not None
    assert order.spread.tau2 > 0
    assert (order.sets.none_differ, order.doubt) == (True, "not-told-apart")


@pytest.mark.parametrize(("scores", "doubt"), [([], ""), ([5.0], "alone"), ([5.0, 5.0], "no-difference")])
def test_edge_of_an_order_is_named(scores: list[float], doubt: str) -> None:
    order = order_of(codes(len(scores)), np.array(scores), np.zeros(len(scores)), method())
    assert order.doubt == doubt
    assert len(order.bands) == min(len(scores), 1)


def test_scores_without_any_error_are_told_apart_however_close() -> None:
    order = order_of("ABC", np.array([50.0, 50.001, 49.9]), np.zeros(3), method())
    assert (order.sets.low.tolist(), order.sets.high.tolist()) == ([2, 1, 3], [2, 1, 3])
    assert [band.codes for band in order.bands] == [("B",), ("A",), ("C",)]


@given(SCORES, st.floats(1.5, 4))
def test_more_uncertainty_never_narrows_a_range(pairs: list[tuple[float, float]], factor: float) -> None:
    scores, errors = np.array(pairs, dtype=float).reshape(-1, 2).T
    one, wider = (order_of(codes(len(pairs)), scores, e, method()) for e in (errors, errors * factor))
    assert np.all(wider.sets.low <= one.sets.low)
    assert np.all(wider.sets.high >= one.sets.high)


def test_ranges_hold_the_true_ranks_together_in_95_of_100_tables() -> None:
    rng = np.random.default_rng(8)
    truth = np.array([40.0, 50, 50, 55, 60, 70, 70.5, 71, 90, 95])
    errors = np.full(10, 3.0)
    best = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
    worst = 10 - (truth[None, :] < truth[:, None]).sum(axis=1)
    held = 0
    for seed in range(200):
        chosen = method(METHOD.replace("indicators:", f"seed: {seed}\nindicators:"))
        sets = order_of(codes(10), rng.normal(truth, errors), errors, chosen).sets
        held += bool(np.all((sets.low <= worst) & (sets.high >= best)))
    assert held >= 186


def test_regions_that_differ_by_chance_alone_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(9)
    orders = (order_of(codes(60), rng.normal(50, 3, 60), np.full(60, 3.0), method()) for _ in range(200))
    assert sum(not order.sets.none_differ for order in orders) <= 16
