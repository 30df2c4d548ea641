"""An archive, a store and a roll-up of three regions in three time zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from checks.compile import load_contract
from metrics.archive import Archive
from metrics.calendar import Calendar, calendars_of
from metrics.model import Province, Region
from metrics.regions import Registry
from metrics.rollup import DuckEngine, RollUp
from metrics.staging import Staging
from metrics.store import Store
from metrics.versioning import Comparison, connect

PROVINCE = Province("P", "Province", "Group")
REGIONS = [
    Region("A", "West", "kota", PROVINCE, "Asia/Jakarta", calendar="id-gov"),
    Region("B", "East", "kota", PROVINCE, "Asia/Jayapura", calendar="mon-fri"),
    Region("C", "Abroad", "kota", PROVINCE, "Europe/Amsterdam", calendar="always"),
]


@dataclass
class World:
    """What a test rolls up with."""

    folder: Path
    archive: Archive
    store: Store
    registry: Registry
    calendars: dict[str, Calendar]
    rollup: RollUp

    def put(self, dataset: str, records: list[dict[str, Any]]) -> None:
        """Append records (missing columns are null) to the archive, as one batch."""
        schema = load_contract(dataset).arrow_schema
        columns = {name: [record.get(name) for record in records] for name in schema.names}
        frame = pl.DataFrame(pa.table(columns, schema=schema)).with_columns(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_row"), warnings=pl.lit(None, pl.String)
        )
        zones = {region.code: region.timezone for region in REGIONS}
        provenance: dict[str, str | int] = {
            "batch": "b",
            "delivered_by": "s",
            "contract_version": "1",
            "sequence": self.archive.version(dataset) + 1,
        }
        with Staging(self.folder / "staging", dataset, schema, zones, provenance) as staging:
            staging.add(frame)
            comparison = Comparison(staging, self.archive, connect(self.folder / "spill"))
            if comparison.account.new + comparison.account.updated:
                self.archive.append(dataset, comparison.changes(), months=comparison.account.months, batch={})
        self.rollup.catch_up(dataset)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    registry = Registry.of("test", REGIONS)
    calendars = calendars_of(region.calendar for region in REGIONS)
    archive = Archive(tmp_path / "archive")
    engine = DuckEngine(tmp_path / "duck")
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite3'}") as store:
        store.upgrade()
        store.put_registry(registry)
        rollup = RollUp(archive, store, engine, registry, calendars)
        yield World(tmp_path, archive, store, registry, calendars, rollup)
        engine.close()
