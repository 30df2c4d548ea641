"""Treatment, normalisation and aggregation by their definitions, and the laws of a composite."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics.aggregation import Aggregation, aggregate, copeland, outranking
from metrics.statistics.composite import Part, composite, shares
from metrics.statistics.figures import BadFigures
from metrics.statistics.normalisation import goalposts, min_max, rank_scores, z_scores
from metrics.statistics.ranks import Direction, places
from metrics.statistics.treatment import kurtosis, skewness, treat, within

UP: list[Direction] = ["up"]
FIGURES = st.lists(st.lists(st.integers(-20, 120), min_size=3, max_size=3), min_size=1, max_size=8)


def test_skewness_and_kurtosis_are_of_type_two() -> None:
    # COINr's example: 1 to 10, 30 and 100
    values = [*range(1, 11), 30, 100]
    assert skewness(values) == pytest.approx(stats.skew(values, bias=False))
    assert kurtosis(values) == pytest.approx(stats.kurtosis(values, bias=False))
    assert (within(values), within(range(10))) == (False, True)


def test_point_is_set_to_the_next_one_until_the_shape_is_within() -> None:
    # COINr's own tests: 100 beside 1 to 10 becomes 10
    one = treat([*range(1, 11), 100])
    assert one.value.tolist() == [*range(1, 11), 10]
    assert (one.how, np.flatnonzero(one.changed).tolist(), one.passes) == ("winsorised", [10], True)
    left = treat([*range(-10, 0), -100])
    assert left.value.tolist() == [*range(-10, 0), -10]


def test_logarithm_of_the_original_is_taken_where_winsorising_is_not_enough() -> None:
    values = np.array([*range(1, 21), 100.0, 200.0])
    found = treat(values, most_points=1)
    assert found.how == "logarithm"
    assert found.value == pytest.approx(np.log(values - 1 + 1.99))
    assert not found.changed.any()
    mirrored = treat(-values, most_points=1)
    assert mirrored.value == pytest.approx(-found.value)
    assert np.array_equal(places(mirrored.value), places(-values))


def test_missing_values_stay_missing_and_few_or_equal_ones_are_left_alone() -> None:
    found = treat([*range(1, 11), np.nan, 100])
    assert np.isnan(found.value[10])
    assert found.value[11] == 10
    for values in ([], [1.0], [1.0, 2.0], [3.0] * 9, [np.nan] * 4):
        assert treat(values).how == "none"
    assert treat([0.0] * 30 + [1.0]).passes  # nothing but zeros is left, of which no shape is known


def test_normalisations_are_those_of_the_handbook() -> None:
    x = np.array([[1.0, 10], [2, 30], [4, np.nan], [3, 20]])
    down: list[Direction] = ["up", "down"]
    assert min_max(x, down)[:, 0] == pytest.approx([0, 100 / 3, 100, 200 / 3])
    assert min_max(x, down, 1, 100)[[0, 1, 3], 1] == pytest.approx([100, 1, 50.5])
    assert z_scores(x, down, 10, 2)[:, 0] == pytest.approx(10 + 2 * (x[:, 0] - 2.5) / np.sqrt(5 / 3))
    assert rank_scores(x, down)[[0, 1, 3]].tolist() == [[1, 3], [2, 1], [3, 2]]
    assert goalposts(x, down, [0, 0], [2, 40])[[0, 1, 3]].tolist() == [[50, 75], [100, 25], [100, 50]]
    assert np.isnan(min_max(x, down)[2, 1])


@given(FIGURES, st.lists(st.integers(-20, 120), min_size=3, max_size=3))
def test_adding_a_unit_changes_no_other_score_under_fixed_goalposts(
    units: list[list[int]], another: list[int]
) -> None:
    ways: list[Direction] = ["up", "down", "up"]
    posts = [0, 0, 0], [100, 100, 100]
    before = aggregate(goalposts(units, ways, *posts), [1, 2, 3])
    after = aggregate(goalposts([*units, another], ways, *posts), [1, 2, 3])
    assert np.array_equal(before, after[:-1])


@given(
    FIGURES,
    st.sampled_from([0.25, 64.0]),
    st.sampled_from(["arithmetic", "geometric", "harmonic", "copeland"]),
)
def test_unit_of_measure_changes_no_rank(units: list[list[int]], scale: float, method: Aggregation) -> None:
    ways: list[Direction] = ["up", "down", "up"]
    ranks = [
        places(
            aggregate(
                goalposts(np.array(units) * by, ways, np.zeros(3), np.full(3, 100 * by), 1, 100),
                [1, 2, 3],
                method,
            )
        ).tolist()
        for by in (1.0, scale)
    ]
    assert ranks[0] == ranks[1]


@given(FIGURES, st.data(), st.sampled_from(["arithmetic", "geometric", "harmonic", "copeland"]))
def test_better_figure_never_worsens_a_rank(
    units: list[list[int]], data: st.DataObject, method: Aggregation
) -> None:
    unit, indicator = data.draw(st.integers(0, len(units) - 1)), data.draw(st.integers(0, 2))
    better = np.array(units)
    better[unit, indicator] += data.draw(st.integers(0, 100))
    ranks = [
        places(
            np.round(
                aggregate(
                    goalposts(table, UP * 3, np.zeros(3), np.full(3, 100.0), 1, 100), [1, 2, 3], method
                ),
                9,
            )
        )
        for table in (np.array(units), better)
    ]
    assert ranks[1][unit] <= ranks[0][unit]


def test_means_compensate_less_and_less() -> None:
    scores, weights = np.array([[1.0, 4.0]]), [1, 3]
    found = [aggregate(scores, weights, method)[0] for method in ("arithmetic", "geometric", "harmonic")]
    assert found == pytest.approx([3.25, 64**0.25, 16 / 7])


def test_copeland_counts_the_units_outranked_less_those_outranking() -> None:
    scores = np.array([[3.0, 1, 2], [2, 2, 2], [1, 3, 2]])
    weights = np.array([2.0, 1, 1])
    assert outranking(scores, weights)[0].tolist() == [0.5, 0.625, 0.625]
    assert copeland(scores, weights).tolist() == [2, 0, -2]
    assert copeland(scores, np.ones(3)).tolist() == [0, 0, 0]


def test_score_is_over_what_is_known_and_missing_below_the_threshold() -> None:
    scores = np.array([[10.0, np.nan, 30], [np.nan, np.nan, 50], [np.nan] * 3, [10, 20, 30]])
    assert aggregate(scores, [1, 1, 2])[:2] == pytest.approx([70 / 3, 50])
    assert np.isnan(aggregate(scores, [1, 1, 2], threshold=0.75)).tolist() == [False, True, True, False]
    assert np.isnan(aggregate(scores, [1, 1, 2], threshold=0.7, by="count")).tolist() == [True] * 3 + [False]


@pytest.mark.parametrize("weights", [[1, 0], [1, -1], [1, np.nan]])
def test_weight_of_zero_or_less_is_refused(weights: list[float]) -> None:
    with pytest.raises(BadFigures, match="weights: entry 1"):
        aggregate([[1, 2]], weights)


def test_what_cannot_be_put_together_is_refused() -> None:
    with pytest.raises(BadFigures, match="Normalise to 1 to 100"):
        aggregate([[0, 2]], [1, 1], "geometric")
    with pytest.raises(BadFigures, match="for 3 weights"):
        aggregate([[1, 2]], [1, 1, 1])
    for same in ([[1.0], [1.0]], [[5.0]], [[np.nan], [np.nan]], np.empty((0, 1))):
        with pytest.raises(BadFigures, match="indicator 0: the same for all units, or known for none"):
            min_max(same, UP)
        with pytest.raises(BadFigures, match="goalposts"):
            z_scores(same, UP)
    with pytest.raises(BadFigures, match="upper less lower"):
        goalposts([[1]], UP, [5], [5])
    with pytest.raises(BadFigures, match="for 2 directions"):
        goalposts([[1]], UP * 2, [0, 0], [1, 1])


def test_levels_are_put_together_from_below() -> None:
    tree = Part(
        "index",
        parts=(
            Part("speed", 2, (Part("median"), Part("p90", 3))),
            Part("voice", 1, (Part("ikm"), Part("complaints"))),
        ),
    )
    columns = {
        "median": np.array([80.0, 40]),
        "p90": np.array([60.0, np.nan]),
        "ikm": np.array([90.0, 70]),
        "complaints": np.array([50.0, 30]),
    }
    found = composite(tree, columns)
    assert found["speed"].tolist() == [65, 40]
    assert found["voice"].tolist() == [70, 50]
    assert found["index"] == pytest.approx([200 / 3, 130 / 3])
    assert dict(tree.leaves()) == pytest.approx(
        {"median": 1 / 6, "p90": 1 / 2, "ikm": 1 / 6, "complaints": 1 / 6}
    )
    strict = composite(tree, columns, threshold=0.7)
    assert np.isnan(strict["speed"]).tolist() == [False, True]
    assert np.isnan(strict["index"]).tolist() == [False, True]
    with pytest.raises(BadFigures, match="no such column"):
        composite(Part("index", parts=(Part("unknown"),)), columns)
    with pytest.raises(BadFigures, match="named twice"):
        composite(Part("index", parts=(Part("ikm"), Part("ikm"))), columns)


def test_effective_shares_of_a_mean_add_up_to_one_and_differ_from_the_weights() -> None:
    rng = np.random.default_rng(1)
    parts = np.column_stack([rng.normal(50, 20, 200), rng.normal(50, 2, 200)])
    found = shares(parts, np.array([1, 1]), aggregate(parts, [1, 1]))
    assert found.nominal.tolist() == [0.5, 0.5]
    assert found.effective.sum() == pytest.approx(1)
    assert found.effective[0] > 0.95
    assert found.correlation[0] > 0.99
    assert found.correlation[1] < 0.5
    still = shares(np.ones((3, 2)), np.array([1, 1]), np.ones(3))
    assert np.isnan(still.effective).all()
