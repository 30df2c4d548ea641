"""What the records of a region look like to Prometheus: throughput, latency, complaints, and its sources.

Answered under ``/probe?target=<code>&module=records``, out of the roll-ups as they are: nothing is
fetched for it. Counts are of all records since the first, so that they only rise; what may fall again
when a record is corrected is a gauge. No sample has a timestamp: how old the records are is a metric.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import polars as pl

from exporters.errors import FetchReason
from exporters.exposition import Family, Kind, Scrape
from metrics.histogram import Histogram, bucket_of
from metrics.model import SourceState
from metrics.packing import unpack

RECORDS = "records"
"""Name of the module that is always there."""
SOURCES_OF_A_REGION = 20
HOUR, DAY = 3_600.0, 86_400.0
_WORK = (0.25 * HOUR, HOUR, 4 * HOUR, DAY, 3 * DAY, 5 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY)
_RESPONSE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_BOUND = "Counted in buckets of 2 %: those up to 2 % over a bound may count under it."
_FROM = "From the region's own records as last taken in"


def _gauge(name: str, text: str, labels: tuple[str, ...] = (), budget: int = 1, reason: str = "") -> Family:
    return Family(name, text, Kind.GAUGE, labels, max_series=budget, reason=reason)


def _counter(name: str, text: str, labels: tuple[str, ...] = (), budget: int = 1) -> Family:
    return Family(name, f"{text} {_FROM}, all since the first.", Kind.COUNTER, labels, max_series=budget)


def _histogram(name: str, text: str, bounds: tuple[float, ...]) -> Family:
    return Family(
        name, f"{text} {_FROM}. {_BOUND}", Kind.HISTOGRAM, buckets=bounds, max_series=len(bounds) + 3
    )


TRANSACTIONS = _counter("pantau_transactions_received_total", "Applications.", ("channel",), 10)
TRANSACTION_STATES = {
    column: _gauge(f"pantau_transactions_{column}", f"Applications {text}. {_FROM}.")
    for column, text in {
        "finished": "that came to an end, whatever it was",
        "rejected": "that were rejected",
        "withdrawn": "that were withdrawn",
        "open": "that have come to no end",
        "on_time": "that were finished by their promised time",
        "late": "that were finished after their promised time",
    }.items()
}
TRANSACTION_TIME = _histogram(
    "pantau_transaction_duration_seconds", "Calendar time of finished applications.", _WORK
)
COMPLAINTS = _counter("pantau_complaints_received_total", "Complaints.", ("class",), 10)
COMPLAINTS_OPEN = _gauge("pantau_complaints_open", f"Complaints that are not resolved. {_FROM}.")
COMPLAINT_TIME = _histogram(
    "pantau_complaint_resolution_seconds", "Time until a complaint is resolved.", _WORK
)
RESPONSE_TIME = _histogram("pantau_complaint_response_seconds", "Time until a complaint is answered.", _WORK)
REQUESTS = _counter("pantau_requests_total", "Requests to the region's digital services.")
REQUEST_FAILURES = _counter(
    "pantau_request_failures_total", "Requests to the region's digital services that ended in an error."
)
REQUEST_TIME = _histogram(
    "pantau_request_duration_seconds", "Time of requests to the region's digital services.", _RESPONSE
)
SURVEYS = _counter("pantau_survey_responses_total", "Answers to the satisfaction survey.")
LATEST = _gauge(
    "pantau_records_latest_timestamp_seconds",
    f"When the latest record says that it began, since 1970. {_FROM}.",
    ("record_set",),
    6,
)
SEEN = _gauge(
    "pantau_records_seen_timestamp_seconds",
    f"When the latest record was seen in its present form, since 1970. {_FROM}.",
    ("record_set",),
    6,
)
_OF_SOURCE = ("source",)
SOURCE_UP = _gauge(
    "pantau_source_up", "Whether the last fetch of the source did not fail.", _OF_SOURCE, SOURCES_OF_A_REGION
)
SOURCE_FAILED = _gauge(
    "pantau_source_failed",
    "Whether the last fetch failed for this reason; 0 for every other reason.",
    ("source", "reason"),
    SOURCES_OF_A_REGION * len(FetchReason),
    "twenty sources, and a bounded list of reasons",
)
SOURCE_FAILURES = _gauge(
    "pantau_source_consecutive_failures",
    "Fetches of the source that failed since the last that did not.",
    _OF_SOURCE,
    SOURCES_OF_A_REGION,
)
SOURCE_ATTEMPT = _gauge(
    "pantau_source_last_fetch_timestamp_seconds",
    "When the source was last asked, since 1970.",
    _OF_SOURCE,
    SOURCES_OF_A_REGION,
)
SOURCE_SUCCESS = _gauge(
    "pantau_source_last_success_timestamp_seconds",
    "When the source last answered as asked, since 1970.",
    _OF_SOURCE,
    SOURCES_OF_A_REGION,
)
SOURCE_ROWS = Family(
    "pantau_source_rows_total",
    "Rows that the source has given in all.",
    Kind.COUNTER,
    _OF_SOURCE,
    max_series=SOURCES_OF_A_REGION,
)
REGIONAL_FAMILIES = (
    TRANSACTIONS,
    *TRANSACTION_STATES.values(),
    TRANSACTION_TIME,
    COMPLAINTS,
    COMPLAINTS_OPEN,
    COMPLAINT_TIME,
    RESPONSE_TIME,
    REQUESTS,
    REQUEST_FAILURES,
    REQUEST_TIME,
    SURVEYS,
    LATEST,
    SEEN,
    SOURCE_UP,
    SOURCE_FAILED,
    SOURCE_FAILURES,
    SOURCE_ATTEMPT,
    SOURCE_SUCCESS,
    SOURCE_ROWS,
)


_INSTANTS = ((LATEST, "last_anchor_us"), (LATEST, "last_checked_us"), (SEEN, "last_observed_us"))


@dataclass(frozen=True)
class Regional:
    """What is known of one region: its rows of the roll-up tables by name, and its sources."""

    rollups: Mapping[str, pl.DataFrame]
    sources: Sequence[SourceState] = field(default_factory=tuple)


def regional_scrape(known: Regional) -> Scrape:
    """Scrape of the records and the sources of one region. What there is nothing of is not shown."""
    scrape = Scrape(REGIONAL_FAMILIES)
    cases = known.rollups["case_rollup"]
    _transactions(scrape, cases.filter(pl.col("dataset") == "transactions"))
    _complaints(scrape, cases.filter(pl.col("dataset") == "complaints"))
    _traffic(scrape, known.rollups["traffic_rollup"])
    surveys = known.rollups["survey_rollup"]
    if surveys.height:
        scrape.set(SURVEYS, (), int(surveys["respondents"].sum()))
    for dataset, rows in _record_sets(known.rollups):
        for family, column in _INSTANTS:
            if column in rows.columns:
                scrape.set(family, (dataset,), float(rows[column].cast(pl.Int64).to_numpy().max()) / 1e6)
    for source in known.sources[:SOURCES_OF_A_REGION]:
        _source(scrape, source)
    return scrape


def _record_sets(rollups: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Record sets that there are rows of, with these."""
    for table, name in (("survey", "surveys"), ("probe", "probes"), ("traffic", "traffic")):
        rows = rollups[f"{table}_rollup"]
        if rows.height:
            yield name, rows
    for (name,), rows in rollups["case_rollup"].group_by("dataset", maintain_order=True):
        yield str(name), rows


def _transactions(scrape: Scrape, cases: pl.DataFrame) -> None:
    if not cases.height:
        return
    for channel, received in _by(cases, "channel"):
        scrape.set(TRANSACTIONS, (channel,), received)
    for column, family in TRANSACTION_STATES.items():
        scrape.set(family, (), int(cases[column].sum()))
    _times(scrape, TRANSACTION_TIME, cases, "elapsed")


def _complaints(scrape: Scrape, cases: pl.DataFrame) -> None:
    if not cases.height:
        return
    for kind, received in _by(cases, "class"):
        scrape.set(COMPLAINTS, (kind,), received)
    scrape.set(COMPLAINTS_OPEN, (), int(cases["open"].sum()))
    _times(scrape, COMPLAINT_TIME, cases, "elapsed")
    _times(scrape, RESPONSE_TIME, cases, "response")


def _traffic(scrape: Scrape, traffic: pl.DataFrame) -> None:
    if not traffic.height:
        return
    days = [unpack(blob, 3) for blob in traffic["days"]]
    scrape.set(REQUESTS, (), sum(int(requests.sum()) for _, requests, _ in days))
    scrape.set(REQUEST_FAILURES, (), sum(int(errors.sum()) for _, _, errors in days))
    _times(scrape, REQUEST_TIME, traffic, "latency")


def _source(scrape: Scrape, source: SourceState) -> None:
    labels = (source.name,)
    for family, instant in ((SOURCE_ATTEMPT, source.attempted), (SOURCE_SUCCESS, source.succeeded)):
        _instant(scrape, family, labels, instant)
    scrape.set(SOURCE_ROWS, labels, source.rows)
    scrape.set(SOURCE_FAILURES, labels, source.failures)
    if source.attempted is None:
        return
    scrape.set(SOURCE_UP, labels, not source.reason)
    for reason in FetchReason:
        scrape.set(SOURCE_FAILED, (source.name, reason.value), source.reason == reason.value)


def _instant(scrape: Scrape, family: Family, labels: tuple[str, ...], instant: datetime | None) -> None:
    if instant is not None:
        scrape.set(family, labels, instant.timestamp())


def _by(cases: pl.DataFrame, column: str) -> list[tuple[str, int]]:
    """Cases received by the words of a column; those without one are ``unknown``."""
    word = pl.when(pl.col(column) == "").then(pl.lit("unknown")).otherwise(pl.col(column)).alias(column)
    return cases.group_by(word).agg(pl.col("received").sum()).sort(column).rows()


def _times(scrape: Scrape, family: Family, rows: pl.DataFrame, column: str) -> None:
    """Histogram of a packed column of roll-up rows, merged and counted up to each bound of the family."""
    blobs, totals = rows[column].to_list(), rows[f"{column}_total_us"].to_list()
    merged = Histogram.merge(
        Histogram.unpack(blob, total or 0) for blob, total in zip(blobs, totals, strict=True)
    )
    counts = [*(cumulative(merged, bound) for bound in family.buckets), merged.n]
    scrape.set_histogram(family, (), counts, merged.total_microseconds / 1e6)


def cumulative(histogram: Histogram, bound: float) -> int:
    """Durations up to a bound in seconds, and up to 2 % over it: its whole bucket counts."""
    (edge,) = bucket_of(np.array([bound]))
    return int(histogram.counts[: np.searchsorted(histogram.buckets, edge, side="right")].sum())
