"""Rows of rankings: snapshots that are added and never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select

from metrics.errors import UnknownName
from metrics.model import Ranking, RankRow
from metrics.store.publication_tables import RANKING_DETAIL
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
    level: str


def put(connection: Connection, ranking: Ranking) -> int:
    """Store a ranking and return its id.

    The same as the latest of its level and period but for the instant: nothing is stored, and
    that one's id returned. An older one that comes back (another method was tried in between)
    is news, and is stored again.
    """
    digest = _digest(ranking)
    latest = connection.execute(_newest_first(ranking.level, ranking.period).limit(1)).first()
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


def put_detail(connection: Connection, level: str, ranking: int, body: Mapping[str, Any]) -> None:
    """Write what is known about the current ranking of a level, in place of what was there."""
    connection.execute(delete(RANKING_DETAIL).where(RANKING_DETAIL.c.level == level))
    connection.execute(RANKING_DETAIL.insert().values(level=level, ranking=ranking, body=body))


def detail(connection: Connection, level: str) -> tuple[int, dict[str, Any]] | None:
    """Return the ranking that the detail of a level is about, and the detail itself."""
    row = connection.execute(select(RANKING_DETAIL).where(RANKING_DETAIL.c.level == level)).first()
    return (row.ranking, row.body) if row is not None else None


def heads(connection: Connection, level: str, period: str | None) -> list[RankingHead]:
    """Stored rankings of a level, the latest first."""
    return [_head(row) for row in connection.execute(_newest_first(level, period))]


def get(connection: Connection, number: int) -> Ranking:
    """Return a stored ranking by its id."""
    ranking = _first(connection, select(RANKING).where(RANKING.c.id == number))
    if ranking is None:
        msg = f"there is no ranking number {number}"
        raise UnknownName(msg)
    return ranking


def latest(connection: Connection, level: str, period: str | None) -> Ranking | None:
    """Return the ranking of a level stored last, of a period or of any."""
    return _first(connection, _newest_first(level, period))


def previous(connection: Connection, before_id: int | None, level: str, period: str | None) -> Ranking | None:
    """Return the ranking that the one named (``None``: the latest, of the period) took the place of.

    The same level, method and period; another version of the method may have made it.
    """
    by_id = select(RANKING).where(RANKING.c.id == before_id)
    named = _newest_first(level, period) if before_id is None else by_id
    row = connection.execute(named.limit(1)).first()
    if row is None:
        return None
    return _first(
        connection,
        _newest_first(row.level, row.period).where(RANKING.c.id < row.id, RANKING.c.method == row.method),
    )


def _newest_first(level: str, period: str | None) -> Select[Any]:
    """Select the rankings of a level, of a period or of any, the newest first."""
    statement = select(RANKING).where(RANKING.c.level == level).order_by(RANKING.c.id.desc())
    return statement if period is None else statement.where(RANKING.c.period == period)


def _head(row: Row[Any]) -> RankingHead:
    return RankingHead(
        row.id,
        row.method,
        row.method_version,
        row.period,
        row.computed,
        row.archive_versions,
        row.simulated,
        row.level,
    )


def _first(connection: Connection, statement: Select[Any]) -> Ranking | None:
    row = connection.execute(statement.limit(1)).first()
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
