"""Indirect standardisation: two regions of different mix, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics.figures import BadFigures
from metrics.statistics.intervals import poisson
from metrics.statistics.standardise import by_strata, standardise


def test_region_with_the_harder_mix_is_judged_by_it() -> None:
    # both fail 10 % of the easy and 30 % of the hard cases; one has mostly hard ones
    found = standardise([[10, 3], [1, 27]], [[100, 10], [10, 90]])
    assert found.crude.value == pytest.approx([13 / 110, 28 / 100])
    assert found.expected == pytest.approx([13, 28])
    assert found.ratio.value == pytest.approx([1, 1])
    assert found.adjusted.value == pytest.approx([41 / 210] * 2)
    low, high = poisson(np.array([13, 28]))
    assert found.ratio.low == pytest.approx(low / [13, 28])
    assert found.crude.high == pytest.approx(high / [110, 100])


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8))
def test_expected_events_add_up_to_the_observed_ones(units: list[tuple[int, int]]) -> None:
    found = standardise(units, np.full((len(units), 2), 40))
    assert found.expected.sum() == pytest.approx(found.observed.sum())


def test_unit_without_denominators_has_no_figure_and_an_unused_stratum_counts_for_nothing() -> None:
    found = standardise([[1, 0, 0], [0, 0, 0], [3, 0, 2]], [[10, 0, 5], [0, 0, 0], [10, 0, 5]])
    assert np.isnan(found.crude.value).tolist() == [False, True, False]
    assert np.isnan(found.adjusted.high).tolist() == [False, True, False]
    assert found.ratio.value[[0, 2]] == pytest.approx([1 / 3, 5 / 3])


def test_rows_of_a_cell_add_up() -> None:
    table = by_strata([0, 1, 0, 0], [1, 0, 1, 2], [5, 7, 1, 2], 2, 3)
    assert table.tolist() == [[0, 6, 2], [7, 0, 0]]
    assert by_strata([], [], [], 2, 1).tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("events", "sizes", "message"),
    [
        ([[1]], [[0]], "some where the denominator is zero"),
        ([[0]], [[0]], "zero everywhere"),
        ([1], [2], "units x strata"),
        ([[-1]], [[2]], "at least 0"),
        ([[np.nan]], [[2]], "nan"),
    ],
)
def test_what_cannot_be_standardised_is_refused(
    events: list[float], sizes: list[float], message: str
) -> None:
    with pytest.raises(BadFigures, match=message):
        standardise(events, sizes)
