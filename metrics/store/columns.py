"""Kinds of column in the store: every one is made here, so that every one has a comment.

``None`` means blank in a column made with ``null=True``; all the others always hold a value.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    Integer,
    LargeBinary,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine


class UtcInstant(TypeDecorator[datetime]):
    """An instant: aware going in, UTC inside, aware (UTC) coming out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Instant as the database keeps it. An instant without a zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = (
                f"instant {value} has no time zone: the store keeps UTC and cannot guess which zone was meant"
            )
            raise ValueError(msg)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware instant, whatever zone the connection talks in."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _column(name: str, kind: TypeEngine[Any], comment: str, *, key: bool, null: bool) -> Column[Any]:
    return Column(name, kind, primary_key=key, nullable=null, autoincrement=False, comment=comment)


def text(name: str, comment: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    """Text."""
    return _column(name, Text(), comment, key=key, null=null)


def whole(name: str, comment: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    """Whole number of 64 bits: counts, epoch days, microseconds."""
    return _column(name, BigInteger(), comment, key=key, null=null)


def real(name: str, comment: str, *, null: bool = False) -> Column[Any]:
    """Number in double precision."""
    return _column(name, Double(), comment, key=False, null=null)


def flag(name: str, comment: str, *, key: bool = False) -> Column[Any]:
    """True or false."""
    return _column(name, Boolean(), comment, key=key, null=False)


def day(name: str, comment: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    """Calendar date."""
    return _column(name, Date(), comment, key=key, null=null)


def instant(name: str, comment: str, *, null: bool = False) -> Column[Any]:
    """Instant in UTC."""
    return _column(name, UtcInstant(), comment, key=False, null=null)


def packed(name: str, comment: str) -> Column[Any]:
    """Bytes of ``metrics.packing.pack``."""
    return _column(name, LargeBinary(), comment, key=False, null=False)


def document(name: str, comment: str) -> Column[Any]:
    """JSON value."""
    return _column(name, JSON(), comment, key=False, null=False)


def number(name: str, comment: str) -> Column[Any]:
    """Key that the database counts up by itself."""
    return Column(name, Integer(), primary_key=True, autoincrement=True, comment=comment)
