"""A scrape as bytes: Prometheus text format 0.0.4 and OpenMetrics 1.0.0, as prometheus_client writes them.

No sample has a timestamp: Prometheus marks a series that is gone as stale only when it set the time itself.
"""

from __future__ import annotations

import numpy as np
from prometheus_client import exposition as their_text
from prometheus_client.openmetrics import exposition as their_openmetrics
from prometheus_client.registry import Collector

from exporters.exposition.family import Family, Kind
from exporters.exposition.numerals import go_format_all
from exporters.exposition.scrape import Reading, Scrape

_TEXT_TYPES = {Kind.INFO: "gauge", Kind.UNKNOWN: "untyped"}
_TEXT_ENDINGS = {Kind.COUNTER: "_total", Kind.INFO: "_info"}


def render_text(scrape: Scrape, others: Collector | None = None) -> bytes:
    """Text format 0.0.4; after it what prometheus_client collects elsewhere, such as ``process_*``."""
    pieces: list[bytes] = []
    for reading in scrape:
        pieces.append(_text_header(reading.family))
        pieces += _body(reading)
    if others is not None:
        pieces.append(their_text.generate_latest(others))
    return b"".join(pieces)


def render_openmetrics(scrape: Scrape, others: Collector | None = None) -> bytes:
    """OpenMetrics 1.0.0, up to ``# EOF``; before that what prometheus_client collects elsewhere."""
    pieces: list[bytes] = []
    for reading in scrape:
        pieces.append(_openmetrics_header(reading.family))
        pieces += _body(reading)
    if others is None:
        pieces.append(b"# EOF\n")
    else:
        pieces.append(their_openmetrics.generate_latest(others))  # type: ignore[no-untyped-call]  # it has no annotations
    return b"".join(pieces)


def _body(reading: Reading) -> list[bytes]:
    """Text before each value and value in turn, then the end of the last line."""
    pieces = [b"\n"] * (2 * len(reading.prefixes) + 1)
    if reading.prefixes:
        pieces[:-1:2] = reading.prefixes
        pieces[1::2] = go_format_all(np.frombuffer(reading.values))
    return pieces


def _text_header(family: Family) -> bytes:
    name = family.stem + _TEXT_ENDINGS.get(family.kind, "")
    told = family.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {name} {told}\n# TYPE {name} {_TEXT_TYPES.get(family.kind, family.kind)}".encode()


def _openmetrics_header(family: Family) -> bytes:
    name = family.stem
    told = family.help.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
    unit = f"\n# UNIT {name} {family.unit}" if family.unit else ""
    return f"# HELP {name} {told}\n# TYPE {name} {family.kind}{unit}".encode()
