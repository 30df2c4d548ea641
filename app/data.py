"""What the pages read from the store, and the only caching of the dashboard.

Every read is keyed on the store's state (its latest ranking, batch, roll-ups, watch and incidents), which
is asked for at most every ten seconds: a page shows new data at the first rerun after that, and
never mixes two states. What is printed as the data's time comes from the data, not the clock.
The sources change with every fetch, without a batch: they are read again after those ten seconds.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import streamlit as st

from app.reading import values
from app.reading.quality import data_as_of
from metrics.datasets import DATASETS
from metrics.model import Batch, PublishedFigure, Ranking, RolloutEvent, SourceRun, SourceState
from metrics.observation import Hold, Incident, IncidentAct, Watch
from metrics.regions import Registry, usual_timezone
from metrics.store import Store

STATE_SECONDS = 10
RUNS = 100
"""Latest fetches of a source that are shown."""
SLICES = 48
"""Slices of indicator values that are kept: some hundred kilobytes each for 514 regions."""


@dataclass(frozen=True)
class Facts:
    """One state of the store, without its indicator values."""

    state: str
    registry: Registry
    ranking: Ranking | None
    previous: Ranking | None
    provinces: Ranking | None
    freshness: pl.DataFrame
    rejections: pl.DataFrame
    batches: tuple[Batch, ...]
    events: tuple[RolloutEvent, ...]
    figures: tuple[PublishedFigure, ...]
    simulated: bool

    @property
    def as_of(self) -> datetime | None:
        """Latest instant at which a record was seen; ``None`` where there are none."""
        return data_as_of(self.freshness)

    @property
    def timezone(self) -> str:
        """Zone to print instants of the whole country in."""
        return usual_timezone(self.registry.regions.values())


@dataclass(frozen=True)
class Collection:
    """The sources as they stood when the store was read for them."""

    read: datetime
    states: tuple[SourceState, ...]

    @property
    def simulated(self) -> bool:
        """Whether any of the sources is simulated."""
        return any(state.simulated for state in self.states)


@dataclass(frozen=True)
class Observation:
    """What the checks say now. ``standings``: the latest outcome of each check, without its detail."""

    watch: Watch | None
    standings: pl.DataFrame
    incidents: tuple[Incident, ...]
    holds: tuple[Hold, ...]


@dataclass(frozen=True)
class History:
    """What the checks said of one region over time; its incidents, present and past."""

    standings: pl.DataFrame
    findings: pl.DataFrame
    incidents: tuple[Incident, ...]


@dataclass(frozen=True)
class Checking:
    """What is known of the checks themselves.

    ``rules``: rule, dataset, dimension, severity of the rules that the latest batch of each record set was
    put through. ``costs``: of ``Store.costs``.
    """

    rules: pl.DataFrame
    costs: pl.DataFrame


def store_url() -> str:
    """Address of the store: PANTAU_STORE_URL, else the file in PANTAU_HOME (``./var``)."""
    url = os.environ.get("PANTAU_STORE_URL")
    home = Path(os.environ.get("PANTAU_HOME") or "var").resolve()
    return url or f"sqlite:///{home / 'store.sqlite3'}"


def facts() -> Facts:
    """Return the present state of the store. Raises ``StoreError`` where there is none to read."""
    url = store_url()
    return _facts(url, _state(url))


def values_at(period: str, level: str) -> pl.DataFrame:
    """Return the values of all indicators for one period and level."""
    url = store_url()
    return _slice(url, _state(url), period, level, None)


def values_of(region: str, level: str) -> pl.DataFrame:
    """Return the values of all indicators and periods of one region, province or the nation."""
    url = store_url()
    return _slice(url, _state(url), None, level, region)


def periods() -> list[str]:
    """Return the periods that have indicator values: all and years first, then months, latest first."""
    url = store_url()
    return values.periods(_slice(url, _state(url), None, "nation", None))


def check_failures(region: str | None) -> pl.DataFrame:
    """Return the failed checks of one region, or of all, in the order in which they were put."""
    url = store_url()
    return _failures(url, _state(url), region)


def observation() -> Observation:
    """Return what the checks say now: the latest watch, standings, present incidents and holds."""
    url = store_url()
    return _observation(url, _state(url))


def history_of(region: str) -> History:
    """Return what the checks said of one region."""
    url = store_url()
    return _history(url, _state(url), region)


def incidents() -> tuple[Incident, ...]:
    """Return all incidents, present and past, the latest to be opened first."""
    url = store_url()
    return _incidents(url, _state(url))


def log_of(incident: str) -> tuple[IncidentAct, ...]:
    """Return what was done with an incident, the earliest first; at most ten seconds old."""
    return _log(store_url(), incident)


def findings_of(checks: Sequence[str]) -> pl.DataFrame:
    """Return what checks found wrong, in all regions: the columns of ``Store.findings``."""
    url = store_url()
    return _findings(url, _state(url), tuple(checks))


def checking() -> Checking:
    """Return the rules of the latest batches and what all checks cost."""
    url = store_url()
    return _checking(url, _state(url))


def history_of_check(check: str) -> pl.DataFrame:
    """Return how a check came out in all regions over time: the columns of ``Store.standings``."""
    url = store_url()
    return _check_history(url, _state(url), check)


def collection() -> Collection:
    """Return the sources, at most ten seconds old. Raises ``StoreError`` where there is no store."""
    return _collection(store_url())


def runs_of(source: str) -> tuple[SourceRun, ...]:
    """Return the latest fetches of a source, the latest first."""
    return _runs(store_url(), source)


@st.cache_resource(show_spinner=False, max_entries=2, on_release=Store.close)
def _store(url: str) -> Store:
    return Store.open(url, wait_seconds=5)


@st.cache_data(show_spinner=False, ttl=STATE_SECONDS, max_entries=4)
def _state(url: str) -> str:
    """Name of the store's state: changes with every ranking, batch, roll-up, watch and present incident."""
    store = _store(url)
    store.check_schema()
    rankings = [head.id for head in store.rankings()[:1]]
    batches = [(batch.id, str(batch.finished)) for batch in store.batches(1)]
    marks = [store.watermark(dataset) for dataset in DATASETS]
    watches = [watch.id for watch in store.watches(1)]
    incidents = store.incidents(present=True)
    changed = (len(incidents), str(max((one.updated for one in incidents), default="")))
    return repr((rankings, batches, marks, watches, changed, store.registry().digest))


@st.cache_resource(show_spinner=False, max_entries=2)
def _facts(url: str, state: str) -> Facts:
    store = _store(url)
    return Facts(
        state=state,
        registry=store.registry(),
        ranking=store.latest_ranking(),
        previous=store.previous_ranking(),
        provinces=store.latest_ranking(level="province"),
        freshness=store.freshness(),
        rejections=store.rejections(),
        batches=tuple(store.batches(None)),
        events=tuple(store.rollout_events()),
        figures=tuple(store.published_figures()),
        simulated=store.simulated(),
    )


@st.cache_resource(show_spinner=False, max_entries=SLICES)
def _slice(url: str, state: str, period: str | None, level: str, region: str | None) -> pl.DataFrame:
    del state  # part of the key alone
    return _store(url).indicator_values(period=period, level=level, region=region)


@st.cache_resource(show_spinner=False, max_entries=SLICES)
def _failures(url: str, state: str, region: str | None) -> pl.DataFrame:
    del state  # part of the key alone
    return _store(url).check_results(region=region, outcome="fail")


@st.cache_resource(show_spinner=False, max_entries=2)
def _observation(url: str, state: str) -> Observation:
    del state  # part of the key alone
    store = _store(url)
    return Observation(
        watch=next(iter(store.watches(1)), None),
        standings=store.standings(current=True).drop("detail"),
        incidents=tuple(store.incidents(present=True)),
        holds=tuple(store.holds()),
    )


@st.cache_resource(show_spinner=False, max_entries=SLICES)
def _history(url: str, state: str, region: str) -> History:
    del state  # part of the key alone
    store = _store(url)
    return History(
        standings=store.standings(region=region),
        findings=store.findings(region=region),
        incidents=tuple(store.incidents(place=region)),
    )


@st.cache_resource(show_spinner=False, max_entries=2)
def _incidents(url: str, state: str) -> tuple[Incident, ...]:
    del state  # part of the key alone
    return tuple(_store(url).incidents())


@st.cache_resource(show_spinner=False, ttl=STATE_SECONDS, max_entries=SLICES)
def _log(url: str, incident: str) -> tuple[IncidentAct, ...]:
    # Not keyed on the store's state: a note on a past incident changes nothing else.
    return tuple(_store(url).incident_acts(incident))


@st.cache_resource(show_spinner=False, max_entries=SLICES)
def _findings(url: str, state: str, checks: tuple[str, ...]) -> pl.DataFrame:
    del state  # part of the key alone
    return _store(url).findings(check=checks)


@st.cache_resource(show_spinner=False, max_entries=2)
def _checking(url: str, state: str) -> Checking:
    del state  # part of the key alone
    store = _store(url)
    latest = {batch.dataset: batch.id for batch in reversed(store.batches(None))}
    results = store.check_results(batch=latest.values()).filter(pl.col("region").is_null())
    rules = results.select("rule", "dataset", "dimension", "severity").unique()
    return Checking(rules, store.costs())


@st.cache_resource(show_spinner=False, max_entries=SLICES)
def _check_history(url: str, state: str, check: str) -> pl.DataFrame:
    del state  # part of the key alone
    return _store(url).standings(check=check).drop("detail")


@st.cache_resource(show_spinner=False, ttl=STATE_SECONDS, max_entries=2)
def _collection(url: str) -> Collection:
    # Not keyed on the store's state: a fetch that fails brings no batch.
    store = _store(url)
    store.check_schema()
    return Collection(datetime.now(tz=UTC), tuple(store.sources()))


@st.cache_resource(show_spinner=False, ttl=STATE_SECONDS, max_entries=SLICES)
def _runs(url: str, source: str) -> tuple[SourceRun, ...]:
    return tuple(_store(url).source_runs(source, limit=RUNS))
