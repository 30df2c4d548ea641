"""Rejected records: kept aside with the rule, the reason and what was read, until they are mended.

A table of the archive beside the record sets. Append-only like them: a row that was mended and
taken in gets a later version with the state ``resolved``; nothing is deleted. The same row of
the same source again is no new row.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds

from metrics.archive import REJECTED, Archive
from metrics.staging import keep_part
from metrics.versioning import connect

OPEN, RESOLVED = "open", "resolved"
OF_A_ROW = ("row", "source", "origin", "mapping_hash")
"""What a rejected row may tell of itself, where its batch is from several sources."""

SCHEMA = pa.schema(
    [
        ("rejected_id", pa.string()),
        ("dataset", pa.string()),
        ("source", pa.string()),
        ("origin", pa.string()),
        ("region", pa.string()),
        ("batch", pa.string()),
        ("row", pa.int64()),
        ("rule", pa.string()),
        ("reason", pa.string()),
        ("rules", pa.string()),
        ("payload", pa.string()),
        ("contract_version", pa.string()),
        ("mapping_hash", pa.string()),
        ("simulated", pa.bool_()),
        ("seen_at", pa.timestamp("us", "UTC")),
        ("state", pa.string()),
        ("observed_at", pa.timestamp("us", "UTC")),
        ("sequence", pa.int64()),
        ("month", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the rejected rows of a batch are from, and when their source gave them (``seen_at``)."""

    batch: str
    dataset: str
    source: str
    origin: str
    contract_version: str
    mapping_hash: str
    simulated: bool
    seen_at: datetime


class Quarantine:
    """Rejected rows of one archive."""

    def __init__(self, archive: Archive, scratch: Path) -> None:
        self._archive = archive
        self._scratch = scratch

    def keep(self, staged: RejectedStaging, provenance: Provenance, *, now: datetime) -> int:
        """Append the rows of a batch that are not there yet; returns how many those were."""
        if not staged.rows:
            return 0
        con = connect(self._scratch)
        con.register("staged", staged.records())
        con.register("known", self._archived())
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

    def rows(
        self, *, dataset: str | None = None, source: str | None = None, state: str = OPEN
    ) -> pl.DataFrame:
        """Return the newest version of each rejected row in a state, in order of arrival."""
        con = connect(self._scratch)
        con.register("known", self._archived())
        newest = con.sql(
            "select * from known qualify row_number() over "
            "(partition by rejected_id order by observed_at desc, sequence desc) = 1"
        )
        frame = pl.DataFrame(newest.to_arrow_table().select(SCHEMA.names)).filter(pl.col("state") == state)
        for name, wanted in (("dataset", dataset), ("source", source)):
            if wanted is not None:
                frame = frame.filter(pl.col(name) == wanted)
        return frame.sort("sequence", "batch", "row")

    def examples(self, *, dataset: str, source: str, origin: str) -> list[dict[str, Any]]:
        """Row, region, rule and reason of the first row of an origin that each rule rejected."""
        con = connect(self._scratch)
        con.register("known", self._archived())
        first = con.sql(
            """select min(row) as _row, arg_min(region, row) as region, rule, arg_min(reason, row) as reason
            from known where dataset = $dataset and source = $source and origin = $origin
            group by rule order by _row, rule""",
            params={"dataset": dataset, "source": source, "origin": origin},
        )
        return pl.DataFrame(first.to_arrow_table()).to_dicts()

    def replace(self, rows: pl.DataFrame, changes: Mapping[str, pl.Expr], *, now: datetime) -> None:
        """Append a later version of rows (as ``rows`` gave them), with some columns changed."""
        if rows.is_empty():
            return
        later = rows.with_columns(
            observed_at=pl.lit(now).cast(pl.Datetime("us", "UTC")),
            sequence=pl.lit(self._archive.version(REJECTED) + 1, pl.Int64),
            month=pl.lit(f"{now:%Y-%m}"),
        ).with_columns(**changes)
        table = later.select(SCHEMA.names).to_arrow().cast(SCHEMA)
        self._archive.append(REJECTED, table.to_reader(), months=[f"{now:%Y-%m}"], batch={"id": "replay"})

    def _archived(self) -> ds.Dataset:
        known = self._archive.records(REJECTED)
        return ds.dataset(SCHEMA.empty_table()) if known is None else known

    def _append(self, rows: pa.RecordBatchReader, batch: Mapping[str, object], month: object) -> int:
        tables: Sequence[pa.RecordBatch] = list(rows)
        count = sum(len(part) for part in tables)
        if count:
            table = pa.Table.from_batches(tables).select(SCHEMA.names).cast(SCHEMA)
            self._archive.append(REJECTED, table.to_reader(), months=[str(month)], batch=batch)
        return count


class RejectedStaging:
    """Rejected rows of one batch in a scratch folder, chunk by chunk. A context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = 0
        self.rows = 0

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, rejected: pl.DataFrame) -> None:
        """Keep the rejected rows of a chunk ("_row", region, rule, reason, rules, payload, ``OF_A_ROW``)."""
        if rejected.is_empty():
            return
        self.rows += len(rejected)
        self._files += 1
        names = ["region", "rule", "reason", "rules", "payload", *OF_A_ROW]
        schema = pa.schema([SCHEMA.field(name) for name in names])
        batch = {"row": pl.col("_row"), **{name: pl.lit(None, pl.String) for name in OF_A_ROW[1:]}}
        lacking = [column.alias(name) for name, column in batch.items() if name not in rejected.columns]
        table = rejected.with_columns(lacking).select(names).to_arrow().cast(schema)
        keep_part(self._folder / f"{self._files:06d}.arrow", table)

    def records(self) -> ds.Dataset:
        """All that was kept, as a lazy dataset."""
        return ds.dataset([str(path) for path in sorted(self._folder.glob("*.arrow"))], format="ipc")
