"""Retention: the content of rejected rows goes when it is old enough, and a record of it stays.

What goes is the row's payload, and the reason, which may quote a value of it. What stays is the
account: row, rule, region, source, batches, dates, and ``rejected_id``, which is a digest of the
payload. Every version of the row is rewritten, in one commit that carries the record; then the
files of all earlier versions are deleted. A process that dies in between leaves files that no
version names: the next run deletes them, whether it has rows of its own to treat or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from metrics.archive import REJECTED, Archive
from metrics.errors import AccountError
from metrics.quarantine.columns import REASON_REMOVED, RESOLVED, SCHEMA
from metrics.versioning import connect

ALL = "all"
_KIND = "retention"


@dataclass(frozen=True, slots=True)
class Policy:
    """Content is kept for so many days after the source gave it. ``state``: of which rows, or ``ALL``."""

    keep_days: int
    state: str = RESOLVED


@dataclass(frozen=True, slots=True)
class Removal:
    """What was, or would be, removed under a policy.

    ``before``: content that was seen earlier goes. ``sources``: rows of each. ``version_before``: of the
    quarantine's table.
    """

    at: datetime
    by: str
    keep_days: int
    state: str
    before: datetime
    rows: int
    sources: dict[str, int]
    version_before: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A removal as the log tells it. ``version``: its commit; ``purged``: when old files were gone too."""

    removal: Removal
    version: int
    purged: int | None


class Retention:
    """Retention of the rejected rows of one archive."""

    def __init__(self, archive: Archive, scratch: Path) -> None:
        self._archive = archive
        self._scratch = scratch

    def due(self, policy: Policy, *, by: str, now: datetime) -> Removal:
        """What ``apply`` would remove now."""
        return self._due(connect(self._scratch), policy, by, now)

    def apply(self, policy: Policy, *, by: str, now: datetime) -> Removal:
        """Remove what is due, for good. Only under the lock of the one process that writes.

        Raises ``ArchiveError``; running it again goes on from where it was.
        """
        con = connect(self._scratch)
        removal = self._due(con, policy, by, now)
        if removal.rows:
            self._rewrite(con, removal)
        if self._archive.leftovers(REJECTED):
            self._archive.purge(REJECTED)
        return removal

    def log(self) -> list[Recorded]:
        """All removals, the oldest first."""
        purged = self._archive.purged(REJECTED)
        return [
            Recorded(
                _removal(commit.batch[_KIND]),
                commit.version,
                next((version for version in purged if version > commit.version), None),
            )
            for commit in self._archive.commits(REJECTED, after=-1)
            if commit.batch and _KIND in commit.batch
        ]

    def _due(self, con: duckdb.DuckDBPyConnection, policy: Policy, by: str, now: datetime) -> Removal:
        """Find the rows whose content goes: leaves the table ``due`` (rejected_id, source)."""
        before = now - timedelta(days=policy.keep_days)
        known = self._archive.records(REJECTED)
        con.register("known", SCHEMA.empty_table() if known is None else known)
        con.execute(
            """create or replace temp table due as
            select rejected_id, any_value(source) as source from (
                select * exclude (payload), payload is not null as there from known
            ) group by rejected_id
            having bool_or(there) and min(seen_at) < $before
               and $state in ($all, arg_max(state, row(observed_at, sequence)))""",
            {"before": before, "state": policy.state, "all": ALL},
        )
        sources = dict(
            con.execute("select source, count(*) from due group by source order by source").fetchall()
        )
        return Removal(
            at=now,
            by=by,
            keep_days=policy.keep_days,
            state=policy.state,
            before=before,
            rows=sum(sources.values()),
            sources=sources,
            version_before=self._archive.version(REJECTED),
        )

    def _rewrite(self, con: duckdb.DuckDBPyConnection, removal: Removal) -> None:
        """Write the months that hold a version of these rows anew, without their content."""
        touched = con.sql("select distinct month from known semi join due using (rejected_id) order by month")
        months = [month for (month,) in touched.fetchall()]
        con.register("known", self._archive.records(REJECTED, months=months))
        rows = con.sql(
            """select known.* replace (
                case when due.rejected_id is null then payload end as payload,
                case when due.rejected_id is null then reason else $removed end as reason
            ) from known left join due using (rejected_id)""",
            params={"removed": REASON_REMOVED},
        ).to_arrow_reader(65_536)
        counts = self._archive.counts(REJECTED)
        expected = sum(counts[month] for month in months)
        self._archive.replace(
            REJECTED,
            pa.RecordBatchReader.from_batches(SCHEMA, _all_of(rows, expected)),
            months=months,
            batch={"id": _KIND, _KIND: asdict(removal)},
        )


def _all_of(rows: pa.RecordBatchReader, expected: int) -> Iterator[pa.RecordBatch]:
    """Rows in the columns of the quarantine. Raises ``AccountError`` unless they are as many as expected."""
    seen = 0
    for batch in rows:
        seen += len(batch)
        yield from pa.Table.from_batches([batch]).select(SCHEMA.names).cast(SCHEMA).to_batches()
    if seen != expected:
        raise AccountError(
            f"retention would write {seen} of {expected} versions of rejected rows. "
            "Nothing was changed; report it"
        )


def _removal(told: dict[str, Any]) -> Removal:
    instants = {name: datetime.fromisoformat(told[name]) for name in ("at", "before")}
    return Removal(**{**told, **instants})
