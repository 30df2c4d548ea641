"""Rows of the tokens with which records are pushed, of their audit trail, and of answers to pushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, or_, select

from metrics.errors import UnknownName, UsageError
from metrics.model import PushAct, PushReceipt, PushSecret, PushToken
from metrics.store.push_tables import PUSH_ACT, PUSH_RECEIPT, PUSH_SECRET, PUSH_TOKEN


def add_token(connection: Connection, token: PushToken, secret: PushSecret, act: PushAct) -> None:
    """Write a new token. Raises ``UsageError`` where its name was ever used."""
    if connection.scalar(select(PUSH_TOKEN.c.id).where(PUSH_TOKEN.c.id == token.id)) is not None:
        raise UsageError(
            f"a token is called {token.id!r} already. Take another name, or rotate it: names are not used "
            "again, so that the audit trail stays clear"
        )
    facts = asdict(token) | {"regions": list(token.regions), "datasets": list(token.datasets)}
    connection.execute(PUSH_TOKEN.insert().values(facts))
    connection.execute(PUSH_SECRET.insert().values(asdict(secret)))
    connection.execute(PUSH_ACT.insert().values(asdict(act)))


def rotate(connection: Connection, secret: PushSecret, until: datetime, act: PushAct) -> None:
    """Write another secret of a token; those before end at an instant, if not earlier."""
    _require(connection, secret.token, usable=True)
    own = PUSH_SECRET.c.token == secret.token
    later = or_(PUSH_SECRET.c.expires.is_(None), PUSH_SECRET.c.expires > until)
    connection.execute(PUSH_SECRET.update().where(own, later).values(expires=until))
    connection.execute(PUSH_SECRET.insert().values(asdict(secret)))
    connection.execute(PUSH_ACT.insert().values(asdict(act)))


def revoke(connection: Connection, act: PushAct) -> None:
    """Refuse a token from the act on; one that is refused already stays so."""
    _require(connection, act.token, usable=False)
    standing = PUSH_TOKEN.c.revoked.is_(None)
    connection.execute(
        PUSH_TOKEN.update().where(PUSH_TOKEN.c.id == act.token, standing).values(revoked=act.at)
    )
    connection.execute(PUSH_ACT.insert().values(asdict(act)))


def _require(connection: Connection, token: str, *, usable: bool) -> None:
    found = connection.execute(select(PUSH_TOKEN.c.revoked).where(PUSH_TOKEN.c.id == token)).first()
    if found is None:
        raise UnknownName(f"no token is called {token!r}. 'pantau token list' lists them")
    if usable and found.revoked is not None:
        raise UsageError(f"the token {token!r} is revoked for good. Create another one")


def tokens(connection: Connection) -> list[tuple[PushToken, list[PushSecret]]]:
    """Every token with its secrets, in order of its name; secrets in order of their making."""
    secrets: dict[str, list[PushSecret]] = {}
    ordered = select(PUSH_SECRET).order_by(PUSH_SECRET.c.created, PUSH_SECRET.c.id)
    for row in connection.execute(ordered).mappings():
        secrets.setdefault(row["token"], []).append(PushSecret(**row))
    found = connection.execute(select(PUSH_TOKEN).order_by(PUSH_TOKEN.c.id)).mappings()
    return [(_token(row), secrets.get(row["id"], [])) for row in found]


def of_secret(connection: Connection, secret_id: str) -> tuple[PushToken, PushSecret] | None:
    """Return a secret by its public part, and the token that it is of."""
    secret = connection.execute(select(PUSH_SECRET).where(PUSH_SECRET.c.id == secret_id)).mappings().first()
    if secret is None:
        return None
    token = connection.execute(select(PUSH_TOKEN).where(PUSH_TOKEN.c.id == secret["token"])).mappings().one()
    return _token(token), PushSecret(**secret)


def _token(row: RowMapping) -> PushToken:
    facts: dict[str, Any] = dict(row)
    return PushToken(**facts | {"regions": tuple(facts["regions"]), "datasets": tuple(facts["datasets"])})


def acts(connection: Connection, limit: int) -> list[PushAct]:
    """Return the audit trail, the latest act first."""
    columns = (PUSH_ACT.c.at, PUSH_ACT.c.act, PUSH_ACT.c.token, PUSH_ACT.c.detail)
    statement = select(*columns).order_by(PUSH_ACT.c.id.desc()).limit(limit)
    return [PushAct(**row) for row in connection.execute(statement).mappings()]


def receipt(connection: Connection, token: str, key: str) -> PushReceipt | None:
    """Return what a push was answered."""
    statement = select(PUSH_RECEIPT).where(PUSH_RECEIPT.c.token == token, PUSH_RECEIPT.c.key == key)
    row = connection.execute(statement).mappings().first()
    return PushReceipt(**row) if row is not None else None


def put_receipts(
    connection: Connection, receipts: Sequence[PushReceipt], keep_from: datetime, keep_bytes: int
) -> None:
    """Write answers to pushes, one for each (token, key); one that is there is written over.

    Then remove what was answered before an instant and, of each token, the oldest beyond so many
    bytes of accounts.
    """
    for one in receipts:
        key = (PUSH_RECEIPT.c.token == one.token, PUSH_RECEIPT.c.key == one.key)
        connection.execute(delete(PUSH_RECEIPT).where(*key))
        connection.execute(PUSH_RECEIPT.insert().values(asdict(one)))
    connection.execute(delete(PUSH_RECEIPT).where(PUSH_RECEIPT.c.answered < keep_from))
    for token in {one.token for one in receipts}:
        _keep_latest(connection, token, keep_bytes)


def _keep_latest(connection: Connection, token: str, keep_bytes: int) -> None:
    newest_first = (PUSH_RECEIPT.c.answered.desc(), PUSH_RECEIPT.c.key)
    size = func.sum(func.length(PUSH_RECEIPT.c.account)).over(order_by=newest_first).label("size")
    sized = select(PUSH_RECEIPT.c.key, size).where(PUSH_RECEIPT.c.token == token).subquery()
    beyond = select(sized.c.key).where(sized.c.size > keep_bytes)
    connection.execute(
        delete(PUSH_RECEIPT).where(PUSH_RECEIPT.c.token == token, PUSH_RECEIPT.c.key.in_(beyond))
    )
