"""What the records of a region look like to Prometheus."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from exporters.collecting.regional import REGIONAL_FAMILIES, Regional, cumulative, regional_scrape
from exporters.errors import FetchReason
from exporters.exposition import answer, checked
from metrics.histogram import Histogram
from metrics.model import SourceState
from metrics.packing import pack

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
US = int(NOON.timestamp() * 1e6)
SOURCE = SourceState(
    "32.11/permits", "32.11", "permits", "rest", "transactions", attempted=NOON, succeeded=NOON, rows=41
)


def case(**more: object) -> dict[str, object]:
    times = Histogram.of([3_600.0, 90_000.0])
    counts = dict.fromkeys(("finished", "rejected", "withdrawn", "open", "on_time", "late"), 0)
    return (
        {"dataset": "transactions", "channel": "digital", "class": "", "received": 5}
        | counts
        | {"elapsed": times.pack(), "elapsed_total_us": times.total_microseconds}
        | {"response": b"", "response_total_us": 0, "last_anchor_us": US, "last_observed_us": US + 1_000_000}
        | more
    )


def rollups(
    *cases: dict[str, object], traffic: list[dict[str, object]] | None = None
) -> dict[str, pl.DataFrame]:
    empty = pl.DataFrame(schema=dict.fromkeys(case(), pl.String))
    days = {
        "days": pl.Binary,
        "latency": pl.Binary,
        "latency_total_us": pl.Int64,
        "last_observed_us": pl.Int64,
    }
    return {
        "case_rollup": pl.DataFrame(cases) if cases else empty,
        "traffic_rollup": pl.DataFrame(traffic or [], schema=days),
        "survey_rollup": pl.DataFrame(schema={"respondents": pl.Int64}),
        "probe_rollup": pl.DataFrame(schema={"last_checked_us": pl.Int64}),
    }


def shown(known: Regional) -> dict[str, float]:
    body, _ = answer(regional_scrape(known), None, None)
    lines = [line for line in body.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_families_keep_the_rules_of_the_house() -> None:
    checked(REGIONAL_FAMILIES)


def test_region_without_a_record_shows_no_zero() -> None:
    assert shown(Regional(rollups())) == {}


def test_applications_are_counted_by_channel_and_end() -> None:
    found = shown(Regional(rollups(case(finished=2, open=3), case(channel="", received=7))))
    assert found['pantau_transactions_received_total{channel="digital"}'] == 5
    assert found['pantau_transactions_received_total{channel="unknown"}'] == 7
    assert (found["pantau_transactions_finished"], found["pantau_transactions_open"]) == (2, 3)
    assert found['pantau_transaction_duration_seconds_bucket{le="3600.0"}'] == 2
    assert found['pantau_transaction_duration_seconds_bucket{le="+Inf"}'] == 4
    assert found["pantau_transaction_duration_seconds_sum"] == 2 * 93_600
    assert found['pantau_records_latest_timestamp_seconds{record_set="transactions"}'] == NOON.timestamp()
    assert found['pantau_records_seen_timestamp_seconds{record_set="transactions"}'] == NOON.timestamp() + 1


def test_complaints_are_counted_by_class_and_answered_in_time() -> None:
    answers = Histogram.of([7_200.0])
    one = case(dataset="complaints", channel="", open=4, response=answers.pack())
    found = shown(
        Regional(rollups(one | {"class": "supervisory", "response_total_us": answers.total_microseconds}))
    )
    assert found['pantau_complaints_received_total{class="supervisory"}'] == 5
    assert found["pantau_complaints_open"] == 4
    assert found["pantau_complaint_response_seconds_sum"] == 7_200


def test_requests_are_counted_over_all_targets() -> None:
    times = Histogram.of([0.02, 0.3])
    one = {
        "days": pack(np.array([1, 2]), np.array([10, 20]), np.array([1, 0])),
        "latency": times.pack(),
        "latency_total_us": times.total_microseconds,
        "last_observed_us": US,
    }
    found = shown(Regional(rollups(traffic=[one, one])))
    assert (found["pantau_requests_total"], found["pantau_request_failures_total"]) == (60, 2)
    assert found['pantau_request_duration_seconds_bucket{le="0.025"}'] == 2
    assert found['pantau_request_duration_seconds_bucket{le="0.5"}'] == 4


def test_source_shows_why_it_failed_and_for_every_other_reason_zero() -> None:
    failed = replace(SOURCE, reason="timeout", failures=3)
    found = shown(Regional(rollups(), [failed]))
    reasons = {name: value for name, value in found.items() if name.startswith("pantau_source_failed")}
    assert found['pantau_source_up{source="permits"}'] == 0
    assert found['pantau_source_consecutive_failures{source="permits"}'] == 3
    assert len(reasons) == len(FetchReason)
    assert [name for name, value in reasons.items() if value] == [
        'pantau_source_failed{reason="timeout",source="permits"}'
    ]


def test_source_that_was_never_asked_is_neither_up_nor_down() -> None:
    found = shown(Regional(rollups(), [replace(SOURCE, attempted=None, succeeded=None, rows=0)]))
    assert found == {
        'pantau_source_rows_total{source="permits"}': 0,
        'pantau_source_consecutive_failures{source="permits"}': 0,
    }


@given(st.lists(st.floats(1e-5, 1e7), min_size=1, max_size=50), st.floats(1e-3, 1e6))
def test_bound_is_met_within_two_percent_and_holds_what_equals_it(times: list[float], bound: float) -> None:
    counted = cumulative(Histogram.of([*times, bound]), bound) - 1
    assert sum(time <= bound for time in times) <= counted <= sum(time <= bound * 1.0203 for time in times)
