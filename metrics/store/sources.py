"""Rows of the sources that the exporter collects from, and of its fetches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, bindparam, delete, func, select

from metrics.model import SourceRun, SourceState
from metrics.store import bulk
from metrics.store.collection_tables import SOURCE, SOURCE_RUN

_STATE_FIELDS = tuple(f.name for f in fields(SourceState))
_RUN_FIELDS = tuple(f.name for f in fields(SourceRun))


def put(connection: Connection, states: Sequence[SourceState]) -> None:
    """Write states of sources; those that are there are written over."""
    if not states:
        return
    known = set(connection.scalars(select(SOURCE.c.id)))
    new = [asdict(state) for state in states if state.id not in known]
    old = [asdict(state) | {"key": state.id} for state in states if state.id in known]
    if new:
        connection.execute(SOURCE.insert(), new)
    if old:
        facts: dict[str, Any] = {name: bindparam(name) for name in _STATE_FIELDS if name != "id"}
        connection.execute(SOURCE.update().where(SOURCE.c.id == bindparam("key")).values(facts), old)


def get(connection: Connection) -> list[SourceState]:
    """Return every source that was ever collected from, in order of its id."""
    statement = select(*(SOURCE.c[name] for name in _STATE_FIELDS)).order_by(SOURCE.c.id)
    return [SourceState(**row) for row in connection.execute(statement).mappings()]


def put_runs(connection: Connection, runs: Sequence[SourceRun], keep_from: datetime) -> None:
    """Write fetches, and remove those that began before an instant."""
    columns: dict[str, Sequence[Any]] = {name: [getattr(run, name) for run in runs] for name in _RUN_FIELDS}
    bulk.insert(connection, SOURCE_RUN, columns)
    connection.execute(delete(SOURCE_RUN).where(SOURCE_RUN.c.started < keep_from))


def first_runs(connection: Connection) -> dict[str, datetime]:
    """When each source was asked in the first fetch that is still known."""
    statement = select(SOURCE_RUN.c.source, func.min(SOURCE_RUN.c.started).label("first")).group_by(
        SOURCE_RUN.c.source
    )
    return {row.source: row.first for row in connection.execute(statement)}


def totals(connection: Connection) -> pl.DataFrame:
    """What each source said that it had in its latest fetch that did not fail, and how many came."""
    done = select(func.max(SOURCE_RUN.c.id)).where(SOURCE_RUN.c.reason == "").group_by(SOURCE_RUN.c.source)
    statement = (
        select(SOURCE.c.dataset, SOURCE.c.region, SOURCE_RUN.c.total, SOURCE_RUN.c.records.label("taken"))
        .join(SOURCE, SOURCE.c.id == SOURCE_RUN.c.source)
        .where(SOURCE_RUN.c.id.in_(done), SOURCE_RUN.c.total.is_not(None), SOURCE.c.region.is_not(None))
    )
    frame = bulk.read_frame(connection, statement)
    return frame.group_by("dataset", "region").agg(pl.col("total", "taken").sum()).sort("dataset", "region")


def runs(connection: Connection, source: str | None, limit: int) -> list[SourceRun]:
    """Return fetches of a source, or of all, the latest first."""
    statement = select(*(SOURCE_RUN.c[name] for name in _RUN_FIELDS)).order_by(
        SOURCE_RUN.c.started.desc(), SOURCE_RUN.c.id.desc()
    )
    if source is not None:
        statement = statement.where(SOURCE_RUN.c.source == source)
    return [SourceRun(**row) for row in connection.execute(statement.limit(limit)).mappings()]
