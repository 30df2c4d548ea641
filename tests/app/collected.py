"""Sources as the exporter leaves them in the store: made up, at fixed instants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exporters.errors import FetchReason
from metrics.model import SourceRun, SourceState
from metrics.store import Store

NOW = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)
SYSTEMS = (
    ("permits", "rest", "transactions"),
    ("complaints", "open311", "complaints"),
    ("surveys", "sql", "surveys"),
    ("access", "access_log", "traffic"),
)


def sources_of(regions: Iterable[str], *, simulated: bool) -> list[SourceState]:
    """Four sources of each region, all of them up."""
    return [
        SourceState(
            f"{region}/{name}", region, name, kind, dataset,
            attempted=NOW, succeeded=NOW, latest=NOW, rows=1234, simulated=simulated,
        )
        for region in regions
        for name, kind, dataset in SYSTEMS
    ]  # fmt: skip


def failed(
    state: SourceState,
    reason: FetchReason = FetchReason.TIMEOUT,
    *,
    hours: float | None = 1,
    circuit: str = "closed",
) -> SourceState:
    """The source after failures: its last success is so many hours ago, or never was."""
    return replace(
        state,
        succeeded=None if hours is None else NOW - timedelta(hours=hours),
        reason=reason.value,
        detail=f"{state.id}: <b>no answer</b> & no remedy",
        failures=3,
        circuit=circuit,
    )


def fetches_of(state: SourceState, *reasons: str) -> list[SourceRun]:
    """Fetches of a source a quarter of an hour apart, the first the latest; "" for one that succeeded."""
    return [
        SourceRun(
            state.id, NOW - timedelta(minutes=15 * step), 30.0 if reason else 1.25, 0.5,
            reason, state.detail if reason else "", 0 if reason else 17, 1,
        )
        for step, reason in enumerate(reasons)
    ]  # fmt: skip


def collect(home: Path, states: Sequence[SourceState], runs: Sequence[SourceRun] = ()) -> None:
    """Write sources into the store of an installation."""
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        store.put_collection(states, runs, keep_from=NOW - timedelta(days=30))
