"""Laws of the ranking under fixed goalposts, whichever mean it takes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.model import IndicatorValue, RankRow
from metrics.ranking import Method, RankingDetail, rank_in_detail
from tests.metrics.ranking.figures import METHOD, figures, method, ranking, registry, rows

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LAW = settings(max_examples=40, deadline=None)
GEOMETRIC = METHOD.replace("indicators:", "aggregation: geometric\nindicators:")
EITHER_MEAN = pytest.mark.parametrize("text", [METHOD, GEOMETRIC], ids=["arithmetic", "geometric"])

Cell = tuple[float | None, float]
Table = dict[str, dict[str, Cell]]


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
TABLES = st.lists(REGION, min_size=1, max_size=8).map(
    lambda regions: {f"R{i}": region for i, region in enumerate(regions)}
)


def ranked(table: Table, chosen: Method) -> dict[str, RankRow]:
    found = rows(ranking(figures(table), sorted(table), chosen))
    return {code: row for code, row in found.items() if row.ranked}


def detail(table: Table, chosen: Method) -> RankingDetail:
    return rank_in_detail(figures(table), chosen, registry(sorted(table)), computed=NOW)[1]


@EITHER_MEAN
@LAW
@given(TABLES)
def test_simultaneous_range_contains_the_marginal_one_which_contains_the_rank(
    text: str, table: Table
) -> None:
    quick = text.replace("indicators:", "doubts: {runs: 100}\nindicators:")
    places = [region.place for region in detail(table, method(quick)).regions if region.place]
    for place in places:
        assert 1 <= place.rank_low <= place.alone_low <= place.rank
        assert place.rank <= place.alone_high <= place.rank_high <= len(places)


@EITHER_MEAN
@LAW
@given(TABLES)
def test_bands_follow_the_ranks_and_their_members_share_one(text: str, table: Table) -> None:
    found = sorted(ranked(table, method(text)).values(), key=lambda row: (row.rank or 0, int(row.band)))
    numbers = [int(row.band) for row in found]
    assert numbers == sorted(numbers)
    assert sorted(set(numbers)) == list(range(1, max(numbers, default=0) + 1))
    for number in set(numbers):
        inside = [row for row in found if int(row.band) == number]
        assert max(row.rank_low or 0 for row in inside) <= min(row.rank_high or 0 for row in inside)


@EITHER_MEAN
@LAW
@given(TABLES, st.data())
def test_better_value_never_worsens_a_rank(text: str, table: Table, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(sorted(table)))
    indicator = data.draw(st.sampled_from(sorted(table[code])))
    value, half = table[code][indicator]
    if value is None:
        return
    ends = {"completion_days_median": (0, value), "on_time_ratio": (value, 1), "ikm": (value, 100)}
    low, high = (round(end * 10) for end in ends[indicator])
    better: Cell = (data.draw(st.integers(low, high)) / 10, half)
    before = ranked(table, method(text))
    after = ranked(table | {code: table[code] | {indicator: better}}, method(text))
    assert (after[code].rank or 0) <= (before[code].rank or 0)


@EITHER_MEAN
@LAW
@given(TABLES, REGION)
def test_adding_a_region_changes_neither_scores_nor_their_intervals(
    text: str, table: Table, newcomer: dict[str, Cell]
) -> None:
    before = ranked(table, method(text))
    after = ranked(table | {"X": newcomer}, method(text))
    assert {code: (row.score, row.score_low, row.score_high) for code, row in before.items()} == {
        code: (row.score, row.score_low, row.score_high) for code, row in after.items() if code != "X"
    }


def in_hours(value: IndicatorValue) -> IndicatorValue:
    if value.indicator != "completion_days_median":
        return value
    return replace(
        value, value=(value.value or 0) * 24, low=(value.low or 0) * 24, high=(value.high or 0) * 24
    )


@EITHER_MEAN
@LAW
@given(TABLES)
def test_unit_of_measure_changes_no_rank_range_or_band(text: str, table: Table) -> None:
    codes, values = sorted(table), figures(table)
    days = ranking(values, codes, method(text))
    hours = ranking(
        [in_hours(value) for value in values], codes, method(text.replace("high: 50", "high: 1200"))
    )
    shown = [
        [(r.region, r.rank, r.rank_low, r.rank_high, r.band) for r in found.rows] for found in (days, hours)
    ]
    assert shown[0] == shown[1]


@LAW
@given(TABLES)
def test_same_method_and_figures_give_the_same_detail(table: Table) -> None:
    quick = method(METHOD.replace("indicators:", "doubts: {runs: 100}\nindicators:"))
    assert detail(table, quick) == detail(dict(reversed(table.items())), quick)
