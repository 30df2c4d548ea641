"""What each record of a batch is to the archive: new, a later version, or nothing new.

A record is known by its key (region, id). Its versions are ordered by ``observed_at``, then
by the order of arrival; the last one wins. A version that is there already changes nothing.
Where a source does not say when it saw a record, the time of arrival stands for it; then a
record that arrives with the content it has already is no new version. A record whose anchor
moved to another month leaves a marker (``moved``) in the month it left, so that each month
can be rolled up alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from metrics.archive import Archive
from metrics.staging import Staging

_ORDER = ("observed_at", "sequence", "row")
_KNOWN_ON_ARRIVAL = """
    a.current and s.observed_at >= a.observed_at and s.row not in (select row from superseded)
    or s.row in (select row from superseded)"""
_NEWEST_FIRST = "observed_at desc, sequence desc, row desc"


@dataclass(frozen=True, slots=True)
class Account:
    """How many accepted records were new, later versions, or nothing new.

    ``conflicts``: rows by region whose key stands on another row of the same batch, seen at
    the same instant, with other content: the later row wins, and somebody should know.
    """

    new: int
    updated: int
    unchanged: int
    conflicts: dict[str, int]
    months: tuple[str, ...]


def connect(scratch: Path, *, memory: str = "512MB") -> duckdb.DuckDBPyConnection:
    """DuckDB in this process, with bounded memory, that fetches nothing from anywhere and prints nothing."""
    scratch.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(
        config={
            "memory_limit": memory,
            "threads": 2,
            "temp_directory": str(scratch),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    con.execute("set enable_progress_bar = false")  # it would go to the standard output, after two seconds
    return con


class Comparison:
    """A staged batch held against the archive. ``account`` says what it is, ``changes`` gives the rows.

    ``updated`` and ``unchanged``: numbers of the rows that are later versions, and nothing new.
    """

    def __init__(self, staging: Staging, archive: Archive, con: duckdb.DuckDBPyConnection) -> None:
        self._staging = staging
        self._archive = archive
        self._con = con
        self._known_months = archive.months(staging.dataset)
        self._repeated = staging.has_repeated_keys()
        self._tombstones: pa.Table = None
        self.updated = self.unchanged = pl.Series("row", [], dtype=pl.Int64)
        con.register("staged", staging.records())
        self._compared = bool(self._known_months) or self._repeated
        self.account = self._compare() if self._compared else self._all_new()

    def changes(self) -> pa.RecordBatchReader:
        """Rows to append, in the archive's schema."""
        return pa.RecordBatchReader.from_batches(self._staging.schema, self._changed_batches())

    def _changed_batches(self) -> Iterator[pa.RecordBatch]:
        if not self._compared:  # every row is new, and was staged as such
            for table in self._staging.tables():
                yield from table.to_batches()
            return
        unchanged, moved, doubtful = map(self._rows, ("unchanged", "moved", "doubtful"))
        for table in self._staging.tables():
            kept = (
                table.filter(pc.invert(pc.is_in(table.column("row"), unchanged))) if len(unchanged) else table
            )
            row = kept.column("row")
            yield from (
                kept.drop_columns(["moved", "first_seen"])
                .append_column("moved", pc.is_in(row, moved))
                .append_column("first_seen", pc.invert(pc.is_in(row, doubtful)))
                .select(self._staging.schema.names)
                .cast(self._staging.schema)
                .to_batches()
            )
        if self._tombstones:
            yield from self._tombstones.to_batches()

    def _rows(self, name: str) -> pa.Array:
        """Numbers of the rows that a comparison put into one of its tables."""
        found = self._con.table(name).project("row").distinct().to_arrow_table()
        return found.column("row").combine_chunks()

    def _all_new(self) -> Account:
        staging = self._staging
        return Account(staging.rows, 0, 0, {}, tuple(sorted(staging.months)))

    def _compare(self) -> Account:
        con = self._con
        con.execute("create or replace temp table unchanged (row bigint)")
        con.execute("create or replace temp table moved (row bigint)")
        con.execute("create or replace temp table superseded (row bigint)")
        con.execute("create or replace temp table doubtful (row bigint)")
        if self._repeated:
            self._find_superseded()
        for month in sorted(self._staging.months & set(self._known_months)):
            self._find_unchanged(month)
        conflicts = self._find_repeats() if self._repeated else {}
        if self._repeated and self._staging.seen_on_arrival:
            self._keep_last_of_changed()
        known = self._archived_winners()
        batch = self._versions_in_doubt(known)
        months_left = self._settle(batch, known)
        self.unchanged = pl.Series("row", self._rows("unchanged"), dtype=pl.Int64)
        known_keys = batch.join(known, on=["region", "id"], how="semi")
        fresh = batch.join(known, on=["region", "id"], how="anti").sort("row")
        later = fresh.filter(~pl.struct("region", "id").is_first_distinct())
        self.updated = pl.concat([known_keys["row"], later["row"]])
        months = con.execute(
            "select distinct month from staged where row not in (select row from unchanged)"
        ).fetchall()
        return Account(
            new=self._staging.rows - len(self.unchanged) - len(self.updated),
            updated=len(self.updated),
            unchanged=len(self.unchanged),
            conflicts=conflicts,
            months=tuple(sorted({month for (month,) in months} | months_left)),
        )

    def _register_archive(self, months: list[str] | None) -> None:
        records = self._archive.records(self._staging.dataset, months=months)
        self._con.register(
            "archived", records if records is not None else ds.dataset([], schema=self._staging.schema)
        )

    def _find_unchanged(self, month: str) -> None:
        """Rows of a month whose version is there already."""
        self._register_archive([month])
        same = " and ".join(f's."{name}" is not distinct from a."{name}"' for name in self._staging.content)
        known = _KNOWN_ON_ARRIVAL if self._staging.seen_on_arrival else "s.observed_at = a.observed_at"
        self._con.execute(
            f"""insert into unchanged select distinct s.row
            from staged s join (
                select *, row_number() over (partition by region, id order by {_NEWEST_FIRST}) = 1
                          and not moved as current
                from archived
            ) a using (region, id)
            where s.month = ? and {same} and ({known})""",  # noqa: S608 - own names
            [month],
        )

    def _find_superseded(self) -> None:
        """Rows that a later row of the same batch, seen at the same instant, replaces at once."""
        self._con.execute(
            """insert into superseded select row from (
                select row, max(row) over (partition by region, id, observed_at) as last
                from staged semi join (
                    select region, id from staged group by region, id having count(*) > 1
                ) using (region, id)
            ) where row < last"""
        )

    def _find_repeats(self) -> dict[str, int]:
        """Drop rows that repeat a version of this batch; count the rows that contradict one."""
        content = ", ".join(f'"{name}"' for name in self._staging.content)
        self._con.execute(
            f"""create or replace temp table repeats as
            with again as (
                select region, id from staged group by region, id having count(*) > 1
            )
            select region, id, observed_at, row,
                   dense_rank() over (order by region, id, {content}) as version
            from staged semi join again using (region, id)"""  # noqa: S608 - own names
        )
        self._con.execute(
            """insert into unchanged
            select row from (
                select row, row_number() over (
                    partition by region, id, version, observed_at order by row desc
                ) as nth_last from repeats
            ) where nth_last > 1 and row not in (select row from unchanged)"""
        )
        rows = self._con.execute(
            """select region, count(*) from repeats r
            where row not in (select row from unchanged) and exists (
                select 1 from repeats o
                where (o.region, o.id, o.observed_at) = (r.region, r.id, r.observed_at)
                  and o.version <> r.version and o.row < r.row)
            group by region"""
        ).fetchall()
        return dict(rows)

    def _keep_last_of_changed(self) -> None:
        """Where an earlier row of a key is kept, its last row is too, or the earlier one would win."""
        self._con.execute(
            """delete from unchanged where row in (
                select row from repeats r
                where row not in (select row from superseded) and exists (
                    select 1 from repeats o
                    where (o.region, o.id) = (r.region, r.id)
                      and o.row not in (select row from unchanged)))"""
        )

    def _archived_winners(self) -> pl.DataFrame:
        """Return the winning version of each key that both the batch and the archive have."""
        self._register_archive(None)
        return self._frame(
            f"""select region, id, month, observed_at, sequence, row from (
                select *, row_number() over (partition by region, id, month order by {_NEWEST_FIRST}) as nth
                from (select region, id, month, observed_at, sequence, row, moved from archived) semi join (
                    select region, id from staged where row not in (select row from unchanged)
                ) using (region, id)
            ) where nth = 1 and not moved"""  # noqa: S608 - own names
        )

    def _versions_in_doubt(self, known: pl.DataFrame) -> pl.DataFrame:
        """Rows of the batch whose key is in the archive too, or on several rows of the batch."""
        self._con.register("known", known.to_arrow())
        again = "or (region, id) in (select (region, id) from repeats)" if self._repeated else ""
        return self._frame(
            f"""select region, id, month, observed_at, sequence, row from staged
            where row not in (select row from unchanged)
              and ((region, id) in (select (region, id) from known) {again})"""  # noqa: S608 - own names
        )

    def _frame(self, query: str) -> pl.DataFrame:
        return pl.DataFrame(self._con.sql(query).to_arrow_table())

    def _settle(self, batch: pl.DataFrame, known: pl.DataFrame) -> set[str]:
        """Mark the losers that stand in another month than the winner. Returns the months left."""
        both = pl.concat([known.with_columns(old=pl.lit(True)), batch.with_columns(old=pl.lit(False))])  # noqa: FBT003 - polars' own signature
        winners = both.sort(_ORDER).group_by("region", "id", maintain_order=True).last()
        losers = both.join(
            winners.select("region", "id", winner_month="month", seen="observed_at", nth="row"),
            on=["region", "id"],
        ).filter(pl.col("month") != pl.col("winner_month"))
        moved = losers.filter(~pl.col("old")).select("row").to_arrow()
        self._con.register("moved_rows", moved)
        self._con.execute("insert into moved select row from moved_rows")
        self._con.register("doubtful_rows", batch.select("row").to_arrow())
        self._con.execute("insert into doubtful select row from doubtful_rows")
        left = losers.filter(pl.col("old"))
        if left.is_empty():
            return set()
        markers = left.select(
            "region",
            "id",
            "month",
            observed_at="seen",
            row="nth",
            sequence=pl.lit(int(batch["sequence"].max()), pl.Int64),  # type: ignore[arg-type] # there is a batch row
            moved=pl.lit(True),  # noqa: FBT003 - polars' own signature
            first_seen=pl.lit(False),  # noqa: FBT003 - polars' own signature
        ).to_arrow()
        self._tombstones = _completed(markers, self._staging.schema)
        return set(left["month"])


def _completed(markers: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows with every column of the schema, null where the marker has none."""
    columns = [
        markers.column(field.name).cast(field.type)
        if field.name in markers.column_names
        else pa.nulls(len(markers), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
