"""Rank sets against the comparison of every pair in every draw, and the laws they hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.statistics.bands import bands
from metrics.statistics.figures import BadFigures, Bools, Floats
from metrics.statistics.ranks import places
from metrics.statistics.ranksets import RankSets, marginal, simultaneous

FEW = 200
VALUES = st.floats(-50, 50, width=32)
UNITS = st.lists(st.tuples(VALUES, st.floats(0.125, 20, width=32)), min_size=1, max_size=12)


def slow(x: Floats, s: Floats, among: Bools, draws: int, seed: int) -> tuple[Floats, Floats]:
    """Sets by the definition: all pairs, all draws, step-down over ordered pairs."""
    errors = np.random.default_rng(seed).standard_normal((draws, len(x))) * s
    spread = np.hypot(s[:, None], s)
    spread[spread == 0] = np.inf
    exact = (s[:, None] == 0) & (s == 0)
    t = np.where(exact, np.sign(x[:, None] - x) * 1e9, (x[:, None] - x) / spread)
    rejected = np.zeros_like(among)
    while among.any():
        largest = [max(0.0, (((e[:, None] - e) / spread)[among]).max()) for e in errors]
        new = among & (t > np.quantile(largest, 0.95))
        rejected |= new
        if not new.any():
            break
        among = among & ~new
    return 1 + rejected.sum(axis=0), len(x) - rejected.sum(axis=1)


def world(units: int, unlike: float, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 3, units), np.exp(rng.normal(0, unlike, units))


@pytest.mark.parametrize(("units", "unlike"), [(2, 0.1), (5, 0.5), (20, 1.0), (45, 2.5), (60, 0.2)])
def test_sets_are_those_of_comparing_every_pair_in_every_draw(units: int, unlike: float) -> None:
    x, s = world(units, unlike, units)
    if units == 20:
        s[:3], x[1] = 0.0, x[0]  # known exactly, two of them equal
    every = ~np.eye(units, dtype=np.bool_)
    found = simultaneous(x, s, seed=7, draws=FEW)
    low, high = slow(x, s, every, FEW, 7)
    assert np.array_equal(found.low, low)
    assert np.array_equal(found.high, high)
    own = marginal(x, s, seed=7, draws=FEW)
    for unit in range(0, units, 4):
        among = every & ((np.arange(units) == unit)[:, None] | (np.arange(units) == unit))
        low, high = slow(x, s, among, FEW, 7)
        assert (own.low[unit], own.high[unit]) == (low[unit], high[unit])


@given(UNITS, st.integers(0, 5))
def test_rank_lies_in_the_marginal_set_and_that_in_the_simultaneous_one(
    units: list[tuple[float, float]], seed: int
) -> None:
    x, s = np.array(units).T
    together, own = (kind(x, s, seed=seed, draws=FEW) for kind in (simultaneous, marginal))
    assert (together.low <= own.low).all()
    assert (own.low <= own.rank).all()
    assert (own.rank <= own.high).all()
    assert (own.high <= together.high).all()


@given(UNITS, st.data())
def test_better_value_never_worsens_a_rank_nor_a_single_step_set(
    units: list[tuple[float, float]], data: st.DataObject
) -> None:
    x, s = np.array(units).T
    unit = data.draw(st.integers(0, len(x) - 1))
    better = x.copy()
    better[unit] += data.draw(st.floats(0, 30))
    before, after = (simultaneous(v, s, seed=1, draws=FEW, stepdown=False) for v in (x, better))
    assert after.rank[unit] <= before.rank[unit]
    assert after.low[unit] <= before.low[unit]
    assert after.high[unit] <= before.high[unit]


@given(UNITS, st.sampled_from([2.0**-20, 0.5, 1024.0]))
def test_unit_of_measure_changes_no_rank_and_no_set(units: list[tuple[float, float]], scale: float) -> None:
    x, s = np.array(units).T
    one, other = (simultaneous(x * by, s * by, seed=2, draws=FEW) for by in (1.0, scale))
    assert (one.rank.tolist(), one.low.tolist(), one.high.tolist()) == (
        other.rank.tolist(),
        other.low.tolist(),
        other.high.tolist(),
    )


@given(UNITS)
def test_lower_is_better_mirrors_higher_is_better(units: list[tuple[float, float]]) -> None:
    x, s = np.array(units).T
    up, down = simultaneous(-x, s, seed=3, draws=FEW), simultaneous(x, s, seed=3, draws=FEW, direction="down")
    assert np.array_equal(up.rank, down.rank)
    assert np.array_equal(up.low, down.low)


def test_step_down_only_ever_narrows_sets() -> None:
    x, s = world(60, 0.3, 4)
    one, more = (simultaneous(x, s, seed=1, stepdown=stepdown) for stepdown in (False, True))
    assert (one.steps, more.steps > 1) == (1, True)
    assert (more.low >= one.low).all()
    assert (more.high <= one.high).all()
    assert (more.high - more.low).sum() < (one.high - one.low).sum()
    assert more.critical < one.critical


def test_units_far_apart_have_one_rank_each() -> None:
    found = simultaneous([30, 10, 20], [0.1, 0.1, 0.1], seed=1)
    assert [found.rank.tolist(), found.low.tolist(), found.high.tolist()] == [[1, 3, 2]] * 3
    assert found.best(1).tolist() == [True, False, False]
    assert found.worst(2).tolist() == [False, True, True]


def test_critical_value_of_two_units_is_that_of_the_normal_distribution() -> None:
    assert simultaneous([0, 0.1], [1, 3], seed=1, draws=100_000).critical == pytest.approx(1.96, abs=0.02)


def test_same_seed_gives_the_same_sets_and_no_global_state_is_used() -> None:
    x, s = world(30, 0.3, 9)
    first = simultaneous(x, s, seed=4)
    np.random.default_rng(1).standard_normal(5)
    again = simultaneous(x, s, seed=4)
    assert first.critical == again.critical
    assert np.array_equal(first.low, again.low)


@pytest.mark.parametrize("kind", [simultaneous, marginal])
def test_none_and_one_unit_have_trivial_sets(kind: type) -> None:
    assert len(kind([], [], seed=1).rank) == 0
    one = kind([5], [1], seed=1)
    assert (one.rank.tolist(), one.low.tolist(), one.high.tolist(), one.none_differ) == ([1], [1], [1], True)


@pytest.mark.parametrize("kind", [simultaneous, marginal])
def test_all_equal_units_share_the_first_rank_and_may_have_any(kind: type) -> None:
    found = kind([4.0] * 6, [1.0] * 6, seed=1)
    assert found.rank.tolist() == [1] * 6
    assert found.none_differ


def test_values_known_exactly_are_told_apart_unless_equal() -> None:
    found = simultaneous([3, 2, 2], [0, 0, 0], seed=1)
    assert (found.low.tolist(), found.high.tolist()) == ([1, 2, 2], [1, 3, 3])


@pytest.mark.parametrize(
    ("values", "errors", "changes", "message"),
    [
        ([1, np.nan], [1, 1], {}, "values: entry 1 is nan. Leave such units out"),
        ([1, 2], [1, -1], {}, "standard errors: entry 1 is -1; at least 0"),
        ([1, 2], [1], {}, "shapes"),
        ([[1, 2]], [[1, 2]], {}, "2 dimensions"),
        ([1, 2], [1, 1], {"level": 95}, "Write 95 % as 0.95"),
        ([1, 2], [1, 1], {"draws": 5}, "too few"),
        ([1, 2], [1, 1], {"direction": "sideways"}, "'up' or 'down'"),
    ],
)
def test_what_allows_no_sets_is_refused(
    values: list[float], errors: list[float], changes: dict[str, object], message: str
) -> None:
    with pytest.raises(BadFigures, match=message):
        simultaneous(values, errors, seed=1, **changes)  # type: ignore[arg-type]  # wrong on purpose


def test_equal_values_share_the_better_place_and_missing_ones_have_none() -> None:
    assert places(np.array([[3.0, 1, 3, np.nan], [1, 2, 3, 4]])).tolist() == [[1, 3, 1, 0], [4, 3, 2, 1]]
    assert places([5.0, 7, 5], "down").tolist() == [1, 3, 1]


@settings(max_examples=50)
@given(UNITS, st.randoms(use_true_random=False))
def test_bands_share_a_rank_and_do_not_depend_on_the_order_of_units(
    units: list[tuple[float, float]], random: object
) -> None:
    x, s = np.array(units).T
    sets = simultaneous(x, s / 10, seed=1, draws=FEW)
    codes = [f"{place:02}" for place in range(len(x))]
    found = bands(codes, sets)
    assert sorted(code for band in found for code in band.codes) == codes
    for band in found:
        assert list(band.codes) == sorted(band.codes)
        assert band.shared[0] <= band.shared[1]
    turned = RankSets(
        sets.rank[::-1], sets.low[::-1], sets.high[::-1], sets.kind, sets.level, sets.critical, sets.steps
    )
    assert bands(codes[::-1], turned) == found


def test_bands_ask_for_simultaneous_sets_and_a_code_each() -> None:
    with pytest.raises(BadFigures, match="simultaneous"):
        bands(["a", "b"], marginal([1, 2], [1, 1], seed=1))
    with pytest.raises(BadFigures, match="code of its own"):
        bands(["a", "a"], simultaneous([1, 2], [1, 1], seed=1))


def test_no_units_have_no_bands_and_clear_steps_have_one_each() -> None:
    assert bands([], simultaneous([], [], seed=1)) == []
    found = bands(["b", "a", "c"], simultaneous([1, 9, 1.1], [0.1] * 3, seed=1))
    assert [band.codes for band in found] == [("a",), ("b", "c")]
