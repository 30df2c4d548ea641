"""Signals over the months of a place's indicators."""

from dataclasses import replace

import pytest

from metrics.model import IndicatorValue, ValueStatus
from metrics.ranking.history import signals
from tests.metrics.ranking.figures import NOW, figure, method


def months(values: list[float | None], indicator: str = "completion_days_median") -> list[IndicatorValue]:
    """Figures of the months of 2024 and on."""
    return [
        replace(figure(indicator, "A", value), period=f"{2024 + at // 12}-{at % 12 + 1:02}")
        for at, value in enumerate(values)
    ]


def test_fall_of_a_waiting_time_after_a_year_is_an_improvement() -> None:
    values: list[float | None] = [30.0, 31, 29, 30, 32, 30, 29, 31, 30, 30, 31, 29, 30, 31, 30, 8]
    signal = signals(months(values), method(), "region", NOW)["A"]["completion_days_median"]
    assert (signal.months, signal.first, signal.last, signal.value) == (16, "2024-01", "2025-04", 8.0)
    assert (signal.variation, signal.trial, signal.special[-1]) == ("improvement-low", False, "2025-04")
    assert signal.low is not None
    assert signal.low > 8


def test_steady_series_has_no_signal_and_few_months_are_on_trial() -> None:
    signal = signals(months([70.0, 71, 69, 70, 71], "ikm"), method(), "region", NOW)["A"]["ikm"]
    assert (signal.variation, signal.special, signal.trial) == ("common-cause", (), True)


def test_month_without_a_figure_is_a_gap_and_no_zero() -> None:
    values = months([70.0, None, 72.0, 70.0], "ikm")
    assert values[1].status is ValueStatus.TOO_FEW
    signal = signals(values, method(), "region", NOW)["A"]["ikm"]
    assert (signal.months, signal.first, signal.last) == (3, "2024-01", "2024-04")
    assert signal.centre == pytest.approx(212 / 3)


def test_single_month_has_no_limits() -> None:
    signal = signals(months([70.0], "ikm"), method(), "region", NOW)["A"]["ikm"]
    assert (signal.low, signal.high, signal.variation) == (None, None, "unknown")


def test_month_that_is_not_over_years_and_other_levels_are_passed_over() -> None:
    ikm = figure("ikm", "A", 70.0)
    others = [
        replace(ikm, period="2026-01"),
        replace(ikm, period="2025"),
        ikm,
        replace(ikm, period="2025-03", level="province"),
        replace(figure("digital_share", "A", 0.5), period="2025-03"),
    ]
    assert signals(others, method(), "region", NOW) == {}
