"""Rejected rows of one batch on their way to the quarantine: a scratch folder, thrown away after."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds

from metrics.quarantine.columns import OF_A_ROW, SCHEMA
from metrics.staging import keep_part


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
