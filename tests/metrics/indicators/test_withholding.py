"""What holds keep back, in which periods, and what of it reaches provinces and the nation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from metrics.catalogue import CATALOGUE
from metrics.indicators import IndicatorSettings
from metrics.indicators.reasons import code_of, explain, reason_details
from metrics.model import IndicatorValue, ValueStatus
from metrics.observation import Days, Hold
from tests.metrics.indicators.records import DAY, START, Case, figures

REMEDY = "Ask for the original list of these days; until then the days do not count."
FIRST = date(2025, 3, 3)
MEDIAN = "completion_days_median"
Figures = dict[tuple[str, str, str, str], IndicatorValue]


def hold(
    days: Days | None, region: str = "W.1", dataset: str = "transactions", check: str = "repeated-days"
) -> Hold:
    return Hold(dataset, region, days, check, "9 records repeat another day's", REMEDY)


def days(start: int, count: int) -> Days:
    """Days counted from that of the first record."""
    return FIRST + timedelta(days=start), FIRST + timedelta(days=start + count - 1)


def a_hundred_days(region: str, a_day: int = 1, dataset: str = "transactions") -> list[Case]:
    """Cases on each of a hundred days."""
    return [
        Case(region, START + i * DAY, START + (i + 1) * DAY, dataset=dataset)
        for i in range(100)
        for _ in range(a_day)
    ]


def found(
    holds: Sequence[Hold], cases: Sequence[Case] | None = None, settings: IndicatorSettings | None = None
) -> Figures:
    return figures(cases or a_hundred_days("W.1"), holds=holds, settings=settings)


def status(values: Figures, indicator: str = MEDIAN, region: str = "W.1", period: str = "all") -> ValueStatus:
    return values[indicator, "region", region, period].status


@pytest.mark.parametrize(("count", "expected"), [(5, ValueStatus.OK), (6, ValueStatus.WITHHELD)])
def test_value_stands_with_five_held_days_of_a_hundred_and_not_with_six(
    count: int, expected: ValueStatus
) -> None:
    assert status(found([hold(days(10, count))])) is expected


def test_withheld_value_has_no_number_and_names_check_days_and_remedy() -> None:
    value = found([hold(days(10, 20))])[MEDIAN, "region", "W.1", "all"]
    assert (value.value, value.low, value.high, value.n) == (None, None, None, 100)
    assert reason_details(value.reason) == {
        "dataset": "transactions",
        "check": "repeated-days",
        "first": "2025-03-13",
        "last": "2025-04-01",
        "days": "20",
        "span": "100",
        "remedy": REMEDY,
    }
    assert explain(value.reason, "en") == (
        "Withheld: the applications of 20 of the 100 days of this period fail critical checks, above all "
        f"'repeated-days' (2025-03-13 to 2025-04-01). {REMEDY} The value returns when the check passes."
    )
    indonesian = explain(value.reason, "id")
    assert "permohonan dari 20 di antara 100 hari" in indonesian
    assert "Mintalah daftar asli hari-hari itu; sebelum ada, hari-hari itu tidak dihitung." in indonesian


def test_each_period_is_judged_by_its_own_days() -> None:
    values = found([hold(days(29, 3))])  # the first three days of April
    assert status(values) is ValueStatus.OK
    assert status(values, period="2025-03") is ValueStatus.OK
    assert status(values, period="2025-04") is ValueStatus.WITHHELD
    assert status(values, period="2025-05") is ValueStatus.OK


def test_days_held_twice_count_once_and_the_check_with_most_of_them_is_named() -> None:
    twice = [hold(days(10, 5)), hold(days(11, 3), check="silence")]
    assert status(found(twice)) is ValueStatus.OK
    both = found([*twice, hold(days(40, 2), check="silence")])
    details = reason_details(both[MEDIAN, "region", "W.1", "all"].reason)
    assert (details["check"], details["days"]) == ("repeated-days", "7")


def test_hold_without_days_withholds_every_period() -> None:
    values = found([hold(None), hold(days(0, 1))])
    for period in ("all", "2025", "2025-04"):
        value = values[MEDIAN, "region", "W.1", period]
        assert (value.status, code_of(value.reason)) == (ValueStatus.WITHHELD, "on-hold-always")
        assert explain(value.reason, "en").startswith("Withheld: the applications from here fail")


def test_days_before_the_first_record_are_nobodys() -> None:
    assert status(found([hold((date(2024, 1, 1), date(2025, 3, 2)))])) is ValueStatus.OK


def test_silence_after_the_last_record_withholds_though_no_record_lies_in_it() -> None:
    assert status(found([hold(days(100, 3), check="silence")])) is ValueStatus.OK
    value = found([hold(days(100, 30), check="silence")])[MEDIAN, "region", "W.1", "all"]
    assert value.status is ValueStatus.WITHHELD
    assert reason_details(value.reason)["span"] == "130"


def test_month_after_the_last_record_in_which_old_cases_are_finished_is_not_held() -> None:
    late = [Case("W.1", START + i * DAY, START + (140 + i) * DAY) for i in range(9)]
    finished = found([hold(days(10, 20))], [*a_hundred_days("W.1"), *late])
    july = finished["finished_per_working_day", "region", "W.1", "2025-07"]
    assert (july.status, july.reason) == (ValueStatus.OK, "")


def test_share_is_a_setting() -> None:
    generous = IndicatorSettings(hold_days_share=0.5)
    assert status(found([hold(days(0, 50))], settings=generous)) is ValueStatus.OK
    assert status(found([hold(days(0, 51))], settings=generous)) is ValueStatus.WITHHELD


def test_only_indicators_that_need_the_record_set_are_withheld() -> None:
    cases = [*a_hundred_days("W.1"), *a_hundred_days("W.1", dataset="complaints"), *a_hundred_days("W.2")]
    free = figures(cases)
    for dataset in ("transactions", "complaints"):
        values = found([hold(None, dataset=dataset)], cases)
        for name, entry in CATALOGUE.items():
            before, after = (one[name, "region", "W.1", "all"] for one in (free, values))
            touched = dataset in entry.needed and before.value is not None
            assert (after.status is ValueStatus.WITHHELD) is (
                touched or before.status is ValueStatus.WITHHELD
            )
            assert values[name, "region", "W.2", "all"] == free[name, "region", "W.2", "all"]


@pytest.mark.parametrize("dataset", ["transactions", "complaints"])
def test_complaints_per_1000_is_withheld_by_either_record_set(dataset: str) -> None:
    cases = [*a_hundred_days("W.1"), *a_hundred_days("W.1", dataset="complaints")]
    assert status(found([], cases), "complaints_per_1000") is ValueStatus.OK
    value = found([hold(days(20, 30), dataset=dataset)], cases)["complaints_per_1000", "region", "W.1", "all"]
    assert value.status is ValueStatus.WITHHELD
    assert reason_details(value.reason)["dataset"] == dataset


def test_value_that_is_missing_anyway_keeps_its_own_reason() -> None:
    values = found([hold(None), hold(None, "E.1")], [Case("W.1", START, START + DAY)])
    assert code_of(values[MEDIAN, "region", "W.1", "all"].reason) == "too-few"
    assert code_of(values[MEDIAN, "region", "E.1", "all"].reason) == "no-records"


@pytest.mark.parametrize("unknown", [hold(None, "X.9"), hold(None, dataset="traffic"), hold(None, "E.1")])
def test_hold_on_what_no_figure_rests_on_changes_nothing(unknown: Hold) -> None:
    assert found([unknown]) == figures(a_hundred_days("W.1"))


def test_province_stays_pooled_and_says_how_many_regions_are_on_hold() -> None:
    cases = [*a_hundred_days("W.1"), *a_hundred_days("W.2", 4)]
    free, values = figures(cases), found([hold(None)], cases)
    before, after = (one[MEDIAN, "province", "W", "all"] for one in (free, values))
    assert (after.value, after.n, after.status) == (before.value, 500, ValueStatus.OK)
    assert reason_details(after.reason) == {"regions": "1", "held": "100", "n": "500"}
    assert explain(after.reason, "id").startswith("Terhitung pula 1 daerah yang nilainya sendiri ditahan")


def test_province_is_withheld_when_more_than_a_fifth_of_it_is_held() -> None:
    cases = [*a_hundred_days("W.1"), *a_hundred_days("W.2", 4)[:-1], *a_hundred_days("E.1", 6)]
    values = found([hold(None)], cases)
    province = values[MEDIAN, "province", "W", "all"]
    assert (province.value, province.n, province.status) == (None, 499, ValueStatus.WITHHELD)
    assert explain(province.reason, "en") == (
        "Withheld: 100 of n = 499 come from regions whose data fail critical checks (number of regions: 1); "
        f"the largest is Kota Satu W.1 (applications, 'repeated-days'). {REMEDY} "
        "The value returns when the check passes."
    )
    assert values[MEDIAN, "nation", "*", "all"].status is ValueStatus.OK
    assert values[MEDIAN, "province", "E", "all"] == figures(cases)[MEDIAN, "province", "E", "all"]
    lenient = found([hold(None)], cases, IndicatorSettings(hold_pooled_share=0.3))
    assert lenient[MEDIAN, "province", "W", "all"].status is ValueStatus.OK


def test_held_region_with_too_few_cases_still_counts_in_what_is_pooled() -> None:
    cases = [*a_hundred_days("W.1")[:4], *a_hundred_days("W.2")[:4]]
    values = found([hold(None)], cases)
    assert code_of(values[MEDIAN, "region", "W.1", "all"].reason) == "too-few"
    province = values[MEDIAN, "province", "W", "all"]
    assert (province.status, code_of(province.reason)) == (ValueStatus.WITHHELD, "pooled-on-hold")


def test_remedy_with_signs_of_the_notation_comes_back_as_it_was() -> None:
    text = "Ask (twice), 100 % of a=b: then wait."
    value = found([Hold("transactions", "W.1", None, "cost", "", text)])[MEDIAN, "region", "W.1", "all"]
    assert reason_details(value.reason)["remedy"] == text
    assert text in explain(value.reason, "en")
    assert "'cost'" in explain(value.reason, "id")
    assert f"{text} (dalam bahasa Inggris)" in explain(value.reason, "id")
