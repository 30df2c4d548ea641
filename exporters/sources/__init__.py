"""Sources: one module a kind, all held to the promises of ``exporters.sources.source``."""

from __future__ import annotations

from pathlib import Path

from exporters.sources.access_log_tail import AccessLogTail
from exporters.sources.drop import DropFolder
from exporters.sources.exposition import ExpositionScrape
from exporters.sources.open311 import Open311
from exporters.sources.rest import Rest
from exporters.sources.source import Source
from exporters.sources.sql import SqlQuery

SOURCES: dict[str, type[Source]] = {
    "rest": Rest,
    "open311": Open311,
    "sql": SqlQuery,
    "drop": DropFolder,
    "access_log": AccessLogTail,
    "exposition": ExpositionScrape,
}
"""Kinds of sources, by the name of their entry in a configuration."""

READY_MAPPINGS: dict[str, Path] = {
    kind: Path(__file__).with_name(f"{kind}.mapping.yaml") for kind in ("open311", "access_log", "exposition")
}
"""Mappings of the kinds whose rows have one form; a configuration may name another."""
