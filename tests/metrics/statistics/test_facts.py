"""Facts that the ranking is built upon, each from one small computation."""

import numpy as np
import pytest

from metrics.histogram import Histogram
from metrics.statistics.bands import bands
from metrics.statistics.funnel import false_alarms
from metrics.statistics.intervals import wilson
from metrics.statistics.ranksets import simultaneous
from metrics.statistics.shrinkage import shrink
from tests.metrics.statistics.published import SCHOOLS, SCHOOLS_ERRORS


def test_mean_of_two_p95s_is_2243_ms_where_the_true_p95_is_159() -> None:
    rng = np.random.default_rng(0)
    many, few = rng.exponential(50, 100_000), rng.exponential(1500, 1000)
    singly = [float(np.quantile(calls, 0.95)) for calls in (many, few)]
    assert round(sum(singly) / 2) == 2243
    assert round(float(np.quantile(np.concatenate([many, few]), 0.95))) == 159
    merged = Histogram.merge([Histogram.of(many / 1e3), Histogram.of(few / 1e3)]).quantile_seconds(0.95)
    assert merged == pytest.approx(0.159, rel=0.015)


def test_216_of_508_is_42_point_5_and_292_is_57_point_5_percent() -> None:
    ratio = np.array([216, 292]) / 508
    assert np.round(100 * ratio, 1).tolist() == [42.5, 57.5]
    low, high = wilson(ratio, np.full(2, 508.0))
    assert low[0] < 0.425 < high[0] < low[1] < 0.575 < high[1]


def test_eight_schools_have_no_variance_between_them_and_are_one_band() -> None:
    assert not shrink(SCHOOLS, SCHOOLS_ERRORS).differ
    sets = simultaneous(SCHOOLS, SCHOOLS_ERRORS, seed=1)
    assert sets.none_differ
    (band,) = bands(list("HGFEDCBA"), sets)
    assert band.codes == tuple("ABCDEFGH")
    assert (band.low, band.high, band.shared) == (1, 8, (1, 8))


def test_chance_alone_flags_two_of_38_provinces_and_26_of_514_regions_at_95_percent() -> None:
    assert [round(false_alarms(units, 0.95), 1) for units in (38, 514)] == [1.9, 25.7]
    assert [round(false_alarms(units, 0.998), 2) for units in (38, 514)] == [0.08, 1.03]
