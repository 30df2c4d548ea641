"""Laws of the ranking under fixed goalposts, and that the ranges hold what they promise."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.model import IndicatorValue, RankRow
from metrics.ranking.ranges import bands, places, rank_ranges, surely_better
from tests.metrics.ranking.figures import METHOD, figures, method, ranking, rows


def tenths(low: int, high: int) -> st.SearchStrategy[float]:
    """Numbers with one decimal, so that ties are common and no tie hangs on the last bit."""
    return st.integers(low * 10, high * 10).map(lambda number: number / 10)


REGION = st.fixed_dictionaries(
    {
        "completion_days_median": st.tuples(tenths(0, 80), tenths(0, 20)),
        "on_time_ratio": st.tuples(st.one_of(st.none(), tenths(0, 1)), st.floats(0, 0.4)),
        "ikm": st.tuples(st.one_of(st.none(), tenths(25, 100)), tenths(0, 20)),
    }
)
Table = dict[str, dict[str, tuple[float | None, float]]]
TABLES = st.lists(REGION, min_size=1, max_size=8).map(
    lambda regions: {f"R{i}": region for i, region in enumerate(regions)}
)
SCORES = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 10)), max_size=12)


def ranked(values: list[IndicatorValue], codes: list[str]) -> dict[str, RankRow]:
    return {code: row for code, row in rows(ranking(values, codes)).items() if row.ranked}


def place(row: RankRow) -> tuple[object, ...]:
    return row.region, row.rank, row.rank_low, row.rank_high, row.band


@given(SCORES)
def test_rank_lies_within_its_range(pairs: list[tuple[float, float]]) -> None:
    scores, errors = np.array(pairs, dtype=float).reshape(-1, 2).T
    rank = places(scores)
    low, high = rank_ranges(scores, errors)
    assert np.all((low >= 1) & (low <= rank) & (rank <= high) & (high <= len(pairs)))


@given(SCORES)
def test_surely_better_is_never_mutual_and_never_against_the_scores(pairs: list[tuple[float, float]]) -> None:
    scores, errors = np.array(pairs, dtype=float).reshape(-1, 2).T
    better = surely_better(scores, errors)
    assert not np.any(better & better.T)
    assert np.all(scores[:, None][better.any(axis=1)] >= scores.min(initial=100))
    assert not np.any(better & (scores[:, None] <= scores[None, :]))


@given(SCORES, st.floats(1.5, 4))
def test_more_uncertainty_never_narrows_a_range(pairs: list[tuple[float, float]], factor: float) -> None:
    scores, errors = np.array(pairs, dtype=float).reshape(-1, 2).T
    low, high = rank_ranges(scores, errors)
    wider_low, wider_high = rank_ranges(scores, errors * factor)
    assert np.all(wider_low <= low)
    assert np.all(wider_high >= high)


@given(SCORES)
def test_bands_follow_the_ranks_and_their_leaders_do_not_overlap(
    pairs: list[tuple[float, float]],
) -> None:
    scores, errors = np.array(pairs, dtype=float).reshape(-1, 2).T
    rank = places(scores).tolist()
    low, high = (bound.tolist() for bound in rank_ranges(scores, errors))
    band = [int(name) for name in bands(rank, low, high)]
    assert sorted(set(band)) == list(range(1, max(band, default=0) + 1))
    order = sorted(range(len(rank)), key=lambda row: (rank[row], low[row], high[row]))
    assert [band[row] for row in order] == sorted(band)
    first = {band[row]: row for row in reversed(order)}
    assert all(high[first[number]] < low[first[number + 1]] for number in first if number + 1 in first)


@settings(max_examples=60)
@given(TABLES, st.data())
def test_better_value_never_worsens_a_rank(table: Table, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(sorted(table)))
    days, half = table[code]["completion_days_median"]
    better = data.draw(st.integers(0, round((days or 0) * 10))) / 10
    improved = table | {code: table[code] | {"completion_days_median": (better, half)}}
    before, after = (ranked(figures(one), sorted(table)) for one in (table, improved))
    if code in before:
        assert (after[code].rank or 0) <= (before[code].rank or 0)


@settings(max_examples=60)
@given(TABLES, REGION)
def test_adding_a_region_does_not_change_the_scores_of_others(
    table: Table, newcomer: dict[str, tuple[float | None, float]]
) -> None:
    before = ranked(figures(table), sorted(table))
    after = ranked(figures(table | {"X": newcomer}), [*sorted(table), "X"])
    assert {code: (row.score, row.score_low, row.score_high) for code, row in before.items()} == {
        code: (row.score, row.score_low, row.score_high) for code, row in after.items() if code != "X"
    }


@settings(max_examples=60)
@given(TABLES)
def test_unit_of_measure_does_not_change_a_rank(
    table: Table,
) -> None:
    values = figures(table)
    hours = [
        replace(value, value=(value.value or 0) * 24, low=(value.low or 0) * 24, high=(value.high or 0) * 24)
        if value.indicator == "completion_days_median"
        else value
        for value in values
    ]
    codes = sorted(table)
    in_days = ranking(values, codes)
    in_hours = ranking(hours, codes, method(METHOD.replace("high: 50", "high: 1200")))
    shown = [
        [(r.region, r.rank, r.rank_low, r.rank_high, r.band) for r in f.rows] for f in (in_days, in_hours)
    ]
    assert shown[0] == shown[1]


def test_ranges_hold_the_true_ranks_together_in_95_of_100_tables() -> None:
    rng = np.random.default_rng(8)
    truth = np.array([40.0, 50, 50, 55, 60, 70, 70.5, 71, 90, 95])
    errors = np.full(10, 3.0)
    best = 1 + (truth[None, :] > truth[:, None]).sum(axis=1)
    worst = 10 - (truth[None, :] < truth[:, None]).sum(axis=1)
    held = 0
    for _ in range(400):
        low, high = rank_ranges(rng.normal(truth, errors), errors)
        held += bool(np.all((low <= worst) & (high >= best)))
    assert held >= 380


def test_many_regions_that_differ_by_chance_alone_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(9)
    false_alarms = sum(surely_better(rng.normal(50, 3, 60), np.full(60, 3.0)).any() for _ in range(300))
    assert false_alarms <= 300 * 0.08
