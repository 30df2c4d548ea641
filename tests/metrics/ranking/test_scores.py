"""Uncertainty of figures carried into scores."""

from dataclasses import replace

import numpy as np
import pytest

from metrics.ranking.scores import composite, points, value_at
from tests.metrics.ranking.figures import METHOD, figure, method

ONLY = METHOD.replace("minimum_coverage: 0.5", "minimum_coverage: 0.1")


def test_interval_of_a_single_figure_comes_back_as_that_of_its_score() -> None:
    lopsided = replace(figure("completion_days_median", "A", 10.0), low=9.0, high=15.0)
    score = composite(method(ONLY), {"completion_days_median": lopsided}, "A").score
    assert score is not None
    assert score.value == 80
    assert [score.low, score.high] == pytest.approx([70, 82], abs=0.05)
    assert score.error == pytest.approx(10 / 1.96, rel=0.01)


def test_score_at_the_better_goalpost_still_has_the_doubt_below_it() -> None:
    perfect = replace(figure("on_time_ratio", "A", 1.0), low=0.9, high=1.0)
    score = composite(method(ONLY), {"on_time_ratio": perfect}, "A").score
    assert score is not None
    assert [score.low, score.value, score.high] == pytest.approx([90, 100, 100], abs=0.1)


def test_level_of_the_method_widens_the_interval() -> None:
    figures = {"completion_days_median": figure("completion_days_median", "A", 25.0, 5.0)}
    usual = composite(method(ONLY), figures, "A").score
    wide = composite(method(ONLY.replace("indicators:", "level: 0.998\nindicators:")), figures, "A").score
    assert usual is not None
    assert wide is not None
    assert wide.high - wide.value == pytest.approx((usual.high - usual.value) * 3.09 / 1.96, rel=0.02)
    assert wide.error == pytest.approx(usual.error, rel=0.02)


def test_luck_of_other_record_sets_is_independent_and_of_other_regions_too() -> None:
    figures = {
        "completion_days_median": figure("completion_days_median", "A", 25.0, 5.0),
        "ikm": figure("ikm", "A", 62.5, 15.0),
    }
    one, other = (composite(method(), figures, code).score for code in ("A", "B"))
    assert one is not None
    assert other is not None
    assert one.error == pytest.approx((2 / 3 * 10 / 1.96) * (1 + (0.5 * 2) ** 2) ** 0.5, rel=0.03)
    assert one.value == other.value
    assert one.error != other.error


def test_points_and_values_between_the_goalposts_are_each_other_turned_round() -> None:
    for component in method().indicators:
        values = np.linspace(component.low, component.high, 7)
        back = value_at(component, np.array([points(component, float(value)) for value in values]))
        assert back == pytest.approx(values)
