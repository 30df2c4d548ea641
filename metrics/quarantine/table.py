"""The table of rejected rows: kept, looked at, and given later versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds

from metrics.archive import REJECTED, Archive
from metrics.errors import UnknownName
from metrics.quarantine.columns import OF_A_ROW, OPEN, RESOLVED, SCHEMA, Provenance
from metrics.quarantine.staging import RejectedStaging
from metrics.quarantine.superseded import superseded
from metrics.versioning import connect

_SET_ASIDE = pa.field("set_aside", SCHEMA.field("observed_at").type)
_LAST_FIRST = "observed_at desc, sequence desc"
_OF_EVERY_VERSION = ("dataset", "source", "region")
_OF_THE_NEWEST = ("rule", "state")


class Wanted(TypedDict, total=False):
    """Which rejected rows; what is ``None`` may be anything. ``rule`` and ``state``: as they are now."""

    dataset: str | None
    source: str | None
    region: str | None
    rule: str | None
    state: str | None


class Quarantine:
    """Rejected rows of one archive."""

    def __init__(self, archive: Archive, scratch: Path) -> None:
        self._archive = archive
        self._scratch = scratch

    def keep(self, staged: RejectedStaging, provenance: Provenance, *, now: datetime) -> int:
        """Append the rows of a batch that are not there yet; returns how many those were."""
        if not staged.rows:
            return 0
        con = self._connect()
        con.register("staged", staged.records())
        sequence = self._archive.version(REJECTED) + 1
        fields = {
            **asdict(provenance),
            "state": OPEN,
            "observed_at": now,
            "sequence": sequence,
            "month": f"{now:%Y-%m}",
        }
        own = ", ".join(f'coalesce("{name}", ${name}) as "{name}"' for name in OF_A_ROW[1:])
        names = ", ".join(f'${name} as "{name}"' for name in fields if name not in OF_A_ROW)
        rows = con.sql(
            f"""with owned as (
                select * exclude (source, origin, mapping_hash), {own} from staged
            ), numbered as (
                select *, row_number() over (partition by source, payload order by row) as nth from owned
            ), named as (
                select * exclude (nth), {names},
                       sha256(concat_ws(chr(31), $dataset, source, payload, nth)) as rejected_id
                from numbered
            ) select * from named where rejected_id not in (select rejected_id from known)""",  # noqa: S608 - own names
            params=fields,
        ).to_arrow_reader(65_536)
        return self._append(rows, {"id": provenance.batch, "rejected": staged.rows}, fields["month"])

    def rows(self, **wanted: Unpack[Wanted]) -> pl.DataFrame:
        """Newest version of each row that is wanted (without more, each open one), in order of arrival.

        ``set_aside``: when its first version was kept. ``payload`` is null where retention removed it.
        """
        newest = self._newest(self._connect(), {"state": OPEN, **wanted}, "*")
        schema = SCHEMA.append(_SET_ASIDE)
        table = newest.to_arrow_table().select(schema.names).cast(schema)
        return pl.DataFrame(table).sort("sequence", "batch", "row")

    def groups(self, **wanted: Unpack[Wanted]) -> pl.DataFrame:
        """How many rows of each dataset, source, region and rule there are, those with most open ones first.

        ``open``, ``resolved``: rows in that state. ``removed``: rows without their content.
        ``first_seen``, ``last_seen``: instants at which the source gave them. ``example``: a reason.
        """
        newest = self._newest(self._connect(), wanted, "* exclude (payload), payload is null as gone")
        counted = newest.aggregate(
            f"""dataset, source, region, rule,
            count(*) filter (state = '{OPEN}') as open,
            count(*) filter (state = '{RESOLVED}') as resolved,
            count(*) filter (gone) as removed,
            min(seen_at) as first_seen, max(seen_at) as last_seen,
            arg_min(reason, row(gone, seen_at, "row")) as example""",
            "dataset, source, region, rule",
        ).order("open desc, dataset, source, region, rule")
        return pl.DataFrame(counted.to_arrow_table()).with_columns(
            pl.col("first_seen", "last_seen").dt.convert_time_zone("UTC")
        )

    def versions(self, rejected_id: str) -> pl.DataFrame:
        """All versions of one row, the oldest first. The beginning of its id is enough.

        Raises ``UnknownName`` where no row, or more than one, begins so.
        """
        con = self._connect()
        found = con.sql(
            "select * from known where starts_with(rejected_id, $wanted) order by observed_at, sequence",
            params={"wanted": rejected_id},
        )
        frame = pl.DataFrame(found.to_arrow_table().select(SCHEMA.names).cast(SCHEMA))
        match frame["rejected_id"].n_unique():
            case 0:
                raise UnknownName(
                    f"no rejected row is called {rejected_id!r}. List them: pantau rejected --json"
                )
            case 1:
                return frame
            case many:
                raise UnknownName(
                    f"{many} rejected rows begin with {rejected_id!r}. Give more of its letters and digits"
                )

    def examples(self, *, dataset: str, source: str, origin: str) -> list[dict[str, Any]]:
        """Row, region, rule and reason of the first row of an origin that each rule rejected."""
        first = self._connect().sql(
            """select min(row) as _row, arg_min(region, row) as region, rule, arg_min(reason, row) as reason
            from known where dataset = $dataset and source = $source and origin = $origin
            group by rule order by _row, rule""",
            params={"dataset": dataset, "source": source, "origin": origin},
        )
        return pl.DataFrame(first.to_arrow_table()).to_dicts()

    def replace(
        self, rows: pl.DataFrame, changes: Mapping[str, pl.Expr], *, batch: str, now: datetime
    ) -> None:
        """Append a later version of rows (as ``rows`` gave them), with some columns changed.

        ``batch``: in which they were tried again.
        """
        if rows.is_empty():
            return
        later = rows.with_columns(
            observed_at=pl.lit(now).cast(pl.Datetime("us", "UTC")),
            sequence=pl.lit(self._archive.version(REJECTED) + 1, pl.Int64),
            month=pl.lit(f"{now:%Y-%m}"),
        ).with_columns(**changes)
        table = later.select(SCHEMA.names).to_arrow().cast(SCHEMA)
        self._archive.append(REJECTED, table.to_reader(), months=[f"{now:%Y-%m}"], batch={"id": batch})

    def superseded(self, rows: pl.DataFrame, *, dataset: str, source: str) -> pl.DataFrame:
        """Rows whose record their source has since given and that was accepted: see that function."""
        return superseded(rows, self._archive, self._scratch, dataset=dataset, source=source)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        """DuckDB that has all versions of all rows under the name ``known``."""
        con = connect(self._scratch)
        known = self._archive.records(REJECTED)
        con.register("known", ds.dataset(SCHEMA.empty_table()) if known is None else known)
        return con

    def _newest(
        self, con: duckdb.DuckDBPyConnection, wanted: Wanted, columns: str
    ) -> duckdb.DuckDBPyRelation:
        given = {name: value for name, value in wanted.items() if value is not None}
        fixed, changing = (
            " and ".join(["true", *(f"{name} = ${name}" for name in names if name in given)])
            for names in (_OF_EVERY_VERSION, _OF_THE_NEWEST)
        )
        return con.sql(
            f"""select * from (
                select {columns}, min(observed_at) over (partition by rejected_id) as set_aside
                from known where {fixed}
                qualify row_number() over (partition by rejected_id order by {_LAST_FIRST}) = 1
            ) where {changing}""",  # noqa: S608 - own names
            params=given or None,
        )

    def _append(self, rows: pa.RecordBatchReader, batch: Mapping[str, object], month: object) -> int:
        tables: Sequence[pa.RecordBatch] = list(rows)
        count = sum(len(part) for part in tables)
        if count:
            table = pa.Table.from_batches(tables).select(SCHEMA.names).cast(SCHEMA)
            self._archive.append(REJECTED, table.to_reader(), months=[str(month)], batch=batch)
        return count
