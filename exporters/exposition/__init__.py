"""From values to what Prometheus reads: families declared once, one scrape's values, bytes.

::

    LAG = Family("pantau_source_lag_seconds", "...", Kind.GAUGE, ("source",), max_series=20)
    checked(FAMILIES)                       # at the start: the house lint
    scrape = Scrape(FAMILIES)               # for each request anew
    scrape.set(LAG, ("own-application",), 12.5)
    body, headers = answer(scrape, accept, accept_encoding)

A family keeps the text ``name{labels}`` of each of its series, so that a scrape formats values and
nothing else. What one scrape does not set it does not show. The bytes are those of prometheus_client.
"""

from exporters.exposition.errors import (
    ExpositionError,
    FamilyError,
    LabelError,
    SeriesRepeated,
    TooManySeries,
    ValueRefused,
)
from exporters.exposition.family import Family, Kind, Labels, Series
from exporters.exposition.lint import Finding, budget, checked, lint
from exporters.exposition.negotiation import Format, accepts_gzip, answer, choose, compress
from exporters.exposition.render import render_openmetrics, render_text
from exporters.exposition.scrape import Scrape

__all__ = [
    "ExpositionError",
    "Family",
    "FamilyError",
    "Finding",
    "Format",
    "Kind",
    "LabelError",
    "Labels",
    "Scrape",
    "Series",
    "SeriesRepeated",
    "TooManySeries",
    "ValueRefused",
    "accepts_gzip",
    "answer",
    "budget",
    "checked",
    "choose",
    "compress",
    "lint",
    "render_openmetrics",
    "render_text",
]
