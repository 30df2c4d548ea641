"""The ranking: stated results at every edge, and reasons where there is no place."""

from dataclasses import replace

import pytest

from metrics.indicators.reasons import code_of
from metrics.model import RankRow
from metrics.ranking import Method, explain, rank
from metrics.ranking.reasons import OWN, REASONS
from tests.metrics.ranking.figures import METHOD, NOW, figure, figures, method, ranking, registry, rows

FULL: dict[str, tuple[float | None, float]] = {
    "completion_days_median": (10.0, 1.0),
    "on_time_ratio": (0.8, 0.05),
    "ikm": (70.0, 2.0),
}


def codes(row: RankRow) -> list[str]:
    return [code_of(reason) for reason in row.reasons]


def test_score_is_the_weighted_mean_between_goalposts() -> None:
    row = rows(ranking(figures({"A": FULL}), ["A"]))["A"]
    assert row.parts == pytest.approx({"completion_days_median": 80, "on_time_ratio": 80, "ikm": 60})
    assert row.score == pytest.approx((2 * 80 + 80 + 60) / 4)
    # errors add up within transactions (2 x 2 points and 5) and are independent of the survey's (2.67)
    half = ((2 * 2 + 5) ** 2 + (200 / 75) ** 2) ** 0.5 / 4
    assert row.score_low == pytest.approx(75 - half, abs=0.05)
    assert row.score_high == pytest.approx(75 + half, abs=0.05)


def test_geometric_mean_lets_a_bad_part_cost_more() -> None:
    text = METHOD.replace("indicators:", "aggregation: geometric\nindicators:")
    row = rows(ranking(figures({"A": FULL}), ["A"], method(text)))["A"]
    on_a_scale_from_1 = (1 + 0.99 * 80) ** 0.75 * (1 + 0.99 * 60) ** 0.25
    assert row.score == pytest.approx((on_a_scale_from_1 - 1) / 0.99)
    assert (row.score or 100) < 75
    assert row.parts == pytest.approx({"completion_days_median": 80, "on_time_ratio": 80, "ikm": 60})


def test_values_beyond_the_goalposts_score_0_and_100() -> None:
    far = {"completion_days_median": (500.0, 1.0), "on_time_ratio": (1.0, 0.0), "ikm": (25.0, 0.0)}
    assert rows(ranking(figures({"A": far}), ["A"]))["A"].parts == {
        "completion_days_median": 0.0,
        "on_time_ratio": 100.0,
        "ikm": 0.0,
    }


def test_interval_without_an_end_reaches_to_the_goalpost() -> None:
    open_above = replace(figure("completion_days_median", "A", 10.0, 1.0), high=None)
    only = method(METHOD.replace("minimum_coverage: 0.5", "minimum_coverage: 0.1"))
    row = rows(ranking([open_above], ["A"], only))["A"]
    assert row.score == 80
    assert row.score_low == pytest.approx(0.0, abs=0.3)


def test_figure_that_rests_on_too_few_cases_is_not_ranked_by() -> None:
    for n in (0, 4):
        value = figure("completion_days_median", "A", 10.0, 1.0, n=n)
        row = rows(ranking([value, *figures({"A": {"ikm": (70.0, 2.0)}})], ["A"]))["A"]
        assert (row.ranked, row.parts["completion_days_median"]) == (False, None)
        assert "cause=too-few" in row.reasons[0]


def test_figure_that_was_counted_and_not_sampled_is_sure() -> None:
    text = METHOD.replace("id: on_time_ratio", "id: reporting_completeness")
    counted = replace(figure("reporting_completeness", "A", 0.5), low=None, high=None)
    values = [figure("completion_days_median", "A", 10.0), counted]
    row = rows(ranking(values, ["A"], method(text)))["A"]
    assert (row.score_low, row.score, row.score_high) == (70.0, 70.0, 70.0)


def test_region_without_complaints_is_not_ranked_best() -> None:
    perfect: dict[str, tuple[float | None, float]] = {
        "completion_days_median": (0.0, 0.0),
        "on_time_ratio": (1.0, 0.0),
        "availability_ratio": (1.0, 0.0),
        "ikm": (100.0, 0.0),
    }
    usual: dict[str, tuple[float | None, float]] = {
        "completion_days_median": (9.0, 1.0),
        "on_time_ratio": (0.9, 0.01),
        "complaint_resolution_days_median": (20.0, 2.0),
        "complaint_on_time_ratio": (0.7, 0.1),
    }
    found = rank(figures({"A": perfect, "B": usual}), Method.load("default"), registry("AB"), computed=NOW)
    assert [(row.region, row.rank) for row in found.rows] == [("B", 1), ("A", None)]
    silent = rows(found)["A"]
    assert codes(silent) == ["required-missing"]
    assert silent.reasons[0].startswith(
        "required-missing(indicator=complaint_resolution_days_median,cause=no-records): "
        "Not ranked, because Median time to resolve a complaint (days) is required"
    )
    assert explain(silent.reasons[0], "id").startswith(
        "Tidak diperingkat: Median waktu penyelesaian pengaduan"
    )
    assert silent.parts["complaint_on_time_ratio"] is None


def test_region_whose_required_figure_is_missing_says_which_and_why() -> None:
    table = {"A": FULL, "B": FULL | {"completion_days_median": (None, 0.0)}}
    row = rows(ranking(figures(table), ["A", "B"]))["B"]
    assert not row.ranked
    assert (row.rank, row.score, row.rank_low, row.band) == (None, None, None, "")
    assert "cause=too-few" in row.reasons[0]
    assert "(too few)" in row.reasons[0]


def test_region_with_too_little_of_the_weights_is_not_ranked() -> None:
    text = METHOD.replace("minimum_coverage: 0.5", "minimum_coverage: 0.8")
    part: dict[str, tuple[float | None, float]] = {
        "completion_days_median": (1.0, 0.1),
        "on_time_ratio": (1.0, 0.0),
    }
    table = {"A": FULL, "B": part}
    found = rows(ranking(figures(table), ["A", "B"], method(text)))
    assert found["A"].ranked
    assert codes(found["B"]) == ["coverage-too-low"]
    assert "cover only 75 % of the weights; 80 % are needed" in found["B"].reasons[0]


def test_gap_that_the_method_allows_is_noted_beside_the_rank() -> None:
    row = rows(ranking(figures({"A": FULL, "B": FULL | {"ikm": (None, 0.0)}}), ["A", "B"]))["B"]
    assert row.ranked
    assert "partial-coverage" in codes(row)
    assert row.parts["ikm"] is None


def test_registry_without_regions_gives_a_ranking_without_rows() -> None:
    assert ranking([], []).rows == ()


def test_one_region_is_first_of_one_and_says_that_it_is_alone() -> None:
    row = rows(ranking(figures({"A": FULL}), ["A"]))["A"]
    assert (row.rank, row.rank_low, row.rank_high, row.band, codes(row)) == (1, 1, 1, "1", ["alone"])


def test_all_equal_regions_share_the_first_place_and_its_whole_range() -> None:
    found = ranking(figures(dict.fromkeys("CAB", FULL)), ["A", "B", "C"])
    assert [(r.region, r.rank, r.rank_low, r.rank_high, r.band) for r in found.rows] == [
        (code, 1, 1, 3, "1") for code in "ABC"
    ]
    assert all(codes(row) == ["no-difference"] for row in found.rows)


def test_all_missing_leaves_nobody_ranked_and_says_why() -> None:
    found = ranking([], ["B", "A"])
    assert [(row.region, row.ranked, codes(row)) for row in found.rows] == [
        ("A", False, ["nothing-reported"]),
        ("B", False, ["nothing-reported"]),
    ]


def medians(days: dict[str, float], half: float) -> dict[str, RankRow]:
    table = {code: {"completion_days_median": (value, half)} for code, value in days.items()}
    return rows(ranking(figures(table), sorted(table)))


def test_ties_share_a_rank_and_the_next_one_is_skipped() -> None:
    found = medians({"A": 5.0, "B": 9.0, "C": 9.0, "D": 20.0}, 0.0)
    assert [found[code].rank for code in "ABCD"] == [1, 2, 2, 4]
    assert [found[code].rank_low for code in "ABCD"] == [1, 2, 2, 4]
    assert [found[code].rank_high for code in "ABCD"] == [1, 3, 3, 4]
    assert [found[code].band for code in "ABCD"] == ["1", "2", "2", "3"]


def test_what_cannot_be_told_apart_shares_a_band() -> None:
    found = medians({"A": 10.0, "B": 10.5, "C": 40.0, "D": 40.5}, 1.0)
    assert [found[code].rank for code in "ABCD"] == [1, 2, 3, 4]
    assert [found[code].rank_low for code in "ABCD"] == [1, 1, 3, 3]
    assert [found[code].rank_high for code in "ABCD"] == [2, 2, 4, 4]
    assert [found[code].band for code in "ABCD"] == ["1", "1", "2", "2"]


def test_figures_of_other_periods_levels_and_regions_are_passed_over() -> None:
    value = figure("completion_days_median", "A", 10.0)
    others = [
        replace(value, period="2025"),
        replace(value, level="province"),
        replace(value, region="X"),
        replace(value, indicator="digital_share"),
    ]
    assert [row.ranked for row in ranking(others, ["A"]).rows] == [False]


def test_provinces_are_ranked_by_their_own_pooled_figures() -> None:
    value = replace(figure("completion_days_median", "P", 10.0), level="province")
    found = rank([value], method(), registry("AB"), computed=NOW, level="province")
    assert [(row.region, row.rank) for row in found.rows] == [("P", 1)]


def test_ranking_says_what_it_was_computed_from() -> None:
    versions = {"transactions": 7}
    found = rank([], method(), registry([]), computed=NOW, archive_versions=versions, simulated=True)
    assert (found.method, found.method_version, found.period) == ("test-method", "1", "all")
    assert (found.computed, found.archive_versions, found.simulated) == (NOW, versions, True)


@pytest.mark.parametrize("code", OWN)
def test_reason_of_the_ranking_is_spoken_in_both_languages(code: str) -> None:
    details = {"indicator": "ikm", "cause": "half-open", "share": "40", "minimum": "80"}
    indonesian, english = (REASONS[code].sentence(language, details) for language in ("id", "en"))
    assert indonesian != english
    assert "{" not in indonesian + english
