"""Everything about a ranking beside its rows: complete, plain JSON, and a stated result at every edge."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pytest

from metrics.indicators.reasons import code_of
from metrics.model import IndicatorValue
from metrics.ranking import Method, RankingDetail, rank, rank_in_detail
from tests.metrics.ranking.figures import METHOD, NOW, figure, figures, method, registry

QUICK = method(METHOD.replace("indicators:", "doubts: {runs: 200}\nindicators:"))
FULL: dict[str, tuple[float | None, float]] = {
    "completion_days_median": (10.0, 1.0),
    "on_time_ratio": (0.8, 0.05),
    "ikm": (70.0, 2.0),
}
SPREAD: dict[str, dict[str, tuple[float | None, float]]] = {
    code: {
        "completion_days_median": (days, 0.5),
        "on_time_ratio": (share, 0.02),
        "ikm": (index, 0.5),
    }
    for code, days, share, index in (
        ("A", 5.0, 0.9, 70.0),
        ("B", 6.0, 0.7, 90.0),
        ("C", 20.0, 0.8, 80.0),
        ("D", 40.0, 0.3, 60.0),
    )
}


def detail(values: Sequence[IndicatorValue], codes: Sequence[str], chosen: Method = QUICK) -> RankingDetail:
    ranking, found = rank_in_detail(values, chosen, registry(codes), computed=NOW)
    assert ranking == rank(values, chosen, registry(codes), computed=NOW)
    text = json.dumps(asdict(found), allow_nan=False)
    assert json.loads(text)["level"] == "region"
    return found


def test_detail_tells_of_every_part_of_the_analysis() -> None:
    found = detail(figures(SPREAD), "ABCD")
    assert (found.method, found.confidence, found.draws, found.runs) == ("test-method", 0.95, 2000, 200)
    assert found.evidence.differ
    assert found.evidence.reliability == pytest.approx(1, abs=0.05)
    assert [code for band in found.bands for code in band.regions] == list("ABCD")
    assert [one.weight for one in found.indicators] == [0.5, 0.25, 0.25]
    assert sum(one.effective or 0 for one in found.indicators) == pytest.approx(1)
    assert {one.factor for one in found.choices} == {
        "weights",
        "normalisation",
        "aggregation",
        "treatment",
        "filling",
    }
    for region in found.regions:
        assert region.place is not None
        assert region.place.choices is not None
        assert region.place.choices.low <= region.place.choices.high
        assert region.place.choices.by_aggregation["arithmetic"] == region.place.rank
        assert [part.indicator for part in region.parts] == list(FULL)
        assert all(part.moves and part.moves.rank_without for part in region.parts)


def test_choices_that_decide_nothing_leave_every_rank_where_it_is() -> None:
    found = detail(figures({"A": SPREAD["A"], "D": SPREAD["D"]}), "AD")
    places = [region.place for region in found.regions if region.place]
    assert [(p.choices.low, p.choices.high) for p in places if p.choices] == [(1, 1), (2, 2)]
    assert all(p.choices and p.choices.totals == {} for p in places)
    assert all(one.total is None for one in found.choices)


def test_nobody_at_all_is_a_stated_result() -> None:
    found = detail([], [])
    assert (found.regions, found.bands, found.choices, found.evidence.regions) == ((), (), (), 0)
    assert [code_of(note) for note in found.notes] == ["nobody-ranked"]


def test_nobody_ranked_keeps_the_figures_that_there_are() -> None:
    found = detail(figures({"A": {"ikm": (70.0, 2.0)}, "B": {}}), "AB")
    assert [(region.region, region.place) for region in found.regions] == [("A", None), ("B", None)]
    assert [(part.indicator, part.points, part.moves) for part in found.regions[0].parts] == [
        ("ikm", 60.0, None)
    ]
    assert found.regions[0].parts[0].funnel is not None
    assert found.regions[1].parts == ()


def test_one_region_has_a_place_without_comparison() -> None:
    found = detail(figures({"A": FULL}), "A")
    (region,) = found.regions
    assert region.place is not None
    assert (region.place.rank, region.place.alone_low, region.place.alone_high) == (1, 1, 1)
    assert (region.place.choices, region.place.easiest_rank, region.place.strongest) == (None, None, None)
    assert [code_of(note) for note in found.notes] == ["alone"]


def test_all_equal_have_no_order_and_say_which_indicators_tell_nobody_apart() -> None:
    found = detail(figures(dict.fromkeys("ABC", FULL)), "ABC")
    assert (found.evidence.differ, found.evidence.between_variance) == (False, 0.0)
    assert [band.regions for band in found.bands] == [("A", "B", "C")]
    assert [code_of(note) for note in found.notes] == ["no-difference", *["same-everywhere"] * 3]
    assert [(r.place.alone_low, r.place.alone_high) for r in found.regions if r.place] == [(1, 3)] * 3
    assert all(one.effective is None for one in found.indicators)


def test_indicator_that_nobody_has_is_named_and_decides_nothing() -> None:
    some = {
        code: {name: row[name] for name in ("completion_days_median", "on_time_ratio")}
        for code, row in SPREAD.items()
    }
    found = detail(figures(some), "ABCD")
    assert found.notes[0].startswith("known-nowhere(indicator=ikm): ")
    assert found.indicators[2].places == 0
    assert found.indicators[2].funnel is None


def test_outlier_that_treatment_would_make_equal_to_the_rest_is_not_treated() -> None:
    table = {
        f"R{k}": {"completion_days_median": (30.0 - 29 * (k == 0), 1.0), "ikm": (50.0 + k, 1.0)}
        for k in range(9)
    }
    found = detail(figures(table), sorted(table))
    assert "treatment" not in {one.factor for one in found.choices}


def test_method_of_one_indicator_leaves_none_out() -> None:
    text = METHOD.partition("  - {id: on_time")[0].replace("indicators:", "doubts: {runs: 100}\nindicators:")
    found = detail(figures(SPREAD), "ABCD", method(text))
    moves = [part.moves for region in found.regions for part in region.parts]
    assert all(move and move.rank_without is None for move in moves)


def test_false_alarm_budget_counts_figures_in_funnels_and_points_on_charts() -> None:
    values = figures(SPREAD)
    months = [replace(figure("ikm", "A", 70.0), period=f"2025-{month:02}") for month in range(1, 11)]
    _, found = rank_in_detail(values, QUICK, registry("ABCD"), computed=NOW, history=[*values, *months])
    budget = found.false_alarms
    assert (budget.funnels, budget.points) == (12, 10)
    assert budget.alerts == pytest.approx(12 * 0.05)
    assert budget.alarms == pytest.approx(12 * 0.002)
    assert budget.outside == pytest.approx(0.027)
    assert budget.ranges == pytest.approx(0.05)


def test_provinces_stand_on_their_own_figures_around_the_nation() -> None:
    pooled = [replace(one, level="province", region="P") for one in figures({"A": FULL})]
    nation = replace(figure("on_time_ratio", "*", 0.5), level="nation")
    ranking, found = rank_in_detail(
        [*figures(SPREAD), *pooled, nation], QUICK, registry("ABCD"), computed=NOW, level="province"
    )
    assert [(row.region, row.rank) for row in ranking.rows] == [("P", 1)]
    funnel = found.indicators[1].funnel
    assert funnel is not None
    assert (funnel.target, funnel.target_source, funnel.places) == (0.5, "nation", 1)


def test_shrunk_scores_stand_beside_the_crude_ones_and_are_drawn_to_the_mean() -> None:
    rng = np.random.default_rng(3)
    table = {
        f"R{k:02}": FULL | {"completion_days_median": (float(rng.uniform(10, 30)), float(rng.uniform(1, 12)))}
        for k in range(20)
    }
    found = detail(figures(table), sorted(table))
    mean = found.evidence.mean
    assert mean is not None
    for region in found.regions:
        place = region.place
        assert place is not None
        assert min(place.score, mean) <= place.shrunk_score <= max(place.score, mean)
