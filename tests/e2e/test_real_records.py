"""Real records of others go in at one end; figures that are known of them come out at the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from metrics.archive import Archive
from tests.exporters.realdata import FILES, ROOT, real
from tests.services.command import Installed, install

ONE_PERCENT = 0.01
"""Stated error of the histograms that quantiles come from."""


Taken = Callable[[str], tuple[Installed, dict[str, Any]]]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """An installation that has taken a real set in, and the account of it. Made once for each set."""
    made: dict[str, tuple[Installed, dict[str, Any]]] = {}

    def take(name: str) -> tuple[Installed, dict[str, Any]]:
        if name not in made:
            path = real(FILES[name])
            installed = install(tmp_path_factory.mktemp(name), ROOT / "tests" / "registries" / f"{name}.csv")
            mapping = ROOT / "tests" / "mappings" / f"{name}.yaml"
            made[name] = installed, installed("import", path, "--mapping", mapping)
        return made[name]

    return take


def archived(installed: Installed, dataset: str) -> pl.DataFrame:
    """All records that an installation took in."""
    records = Archive(installed.home / "archive").records(dataset)
    assert records is not None
    return pl.DataFrame(records.to_table())


def counts(records: pl.DataFrame, column: str) -> dict[Any, int]:
    return dict(records[column].value_counts().iter_rows())


def midnights(records: pl.DataFrame, column: str) -> int:
    """How many instants are midnight on the clock of their region."""
    clock = pl.col(column) + pl.duration(minutes=pl.col(f"{column}_offset_minutes"))
    return int(records.select((clock.dt.time() == pl.time(0)).sum()).item())


PERMITS = {  # municipality: closed cases, median and mean of their days, counted from the file itself
    "NL-1": (956, 64.266516, 116.706543),
    "NL-2": (711, 117.958333, 228.175081),
    "NL-3": (1260, 37.0, 61.652762),
}


@pytest.mark.parametrize("region", PERMITS)
def test_permits_of_a_municipality_take_as_long_as_its_dates_say(taken: Taken, region: str) -> None:
    installed, _ = taken("permits-nl")
    n, median, mean = PERMITS[region]
    closed = installed.figure("completion_days_median_closed", region)
    assert closed["n"] == n
    assert closed["value"] == pytest.approx(median, rel=ONE_PERCENT)
    assert installed.figure("completion_days_mean_closed", region)["value"] == pytest.approx(mean, rel=1e-8)


@pytest.mark.parametrize("region", PERMITS)
def test_open_permits_count_in_the_median_that_respects_censoring(taken: Taken, region: str) -> None:
    installed, _ = taken("permits-nl")
    closed = installed.figure("completion_days_median_closed", region)
    every = installed.figure("completion_days_median", region)
    assert every["n"] > closed["n"]
    assert every["value"] > closed["value"] * 1.05
    assert every["low"] <= every["value"] <= every["high"]


def test_start_date_in_the_future_is_rejected_and_kept_with_its_payload(taken: Taken) -> None:
    installed, account = taken("permits-nl")
    assert (account["read"], account["accepted"], account["rejected"]) == (3440, 3439, 1)
    (row,) = installed("rejected")
    assert row["rule"] == "submitted-not-in-future"
    assert json.loads(row["payload"])["startDate"] > "2015-03-10"


def test_offsets_of_summer_and_winter_are_read_and_kept_side_by_side(taken: Taken) -> None:
    installed, _ = taken("permits-nl")
    permits = archived(installed, "transactions")
    assert counts(permits, "submitted_offset_minutes") == {60: 1615, 120: 1824}


def test_dates_without_a_time_of_day_stay_midnight_where_they_are(taken: Taken) -> None:
    installed, _ = taken("permits-nl")
    assert midnights(archived(installed, "transactions"), "submitted") == 3316, "96 % of the dates"


def test_no_permit_that_ends_before_it_starts_is_among_those_accepted(taken: Taken) -> None:
    """What the set is said to have shows by its planned dates only: a warning, and the row stays."""
    installed, account = taken("permits-nl")
    assert archived(installed, "transactions").filter(pl.col("completed") < pl.col("submitted")).is_empty()
    assert account["rejected_by_rule"] == {"submitted-not-in-future": 1}
    assert account["warned_by_rule"]["due-not-before-submitted"] == 1


def test_status_that_contradicts_its_dates_is_a_warning_on_the_row(taken: Taken) -> None:
    _, account = taken("permits-nl")
    assert account["warned_by_rule"]["status-agrees-with-dates"] == 614


def test_case_number_of_two_municipalities_is_two_cases(taken: Taken) -> None:
    _, account = taken("permits-nl")
    assert (account["new"], account["updated"], account["unchanged"]) == (3439, 0, 0)


def test_municipalities_are_ranked_by_what_there_is_with_a_range(taken: Taken) -> None:
    installed, _ = taken("permits-nl")
    ranking = installed("rank")
    assert ranking["method"] == "pantau-applications-score"
    assert [row["region"] for row in ranking["rows"]] == ["NL-3", "NL-1", "NL-2"]
    assert all(row["rank_low"] <= row["rank"] <= row["rank_high"] for row in ranking["rows"])


def test_event_log_is_grouped_into_cases_and_ends_before_starts_are_rejected(taken: Taken) -> None:
    _, account = taken("permits-wabo")
    assert (account["read"], account["accepted"], account["rejected"]) == (1434, 1432, 2)
    assert account["rejected_by_rule"] == {"completed-not-before-submitted": 2}


def test_environmental_permits_take_as_long_as_is_known(taken: Taken) -> None:
    installed, _ = taken("permits-wabo")
    closed = installed.figure("completion_days_median_closed", "NL-W")
    assert closed["n"] == 1327
    assert closed["value"] == pytest.approx(50.84, rel=ONE_PERCENT)
    mean = installed.figure("completion_days_mean_closed", "NL-W")
    assert mean["value"] == pytest.approx(59.07, abs=0.005)
    assert installed.figure("completion_days_median", "NL-W")["n"] == 1432


def test_ended_late_counts_are_those_of_the_deadlines(taken: Taken) -> None:
    """377 ended late; cases that are open beyond their deadline are late too, and stand beside them."""
    installed, _ = taken("permits-wabo")
    on_time = installed.figure("on_time_ratio", "NL-W")
    in_time = round(on_time["value"] * on_time["n"])
    overdue = on_time["n"] - in_time - 377
    assert (in_time, overdue) == (950, 39)


def test_channels_of_the_permits_are_told_apart(taken: Taken) -> None:
    installed, _ = taken("permits-wabo")
    assert installed.figure("digital_share", "NL-W")["value"] == pytest.approx(1248 / 1432)


def test_each_of_the_five_channels_is_kept_by_its_own_word(taken: Taken) -> None:
    installed, _ = taken("permits-wabo")
    channels = {"digital": 1248, "counter": 109, "post": 53, "email": 21, "other": 1}
    assert counts(archived(installed, "transactions"), "channel") == channels


def test_105_permits_without_an_end_are_open(taken: Taken) -> None:
    installed, _ = taken("permits-wabo")
    open_ones = archived(installed, "transactions").filter(pl.col("status") == "open")
    assert (open_ones.height, open_ones["completed"].null_count()) == (105, 105)


def test_complaints_without_a_district_are_rejected_as_such(taken: Taken) -> None:
    installed, account = taken("complaints-budapest")
    assert (account["read"], account["accepted"], account["rejected"]) == (37_869, 37_643, 226)
    assert account["rejected_by_rule"] == {"region-missing": 226}
    assert len(installed("rejected")) == 226


def test_complaints_are_resolved_in_the_days_that_are_known(taken: Taken) -> None:
    installed, account = taken("complaints-budapest")
    closed = installed.figure("complaint_resolution_days_median_closed", "*")
    assert closed["n"] == 21_406
    assert closed["value"] == pytest.approx(34, rel=ONE_PERCENT)
    mean = installed.figure("complaint_resolution_days_mean_closed", "*")
    assert mean["value"] == pytest.approx(76.37, abs=0.005)
    assert account["warned_by_rule"]["status-agrees-with-dates"] == 7, "resolved without a date"


def test_open_complaints_make_the_true_median_longer(taken: Taken) -> None:
    installed, _ = taken("complaints-budapest")
    every = installed.figure("complaint_resolution_days_median", "*")
    assert every["n"] > 37_000
    assert every["value"] > 2 * 34


def test_complaints_resolved_before_the_first_response_are_warned_of_and_kept(taken: Taken) -> None:
    _, account = taken("complaints-budapest")
    assert account["warned_by_rule"]["responded-not-after-resolved"] == 690, (
        "697 less those without a district"
    )


def test_all_districts_are_in_the_ranking_ranked_or_with_a_reason(taken: Taken) -> None:
    installed, _ = taken("complaints-budapest")
    rows = installed("rank")["rows"]
    assert len(rows) == 23
    assert all(row["ranked"] or row["reasons"] for row in rows)


def test_hungarian_words_of_status_are_told_apart(taken: Taken) -> None:
    installed, _ = taken("complaints-budapest")
    assert counts(archived(installed, "complaints"), "status") == {
        "resolved": 21_413,
        "unresolved": 5_587,
        "awaiting_confirmation": 4_157,
        "in_process": 3_367 + 3_112,
        "awaiting_reporter": 7,
    }


def test_16_237_complaints_of_a_district_have_no_day_of_resolution(taken: Taken) -> None:
    installed, _ = taken("complaints-budapest")
    without = archived(installed, "complaints").filter(pl.col("resolved").is_null())
    assert without.height == 16_252 - 15, "15 of them have no district"
    assert (without["status"] == "resolved").sum() == 7


def test_days_without_a_time_are_midnight_in_budapest(taken: Taken) -> None:
    installed, account = taken("complaints-budapest")
    assert midnights(archived(installed, "complaints"), "received") == account["accepted"]


def test_newest_month_that_is_not_over_does_not_look_fast(taken: Taken) -> None:
    """Whatever is resolved within its first days was quick; the estimate says that it cannot know yet."""
    installed, _ = taken("complaints-budapest")
    closed = installed.figure("complaint_resolution_days_median_closed", "*", "2025-10")
    assert (closed["n"], closed["value"] < 6) == (5, True)
    every = installed.figure("complaint_resolution_days_median", "*", "2025-10")
    assert (every["n"], every["value"], every["status"]) == (124, None, "withheld")
    assert "119 of 124 have no end" in every["reason"]


def published_uptime() -> dict[str, float]:
    path: Path = real("probe-history/published_uptime.json")
    sites = json.loads(path.read_text(encoding="utf-8"))
    return {site["name"]: float(site["uptime"].rstrip("%")) for site in sites}


def test_availability_of_each_site_is_within_0_4_points_of_what_is_published(taken: Taken) -> None:
    installed, _ = taken("probe-history")
    published = published_uptime()
    ours = {
        row["name"].removeprefix("Site "): 100
        * installed.figure("availability_ratio", row["region"])["value"]
        for row in installed("rank")["rows"]
    }
    assert ours.keys() == published.keys()
    assert {name: ours[name] for name in ours if abs(ours[name] - published[name]) > 0.4} == {}


def test_unevenly_sampled_checks_are_not_counted_as_if_even(taken: Taken) -> None:
    installed, account = taken("probe-history")
    assert account["accepted"] == 160
    search = installed.figure("availability_ratio", "catalog-search")
    assert search["value"] > 0.97, "13 of its 20 rows are up: 65 %"


def test_http_code_0_is_no_connection_and_no_code(taken: Taken) -> None:
    installed, _ = taken("probe-history")
    probes = archived(installed, "probes")
    failed = probes.filter(pl.col("status_code").is_null())
    assert counts(failed, "reason") == {"other": 19}
    assert not failed["up"].any()
    assert counts(probes.drop_nulls("status_code"), "status_code") == {200: 131, 502: 6, 504: 4}
