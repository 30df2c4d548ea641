"""Systems that are a database: one SQLite file, a table for all regions, the latest version of each case."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from simulator.live.rows import rows_of
from simulator.live.shown import Shown
from simulator.live.systems import DATABASE, Outlet

FILE = "regional.sqlite"
TABLE = "permohonan"
COLUMNS = (*DATABASE.columns.values(), DATABASE.mark[0])
_CREATE = f"""
    CREATE TABLE IF NOT EXISTS {TABLE} ({", ".join(f"{name} TEXT" for name in COLUMNS)},
        PRIMARY KEY (kode_wilayah, nomor)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS permohonan_diubah ON {TABLE} (kode_wilayah, diubah);
"""
_PUT = f"INSERT OR REPLACE INTO {TABLE} VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - names that stand here


class Database:
    """Writes what is new of some outlets into the file, made anew at each start."""

    def __init__(self, folder: Path, shown: Shown, outlets: Sequence[Outlet]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            (folder / f"{FILE}{suffix}").unlink(missing_ok=True)
        self._shown = shown
        self._outlets = outlets
        self._connection = sqlite3.connect(folder / FILE)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_CREATE)

    def write(self) -> None:
        """Write what is new of all outlets that are not in trouble, at once."""
        now = self._shown.timeline.now()
        sound = [outlet for outlet in self._outlets if not self._shown.troubles(outlet)]
        with self._connection:
            for outlet in sound:
                # a table has one shape for all regions: it cannot change its columns for some
                alteration = replace(self._shown.alteration(outlet), schema="")
                rows = rows_of(self._shown.fresh(outlet, now), DATABASE, alteration)
                self._connection.executemany(_PUT, ([row[name] for name in COLUMNS] for row in rows))
        for outlet in sound:
            self._shown.settle(outlet, now)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
