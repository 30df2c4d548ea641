"""Rows of rankings: snapshots that are added and never changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from metrics.errors import UnknownName
from metrics.model import Ranking, RankRow
from metrics.store.tables import RANK_ROW, RANKING

_ROW_FIELDS = tuple(f.name for f in fields(RankRow))


@dataclass(frozen=True, slots=True)
class RankingHead:
    """A stored ranking without its rows. A larger ``id`` was stored later."""

    id: int
    method: str
    method_version: str
    period: str
    computed: datetime
    archive_versions: dict[str, int]
    simulated: bool


def put(connection: Connection, ranking: Ranking) -> int:
    """Store a ranking and return its id.

    The same as the latest of its period but for the instant: nothing is stored, and that one's
    id returned. An older one that comes back (another method was tried in between) is news, and
    is stored again.
    """
    digest = _digest(ranking)
    latest = connection.execute(
        select(RANKING.c.id, RANKING.c.digest)
        .where(RANKING.c.period == ranking.period)
        .order_by(RANKING.c.id.desc())
        .limit(1)
    ).first()
    if latest is not None and latest.digest == digest:
        return int(latest.id)
    head = asdict(replace(ranking, rows=()))
    del head["rows"]
    stored = connection.execute(RANKING.insert().values(digest=digest, **head).returning(RANKING.c.id))
    number: int = stored.scalar_one()
    if ranking.rows:
        rows = [asdict(row) | {"ranking": number, "position": at} for at, row in enumerate(ranking.rows)]
        connection.execute(RANK_ROW.insert(), rows)
    return number


def heads(connection: Connection, period: str | None) -> list[RankingHead]:
    """Stored rankings, the latest first."""
    statement = select(RANKING).order_by(RANKING.c.id.desc())
    if period is not None:
        statement = statement.where(RANKING.c.period == period)
    return [_head(row) for row in connection.execute(statement)]


def get(connection: Connection, number: int) -> Ranking:
    """Return a stored ranking by its id."""
    ranking = _first(connection, select(RANKING).where(RANKING.c.id == number))
    if ranking is None:
        msg = f"there is no ranking number {number}"
        raise UnknownName(msg)
    return ranking


def latest(connection: Connection, period: str | None) -> Ranking | None:
    """Return the ranking stored last, of a period or of any."""
    statement = select(RANKING).order_by(RANKING.c.id.desc()).limit(1)
    if period is not None:
        statement = statement.where(RANKING.c.period == period)
    return _first(connection, statement)


def previous(connection: Connection, before_id: int | None, period: str | None) -> Ranking | None:
    """Return the ranking that the one named (``None``: the latest, of the period) took the place of.

    The same method and period; another version of the method may have made it.
    """
    statement = select(RANKING).order_by(RANKING.c.id.desc()).limit(1)
    if before_id is not None:
        statement = statement.where(RANKING.c.id == before_id)
    elif period is not None:
        statement = statement.where(RANKING.c.period == period)
    row = connection.execute(statement).first()
    if row is None:
        return None
    return _first(
        connection,
        select(RANKING)
        .where(RANKING.c.id < row.id, RANKING.c.method == row.method, RANKING.c.period == row.period)
        .order_by(RANKING.c.id.desc())
        .limit(1),
    )


def _head(row: Row[Any]) -> RankingHead:
    return RankingHead(
        row.id,
        row.method,
        row.method_version,
        row.period,
        row.computed,
        row.archive_versions,
        row.simulated,
    )


def _first(connection: Connection, statement: Select[Any]) -> Ranking | None:
    row = connection.execute(statement).first()
    if row is None:
        return None
    head = asdict(_head(row))
    number = head.pop("id")
    places = connection.execute(
        select(*(RANK_ROW.c[name] for name in _ROW_FIELDS))
        .where(RANK_ROW.c.ranking == number)
        .order_by(RANK_ROW.c.position)
    ).mappings()
    return Ranking(
        **head, rows=tuple(RankRow(**{**place, "reasons": tuple(place["reasons"])}) for place in places)
    )


def _digest(ranking: Ranking) -> str:
    """Fingerprint of everything in a ranking but the instant."""
    facts = asdict(ranking)
    del facts["computed"]
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
