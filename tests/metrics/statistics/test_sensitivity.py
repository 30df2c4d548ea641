"""Sobol indices of a function whose indices are known, and rank ranges whose answer is plain."""

import numpy as np
import pytest

from metrics.statistics.aggregation import mean
from metrics.statistics.figures import BadFigures, Floats
from metrics.statistics.moves import Mean, moves
from metrics.statistics.ranks import places
from metrics.statistics.sensitivity import Choices, leave_one_out, rank_range, sensitivity
from metrics.statistics.sobol import design, indices, swapped


def ishigami(uniform: Floats) -> Floats:
    x = -np.pi + 2 * np.pi * uniform
    return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def choices(units: int = 20, **changes: object) -> Choices:
    values = np.random.default_rng(1).uniform(5, 95, (units, 4))
    options: dict[str, object] = {
        "values": values,
        "directions": ["up"] * 4,
        "weights": np.ones(4),
        "lower": np.zeros(4),
        "upper": np.full(4, 100.0),
    }
    return Choices(**(options | changes))  # type: ignore[arg-type]  # as the test has it


def test_indices_of_the_ishigami_function_are_the_analytic_ones() -> None:
    # Saltelli et al. 2008, Global Sensitivity Analysis: the Primer, section 4.2
    rng = np.random.default_rng(3)
    a, b = design(20_000, 3, rng)
    mixed = np.array([ishigami(swapped(a, b, factor)) for factor in range(3)])
    found = indices(ishigami(a), ishigami(b), mixed, rng)
    assert found.variance == pytest.approx(13.845, rel=0.02)
    assert found.first == pytest.approx([0.3139, 0.4424, 0], abs=0.03)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert (found.total_low < found.total).all()
    assert (found.total < found.total_high).all()
    assert (found.total_high - found.total_low).max() < (found.first_high - found.first_low).max() * 2


def test_result_that_never_varies_has_no_indices() -> None:
    rng = np.random.default_rng(0)
    assert np.isnan(indices(np.ones(9), np.ones(9), np.ones((2, 9)), rng).total).all()
    with pytest.raises(BadFigures, match="Two runs"):
        design(1, 3, rng)


def test_unit_that_is_best_in_everything_is_first_under_every_choice() -> None:
    values = np.vstack([np.full(4, 99.0), np.full(4, 1.0), np.random.default_rng(2).uniform(5, 95, (15, 4))])
    found = rank_range(choices(values=values, leave_out=True), seed=1, runs=200)
    assert (found.low[0], found.high[0]) == (1, 1)
    assert (found.low[1], found.high[1]) == (17, 17)
    assert (found.low <= found.nominal).all()
    assert (found.nominal <= found.high).all()
    assert (found.high - found.low).max() > 0


def test_without_alternatives_the_ranks_are_the_methods_own() -> None:
    fixed = choices(
        spread=0.0,
        normalisations=["goalposts"],
        aggregations=["arithmetic"],
        treatments=[False],
        fillings=["none"],
    )
    found = rank_range(fixed, seed=1, runs=20)
    assert fixed.varied == ()
    assert found.low.tolist() == found.high.tolist() == found.nominal.tolist()
    assert fixed.nominal.tolist() == places(fixed.values.mean(axis=1)).tolist()


def test_same_seed_gives_the_same_ranges() -> None:
    one, other = (rank_range(choices(), seed=8, runs=50) for _ in range(2))
    assert np.array_equal(one.low, other.low)
    assert np.array_equal(one.high, other.high)


def test_choice_without_consequence_has_a_total_index_of_zero() -> None:
    found = sensitivity(choices(), seed=1, runs=200)  # no gaps to fill
    total = dict(zip(found.factors, found.shift.total, strict=True))
    assert total["filling"] == 0
    assert max(total.values()) > 0.2
    assert found.by_unit.shape == (len(found.factors), 20)


def test_every_aggregation_normalisation_and_filling_can_be_an_alternative() -> None:
    values = np.random.default_rng(4).uniform(5, 95, (12, 4))
    values[0, 0] = np.nan
    many = choices(
        values=values,
        normalisations=["goalposts", "rank", "min-max", "z-score"],
        aggregations=["arithmetic", "geometric", "harmonic", "copeland"],
        leave_out=True,
    )
    found = rank_range(many, seed=1, runs=120)
    assert ((found.low >= 1) & (found.high <= 12)).all()


def test_leaving_one_out_ranks_by_the_others() -> None:
    some = choices()
    found = leave_one_out(some)
    for gone in range(4):
        assert found[gone].tolist() == places(np.delete(some.values, gone, 1).mean(axis=1)).tolist()
    single = choices(values=np.ones((2, 1)), directions=["up"], weights=[1], lower=[0], upper=[2])
    with pytest.raises(BadFigures, match="none to spare"):
        leave_one_out(single)


def test_bad_choices_are_refused() -> None:
    with pytest.raises(BadFigures, match="weights: entry 3 is 0"):
        choices(weights=[1, 1, 1, 0])
    with pytest.raises(BadFigures, match="Write ± 25 %"):
        choices(spread=25)
    with pytest.raises(BadFigures, match="no units"):
        choices(values=np.empty((0, 4)))
    with pytest.raises(BadFigures, match="the same for all units"):
        rank_range(choices(values=np.ones((3, 4))), seed=1, runs=50)


@pytest.mark.parametrize("method", ["arithmetic", "geometric", "harmonic"])
def test_needed_points_draw_level_with_the_next_unit_and_no_more(method: Mean) -> None:
    scores = np.random.default_rng(6).uniform(10, 90, (8, 3))
    scores[0, 0] = np.nan
    weights = np.array([1.0, 2, 1])
    found = moves(scores, weights, method)
    now = mean(scores, weights[None, :], method)[0]
    for unit, indicator in np.argwhere(np.isfinite(found.needed)):
        lifted = scores.copy()
        lifted[unit, indicator] += found.needed[unit, indicator]
        assert mean(lifted, weights[None, :], method)[0][unit] == pytest.approx(now[now > now[unit]].min())
    for unit, indicator in np.argwhere(found.best_rank > 0):
        lifted = scores.copy()
        lifted[unit, indicator] = 100
        assert places(mean(lifted, weights[None, :], method)[0])[unit] == found.best_rank[unit, indicator]


def test_smallest_change_and_largest_move_name_the_indicator() -> None:
    found = moves(np.array([[50.0, 60], [55, 60], [90, 10], [np.nan, 5]]), np.array([2, 1]))
    assert found.rank.tolist() == [3, 2, 1, 4]
    assert found.smallest.tolist() == [0, 0, -1, 1]
    assert found.most.tolist() == [0, 0, -1, 1]
    assert found.needed[0] == pytest.approx([5, 10])
    with pytest.raises(BadFigures, match="nothing to move"):
        moves(np.empty((0, 2)), np.array([1, 1]))
