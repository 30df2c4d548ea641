"""The house lint: each rule finds what it is for, and leaves good families alone."""

from __future__ import annotations

import pytest

from exporters.exposition import Family, FamilyError, Kind, budget, checked, lint
from exporters.exposition.lint import RULES

HELP = "Something that is measured, from somewhere."
GOOD = (
    Family("pantau_probe_success", "Whether the probe met its module's rules.", Kind.GAUGE, max_series=1),
    Family("pantau_probe_failed", HELP, Kind.GAUGE, ("reason",), max_series=12),
    Family("pantau_source_last_success_timestamp_seconds", HELP, Kind.GAUGE, ("source",), max_series=20),
    Family("pantau_source_lag_seconds", HELP, Kind.GAUGE, ("source",), max_series=20),
    Family("pantau_on_time_ratio", HELP, Kind.GAUGE, max_series=1),
    Family("pantau_answer_bytes_total", HELP, Kind.COUNTER, ("source",), max_series=20),
    Family("pantau_rows_total", HELP, Kind.COUNTER, ("record_set", "source"), max_series=80),
    Family("pantau_run_duration_seconds", HELP, Kind.HISTOGRAM, buckets=(0.1, 1, 10), max_series=6),
    Family("pantau_service_reported_p95_seconds", HELP, Kind.GAUGE, max_series=1),
    Family("pantau_exporter_build_info", HELP, Kind.INFO, ("version", "revision"), max_series=1),
    Family(
        "pantau_region_requests", HELP, Kind.GAUGE, ("code",), max_series=514, reason="one for each region"
    ),
)


def gauge(name: str, *labels: str) -> Family:
    return Family(name, HELP, Kind.GAUGE, labels, max_series=1)


def counter(name: str, *labels: str) -> Family:
    return Family(name, HELP, Kind.COUNTER, labels, max_series=1)


def told(text: str) -> Family:
    return Family("pantau_rows", text, Kind.GAUGE, max_series=1)


BAD = [
    ("prefix", gauge("mppd_lag_seconds")),
    ("prefix", gauge("up")),
    ("snake-case", gauge("pantau_Lag_seconds")),
    ("snake-case", gauge("pantau__lag_seconds")),
    ("snake-case", gauge("pantau_lag_seconds", "recordSet")),
    ("base-unit", gauge("pantau_lag_ms")),
    ("base-unit", gauge("pantau_certificate_days")),
    ("base-unit", gauge("pantau_certificate_days_remaining")),
    ("base-unit", gauge("pantau_on_time_percent")),
    ("base-unit", counter("pantau_waited_minutes_total")),
    ("base-unit", gauge("pantau_memory_mib")),
    ("one-unit", gauge("pantau_seconds_behind")),
    ("one-unit", gauge("pantau_bytes_seconds")),
    ("unit-missing", gauge("pantau_source_lag")),
    ("unit-missing", Family("pantau_answers", HELP, Kind.HISTOGRAM, buckets=(1,), max_series=9)),
    ("timestamp", gauge("pantau_last_timestamp")),
    ("timestamp", gauge("pantau_timestamp_last_seconds")),
    ("total", counter("pantau_rows")),
    ("total", gauge("pantau_rows_total")),
    ("info", gauge("pantau_build_info")),
    ("info", Family("pantau_build", HELP, Kind.INFO, ("version",), max_series=1)),
    ("sample-ending", gauge("pantau_rows_count")),
    ("sample-ending", gauge("pantau_rows_sum")),
    ("sample-ending", gauge("pantau_rows_bucket")),
    ("sample-ending", counter("pantau_rows_created_total")),
    ("type-in-name", gauge("pantau_rows_gauge")),
    ("label-in-name", gauge("pantau_rows_by_source", "source")),
    ("label-in-name", gauge("pantau_requests_per_second")),
    ("derived", gauge("pantau_request_rate")),
    ("derived", gauge("pantau_lag_avg_seconds")),
    ("derived", gauge("pantau_latency_p95_seconds")),
    ("help", told("")),
    ("help", told("Rows.")),
    ("help", told("Rows that were\ntaken from somewhere.")),
    ("target-label", gauge("pantau_rows", "region")),
    ("target-label", gauge("pantau_rows", "service")),
    ("target-label", gauge("pantau_rows", "exported_job")),
    ("unbounded-label", gauge("pantau_rows", "nik")),
    ("unbounded-label", gauge("pantau_rows", "url")),
    ("outcome-label", counter("pantau_rows_total", "result")),
    ("reason", Family("pantau_rows", HELP, Kind.GAUGE, ("source",), max_series=101)),
]


def test_good_families_have_no_finding() -> None:
    assert lint(GOOD, most_series=budget(GOOD)) == []
    assert checked(GOOD) is GOOD


@pytest.mark.parametrize(
    ("rule", "family"), BAD, ids=lambda given: given.name if isinstance(given, Family) else given
)
def test_a_bad_family_is_found_by_the_rule_that_is_for_it(rule: str, family: Family) -> None:
    assert rule in {finding.rule for finding in lint([family])}


def test_every_rule_has_a_family_that_breaks_it() -> None:
    assert {rule for rule, _ in BAD} == set(RULES)


@pytest.mark.parametrize(
    "reserved", ["region", "zone", "env", "service", "type", "customer", "owner", "stage"]
)
def test_labels_that_targets_bring_are_reserved(reserved: str) -> None:
    assert [finding.rule for finding in lint([gauge("pantau_rows", reserved)])] == ["target-label"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (gauge("pantau_rows"), gauge("pantau_rows")),
        (gauge("pantau_rows"), counter("pantau_rows_total")),
        (
            gauge("pantau_took_seconds_count"),
            Family("pantau_took_seconds", HELP, Kind.HISTOGRAM, buckets=(1,), max_series=4),
        ),
    ],
)
def test_names_that_two_families_take_are_found_for_both(first: Family, second: Family) -> None:
    found = [finding for finding in lint([first, second]) if finding.rule == "name-taken"]
    assert {finding.family for finding in found} == {first.name, second.name}


def test_families_that_add_up_to_more_than_the_budget_of_all_are_found() -> None:
    [finding] = lint(GOOD, most_series=10)
    assert (
        str(finding) == f"all families: the families declare {budget(GOOD)} series, allowed are 10 [budget]"
    )


def test_a_refusal_at_the_start_names_every_finding() -> None:
    with pytest.raises(FamilyError) as raised:
        checked([gauge("pantau_lag_ms"), gauge("pantau_rows", "region")])
    assert "pantau_lag_ms: use base unit seconds instead of ms [base-unit]" in str(raised.value)
    assert "pantau_rows: label region is set by the target, by /sd, never by the exporter" in str(
        raised.value
    )
