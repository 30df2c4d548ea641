"""The way from a rank down to the records: rank, indicators, roll-ups, batches, records, checks.

Place in the flow: ``pantau explain`` reads ``Trace`` from the store and the archive and prints what ``lines``
makes of it, or the whole of it as JSON.
"""

from __future__ import annotations

from pantau.explanation.facts import Trace
from pantau.explanation.page import lines
from pantau.explanation.tracing import trace

__all__ = ["Trace", "lines", "trace"]
