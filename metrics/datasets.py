"""The record sets and what the archive and the roll-ups must know of each.

The full schema of a record set is its contract (``checks/contracts/<name>.yaml``); a test
holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dataset:
    """A record set.

    ``anchor``: the instant that places a record in a day and a month of its region.
    ``instants``: the columns whose offset from UTC is kept beside them, as
    ``<column>_offset_minutes``. ``neighbours``: how many months either side of a changed
    month must be rolled up again (a state lasts until the next probe).
    """

    name: str
    anchor: str
    instants: tuple[str, ...]
    neighbours: int = 0


KEY = ("region", "id")
"""Natural key of every record set."""

VERSION = "observed_at"
"""Instant at which a record was seen in this form; the latest wins."""

DATASETS: dict[str, Dataset] = {
    "transactions": Dataset("transactions", "submitted", ("submitted", "file_complete", "completed", "due")),
    "complaints": Dataset("complaints", "received", ("received", "verified", "responded", "resolved", "due")),
    "surveys": Dataset("surveys", "answered", ("answered",)),
    "probes": Dataset("probes", "checked", ("checked",), neighbours=1),
    "traffic": Dataset("traffic", "started", ("started",)),
    "rollout_events": Dataset("rollout_events", "occurred", ("occurred",)),
}

SURVEY_ELEMENTS = (
    "requirements",
    "procedure",
    "completion_time",
    "cost",
    "product",
    "competence",
    "conduct",
    "facilities",
    "complaint_handling",
)
"""The nine elements of a satisfaction survey, by name, since sources number them differently.

In the order of the roll-up's columns, which is that of no questionnaire. Source: PermenPANRB 14/2017.
"""
