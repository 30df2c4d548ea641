"""What is known of a rejected row: the columns of the quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

OPEN, RESOLVED = "open", "resolved"
OF_A_ROW = ("row", "source", "origin", "mapping_hash")
"""What a rejected row may tell of itself, where its batch is from several sources."""
REASON_REMOVED = "removed by retention, with the row's content; 'pantau quarantine log' says when and by whom"
"""Reason of a row whose content is gone. The content itself is null then."""

SCHEMA = pa.schema(
    [
        ("rejected_id", pa.string()),
        ("dataset", pa.string()),
        ("source", pa.string()),
        ("origin", pa.string()),
        ("region", pa.string()),
        ("batch", pa.string()),
        ("row", pa.int64()),
        ("rule", pa.string()),
        ("reason", pa.string()),
        ("rules", pa.string()),
        ("payload", pa.string()),
        ("contract_version", pa.string()),
        ("mapping_hash", pa.string()),
        ("simulated", pa.bool_()),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("state", pa.string()),
        ("observed_at", pa.timestamp("us", "UTC")),
        ("sequence", pa.int64()),
        ("month", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the rejected rows of a batch are from, and when their source gave them (``seen_at``)."""

    batch: str
    dataset: str
    source: str
    origin: str
    contract_version: str
    mapping_hash: str
    simulated: bool
    seen_at: datetime
