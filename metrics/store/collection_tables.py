"""Tables of what the exporter collects from, part of ``metrics.store.tables``."""

from __future__ import annotations

from sqlalchemy import Index, Table

from metrics.store.columns import flag, instant, number, real, text, whole
from metrics.store.metadata import METADATA

SOURCE = Table(
    "source",
    METADATA,
    text("id", 'Name of the source, "32.11/permits".', key=True),
    text("region", "Region that it is of; blank where its records tell of several.", null=True),
    text("name", "Name of the source within its region."),
    text("kind", "How it is read: rest, sql, drop, ..."),
    text("dataset", "Record set that it gives."),
    text("cursor", "Where the next fetch goes on; blank before the first.", null=True),
    instant("attempted", "When it was last asked.", null=True),
    instant("succeeded", "When it last answered as asked.", null=True),
    instant("latest", "When it last gave a row.", null=True),
    text("reason", 'Why the last fetch failed, "" where it did not.'),
    text("detail", "What the last failure said, and the remedy."),
    whole("failures", "Fetches that failed since the last that did not."),
    text("circuit", "closed, open, or half_open while it is tried again."),
    whole("rows", "Rows that it has given in all."),
    flag("simulated", "Whether it is simulated."),
    Index(None, "region"),
    comment="Sources that the exporter collects from, and how far it has come with each.",
)

SOURCE_RUN = Table(
    "source_run",
    METADATA,
    number("id", "Number of the row."),
    text("source", "Source."),
    instant("started", "When it was asked."),
    real("seconds", "How long the fetch took."),
    real("queue_seconds", "How long it waited for its turn before."),
    text("reason", 'Why it failed, "" where it did not.'),
    text("detail", "What the failure said."),
    whole("rows", "Rows that it gave."),
    whole("pieces", "Pages or files that they came in."),
    whole("total", "Records that the source said it had; blank where it did not.", null=True),
    whole("records", "How many of these came; blank in fetches of before they were counted.", null=True),
    Index(None, "source", "started"),
    Index(None, "started"),
    comment="Fetches of the exporter; the oldest are removed.",
)
