"""The store: everything that the dashboard reads, and nothing else does it read.

Each method is one transaction. What the database raises comes out as ``StoreUnavailable``
(not reachable, locked, gone), ``StoreOutdated`` (other tables than this program's) or
``StoreError`` (all else), with the remedy; nothing is then half-written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow as pa

from metrics.model import (
    Batch,
    CheckResult,
    IndicatorValue,
    PublishedFigure,
    PushAct,
    PushReceipt,
    PushSecret,
    PushToken,
    Ranking,
    RolloutEvent,
    SourceRun,
    SourceState,
)
from metrics.regions import Registry
from metrics.store import (
    batches,
    digest,
    freshness,
    indicators,
    pushes,
    rankings,
    registry,
    rollout,
    rollups,
    schema,
    sources,
)
from metrics.store.database import Database, parse_url
from metrics.store.observing import Observing
from metrics.store.publishing import Publishing
from metrics.store.rankings import RankingHead
from metrics.store.rollups import RollupWriter, Watermark
from metrics.store.selection import Wanted


class Store(Observing, Publishing):
    """A store in a SQLite file or a PostgreSQL database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str, *, wait_seconds: float = 60.0) -> Store:
        """Store at ``sqlite:////folder/store.db`` or ``postgresql+psycopg://user:password@host/name``.

        Connects at first use. ``wait_seconds``: how long to wait for another writer.
        """
        return cls(Database(parse_url(url), wait_seconds))

    def __repr__(self) -> str:
        return f"Store({self._database.name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def upgrade(self) -> None:
        """Bring the tables to those of this program; nothing happens when they are."""
        schema.upgrade(self._database)

    def check_schema(self) -> None:
        """Raise ``StoreOutdated`` unless the tables are those of this program."""
        schema.check(self._database)

    # facts

    def put_registry(self, registry_: Registry) -> None:
        """Write the registry in place of the one that was there."""
        with self._database.write() as connection:
            registry.put(connection, registry_)

    def registry(self) -> Registry:
        """Return the registry. Raises ``StoreError`` when none was put."""
        with self._database.read() as connection:
            return registry.get(connection, self._database.name)

    def put_meta(self, key: str, value: str) -> None:
        """Write a single fact."""
        with self._database.write() as connection:
            registry.put_meta(connection, key, value)

    def meta(self, key: str) -> str | None:
        """Return a single fact, ``None`` where it was never written."""
        with self._database.read() as connection:
            return registry.meta(connection, key)

    # roll-ups

    @contextmanager
    def rollup_transaction(self, dataset: str) -> Iterator[RollupWriter]:
        """One transaction of a record set, to be filled partition by partition.

        All of it is kept at the end of the block, or, when the block raises, none of it.
        """
        rollups.tables_of(dataset)
        with self._database.write() as connection:
            yield RollupWriter(connection, dataset)

    def replace_rollup(  # noqa: PLR0913 - one catch-up of the archive is all of these
        self,
        dataset: str,
        partitions: Sequence[str],
        tables: Mapping[str, pa.Table],
        *,
        archive_version: int,
        calendar_hash: str,
        batches: Sequence[Batch] = (),
        checks: Sequence[tuple[str, CheckResult]] = (),
        rejections: Mapping[str, Mapping[tuple[str | None, str], int]] | None = None,
    ) -> None:
        """Put a record set's rows in place of all that the partitions hold, in one transaction.

        Writes with them the batches (by id), their check results (batch id, result), their
        rejected records (batch id: {(region, rule): n}) and the watermark.
        """
        results: dict[str, list[CheckResult]] = {}
        for batch_id, result in checks:
            results.setdefault(batch_id, []).append(result)
        with self.rollup_transaction(dataset) as writer:
            writer.batches(batches)
            for batch_id, found in results.items():
                writer.checks(batch_id, found)
            for batch_id, counts in (rejections or {}).items():
                writer.rejections(batch_id, counts)
            writer.replace(partitions, tables)
            writer.watermark(archive_version, calendar_hash)

    def watermark(self, dataset: str) -> Watermark | None:
        """State of the archive that a record set's roll-up stands for, ``None`` before the first."""
        with self._database.read() as connection:
            return rollups.watermark(connection, dataset)

    def partitions(self, dataset: str) -> list[str]:
        """Partitions that a record set has rows in, in order."""
        with self._database.read() as connection:
            return rollups.partitions(connection, dataset)

    def rollup(
        self,
        table: str,
        *,
        dataset: Wanted = None,
        regions: Wanted = None,
        partitions: Wanted = None,
        columns: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Rows of a roll-up table in order of key, of these columns or of all."""
        wanted = {"dataset": dataset, "region": regions, "partition": partitions}
        with self._database.read() as connection:
            return rollups.rows(connection, table, columns, wanted)

    def rollup_digest(self) -> str:
        """SHA-256 over all roll-up rows in order of key: the same on every database.

        Without the seed's events, which no archive holds.
        """
        with self._database.read() as connection:
            return digest.rollup_digest(connection)

    def batches(self, limit: int | None = 100, *, dataset: str | None = None) -> list[Batch]:
        """Return batches, the latest to start first."""
        with self._database.read() as connection:
            return batches.latest(connection, limit, dataset)

    def batch(self, batch_id: str) -> Batch | None:
        """Return a batch by its id."""
        with self._database.read() as connection:
            return batches.get(connection, batch_id)

    def check_results(
        self,
        *,
        batch: Wanted = None,
        dataset: Wanted = None,
        region: Wanted = None,
        outcome: Wanted = None,
    ) -> pl.DataFrame:
        """Check results in the order in which they were put: batch, and the fields of ``CheckResult``."""
        with self._database.read() as connection:
            return batches.check_results(connection, batch, dataset, region, outcome)

    def freshness(self) -> pl.DataFrame:
        """One row per record set and region.

        Columns: dataset, region, records, first_anchor, last_anchor, last_observed, simulated.
        What each means, and where it is null: ``metrics.store.freshness``.
        """
        with self._database.read() as connection:
            return freshness.freshness(connection)

    def rejections(self) -> pl.DataFrame:
        """Rejected records of all batches: dataset, region (null: none that is known), rule, n."""
        with self._database.read() as connection:
            return batches.rejections(connection)

    def batch_rejections(self, region: Wanted) -> pl.DataFrame:
        """Rejected records of regions, batch by batch: batch, dataset, region, rule, n."""
        with self._database.read() as connection:
            return batches.batch_rejections(connection, region)

    # collection

    def put_collection(
        self, states: Sequence[SourceState], runs: Sequence[SourceRun] = (), *, keep_from: datetime
    ) -> None:
        """Write states of sources with fetches of them, in one transaction.

        Fetches that began before ``keep_from`` are removed.
        """
        with self._database.write() as connection:
            sources.put(connection, states)
            sources.put_runs(connection, runs, keep_from)

    def sources(self) -> list[SourceState]:
        """Return every source that was ever collected from, in order of its id."""
        with self._database.read() as connection:
            return sources.get(connection)

    def source_runs(self, source: str | None = None, *, limit: int = 100) -> list[SourceRun]:
        """Return fetches of a source, or of all, the latest first."""
        with self._database.read() as connection:
            return sources.runs(connection, source, limit)

    def first_source_runs(self) -> dict[str, datetime]:
        """Return when each source was asked in the first fetch that is still known."""
        with self._database.read() as connection:
            return sources.first_runs(connection)

    def source_totals(self) -> pl.DataFrame:
        """What each region's sources said that they had, and how many came: dataset, region, total, taken.

        Of their latest fetches that did not fail; without sources that say nothing, or are of no region.
        """
        with self._database.read() as connection:
            return sources.totals(connection)

    # pushes

    def add_push_token(self, token: PushToken, secret: PushSecret, act: PushAct) -> None:
        """Write a new token. Raises ``UsageError`` where its name was ever used."""
        with self._database.write() as connection:
            pushes.add_token(connection, token, secret, act)

    def rotate_push_token(self, secret: PushSecret, *, until: datetime, act: PushAct) -> None:
        """Write another secret of a token; those before end at an instant, if not earlier.

        Raises ``UnknownName``, and ``UsageError`` for a token that is revoked.
        """
        with self._database.write() as connection:
            pushes.rotate(connection, secret, until, act)

    def revoke_push_token(self, act: PushAct) -> None:
        """Refuse a token from the act on. Raises ``UnknownName``."""
        with self._database.write() as connection:
            pushes.revoke(connection, act)

    def push_tokens(self) -> list[tuple[PushToken, list[PushSecret]]]:
        """Return every token with its secrets, in order of its name."""
        with self._database.read() as connection:
            return pushes.tokens(connection)

    def push_secret(self, secret_id: str) -> tuple[PushToken, PushSecret] | None:
        """Return a secret by its public part, and the token that it is of."""
        with self._database.read() as connection:
            return pushes.of_secret(connection, secret_id)

    def push_acts(self, limit: int = 100) -> list[PushAct]:
        """Return the audit trail of the tokens, the latest act first."""
        with self._database.read() as connection:
            return pushes.acts(connection, limit)

    def put_push_receipts(
        self, receipts: Sequence[PushReceipt], *, keep_from: datetime, keep_bytes: int
    ) -> None:
        """Write answers to pushes; those before an instant are removed.

        So are, of each token, the oldest beyond so many bytes of accounts.
        """
        with self._database.write() as connection:
            pushes.put_receipts(connection, receipts, keep_from, keep_bytes)

    def push_receipt(self, token: str, key: str) -> PushReceipt | None:
        """Return what a push was answered, by the token and the digest of its key."""
        with self._database.read() as connection:
            return pushes.receipt(connection, token, key)

    # derived

    def put_indicator_values(self, values: Sequence[IndicatorValue], *, computed: datetime) -> None:
        """Write indicator values in place of all that were there."""
        with self._database.write() as connection:
            indicators.put(connection, values, computed)

    def indicator_values(
        self,
        *,
        indicator: Wanted = None,
        region: Wanted = None,
        period: Wanted = None,
        level: Wanted = None,
    ) -> pl.DataFrame:
        """Indicator values in order of key: the fields of ``IndicatorValue``, and computed."""
        wanted = {"indicator": indicator, "region": region, "period": period, "level": level}
        with self._database.read() as connection:
            return indicators.get(connection, wanted)

    def rankings(self, period: str | None = None, *, level: str = "region") -> list[RankingHead]:
        """Return what rankings are stored, the latest first, without their rows."""
        with self._database.read() as connection:
            return rankings.heads(connection, level, period)

    def ranking(self, ranking_id: int) -> Ranking:
        """Return a stored ranking. Raises ``UnknownName``."""
        with self._database.read() as connection:
            return rankings.get(connection, ranking_id)

    def latest_ranking(self, period: str | None = None, *, level: str = "region") -> Ranking | None:
        """Return the ranking stored last, of a period or of any."""
        with self._database.read() as connection:
            return rankings.latest(connection, level, period)

    def previous_ranking(
        self, before_id: int | None = None, *, period: str | None = None, level: str = "region"
    ) -> Ranking | None:
        """Return the ranking of the same level, method and period stored before the one named.

        ``None``: before the latest, of the period or of any.
        """
        with self._database.read() as connection:
            return rankings.previous(connection, before_id, level, period)

    def put_published_figures(self, figures: Sequence[PublishedFigure]) -> None:
        """Write published figures in place of all that were there."""
        with self._database.write() as connection:
            rollout.put_figures(connection, figures)

    def published_figures(self) -> list[PublishedFigure]:
        """Return the published figures in the order in which they were put."""
        with self._database.read() as connection:
            return rollout.figures(connection)

    def put_seed_events(self, events: Sequence[RolloutEvent]) -> None:
        """Write the events that came with the program; imported ones stay."""
        with self._database.write() as connection:
            rollout.put_seed_events(connection, events)

    def rollout_events(self) -> list[RolloutEvent]:
        """Return the events, the seed's and imported ones, in order of date, region and id."""
        with self._database.read() as connection:
            return rollout.events(connection)

    def simulated(self) -> bool:
        """Whether any batch or rollout event is simulated."""
        with self._database.read() as connection:
            return rollout.simulated(connection)
