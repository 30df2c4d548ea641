"""The archive: Delta tables, one a record set, in which nothing that was accepted is ever lost.

Appended once a batch, partitioned by the region's own month, read as of any version. Every
commit carries the batch's own account in its metadata, so that what became of a batch is
known from the archive alone, even if the process died before the store heard of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs
from deltalake import CommitProperties, DeltaTable, Schema, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.fs import DeltaStorageHandler
from deltalake.transaction import AddAction, create_table_with_add_actions

from metrics.datasets import DATASETS
from metrics.errors import ArchiveError
from metrics.monthfiles import MonthFile, write_month_files

REJECTED = "rejected"
"""Name of the table of rejected rows, beside the record sets."""

_METADATA_KEY = "pantau.batch"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
"""Delta's messages are coloured, also where they go to a file."""
_FULL = ("no space", "quota", "file too large")
"""What an operating system says of a disk that is full, or as full as this user may make it."""
_KEEP_LOG = {"delta.logRetentionDuration": "interval 36500 days"}
_BOUNDED = "delta.dataSkippingNumIndexedCols"
_NO_BOUNDS = {_BOUNDED: "0"}
"""The log, which is kept for good, holds no least and largest values: they may be what has to go one day."""
_END_OF_VACUUM = "VACUUM END"
_EXTRA = (
    pa.field("batch", pa.string()),
    pa.field("delivered_by", pa.string()),
    pa.field("contract_version", pa.string()),
    pa.field("row", pa.int64()),
    pa.field("warnings", pa.string()),
    pa.field("sequence", pa.int64()),
    pa.field("moved", pa.bool_()),
    pa.field("first_seen", pa.bool_()),
    pa.field("month", pa.string()),
)


def archive_schema(dataset: str, contract_schema: pa.Schema) -> pa.Schema:
    """Columns of a record set in the archive: its contract's, its offsets, where each row is from."""
    offsets = [pa.field(f"{name}_offset_minutes", pa.int16()) for name in _instants(dataset, contract_schema)]
    fields = [field.with_nullable(True) for field in contract_schema]  # noqa: FBT003 - pyarrow's own signature
    return pa.schema([*fields, *offsets, *_EXTRA])


def _instants(dataset: str, contract_schema: pa.Schema) -> list[str]:
    named = DATASETS[dataset].instants
    return [name for name in named if pa.types.is_timestamp(contract_schema.field(name).type)]


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: the months whose records it changed (``None``: unknown, so all) and its batch."""

    version: int
    months: tuple[str, ...] | None
    batch: dict[str, Any] | None


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except (DeltaError, OSError, pa.ArrowException) as error:
        said = " ".join(_COLOUR.sub("", str(error)).split())
        remedy = (
            "free some space on the disk and run it again: nothing was counted"
            if any(word in said.lower() for word in _FULL)
            else "look at the folder and its rights, then run it again"
        )
        raise ArchiveError(f"{what}: {said}; {remedy}") from error


def _added(file: MonthFile, folder: Path) -> AddAction:
    """What a commit says of a file."""
    found = file.path.stat()
    return AddAction(
        path=file.path.relative_to(folder).as_posix(),
        size=found.st_size,
        partition_values={"month": file.month},
        modification_time=int(found.st_mtime * 1000),
        data_change=True,
        stats=orjson.dumps({"numRecords": file.rows}).decode(),
    )


def _fingerprint(storage: pyarrow.fs.FileSystem, path: str) -> str | None:
    if storage.get_file_info(path).type is pyarrow.fs.FileType.NotFound:
        return None
    with storage.open_input_stream(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Archive:
    """Delta tables under one folder or URL. Only one process writes at a time."""

    def __init__(self, root: str | Path, *, storage_options: Mapping[str, str] | None = None) -> None:
        self.root = str(root)
        self._options = dict(storage_options) if storage_options else None

    def _uri(self, name: str) -> str:
        return f"{self.root.rstrip('/')}/{name}"

    def _table(self, name: str, version: int | None = None) -> DeltaTable | None:
        try:
            return DeltaTable(self._uri(name), version=version, storage_options=self._options)
        except TableNotFoundError:
            return None

    def version(self, name: str) -> int:
        """Newest version of a table, -1 while there is none."""
        with _translated(f"the archive of {name} cannot be read"):
            table = self._table(name)
            return -1 if table is None else int(table.version())

    def months(self, name: str, version: int | None = None) -> list[str]:
        """Months that hold records, in order."""
        with _translated(f"the archive of {name} cannot be read"):
            table = self._table(name, version)
            return [] if table is None else sorted({part["month"] for part in table.partitions()})

    def records(
        self, name: str, *, months: Sequence[str] | None = None, version: int | None = None
    ) -> ds.Dataset | None:
        """All versions of all records of some months, as a lazy dataset; ``None`` where none are."""
        with _translated(f"the archive of {name} cannot be read"):
            table = self._table(name, version)
            if table is None:
                return None
            pruning = None if months is None else [("month", "in", list(months))]
            return table.to_pyarrow_dataset(file_pruning_predicate=pruning)

    def files(self, name: str, *, months: Sequence[str], version: int | None = None) -> list[str]:
        """Addresses of the Parquet files of some months, for an engine that reads them itself."""
        with _translated(f"the archive of {name} cannot be read"):
            table = self._table(name, version)
            pruning = [("month", "in", list(months))]
            return [] if table is None else table.file_uris(file_pruning_predicate=pruning)

    def counts(self, name: str, version: int | None = None) -> dict[str, int]:
        """Rows of each month, all versions of all records counted, in order of month."""
        with _translated(f"the archive of {name} cannot be read"):
            table = self._table(name, version)
            if table is None:
                return {}
            files = pa.table(table.get_add_actions(flatten=True))
        counted = (
            files.group_by("partition.month").aggregate([("num_records", "sum")]).sort_by("partition.month")
        )
        months, rows = counted["partition.month"].to_pylist(), counted["num_records_sum"].to_pylist()
        return dict(zip(months, rows, strict=True))

    def fingerprints(self, name: str, version: int) -> dict[str, str | None]:
        """SHA-256 of each file of records that a version names; ``None`` where it is not there any more."""
        with _translated(f"version {version} of the archive of {name} cannot be read"):
            table = self._table(name, version)
            paths = [] if table is None else pa.table(table.get_add_actions())["path"].to_pylist()
            storage = pyarrow.fs.PyFileSystem(DeltaStorageHandler(self._uri(name), self._options))
            return {path: _fingerprint(storage, path) for path in sorted(paths)}

    @property
    def is_local(self) -> bool:
        """Whether it lies in a folder of this machine."""
        return "://" not in self.root

    def commits(self, name: str, *, after: int) -> list[Commit]:
        """Return the commits of records newer than a version, oldest first; compactions change none."""
        with _translated(f"the log of {name} cannot be read"):
            table = self._table(name)
            if table is None or table.version() <= after:
                return []
            entries = table.history(table.version() - after)
        found = []
        for entry in sorted(entries, key=lambda entry: int(entry["version"])):
            if entry["version"] <= after or entry["operation"] in {
                "OPTIMIZE",
                "VACUUM START",
                _END_OF_VACUUM,
            }:
                continue
            text = entry.get(_METADATA_KEY)
            account = orjson.loads(text) if text else None
            months = tuple(account["months"]) if account else None
            found.append(Commit(int(entry["version"]), months, account and account["batch"]))
        return found

    def append(
        self,
        name: str,
        records: pa.RecordBatchReader,
        *,
        months: Sequence[str],
        batch: Mapping[str, Any],
    ) -> int:
        """Append records in one commit and return its version. Either all of it is there, or none."""
        return self._commit(name, records, _properties(months, batch))

    def replace(
        self,
        name: str,
        records: pa.RecordBatchReader,
        *,
        months: Sequence[str],
        batch: Mapping[str, Any],
    ) -> int:
        """Put records in the place of all that some months hold, in one commit; returns its version.

        Earlier versions, and their files, are there until ``purge``.
        """
        return self._commit(name, records, _properties(months, batch), instead_of=months)

    def _commit(
        self,
        name: str,
        records: pa.RecordBatchReader,
        properties: CommitProperties,
        instead_of: Sequence[str] = (),
    ) -> int:
        commit = self._commit_files if self.is_local else self._commit_elsewhere
        with _translated(f"the archive of {name} cannot be written"):
            commit(name, records, properties, instead_of)
        return self.version(name)

    def _commit_elsewhere(
        self,
        name: str,
        records: pa.RecordBatchReader,
        properties: CommitProperties,
        instead_of: Sequence[str],
    ) -> None:
        how: dict[str, Any] = {"mode": "append"}
        if instead_of:
            listed = ", ".join(f"'{month}'" for month in instead_of)
            how = {"mode": "overwrite", "predicate": f"month in ({listed})"}
        write_deltalake(
            self._uri(name),
            records,
            partition_by=["month"],
            **how,
            configuration=_configuration(name),
            storage_options=self._options,
            writer_properties=WriterProperties(compression="LZ4_RAW"),
            commit_properties=properties,
        )

    def _commit_files(
        self,
        name: str,
        records: pa.RecordBatchReader,
        properties: CommitProperties,
        instead_of: Sequence[str],
    ) -> None:
        """Write the files ourselves, in bounded memory, and commit them."""
        folder = Path(self._uri(name))
        added = [_added(file, folder) for file in write_month_files(folder, records)]
        table = self._table(name)
        if table is None:
            create_table_with_add_actions(
                str(folder),
                Schema.from_arrow(records.schema),
                added,
                mode="append",
                partition_by=["month"],
                configuration=_configuration(name),
                commit_properties=properties,
            )
        else:
            table.create_write_transaction(
                [*added],
                "overwrite" if instead_of else "append",
                table.schema(),
                partition_by=["month"],
                partition_filters=[("month", "in", list(instead_of))] if instead_of else None,
                commit_properties=properties,
            )

    def compact(self, name: str) -> dict[str, int]:
        """Join small files into large ones; no record changes. Returns files removed and added."""
        with _translated(f"the archive of {name} cannot be compacted"):
            table = self._table(name)
            if table is None:
                return {"removed": 0, "added": 0}
            done = table.optimize.compact()
            table.create_checkpoint()
            return {"removed": int(done["numFilesRemoved"]), "added": int(done["numFilesAdded"])}

    def leftovers(self, name: str) -> list[str]:
        """Files of records that the newest version does not name: of earlier versions, or never committed."""
        with _translated(f"the archive of {name} cannot be read"):
            table = self._table(name)
            if table is None:
                return []
            handler = DeltaStorageHandler(self._uri(name), self._options)
            selector = pyarrow.fs.FileSelector("", recursive=True)
            there = pyarrow.fs.PyFileSystem(handler).get_file_info(selector)
            named = set(pa.table(table.get_add_actions())["path"].to_pylist())
        paths = (info.path for info in there if info.path.endswith(".parquet"))
        return sorted(path for path in paths if path not in named and not path.startswith("_delta_log/"))

    def purge(self, name: str) -> None:
        """Delete what only earlier versions need; they can be read no more. The log of commits stays.

        Only under the lock of the one process that writes. Raises ``ArchiveError`` where something
        could not be deleted; running it again goes on from there.
        """
        with _translated(f"the archive of {name} cannot be purged"):
            table = self._table(name)
            if table is None:
                return
            if table.metadata().configuration.get(_BOUNDED) != _NO_BOUNDS[_BOUNDED]:
                table = self._forget_bounds(name)
            table.vacuum(0, dry_run=False, enforce_retention_duration=False, full=True)
        left = self.leftovers(name)
        if left:
            raise ArchiveError(
                f"the archive of {name} cannot be purged: {left[0]} and {len(left) - 1} more files are still "
                "there; see to it that the clock is right and the folder may be written, then run it again"
            )

    def purged(self, name: str) -> list[int]:
        """Versions at which a ``purge`` was through, in order."""
        with _translated(f"the log of {name} cannot be read"):
            table = self._table(name)
            entries = [] if table is None else table.history()
        return sorted(int(entry["version"]) for entry in entries if entry["operation"] == _END_OF_VACUUM)

    def _forget_bounds(self, name: str) -> DeltaTable:
        """Take least and largest values out of the log of a table that was made without ``_NO_BOUNDS``."""
        if not self.is_local:
            raise ArchiveError(
                f"the archive of {name}: its log was made by an earlier pantau and quotes values of records, "
                f"which is mended in a folder only; copy {self._uri(name)} to one and run it there"
            )
        log = Path(self._uri(name)) / "_delta_log"
        for commit in log.glob("*.json"):
            mended = b"".join(map(_without_bounds, commit.read_bytes().splitlines(keepends=True)))
            passing = commit.with_suffix(".passing")
            passing.write_bytes(mended)
            passing.replace(commit)
        for checkpoint in (log / "_last_checkpoint", *log.glob("*.checkpoint*.parquet")):
            checkpoint.unlink(missing_ok=True)  # the commits say it all, and the next ones are written anew
        table = DeltaTable(self._uri(name))
        table.alter.set_table_properties(_NO_BOUNDS)
        table.create_checkpoint()
        return table


def _properties(months: Sequence[str], batch: Mapping[str, Any]) -> CommitProperties:
    metadata = orjson.dumps({"months": sorted(months), "batch": batch}).decode()
    return CommitProperties(custom_metadata={_METADATA_KEY: metadata})


def _configuration(name: str) -> dict[str, str]:
    return {**_KEEP_LOG, **(_NO_BOUNDS if name == REJECTED else {})}


def _without_bounds(line: bytes) -> bytes:
    """Line of a commit, of a file's statistics only the number of its rows."""
    action = orjson.loads(line)
    stats = orjson.loads(action.get("add", {}).get("stats") or "{}")
    if stats.keys() <= {"numRecords"}:
        return line
    action["add"]["stats"] = orjson.dumps({"numRecords": stats["numRecords"]}).decode()
    return orjson.dumps(action) + b"\n"
