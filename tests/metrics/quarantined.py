"""Rejected rows of made-up people, and what of them can still be found in the files of their table."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from metrics.archive import REJECTED, Archive
from metrics.quarantine import RESOLVED, Provenance, Quarantine, RejectedStaging
from metrics.quarantine.retention import Retention

TODAY = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
RULE = "word-unknown"


def days_ago(days: float) -> dt.datetime:
    return TODAY - dt.timedelta(days=days)


@dataclass(frozen=True)
class Kept:
    """An archive with nothing but rejected rows."""

    archive: Archive
    folder: Path

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    @property
    def quarantine(self) -> Quarantine:
        return Quarantine(self.archive, self.scratch)

    @property
    def retention(self) -> Retention:
        return Retention(self.archive, self.scratch)

    def set_aside(
        self,
        *names: str,
        days: float,
        source: str = "dinas",
        region: str | None = "32.73",
        rule: str = RULE,
    ) -> int:
        """Keep a row for each name, seen so many days ago; returns how many were not there yet."""
        rows = pl.DataFrame(
            {
                "_row": range(1, len(names) + 1),
                "region": pl.Series([region] * len(names), dtype=pl.String),
                "rule": [rule] * len(names),
                "reason": [f"'{name}' is none of the words of fields.status" for name in names],
                "rules": [rule] * len(names),
                "payload": [json.dumps({"nomor": f"B{n}", "nama": name}) for n, name in enumerate(names)],
            }
        )
        seen = days_ago(days)
        told = Provenance(f"b-{days}-{source}", "surveys", source, "juni.csv", "1.0.0", "m1", False, seen)  # noqa: FBT003 - not simulated
        with RejectedStaging(self.scratch / "rejected") as staged:
            staged.add(rows)
            return self.quarantine.keep(staged, told, now=seen)

    def resolve(self, source: str, *, days: float) -> None:
        """Mark all rows of a source as resolved, so many days ago."""
        quarantine = self.quarantine
        quarantine.replace(
            quarantine.rows(source=source), {"state": pl.lit(RESOLVED)}, batch="mended", now=days_ago(days)
        )

    def found(self, text: str) -> list[str]:
        """Files of the table in which a text stands, as it is or within a Parquet file's columns."""
        table = self.folder / "archive" / REJECTED
        files = [path for path in table.rglob("*") if path.is_file()]
        return sorted(str(path.relative_to(table)) for path in files if _holds(path, text))


def kept(folder: Path, *, elsewhere: bool = False) -> Kept:
    """Such an archive in a folder; ``elsewhere``: reached as one that is not on this machine is."""
    return Kept(Archive(f"{'file://' if elsewhere else ''}{folder / 'archive'}"), folder)


def _holds(path: Path, text: str) -> bool:
    return text.encode() in path.read_bytes() or (path.suffix == ".parquet" and text in _decoded(path))


def _decoded(path: Path) -> str:
    with pq.ParquetFile(path) as file:
        columns: Sequence[object] = file.read().to_pylist()
        return f"{columns} {file.metadata.to_dict()}"
