"""Indicators of the data themselves against counts by hand."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from metrics.calendar import epoch_day
from metrics.catalogue import CATALOGUE
from metrics.datasets import SURVEY_ELEMENTS
from metrics.indicators.reasons import code_of, explain, reason_details
from metrics.indicators.reporting import OF_PART
from metrics.model import ValueStatus
from metrics.packing import pack
from metrics.quality import PARTS, Verdicts
from metrics.ranking import METHODS, Method
from tests.metrics.indicators.records import (
    CALENDARS,
    DAY,
    REGISTRY,
    SEEN,
    START,
    Case,
    figures,
    local_day,
    micros,
    random_cases,
    random_figures,
)

QUALITY = [
    "reporting_completeness",
    "reporting_lag_days",
    "data_conformity",
    "data_consistency",
    "data_plausibility",
    "data_quality_score",
]
FINDINGS = {
    "dataset": pl.String,
    "region": pl.String,
    "check": pl.String,
    "severity": pl.String,
    "outcome": pl.String,
    "first_day": pl.Date,
    "last_day": pl.Date,
}


def is_working(region: str, day: int) -> bool:
    return bool(CALENDARS[REGISTRY.regions[region].calendar].is_working(np.array([day]))[0])


def working(region: str, first: int, last: int) -> list[int]:
    return [day for day in range(first, last + 1) if is_working(region, day)]


def daily(region: str, days: int, skip: tuple[int, ...] = (), start: datetime = START) -> list[Case]:
    """A case on each day (counted from the start) but those to skip."""
    return [Case(region, start + i * DAY, start + i * DAY) for i in range(days) if i not in skip]


@pytest.mark.parametrize("region", REGISTRY.regions)
def test_completeness_agrees_with_a_count_by_hand(region: str) -> None:
    cases = random_cases(1)
    last = max(local_day(c.region, c.start) for c in cases)
    own = {local_day(region, c.start) for c in cases if c.region == region}
    spans = {
        "all": (min(own), last),
        "2025-04": (epoch_day(date(2025, 4, 1)), epoch_day(date(2025, 4, 30))),
    }
    for period, (begin, end) in spans.items():
        due = working(region, max(begin, min(own)), min(end, last))
        value = random_figures(1)["reporting_completeness", "region", region, period]
        assert (value.n, value.value) == (len(due), len(own & set(due)) / len(due))
        assert (value.low, value.high) == (None, None)


def test_completeness_of_a_province_is_pooled_over_region_days() -> None:
    found = figures([*daily("W.1", 100), *daily("W.2", 100, tuple(range(10, 90)))])
    one, two, both = (
        found["reporting_completeness", level, code, "all"]
        for level, code in (("region", "W.1"), ("region", "W.2"), ("province", "W"))
    )
    assert one.value == 1.0
    assert both.n == one.n + two.n
    assert both.value is not None
    assert two.value is not None
    assert both.value * both.n == pytest.approx(one.n + two.value * two.n)


def test_month_in_which_a_region_fell_silent_counts_with_nothing_reported() -> None:
    found = figures([*daily("W.1", 20), *daily("E.1", 140)])
    june = found["reporting_completeness", "region", "W.1", "2025-06"]
    assert (june.value, june.n) == (
        0.0,
        len(working("W.1", epoch_day(date(2025, 6, 1)), epoch_day(date(2025, 6, 30)))),
    )
    last = local_day("E.1", START + 139 * DAY)
    lag = found["reporting_lag_days", "region", "W.1", "all"]
    assert lag.value == len(working("W.1", local_day("W.1", START + 19 * DAY) + 1, last))
    at_end_of_april = found["reporting_lag_days", "region", "W.1", "2025-04"]
    until = epoch_day(date(2025, 4, 30))
    assert at_end_of_april.value == len(working("W.1", local_day("W.1", START + 19 * DAY) + 1, until))


def test_lag_of_a_province_is_a_sum_over_its_regions() -> None:
    found = figures([*daily("W.1", 100), *daily("W.2", 86), *daily("E.1", 100)])
    own = [found["reporting_lag_days", "region", code, "all"].value for code in ("W.1", "W.2")]
    province = found["reporting_lag_days", "province", "W", "all"]
    assert own[0] == 0
    assert own[1] is not None
    assert own[1] > 5
    assert (province.value, province.n) == (own[1] / 2, 2)


def test_region_that_never_reported_has_no_data_and_a_remedy() -> None:
    found = figures(daily("W.1", 100))
    for indicator in QUALITY:
        value = found[indicator, "region", "E.1", "all"]
        assert (value.value, value.n, value.status) == (None, 0, ValueStatus.NO_DATA)
        assert explain(value.reason, "id").endswith("Hubungkan sumber datanya atau impor berkasnya.")


def test_day_that_was_not_over_when_it_was_seen_is_not_asked_for() -> None:
    days = (SEEN - START) // DAY + 1
    full = figures(daily("W.1", days))["reporting_completeness", "region", "W.1", "all"]
    assert full.value == 1.0
    assert full.n == len(working("W.1", local_day("W.1", START), local_day("W.1", SEEN) - 1))


def test_record_from_the_future_does_not_make_the_others_late() -> None:
    cases = [*daily("W.1", 140), *daily("W.2", 140), Case("E.1", SEEN + 300 * DAY)]
    found = figures(cases)
    until = local_day("W.1", SEEN) - 1
    lag = found["reporting_lag_days", "region", "W.1", "all"]
    assert lag.value == len(working("W.1", local_day("W.1", START + 139 * DAY) + 1, until))
    ahead = found["reporting_completeness", "region", "E.1", "all"]
    assert (ahead.value, ahead.status, code_of(ahead.reason)) == (
        None,
        ValueStatus.NOT_APPLICABLE,
        "no-day-over",
    )


def probes(region: str, last: datetime) -> pl.DataFrame:
    """Probes of one target on one day."""
    ones = [np.array([n], np.int64) for n in (local_day(region, last), 3_600_000_000, 0, 12, 0)]
    return pl.DataFrame(
        {
            "partition": [last.strftime("%Y-%m")],
            "region": [region],
            "days": [pack(*ones)],
            "last_observed_us": [micros(SEEN)],
        }
    )


def test_last_day_is_that_of_any_record_set_of_any_region() -> None:
    later = START + 100 * DAY
    found = figures(daily("W.1", 50), probe_rollup=probes("E.1", later))
    lag = found["reporting_lag_days", "region", "W.1", "all"]
    first = local_day("W.1", START + 49 * DAY) + 1
    assert lag.value == len(working("W.1", first, local_day("E.1", later)))
    probed = found["data_quality_score", "region", "E.1", "all"]
    assert (probed.value, code_of(probed.reason)) == (None, "few-parts")


def test_share_without_a_warning_agrees_with_a_count_by_hand() -> None:
    cases = [Case("W.1", START + i * DAY, warned=i < 5) for i in range(20)]
    cases += [Case("W.1", START, dataset="complaints", warned=i < 1) for i in range(5)]
    found = figures(cases)
    assert found["data_consistency", "region", "W.1", "all"].value == 19 / 25
    assert found["data_consistency", "nation", "*", "2025-03"].n == 25


def surveys(region: str, respondents: int) -> pl.DataFrame:
    elements = [np.arange(9, dtype=np.int64), np.full(9, respondents), np.full(9, 3 * respondents)]
    scores = [np.array([n], np.int64) for n in (27, len(SURVEY_ELEMENTS), respondents)]
    return pl.DataFrame(
        {
            "partition": ["2025-05"],
            "region": [region],
            "respondents": [respondents],
            "elements": [pack(*elements)],
            "scores": [pack(*scores)],
            "last_observed_us": [micros(SEEN)],
        }
    )


def verdicts() -> Verdicts:
    rejected = pl.DataFrame(
        {"dataset": ["transactions", "surveys"], "region": ["W.1", "W.1"], "rule": ["a", "b"], "n": [20, 5]}
    )
    failed = ("transactions", "W.1", "speed", "critical", "fail", date(2025, 3, 3), date(2025, 3, 12))
    passed = ("transactions", "W.2", "speed", "critical", "pass", None, None)
    return Verdicts(rejected, pl.DataFrame([failed, passed], schema=FINDINGS, orient="row"))


def test_score_and_its_parts_agree_with_counts_by_hand() -> None:
    found = figures(
        [*daily("W.1", 100), *daily("E.1", 100)], verdicts=verdicts(), survey_rollup=surveys("W.1", 50)
    )
    values = {name: found[name, "region", "W.1", "all"] for name in QUALITY}
    days = local_day("E.1", START + 99 * DAY) - local_day("W.1", START) + 1
    plausible = 1 - 10 / days
    assert (values["data_conformity"].value, values["data_conformity"].n) == (150 / 175, 175)
    assert (values["data_plausibility"].value, values["data_plausibility"].n) == (plausible, days)
    score = 25 * 1 + 20 * 150 / 175 + 15 * 1 + 25 * plausible + 15 * 1
    assert values["data_quality_score"].value == pytest.approx(score)
    assert (values["data_quality_score"].n, values["data_quality_score"].reason) == (5, "")


def test_score_of_a_province_is_made_of_its_pooled_parts() -> None:
    found = figures([*daily("W.1", 100), *daily("W.2", 50), *daily("E.1", 100)], verdicts=verdicts())
    of = {name: found[name, "province", "W", "all"] for name in QUALITY}
    assert of["data_conformity"].value == 150 / 175
    lag = found["reporting_lag_days", "region", "W.2", "all"].value
    assert lag is not None
    timely = (1 + max(0.0, (10 - lag) / 8)) / 2
    shares = {name: of[OF_PART[name]].value or 0.0 for name in PARTS if name != "timeliness"}
    expected = sum(PARTS[name] * share for name, share in shares.items()) + 15 * timely
    assert of["data_quality_score"].value == pytest.approx(expected)


def test_score_names_the_parts_that_it_leaves_out_and_none_is_made_of_two() -> None:
    found = figures([*daily("W.1", 100), *(Case("E.1", START, dataset="complaints") for _ in range(9))])
    some = found["data_quality_score", "region", "W.1", "all"]
    assert (some.value, some.n, some.status) == (100.0, 3, ValueStatus.OK)
    assert reason_details(some.reason)["parts"] == "data_conformity+data_plausibility"
    assert CATALOGUE["data_conformity"].name_id in explain(some.reason, "id")
    none = found["data_quality_score", "region", "E.1", "all"]
    assert (none.value, none.n, code_of(none.reason)) == (None, 1, "few-parts")
    assert CATALOGUE["reporting_completeness"].name_en in explain(none.reason, "en")


def test_what_is_not_told_by_days_has_no_value_of_a_year_and_says_so() -> None:
    found = figures(daily("W.1", 100), verdicts=verdicts())
    for indicator in ("data_conformity", "data_plausibility", "data_quality_score"):
        value = found[indicator, "region", "W.1", "2025"]
        assert (value.value, value.status) == (None, ValueStatus.NOT_APPLICABLE)
        assert code_of(value.reason) == "whole-only"
        assert (indicator, "region", "W.1", "2025-04") not in found


def test_data_that_nobody_judged_are_neither_good_nor_bad() -> None:
    found = figures(daily("W.1", 100))
    for indicator in ("data_conformity", "data_plausibility"):
        value = found[indicator, "region", "W.1", "all"]
        assert (value.value, value.status, code_of(value.reason)) == (None, ValueStatus.NO_DATA, "unjudged")


@pytest.mark.parametrize("name", METHODS)
def test_no_embedded_method_ranks_by_the_quality_of_data(name: str) -> None:
    assert not set(QUALITY) & {component.id for component in Method.load(name).indicators}


def test_indicators_of_the_data_are_held_by_nothing() -> None:
    assert {name for name, entry in CATALOGUE.items() if not entry.needed} == set(QUALITY)
