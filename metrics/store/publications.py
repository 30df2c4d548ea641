"""Rows of published rankings and of replies to them: added, never changed."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, fields

from sqlalchemy import Connection, select

from metrics.errors import UnknownName, UsageError
from metrics.model import Publication, PublicationReply
from metrics.store.publication_tables import PUBLICATION, PUBLICATION_REPLY

_FIELDS = tuple(f.name for f in fields(Publication))
_REPLY_FIELDS = tuple(f.name for f in fields(PublicationReply))


def put(connection: Connection, publication: Publication, body: bytes) -> None:
    """Write a snapshot. Raises ``UsageError`` where it has no place among those there are.

    The first of a period and level corrects nothing; each one after it corrects the one before.
    """
    if hashlib.sha256(body).hexdigest() != publication.sha256:
        raise AssertionError(f"{publication.id}: its hash is not that of its body")
    before = listed(connection, publication.period, publication.level)
    if publication.id in {one.id for one in before}:
        raise UsageError(f"{publication.id}: it was published just now by somebody else. Run it again")
    corrected = {one.corrects for one in before}
    latest = next((one.id for one in before if one.id not in corrected), None)
    if publication.corrects != latest:
        what = f"the {publication.level} ranking of period {publication.period}"
        raise UsageError(
            f"{what} is published as {latest}. What was published stays: publish a correction of it, with "
            f"--corrects {latest} --reason TEXT"
            if latest
            else f"{what} is not published yet, so there is nothing to correct. Leave out --corrects"
        )
    connection.execute(PUBLICATION.insert().values(**asdict(publication), body=body))


def listed(connection: Connection, period: str | None, level: str | None) -> list[Publication]:
    """Snapshots without their bodies, the latest first."""
    statement = select(*(PUBLICATION.c[name] for name in _FIELDS))
    if period is not None:
        statement = statement.where(PUBLICATION.c.period == period)
    if level is not None:
        statement = statement.where(PUBLICATION.c.level == level)
    found = [Publication(**row) for row in connection.execute(statement).mappings()]
    return sorted(found, key=lambda one: (one.published, _number(one.id)), reverse=True)


def get(connection: Connection, identifier: str) -> tuple[Publication, bytes]:
    """Return a snapshot and its body."""
    statement = select(PUBLICATION).where(PUBLICATION.c.id == identifier)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise UnknownName(f"no snapshot is called {identifier!r}. 'pantau publications' lists them")
    return Publication(**{name: row[name] for name in _FIELDS}), bytes(row["body"])


def put_reply(connection: Connection, reply: PublicationReply) -> None:
    """Attach a reply to a snapshot that there is."""
    get(connection, reply.publication)
    connection.execute(PUBLICATION_REPLY.insert().values(asdict(reply)))


def replies(connection: Connection, publication: str | None, region: str | None) -> list[PublicationReply]:
    """Replies, the oldest first."""
    columns = [PUBLICATION_REPLY.c[name] for name in _REPLY_FIELDS]
    statement = select(*columns).order_by(PUBLICATION_REPLY.c.id)
    if publication is not None:
        statement = statement.where(PUBLICATION_REPLY.c.publication == publication)
    if region is not None:
        statement = statement.where(PUBLICATION_REPLY.c.region == region)
    return [PublicationReply(**row) for row in connection.execute(statement).mappings()]


def _number(identifier: str) -> int:
    """Number at the end of a snapshot's name."""
    return int(identifier.rpartition("-")[2])
