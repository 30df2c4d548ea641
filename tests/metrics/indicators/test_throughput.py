"""Throughput, backlog and complaints per 1,000 against counts by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from metrics.calendar import epoch_day
from metrics.indicators.panel import month_ends, month_starts, months_of
from metrics.indicators.reasons import code_of
from metrics.model import ValueStatus
from tests.metrics.indicators.records import (
    CALENDARS,
    DAY,
    REGISTRY,
    SEEN,
    START,
    Case,
    figures,
    local_day,
    random_cases,
    random_figures,
)


def working_days(region: str, first: int, last: int) -> int:
    calendar = CALENDARS[REGISTRY.regions[region].calendar]
    return int(calendar.is_working(np.arange(first, last + 1)).sum())


def own(region: str, seed: int = 1) -> list[Case]:
    return [case for case in random_cases(seed) if case.region == region]


def window(cases: list[Case]) -> tuple[int, int]:
    days = [local_day(c.region, t) for c in cases for t in (c.start, c.end) if t]
    return min(days), max(days)


@pytest.mark.parametrize("region", REGISTRY.regions)
def test_cases_per_working_day_agree_with_a_count_by_hand(region: str) -> None:
    cases = own(region)
    first, last = window(cases)
    april = (max(first, epoch_day(date(2025, 4, 1))), min(last, epoch_day(date(2025, 4, 30))))
    for period, (begin, end) in {"all": (first, last), "2025-04": april}.items():
        days = working_days(region, begin, end)
        came = sum(begin <= local_day(region, c.start) <= end for c in cases)
        went = sum(begin <= local_day(region, c.end) <= end for c in cases if c.end)
        for indicator, count in (("received_per_working_day", came), ("finished_per_working_day", went)):
            value = random_figures(1)[indicator, "region", region, period]
            assert value.n == days
            assert value.value == pytest.approx(count / days)


def test_throughput_of_the_nation_is_pooled_over_region_days() -> None:
    found = random_figures(1)
    regions = [found["received_per_working_day", "region", code, "all"] for code in REGISTRY.regions]
    nation = found["received_per_working_day", "nation", "*", "all"]
    assert nation.n == sum(value.n for value in regions)
    assert nation.value == pytest.approx(300 / nation.n)


@pytest.mark.parametrize("region", REGISTRY.regions)
def test_backlog_agrees_with_a_count_by_hand(region: str) -> None:
    cases = own(region)
    first, last = window(cases)
    for period, until in {"all": last, "2025-05": epoch_day(date(2025, 5, 31))}.items():
        waiting = sum(
            local_day(region, c.start) <= until and (not c.end or local_day(region, c.end) > until)
            for c in cases
        )
        since = max(until - 90, first - 1)
        ended = sum(since < local_day(region, c.end) <= until for c in cases if c.end)
        pace = ended / working_days(region, since + 1, until)
        value = random_figures(1)["backlog_days", "region", region, period]
        assert value.n == ended
        assert value.value == pytest.approx(waiting / pace)
        low, high = (bound if bound is not None else float("nan") for bound in (value.low, value.high))
        assert low <= waiting / pace <= high
        assert (low < high) is (waiting > 0)


def test_backlog_without_a_finished_case_is_withheld_and_not_endless() -> None:
    found = figures([Case("W.1", START + i * DAY) for i in range(9)])
    value = found["backlog_days", "region", "W.1", "all"]
    assert (value.value, value.status) == (None, ValueStatus.WITHHELD)
    assert value.reason.startswith("nothing-finished(days=90,open=9): ")


def test_end_that_lies_in_the_future_does_not_stretch_the_window() -> None:
    cases = [Case("W.1", START + i * DAY, START + (i + 1) * DAY) for i in range(20)]
    planned = Case("W.1", START, SEEN + 400 * DAY)
    value = figures([*cases, planned])["received_per_working_day", "region", "W.1", "all"]
    assert value.n == working_days("W.1", local_day("W.1", START), local_day("W.1", SEEN))


def complaints(region: str, count: int, start: timedelta = timedelta()) -> list[Case]:
    return [Case(region, START + start, START + start + DAY, dataset="complaints") for _ in range(count)]


def transactions(region: str, count: int, start: timedelta = timedelta()) -> list[Case]:
    return [Case(region, START + start, START + start + DAY) for _ in range(count)]


def test_region_that_reports_no_complaints_is_unknown_and_never_zero() -> None:
    found = figures([*transactions("W.1", 500), *complaints("W.1", 5), *transactions("W.2", 400)])
    reporting = found["complaints_per_1000", "region", "W.1", "all"]
    assert (reporting.value, reporting.n) == (10.0, 500)
    assert [reporting.low, reporting.high] == pytest.approx(
        [1.6235 * 2, 11.6683 * 2], rel=1e-4
    )  # exact Poisson
    silent = found["complaints_per_1000", "region", "W.2", "all"]
    assert (silent.value, silent.status) == (None, ValueStatus.NO_DATA)
    assert code_of(silent.reason) == "no-records"
    province = found["complaints_per_1000", "province", "W", "all"]
    assert (province.value, province.n) == (10.0, 500)


def test_complaints_without_transactions_have_no_rate() -> None:
    value = figures(complaints("W.1", 5))["complaints_per_1000", "region", "W.1", "all"]
    assert (value.value, value.status) == (None, ValueStatus.NOT_APPLICABLE)
    assert code_of(value.reason) == "no-transactions"


def test_months_before_the_first_complaint_are_not_months_without_complaints() -> None:
    cases = [
        *transactions("W.1", 300),
        *transactions("W.1", 100, 60 * DAY),
        *transactions("W.1", 100, 90 * DAY),
        *transactions("W.1", 100, 120 * DAY),
        *complaints("W.1", 4, 60 * DAY),
        *complaints("W.1", 2, 120 * DAY),
    ]
    found = figures(cases)
    assert found["complaints_per_1000", "region", "W.1", "all"].value == pytest.approx(6 / 300 * 1000)
    between = found["complaints_per_1000", "region", "W.1", "2025-06"]
    assert (between.value, between.n, between.low) == (0.0, 100, 0.0)
    assert between.high == pytest.approx(36.89, abs=0.01)
    assert ("complaints_per_1000", "region", "W.1", "2025-03") not in found


def test_complaints_have_their_own_times_and_deadlines() -> None:
    cases = [
        *(Case("W.1", START, START + 2 * DAY, START + 3 * DAY, dataset="complaints") for _ in range(6)),
        *(Case("W.1", START, None, START + 3 * DAY, dataset="complaints") for _ in range(2)),
        *transactions("W.1", 40),
    ]
    found = figures(cases)
    assert found["complaint_on_time_ratio", "region", "W.1", "all"].value == 0.75
    assert found["complaint_resolution_days_median", "region", "W.1", "all"].n == 8
    assert found["complaint_resolution_days_median_closed", "region", "W.1", "all"].n == 6
    assert found["complaint_resolution_days_mean_closed", "region", "W.1", "all"].value == 2.0
    assert found["completion_days_mean_closed", "region", "W.1", "all"].value == 1.0


def test_months_and_days_turn_into_each_other() -> None:
    days = np.arange(-800, 30_000)
    months = months_of(days)
    assert np.all((month_starts(months) <= days) & (days <= month_ends(months)))
    assert months_of(np.array([epoch_day(date(2024, 2, 29))])) == 202402
    assert month_ends(np.array([202412])) == epoch_day(date(2024, 12, 31))
