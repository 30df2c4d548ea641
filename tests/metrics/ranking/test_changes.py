"""What would move a region: the values it is told bring what they promise."""

from dataclasses import replace

import pytest

from metrics.model import IndicatorValue
from metrics.ranking import rank, rank_in_detail
from metrics.ranking.detail import PlaceDetail, RegionDetail
from tests.metrics.ranking.figures import METHOD, NOW, figures, method, registry

CODES = "ABCDEF"
TABLE: dict[str, dict[str, tuple[float | None, float]]] = {
    code: {
        "completion_days_median": (5.0 + 7 * row, 0.3),
        "on_time_ratio": (0.9 - 0.1 * row, 0.01),
        "ikm": (None if code == "E" else 80.0 - row, 0.3),
    }
    for row, code in enumerate(CODES)
}
VALUES = figures(TABLE)


def with_value(code: str, indicator: str, value: float) -> list[IndicatorValue]:
    return [
        replace(one, value=value) if (one.region, one.indicator) == (code, indicator) else one
        for one in VALUES
    ]


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_told_values_bring_the_next_rank_the_next_band_and_the_best_rank(aggregation: str) -> None:
    text = METHOD.replace("indicators:", f"aggregation: {aggregation}\ndoubts: {{runs: 100}}\nindicators:")
    chosen, ends = method(text), {"completion_days_median": 0.0, "on_time_ratio": 1.0, "ikm": 100.0}
    ranking, found = rank_in_detail(VALUES, chosen, registry(CODES), computed=NOW)
    scores = {row.region: row.score or 0.0 for row in ranking.rows}
    places = {region.region: region.place for region in found.regions if region.place}
    tried = 0
    for region in found.regions:
        for part in region.parts:
            assert part.moves is not None
            own, (rank_goal, band_goal) = region.region, goals(region, places, scores)
            for value, goal in ((part.moves.to_rank, rank_goal), (part.moves.to_band, band_goal)):
                if value is not None:
                    assert score_with(own, part.indicator, value, text) == pytest.approx(goal)
                    tried += 1
            best = rank(
                with_value(own, part.indicator, ends[part.indicator]), chosen, registry(CODES), computed=NOW
            )
            assert next(row.rank for row in best.rows if row.region == own) == part.moves.best_rank
    assert tried >= 12


def goals(
    region: RegionDetail, places: dict[str, PlaceDetail], scores: dict[str, float]
) -> tuple[float, float]:
    """Score of the next better region, and of the last one of the next better band."""
    own = places[region.region]
    better = [scores[code] for code, place in places.items() if place.rank < own.rank]
    above = [scores[code] for code, place in places.items() if place.band == own.band - 1]
    return min(better, default=0.0), min(above, default=0.0)


def score_with(code: str, indicator: str, value: float, text: str) -> float:
    found = rank(with_value(code, indicator, value), method(text), registry(CODES), computed=NOW)
    return next(row.score or 0.0 for row in found.rows if row.region == code)


def test_indicator_that_moves_a_region_most_and_the_smallest_change_are_named() -> None:
    quick = method(METHOD.replace("indicators:", "doubts: {runs: 100}\nindicators:"))
    _, found = rank_in_detail(VALUES, quick, registry(CODES), computed=NOW)
    first, *others = [region.place for region in found.regions if region.place]
    assert (first.easiest_rank, first.easiest_band) == (None, None)
    # weight 2 against 1: every point of it counts twice, and it has most to gain
    assert {place.easiest_rank for place in others} == {"completion_days_median"}
    assert others[-1].strongest == "completion_days_median"
