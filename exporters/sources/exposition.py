"""A region's own endpoint for Prometheus: what was added to its counters since the last look, as a row.

The first look gives no row: it learns. Between two looks a row tells requests, errors and latencies
of the time between. What a system counted while nobody could look for long is left out, because a
count over days belongs to no day.
"""

from __future__ import annotations

import difflib
import hashlib
import logging
import math
from collections.abc import AsyncGenerator, AsyncIterator
from typing import ClassVar

import polars as pl
from pydantic import Field, SecretStr

from exporters.errors import FetchError, FetchReason
from exporters.files.format import ROW
from exporters.sources.client import Answer
from exporters.sources.exposition_counts import Changed, Unfit, counters, histograms
from exporters.sources.exposition_selector import Selected
from exporters.sources.exposition_state import Look, added
from exporters.sources.exposition_text import (
    OPENMETRICS,
    TEXT,
    Bounds,
    Exposition,
    NotExposition,
    TooMuch,
    read_exposition,
)
from exporters.sources.rest_endpoint import Endpoint, EndpointSettings
from exporters.sources.source import Piece, Settings, Source, Surroundings, Want

LOG = logging.getLogger("pantau.exporter")
ACCEPT = f"{OPENMETRICS};version=1.0.0;q=0.75,{TEXT};version=0.0.4;q=0.5"
_BEGAN = "process_start_time_seconds"


class ExpositionSettings(EndpointSettings):
    """Which endpoint, and which of its metrics mean what. Latencies are in seconds."""

    requests: Selected = Field(
        description='counter of requests, and which series of it: `http_requests_total{service="mpp"}`'
    )
    errors: Selected | None = Field(
        None,
        description='counter of failed requests: `http_requests_total{code=~"5.."}`; left out, none failed',
    )
    latency: Selected | None = Field(None, description="histogram of latencies in seconds, with buckets `le`")
    target: str | None = Field(None, min_length=1, max_length=200, description="name of what is counted")
    longest_seconds: float = Field(
        21_600.0, gt=0, le=86_400, description="time between two looks beyond which no row is made"
    )
    max_series: int = Field(50_000, ge=1, le=1_000_000, description="series that are exposed in all")
    max_selected: int = Field(2_000, ge=1, le=50_000, description="series that are selected, of each metric")
    max_labels: int = Field(64, ge=1, le=1_000, description="labels of a series")


class ExpositionScrape(Source):
    """An endpoint. Each fetch looks once."""

    Settings: ClassVar[type[Settings]] = ExpositionSettings

    def __init__(self, settings: ExpositionSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._around = surroundings
        headers = {"Accept": SecretStr(ACCEPT)} | settings.headers
        self._endpoint = Endpoint(settings.model_copy(update={"headers": headers}), surroundings)
        chosen = (settings.requests, settings.errors, settings.latency)
        texts = "\n".join(one.text if one is not None else "" for one in chosen)
        self._asked = hashlib.sha256(texts.encode()).hexdigest()[:16]

    def fetch(self, want: Want) -> AsyncIterator[Piece]:
        """A row of the time since the last look. Raises ``FetchError``.

        Of a stretch of time it has none to give: nobody looked.
        """
        return self._fetch(want)

    async def _fetch(self, want: Want) -> AsyncGenerator[Piece]:
        if want.window is not None:
            return
        answer = await self._endpoint.ask({})
        self._endpoint.check(answer)
        now = self._look(self._read(answer))
        try:
            rows = self._rows(now, self._before(want.since))
        except Changed as error:
            yield self._piece(now, _no_rows())  # from here on it is compared with this look
            raise self._error(f"{error}, so that this time has no row. The next one has") from error
        yield self._piece(now, rows)

    def _read(self, answer: Answer) -> Exposition:
        kind = answer.headers.get("content-type", TEXT).partition(";")[0].strip().lower()
        if kind not in {OPENMETRICS, TEXT}:
            raise self._error(
                f"{self._endpoint.host} answers with {self._endpoint.fit_to_show(kind)}, not with metrics. "
                "Correct url; did a login page come?",
                FetchReason.UNREADABLE,
            )
        settings = self._settings
        try:
            text = answer.body.decode()
            bounds = Bounds(settings.max_series, settings.max_labels)
            return read_exposition(text, openmetrics=kind == OPENMETRICS, bounds=bounds)
        except UnicodeDecodeError as error:
            line = answer.body.count(b"\n", 0, error.start) + 1
            raise self._error(
                f"line {line:,} is not UTF-8. Tell who runs it", FetchReason.UNREADABLE
            ) from None
        except NotExposition as error:
            raise self._error(
                f"line {error.line:,} of the metrics: {error.what}. Tell who runs it", FetchReason.UNREADABLE
            ) from None
        except TooMuch as error:
            raise self._error(
                f"it exposes {error}. Expose fewer, or raise max_series or max_labels", FetchReason.TOO_LARGE
            ) from None

    def _look(self, found: Exposition) -> Look:
        settings = self._settings
        began = next((one.value for one in found.samples if one.name == _BEGAN and not one.labels), math.nan)
        try:
            look = Look(
                self._around.now(),
                self._asked,
                began if math.isfinite(began) else None,
                counters(found, settings.requests),
                counters(found, settings.errors) if settings.errors is not None else {},
                histograms(found, settings.latency) if settings.latency is not None else {},
            )
        except Unfit as error:
            raise self._error(f"{error}. {self._remedy(found)}") from error
        if max(map(len, (look.requests, look.errors, look.latency))) > settings.max_selected:
            raise self._error(
                f"over {settings.max_selected:,} series are selected. Select fewer, or raise max_selected",
                FetchReason.TOO_LARGE,
            )
        return look

    def _remedy(self, found: Exposition) -> str:
        """What there is instead of what is asked for."""
        chosen = (self._settings.requests, self._settings.errors, self._settings.latency)
        there = sorted({*found.types, *(one.name for one in found.samples)})
        close = dict.fromkeys(
            name
            for one in chosen
            if one is not None
            for name in difflib.get_close_matches(one.name, there, n=3)
        )
        names = self._endpoint.fit_to_show(", ".join(close)) if close else "no metric of a like name"
        return f"There is {names}; correct requests, errors or latency"

    def _before(self, since: str | None) -> Look | None:
        if since is None:
            return None
        try:
            return Look.read(since)
        except ValueError as error:
            raise self._error(f"what was kept of it cannot be used: {error}", FetchReason.INTERNAL) from error

    def _rows(self, now: Look, before: Look | None) -> pl.DataFrame:
        """One row, or none where there is nothing to compare with."""
        if before is None or before.asked != now.asked:
            return _no_rows()
        seconds = (now.at - before.at).total_seconds()
        if not 0 < seconds <= self._settings.longest_seconds:
            LOG.warning(
                "%s: the last look was %.0f s ago, which is no time for one row; counting begins anew",
                self._around.name,
                seconds,
            )
            return _no_rows()
        row = added(now, before)
        if row["resets"] != "0":
            LOG.info("%s: %s counters began again at zero", self._around.name, row["resets"])
        target = self._settings.target
        place = "/".join(filter(None, (self._around.name, target, row["started"])))
        columns = {"id": place, "target": target} | row
        frame = pl.DataFrame([columns], schema=dict.fromkeys(columns, pl.String()))
        return frame.with_columns(pl.lit(1, pl.Int64).alias(ROW))

    def _piece(self, now: Look, rows: pl.DataFrame) -> Piece:
        return Piece(rows, f"metrics of {self._endpoint.host}", now.at, now.kept())

    def _error(self, what: str, reason: FetchReason = FetchReason.SCHEMA) -> FetchError:
        return FetchError(f"{self._around.name}: {what}.", reason)


def _no_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={ROW: pl.Int64})
