"""What ``indicators`` and ``rank`` answer."""

from __future__ import annotations

from metrics.catalogue import CATALOGUE
from metrics.regions import indonesia
from tests.e2e.cases import REGIONS
from tests.services.command import Installed, run

FIELDS = {"indicator", "region", "period", "value", "unit", "n", "low", "high", "status", "reason"}


def test_indicators_are_a_list_of_objects_with_the_stated_fields(filled: Installed) -> None:
    rows = filled("indicators", "--period", "all", "--level", "region")
    assert all(row.keys() >= FIELDS for row in rows)
    assert {row["indicator"] for row in rows} == set(CATALOGUE)
    assert {row["region"] for row in rows} == set(indonesia().regions)


def test_indicator_without_a_value_has_a_status_and_a_reason(filled: Installed) -> None:
    rows = filled("indicators", "--period", "all")
    without = [row for row in rows if row["value"] is None]
    assert without
    assert all(row["status"] != "ok" and row["reason"] for row in without)


def test_indicators_are_chosen_by_indicator_region_period_and_level(filled: Installed) -> None:
    rows = filled(
        "indicators",
        *("--indicator", "completion_days_median", "--indicator", "digital_share"),
        *("--region", "32.73", "--region", "32.04", "--period", "2025"),
    )
    assert sorted((row["indicator"], row["region"], row["period"]) for row in rows) == [
        (indicator, region, "2025")
        for indicator in ("completion_days_median", "digital_share")
        for region in ("32.04", "32.73")
    ]
    nation = filled(
        "indicators", "--level", "nation", "--indicator", "completion_days_median", "--period", "all"
    )
    assert [row["level"] for row in nation] == ["nation"]


def test_rank_names_every_region_with_a_rank_or_with_why_not(filled: Installed) -> None:
    answer = filled("rank")
    assert {
        "method",
        "method_version",
        "level",
        "period",
        "computed",
        "archive_versions",
        "simulated",
        "rows",
    } == (answer.keys())
    assert answer["simulated"]
    assert {row["region"] for row in answer["rows"]} == set(indonesia().regions)
    assert {row["region"] for row in answer["rows"] if row["ranked"]} == set(REGIONS)
    assert all(
        1 <= row["rank_low"] <= row["rank"] <= row["rank_high"] for row in answer["rows"] if row["ranked"]
    )
    assert all(row["rank"] is None and row["reasons"] for row in answer["rows"] if not row["ranked"])


def test_provinces_are_ranked_too(filled: Installed) -> None:
    answer = filled("rank", "--level", "province")
    assert answer["level"] == "province"
    assert {row["region"] for row in answer["rows"]} == set(indonesia().provinces)


def test_rank_for_a_person_is_a_table(filled: Installed) -> None:
    answer = run("--home", filled.home, "rank", "--level", "province")
    assert answer.status == 0
    assert "rank_low" in answer.out
    assert answer.out.count("\n") > len(indonesia().provinces)
