"""What the push looks like to Prometheus, as part of the exporter's own ``/metrics``."""

from __future__ import annotations

from exporters.exposition import Family, Kind, Scrape
from exporters.push.api import PushApi
from metrics.datasets import DATASETS

CLASSES = ("2xx", "4xx", "5xx")

REQUESTS = Family(
    "pantau_push_requests_total",
    "Pushes that were answered, by class of status.",
    Kind.COUNTER,
    ("record_set", "status"),
    max_series=len(DATASETS) * len(CLASSES),
)
ROWS = Family(
    "pantau_push_rows_total",
    "Records of pushes that were taken in, the rejected ones too.",
    Kind.COUNTER,
    ("record_set",),
    max_series=len(DATASETS),
)
REJECTED = Family(
    "pantau_push_rejected_rows_total",
    "Records of pushes that were rejected.",
    Kind.COUNTER,
    ("record_set",),
    max_series=len(DATASETS),
)
UNDER_WAY = Family("pantau_push_under_way", "Pushes under way.", Kind.GAUGE, max_series=1)
UNDER_WAY_BYTES = Family(
    "pantau_push_under_way_bytes", "What the pushes under way take.", Kind.GAUGE, max_series=1
)
WRONG_TOKENS = Family(
    "pantau_push_wrong_tokens_total", "Requests with a token that is wrong.", Kind.COUNTER, max_series=1
)
PUSH_FAMILIES = (REQUESTS, ROWS, REJECTED, UNDER_WAY, UNDER_WAY_BYTES, WRONG_TOKENS)


def show(scrape: Scrape, push: PushApi) -> None:
    """Fill the families of a scrape that was made with them."""
    for name in DATASETS:
        for status in CLASSES:
            scrape.set(REQUESTS, (name, status), push.tally.requests[name, status])
        scrape.set(ROWS, (name,), push.tally.read[name])
        scrape.set(REJECTED, (name,), push.tally.rejected[name])
    scrape.set(UNDER_WAY, (), push.room.pushes)
    scrape.set(UNDER_WAY_BYTES, (), push.room.bytes)
    scrape.set(WRONG_TOKENS, (), push.access.wrong)
