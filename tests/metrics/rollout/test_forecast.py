"""The forecast: intervals within the bounds, or a stated reason without a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.rollout.figures import published_figures
from metrics.rollout.forecast import FEWEST, Forecast, NoForecast, Refusal, forecast
from metrics.rollout.series import CountSeries, Denominator, Point, authorities, certain_series
from metrics.statistics.figures import BadFigures

UNHURRIED = settings(deadline=None, max_examples=10)
"""Each example computes a whole grid."""
WHOLE = Denominator(508, "Wakil Presiden")
AHEAD = (date(2026, 6, 30), date(2027, 6, 30))


def published(authority: str = "KemenPANRB", series: str = "mpp_physical") -> CountSeries:
    return certain_series(published_figures(), series, authority)


def counted(*counts: int) -> CountSeries:
    days = (date(2024, 1, 1) + timedelta(days=60 * at) for at in range(len(counts)))
    return CountSeries("mpp", "A", tuple(map(Point, days, counts)))


def refused(series: CountSeries, denominator: Denominator = WHOLE) -> NoForecast:
    found = forecast(series, denominator, AHEAD)
    assert isinstance(found, NoForecast)
    return found


@UNHURRIED
@given(st.lists(st.integers(0, 60), min_size=FEWEST, max_size=8), st.integers(0, 200))
def test_intervals_are_nested_rise_and_stay_between_the_last_count_and_the_denominator(
    more: list[int], spare: int
) -> None:
    series = counted(*(sum(more[: at + 1]) for at in range(len(more))))
    last = series.points[-1].count
    whole = Denominator(max(last + spare, 1), "A")
    found = forecast(series, whole, AHEAD, draws=400)
    assert isinstance(found, Forecast)
    for one in found.expected:
        figures = [last, one.low95, one.low80, one.median, one.high80, one.high95, whole.whole]
        assert figures == sorted(figures)
    first, second = found.expected
    assert (first.low95, first.median, first.high95) <= (second.low95, second.median, second.high95)


def test_the_denominator_that_was_given_is_the_one_reported() -> None:
    for whole in (508, 514):
        found = forecast(published(), Denominator(whole, "x"), AHEAD)
        assert isinstance(found, Forecast)
        assert found.denominator.whole == whole
        assert 305 <= found.expected[0].low95 < found.expected[1].high95 <= whole


def test_the_interval_widens_with_the_distance() -> None:
    found = forecast(published(), WHOLE, AHEAD)
    assert isinstance(found, Forecast)
    near, far = ((one.high95 - one.low95) for one in found.expected)
    assert near < far


def test_the_same_seed_gives_the_same_forecast() -> None:
    assert forecast(published(), WHOLE, AHEAD, draws=500) == forecast(published(), WHOLE, AHEAD, draws=500)


@pytest.mark.parametrize(
    ("series", "authority"),
    [
        ("mppdn_live", "KemenPANRB"),
        ("mppdn_designated", "KemenPANRB"),
        ("mppdn_committed", "KemenPANRB"),
        ("mppi", "Plan C Institute"),
        ("mpp_physical", "BSKDN Kemendagri"),
        ("mpp_physical", "Wakil Presiden"),
    ],
)
def test_too_few_points_have_a_reason_and_no_number(series: str, authority: str) -> None:
    found = refused(published(authority, series))
    assert found.reason is Refusal.TOO_FEW
    assert authority in found.text_id
    assert f"needed: {FEWEST}" in found.text_en


def test_only_kemenpanrb_has_published_enough_physical_counts() -> None:
    made = {
        authority: isinstance(forecast(published(authority), WHOLE, AHEAD, draws=100), Forecast)
        for authority in authorities(published_figures(), "mpp_physical")
    }
    assert [authority for authority, has in made.items() if has] == ["KemenPANRB"]


def test_a_series_that_falls_names_the_fall() -> None:
    found = refused(counted(1, 5, 9, 7, 12))
    assert found.reason is Refusal.FALLS
    assert "from 9 (2024-04-30) to 7 (2024-06-29)" in found.text_en


def test_a_count_above_the_denominator_is_refused() -> None:
    found = refused(published(), Denominator(300, "x"))
    assert found.reason is Refusal.ABOVE
    assert "305 exceeds the denominator 300" in found.text_en


def test_no_points_at_all_is_a_stated_result() -> None:
    assert refused(replace(published(), points=())).reason is Refusal.TOO_FEW


@pytest.mark.parametrize("days", [[date(2025, 12, 15)], [date(2026, 5, 1), date(2026, 4, 1)]])
def test_days_must_rise_from_after_the_last_count(days: list[date]) -> None:
    with pytest.raises(BadFigures, match="is not after"):
        forecast(published(), WHOLE, days)
