"""Rows of batches, of what was rejected of them, and of the checks on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, func, select

from metrics.model import Batch, CheckResult
from metrics.store import bulk
from metrics.store.selection import Wanted, matching
from metrics.store.tables import BATCH, BATCH_REJECTION, CHECK_RESULT

_BATCH_FIELDS = tuple(f.name for f in fields(Batch))
_CHECK_FIELDS = tuple(f.name for f in fields(CheckResult))


def put(connection: Connection, batches: Sequence[Batch]) -> None:
    """Write batches; one that is there is written over, its rejections and checks stay."""
    for batch in batches:
        facts = asdict(batch)
        there = connection.execute(BATCH.update().where(BATCH.c.id == batch.id).values(facts)).rowcount
        if not there:
            connection.execute(BATCH.insert().values(facts))


def put_rejections(
    connection: Connection, dataset: str, batch: str, rejections: Mapping[tuple[str | None, str], int]
) -> None:
    """Write a batch's rejected records by (region, rule), in place of those that were there."""
    connection.execute(delete(BATCH_REJECTION).where(BATCH_REJECTION.c.batch == batch))
    keys = list(rejections)
    columns: dict[str, Sequence[Any]] = {
        "batch": [batch] * len(keys),
        "dataset": [dataset] * len(keys),
        "region": [region for region, _ in keys],
        "rule": [rule for _, rule in keys],
        "n": list(rejections.values()),
    }
    bulk.insert(connection, BATCH_REJECTION, columns)


def put_checks(connection: Connection, batch: str, results: Sequence[CheckResult]) -> None:
    """Write a batch's check results, in place of those that were there."""
    connection.execute(delete(CHECK_RESULT).where(CHECK_RESULT.c.batch == batch))
    columns: dict[str, Sequence[Any]] = {"batch": [batch] * len(results)}
    for name in _CHECK_FIELDS:
        columns[name] = [getattr(result, name) for result in results]
    for name in ("outcome", "severity"):
        columns[name] = [value.value for value in columns[name]]
    bulk.insert(connection, CHECK_RESULT, columns)


def get(connection: Connection, batch: str) -> Batch | None:
    """Return a batch by its id."""
    row = connection.execute(select(BATCH).where(BATCH.c.id == batch)).mappings().first()
    return Batch(**row) if row is not None else None


def latest(connection: Connection, limit: int | None, dataset: str | None) -> list[Batch]:
    """Batches, the latest to start first."""
    statement = select(*(BATCH.c[name] for name in _BATCH_FIELDS)).order_by(
        BATCH.c.started.desc(), BATCH.c.id.desc()
    )
    if dataset is not None:
        statement = statement.where(BATCH.c.dataset == dataset)
    return [Batch(**row) for row in connection.execute(statement.limit(limit)).mappings()]


def check_results(
    connection: Connection, batch: Wanted, dataset: Wanted, region: Wanted, outcome: Wanted
) -> pl.DataFrame:
    """Check results in the order in which they were put, batch by batch."""
    statement = select(*(CHECK_RESULT.c[name] for name in ("batch", *_CHECK_FIELDS))).order_by(
        CHECK_RESULT.c.id
    )
    for column, wanted in (
        (CHECK_RESULT.c.batch, batch),
        (CHECK_RESULT.c.dataset, dataset),
        (CHECK_RESULT.c.region, region),
        (CHECK_RESULT.c.outcome, outcome),
    ):
        statement = matching(statement, column, wanted)
    return bulk.read_frame(connection, statement)


def rejections(connection: Connection) -> pl.DataFrame:
    """Rejected records of all batches: dataset, region (null: none that is known), rule, n."""
    key = (BATCH_REJECTION.c.dataset, BATCH_REJECTION.c.region, BATCH_REJECTION.c.rule)
    # SUM of BIGINT is NUMERIC in PostgreSQL: without the type it would come back as Decimal.
    total = func.sum(BATCH_REJECTION.c.n).cast(BATCH_REJECTION.c.n.type).label("n")
    frame = bulk.read_frame(connection, select(*key, total).group_by(*key))
    return frame.sort("dataset", "region", "rule", nulls_last=True)


def batch_rejections(connection: Connection, region: Wanted) -> pl.DataFrame:
    """Rejected records of regions, batch by batch: batch, dataset, region, rule, n."""
    names = ("batch", "dataset", "region", "rule", "n")
    statement = select(*(BATCH_REJECTION.c[name] for name in names)).order_by(BATCH_REJECTION.c.id)
    return bulk.read_frame(connection, matching(statement, BATCH_REJECTION.c.region, region))
