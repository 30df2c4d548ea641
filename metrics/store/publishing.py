"""The part of the store that is about rankings in detail, and about published ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metrics.model import Publication, PublicationReply, Ranking
from metrics.store import publications, rankings
from metrics.store.database import Database


class Publishing:
    """What is known about the current rankings, snapshots of published ones, replies. A part of ``Store``."""

    _database: Database

    def put_ranking(self, ranking: Ranking, detail: Mapping[str, Any] | None = None) -> int:
        """Store a ranking for good and return its id; the latest of its level and period: that one's id.

        ``detail``: a ``RankingDetail`` as JSON, in place of what was there of the level.
        """
        with self._database.write() as connection:
            number = rankings.put(connection, ranking)
            if detail is not None:
                rankings.put_detail(connection, ranking.level, number, detail)
            return number

    def ranking_detail(self, level: str = "region") -> tuple[int, dict[str, Any]] | None:
        """Return the ranking's id and its detail as JSON (``metrics.ranking.detail.detail_from`` reads it).

        Of the latest ranking of a level, or of one before while the detail is still to be computed.
        """
        with self._database.read() as connection:
            return rankings.detail(connection, level)

    def put_publication(self, publication: Publication, body: bytes) -> None:
        """Write a snapshot, for good. Raises ``UsageError`` where it has no place among those there are."""
        with self._database.write() as connection:
            publications.put(connection, publication, body)

    def publications(self, *, period: str | None = None, level: str | None = None) -> list[Publication]:
        """Return the snapshots, the latest first."""
        with self._database.read() as connection:
            return publications.listed(connection, period, level)

    def publication(self, identifier: str) -> tuple[Publication, bytes]:
        """Return a snapshot and its body. Raises ``UnknownName``."""
        with self._database.read() as connection:
            return publications.get(connection, identifier)

    def put_publication_reply(self, reply: PublicationReply) -> None:
        """Attach a reply to a snapshot, for good. Raises ``UnknownName`` where there is no such one."""
        with self._database.write() as connection:
            publications.put_reply(connection, reply)

    def publication_replies(
        self, *, publication: str | None = None, region: str | None = None
    ) -> list[PublicationReply]:
        """Return replies, the oldest first: of a snapshot, of a region, or all."""
        with self._database.read() as connection:
            return publications.replies(connection, publication, region)
