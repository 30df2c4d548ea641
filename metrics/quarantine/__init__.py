"""Rejected records: kept aside with the rule, the reason and what was read, until they are mended.

A table of the archive beside the record sets. Append-only like them: a row that was mended and
taken in gets a later version with the state ``resolved``. The same row of the same source again is
no new row. Only retention (``metrics.quarantine.retention``) takes something away, the content of
rows, and leaves a record of it.
"""

from metrics.quarantine.columns import OF_A_ROW, OPEN, REASON_REMOVED, RESOLVED, SCHEMA, Provenance
from metrics.quarantine.staging import RejectedStaging
from metrics.quarantine.table import Quarantine

__all__ = [
    "OF_A_ROW",
    "OPEN",
    "REASON_REMOVED",
    "RESOLVED",
    "SCHEMA",
    "Provenance",
    "Quarantine",
    "RejectedStaging",
]
