"""Promises kept, channels, and what becomes of regions that send nothing."""

from datetime import timedelta

import polars as pl
import pytest

from metrics.catalogue import CATALOGUE
from metrics.indicators import compute
from metrics.indicators.reasons import CAUSES, REASONS, code_of, explain
from metrics.indicators.unpacking import flatten
from metrics.model import ValueStatus
from tests.metrics.indicators.records import (
    CALENDARS,
    DAY,
    REGISTRY,
    SEEN,
    START,
    Case,
    case_rollup,
    figures,
    random_cases,
    random_figures,
)


def test_open_and_overdue_counts_as_late_and_open_and_not_yet_due_not_at_all() -> None:
    cases = [
        *(Case("W.1", START, START + DAY, START + 2 * DAY) for _ in range(6)),
        *(Case("W.1", START, START + 3 * DAY, START + 2 * DAY) for _ in range(2)),
        *(Case("W.1", START, None, START + 2 * DAY) for _ in range(4)),
        *(Case("W.1", START, None, SEEN + DAY) for _ in range(50)),
        *(Case("W.1", START, START + DAY) for _ in range(50)),
    ]
    value = figures(cases)["on_time_ratio", "region", "W.1", "all"]
    assert (value.value, value.n) == (0.5, 12)
    assert [value.low, value.high] == pytest.approx([0.2538, 0.7462], abs=1e-4)


def test_promise_agrees_with_a_count_of_every_case() -> None:
    cases = [case for case in random_cases(1) if case.region == "W.2" and case.due]
    judged = [case for case in cases if case.end or (case.due and case.due < SEEN)]
    kept = [case for case in judged if case.end and case.due and case.end <= case.due]
    value = random_figures(1)["on_time_ratio", "region", "W.2", "all"]
    assert (value.value, value.n) == (len(kept) / len(judged), len(judged))


def test_digital_share_leaves_out_unknown_channels() -> None:
    channels = ["digital"] * 6 + ["counter"] * 3 + ["other"] + [""] * 90
    cases = [Case("W.1", START, START + DAY, channel=channel) for channel in channels]
    found = figures([*cases, Case("W.2", START, START + DAY)])
    value = found["digital_share", "region", "W.1", "all"]
    assert (value.value, value.n) == (0.6, 10)
    unknown = found["digital_share", "region", "W.2", "all"]
    assert (unknown.status, code_of(unknown.reason)) == (ValueStatus.NO_DATA, "no-channel")


def test_every_place_has_a_row_for_every_indicator_in_all_and_in_each_year() -> None:
    cases = random_cases(1)
    silent = [case for case in cases if case.region != "E.1"]
    found = figures(silent)
    places = [("region", code) for code in REGISTRY.regions] + [("province", c) for c in REGISTRY.provinces]
    for indicator in CATALOGUE:
        for level, code in [*places, ("nation", "*")]:
            for period in ("all", "2025"):
                assert (indicator, level, code, period) in found
        value = found[indicator, "region", "E.1", "all"]
        assert (value.value, value.n, value.status) == (None, 0, ValueStatus.NO_DATA)
        assert code_of(value.reason) == "no-records"
        assert not [key for key in found if key[0] == indicator and key[2] == "E.1" and len(key[3]) == 7]


def test_period_without_records_differs_from_a_region_without_any() -> None:
    early = [Case("W.1", START - 365 * DAY, START - 364 * DAY) for _ in range(9)]
    late = [Case("W.2", START, START + DAY) for _ in range(9)]
    found = figures([*early, *late])
    assert code_of(found["completion_days_median", "region", "W.1", "2025"].reason) == "no-records-in-period"
    assert code_of(found["completion_days_median", "region", "E.1", "2025"].reason) == "no-records"
    assert found["completion_days_median", "region", "W.1", "2024"].status is ValueStatus.OK


def test_installation_without_records_is_a_stated_result() -> None:
    for rollups in ({}, {"case_rollup": pl.DataFrame()}):
        values = compute(rollups, REGISTRY, CALENDARS)
        assert len(values) == len(CATALOGUE) * 6
        assert {(v.period, v.status, v.value) for v in values} == {("all", ValueStatus.NO_DATA, None)}


def test_few_cases_are_too_few_and_not_a_figure() -> None:
    found = figures([Case("W.1", START, START + DAY, START + DAY) for _ in range(4)])
    for indicator in ("completion_days_median", "completion_days_mean_closed", "on_time_ratio"):
        value = found[indicator, "region", "W.1", "all"]
        assert (value.value, value.low, value.high, value.n) == (None, None, None, 4)
        assert value.status is ValueStatus.TOO_FEW
        assert value.reason.startswith("too-few(n=4,minimum=5): ")


def test_case_counts_in_the_month_of_its_regions_clock() -> None:
    midnight = START.replace(month=3, day=31, hour=17, minute=30)  # 1 April in all of Indonesia
    found = figures([Case("E.1", midnight, midnight + timedelta(hours=1)) for _ in range(5)])
    assert found["completion_days_median", "region", "E.1", "2025-04"].n == 5
    assert ("completion_days_median", "region", "E.1", "2025-03") not in found


def test_rows_of_a_region_that_the_registry_does_not_list_are_left_out() -> None:
    rows = case_rollup([Case("W.1", START, START + DAY) for _ in range(5)])
    foreign = rows.with_columns(region=pl.lit("X.9"))
    values = compute({"case_rollup": pl.concat([rows, foreign])}, REGISTRY, CALENDARS)
    assert max(value.n for value in values if value.indicator == "completion_days_median") == 5


def test_packed_column_of_another_shape_is_refused() -> None:
    rows = pl.DataFrame({"region": ["W.1", "W.2"], "elapsed": [b"\x00" * 16, b"\x00" * 8]})
    with pytest.raises(ValueError, match="elapsed of roll-up row 1 is not 2 packed columns"):
        flatten(rows, "elapsed", ("bucket", "count"), ("region",))


@pytest.mark.parametrize("code", REASONS)
def test_reason_is_spoken_in_both_languages(code: str) -> None:
    details = {"dataset": "probes", "n": "3", "minimum": "5", "open": "2", "days": "90", "element": "cost"}
    details |= {"parts": "ikm", "span": "99", "check": "silence", "first": "2025-03-01", "last": "2025-05-29"}
    details |= {"remedy": "Ask.", "held": "2", "regions": "1", "largest": "Kota Satu W.1"}
    indonesian, english = (REASONS[code].sentence(language, details) for language in ("id", "en"))
    assert indonesian != english
    assert "{" not in indonesian + english
    assert code in CAUSES


def test_stored_reason_is_explained_and_foreign_text_is_left_as_it_is() -> None:
    value = figures([Case("W.1", START, START + DAY)])["ikm", "region", "W.1", "all"]
    assert value.reason.startswith("no-records(dataset=surveys): There are no surveys from here.")
    assert explain(value.reason, "id").startswith("Belum ada data survei dari daerah ini.")
    assert explain(value.reason, "en") == value.reason.partition(": ")[2]
    assert explain("something else: entirely", "id") == "something else: entirely"
