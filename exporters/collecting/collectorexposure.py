"""What the collector looks like to Prometheus: fetches, failures, circuits, what waits."""

from __future__ import annotations

from exporters.collecting.breaker import State
from exporters.collecting.collector import Collector
from exporters.errors import FetchReason
from exporters.exposition import Family, Kind, Scrape


def _gauge(name: str, text: str, labels: tuple[str, ...] = (), budget: int = 1) -> Family:
    return Family(name, text, Kind.GAUGE, labels, max_series=budget)


def _counter(name: str, text: str, labels: tuple[str, ...] = (), budget: int = 1) -> Family:
    return Family(name, text, Kind.COUNTER, labels, max_series=budget)


SOURCES = _gauge("pantau_exporter_configured_sources", "Sources in the configuration.")
CIRCUITS = _gauge(
    "pantau_exporter_sources", "Sources by the state of their circuit.", ("circuit",), len(State)
)
FETCHES = _counter("pantau_exporter_fetches_total", "Fetches of sources that ended.")
FETCH_FAILURES = _counter(
    "pantau_exporter_fetch_failures_total",
    "Fetches of sources that failed, by reason.",
    ("reason",),
    len(FetchReason),
)
FETCHES_SKIPPED = _counter(
    "pantau_exporter_fetches_skipped_total",
    "Fetches that were put off because the circuit of the source was open.",
)
UNDER_WAY = _gauge("pantau_exporter_fetches_under_way", "Fetches under way.")
SLOW = _gauge(
    "pantau_exporter_slow_fetches", "Fetches under way that have made room for others because they last."
)
FETCHED = _counter("pantau_exporter_fetched_rows_total", "Rows that sources gave.")
ROWS_WAITING = _gauge("pantau_exporter_waiting_rows", "Rows that wait for their delivery to the archive.")
ROWS_DELIVERED = _counter("pantau_exporter_delivered_rows_total", "Rows of sources delivered to the archive.")
ROW_DELIVERY_FAILURES = _counter(
    "pantau_exporter_row_delivery_failures_total",
    "Deliveries of rows of sources that failed; their rows are offered again.",
)
LAST_ROW_DELIVERY = _gauge(
    "pantau_exporter_last_row_delivery_timestamp_seconds",
    "When rows of sources were last delivered to the archive.",
)
COLLECTOR_FAMILIES = (
    SOURCES,
    CIRCUITS,
    FETCHES,
    FETCH_FAILURES,
    FETCHES_SKIPPED,
    UNDER_WAY,
    SLOW,
    FETCHED,
    ROWS_WAITING,
    ROWS_DELIVERED,
    ROW_DELIVERY_FAILURES,
    LAST_ROW_DELIVERY,
)


def show_collector(scrape: Scrape, collector: Collector) -> None:
    """Show what the collector has done, and what it does."""
    done, circuits = collector.done, collector.circuits()
    for family, value in (
        (SOURCES, circuits.total()),
        (FETCHES, done.fetches),
        (FETCHES_SKIPPED, done.skipped),
        (UNDER_WAY, collector.lanes.under_way),
        (SLOW, collector.lanes.slow),
        (FETCHED, done.rows),
        (ROWS_WAITING, collector.waiting_rows),
        (ROWS_DELIVERED, done.delivered),
        (ROW_DELIVERY_FAILURES, done.failed_deliveries),
    ):
        scrape.set(family, (), value)
    for state in State:
        scrape.set(CIRCUITS, (state.value,), circuits[state.value])
    for reason in FetchReason:
        scrape.set(FETCH_FAILURES, (reason.value,), done.failures[reason.value])
    if done.last_delivery is not None:
        scrape.set(LAST_ROW_DELIVERY, (), done.last_delivery.timestamp())
