"""Accepted records of one batch on their way to the archive: a scratch folder, thrown away after.

Nothing here is needed after a crash: what was not committed to the archive is read again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.ipc

from metrics.archive import archive_schema
from metrics.datasets import DATASETS
from metrics.errors import ArchiveError
from metrics.local_time import local_month, with_offsets


def keep_part(path: Path, table: pa.Table) -> None:
    """Write rows of a batch to a scratch file. Raises ``ArchiveError`` where the disk is full."""
    try:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    except OSError as error:
        raise ArchiveError(
            f"{path.parent}: records cannot be kept while they are checked: {error}; free some space "
            "on the disk and run it again: nothing was counted"
        ) from error


class Staging:
    """Records of one batch, chunk by chunk, with their offsets, months and provenance.

    ``seen_on_arrival``: ``observed_at`` is the time of arrival, one for the whole batch.
    A context manager: the folder is made on entry and removed on exit.
    """

    def __init__(
        self,
        folder: Path,
        dataset: str,
        contract_schema: pa.Schema,
        zone_of_region: Mapping[str, str],
        provenance: Mapping[str, str | int],
        *,
        seen_on_arrival: bool = False,
    ) -> None:
        self.dataset = dataset
        self.schema = archive_schema(dataset, contract_schema)
        self.content = [name for name in contract_schema.names if name not in {"region", "id", "observed_at"}]
        self.seen_on_arrival = seen_on_arrival
        self.months: set[str] = set()
        self.rows = 0
        self._folder = folder
        self._zones = zone_of_region
        self._provenance = provenance
        self._keys: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []
        self._files = 0

    def __enter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, accepted: pl.DataFrame) -> None:
        """Keep a chunk of accepted records (contract columns, "_row", "warnings").

        A column of the provenance that the chunk has itself goes before the batch's.
        """
        if accepted.is_empty():
            return
        kind = DATASETS[self.dataset]
        is_date = accepted.schema[kind.anchor] == pl.Date
        instants = [] if is_date else kind.instants
        complete = (
            with_offsets(accepted.rename({"_row": "row"}), instants, self._zones)
            .with_columns(
                pl.lit(value).alias(name)
                for name, value in self._provenance.items()
                if name not in accepted.columns
            )
            .with_columns(
                local_month(kind.anchor, is_date=is_date).alias("month"),
                moved=pl.lit(False),  # noqa: FBT003 - polars' own signature
                first_seen=pl.lit(True),  # noqa: FBT003 - polars' own signature
            )
        )
        self.months.update(complete["month"].unique())
        self.rows += len(complete)
        self._keys.append(complete.select(pl.struct("region", "id").hash()).to_series().to_numpy())
        self._files += 1
        table = complete.select(self.schema.names).to_arrow().cast(self.schema)
        keep_part(self._folder / f"{self._files:06d}.arrow", table)

    def has_repeated_keys(self) -> bool:
        """Whether some key stands on more than one row (or, once in 10^7 batches, seems to)."""
        keys = np.sort(np.concatenate(self._keys)) if self._keys else np.empty(0, np.uint64)
        return bool((keys[1:] == keys[:-1]).any())

    def tables(self) -> Iterator[pa.Table]:
        """All that was kept, chunk by chunk."""
        for path in sorted(self._folder.glob("*.arrow")):
            with pa.ipc.open_file(path) as file:
                yield file.read_all()

    def records(self) -> ds.Dataset:
        """All that was kept, as a lazy dataset."""
        paths = [str(path) for path in sorted(self._folder.glob("*.arrow"))]
        return ds.dataset(paths, format="ipc", schema=self.schema)
