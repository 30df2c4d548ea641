"""A small simulated country, written once."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from metrics.model import Region
from metrics.regions import indonesia
from simulator import Manifest, write_year
from simulator.flavours import FLAVOURS

SCALE = 0.3
FLAVOUR = {flavour.file: flavour for flavour in FLAVOURS}
KIND = {"Kab.": "kabupaten", "Kota": "kota"}


def region_of(record: dict[str, Any], file: str, regions: list[Region]) -> str | None:
    """Code of the region that a record names, however its file names it."""
    columns = FLAVOUR[file].columns
    if "region" in columns:
        return str(record[columns["region"]])
    named = (record[columns["name"]], KIND.get(record[columns["kind"]]))
    return next((region.code for region in regions if (region.name, region.kind) == named), None)


@dataclass(frozen=True, eq=False)
class Year:
    folder: Path
    manifest: Manifest

    @property
    def truth(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / self.manifest.truth).read_text(encoding="utf-8"))
        return content

    def records(self, file: str) -> list[dict[str, Any]]:
        """Records of a file as another program would read them."""
        if file.endswith(".jsonl"):
            return [json.loads(line) for line in self.lines(file)]
        return list(csv.DictReader(self.lines(file), delimiter=FLAVOUR[file].separator))

    def lines(self, file: str) -> list[str]:
        return (self.folder / file).read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session")
def regions() -> list[Region]:
    """Sixty regions of all three time zones, with the kabupaten and kota of one name."""
    every = sorted(indonesia().regions.values(), key=lambda region: region.code)
    shared = [region for region in every if region.name in {"Magelang", "Bogor", "Kupang", "Jayapura"}]
    return list({region.code: region for region in (*every[::10], *shared)}.values())


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory, regions: list[Region]) -> Year:
    """With defects."""
    folder = tmp_path_factory.mktemp("year")
    return Year(folder, write_year(folder, regions, scale=SCALE))


@pytest.fixture(scope="session")
def clean_year(tmp_path_factory: pytest.TempPathFactory, regions: list[Region]) -> Year:
    """Without defects."""
    folder = tmp_path_factory.mktemp("clean-year")
    return Year(folder, write_year(folder, regions, scale=SCALE, defects=False))
