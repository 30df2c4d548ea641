"""A simulated year: all record sets of all regions, written as their systems would hand them over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from metrics.model import Region
from simulator.complaints import complaints
from simulator.country import Country
from simulator.flavours import FLAVOURS, Flavour
from simulator.manifest import Manifest, PlantedDefect, SimulatedFile
from simulator.mapping_file import write_mapping
from simulator.planting import plant, silences
from simulator.probes import probes
from simulator.rollout import rollout_events
from simulator.sheets import Sheet
from simulator.surveys import surveys
from simulator.traffic import traffic
from simulator.transactions import transactions
from simulator.truth import write_truth


def write_year(
    folder: Path,
    regions: Sequence[Region],
    *,
    seed: int = 20230620,
    year: int = 2025,
    scale: float = 1.0,
    defects: bool = True,
) -> Manifest:
    """Write data files, a mapping beside each, ``truth.json`` and ``manifest.json`` into a folder.

    The same arguments give the same bytes. ``scale``: 1.0 is about 600,000 transactions a year for
    514 regions. Files that would be empty are not written. Raises ``ValueError`` where there are
    no regions or the scale is not positive.
    """
    if not regions or scale <= 0:
        raise ValueError(f"a year needs regions and a positive scale, not {len(regions)} and {scale}")
    folder.mkdir(parents=True, exist_ok=True)
    country = Country.of(regions, seed=seed, year=year, scale=scale)
    records = simulate(country)
    sheets = [sheet for flavour in FLAVOURS if len((sheet := _sheet(flavour, country, records)).frame)]
    planted: list[PlantedDefect] = []
    if defects:
        sheets, planted = plant(country, sheets)
    for sheet in sheets:
        sheet.write(folder)
        write_mapping(folder, sheet.flavour)
    manifest = Manifest(
        seed=seed,
        year=year,
        scale=scale,
        as_of=str(dt.date(year, 12, 31)),
        files=tuple(_file(sheet) for sheet in sheets),
        defects=(*planted, *silences(country)),
    )
    write_truth(folder, manifest.truth, country, records)
    manifest.write(folder)
    return manifest


def simulate(country: Country) -> dict[str, pl.DataFrame]:
    """Return the records of each record set, typed, in order of region and time, without defects."""
    cases = transactions(country)
    return {
        "transactions": _numbered(cases, "T"),
        "complaints": _numbered(complaints(country, cases), "K"),
        "surveys": _numbered(surveys(country, cases), "S"),
        "probes": _numbered(probes(country), "P"),
        "traffic": _numbered(traffic(country), "L"),
        "rollout_events": _numbered(rollout_events(country), "R").with_columns(zone=pl.lit("UTC")),
    }


def _numbered(frame: pl.DataFrame, letter: str) -> pl.DataFrame:
    """Frame with an id that counts the records of each region."""
    number = pl.int_range(1, pl.len() + 1).over("region").cast(pl.String).str.zfill(5)
    return frame.with_columns(id=pl.format("{}{}", pl.lit(letter), number))


def _sheet(flavour: Flavour, country: Country, records: dict[str, pl.DataFrame]) -> Sheet:
    frame = records[flavour.dataset]
    if flavour.systems:
        systems = country.traits.select("region", "system").filter(pl.col("system").is_in(flavour.systems))
        frame = frame.filter(pl.col("region").is_in(systems["region"].to_list()))
    return Sheet(flavour, frame)


def _file(sheet: Sheet) -> SimulatedFile:
    return SimulatedFile(sheet.flavour.file, sheet.flavour.mapping, sheet.flavour.dataset, sheet.records)
