"""Planting: puts the defects of the table into sheets, each into a region of its own, and lists them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from metrics.model import Region
from simulator.clock import date_of
from simulator.country import Country
from simulator.defects import DEFECTS, SILENT, SUPERSEDED, Defect
from simulator.flavours import ANCHORS
from simulator.manifest import PlantedDefect
from simulator.sheets import Sheet, text_of, written

FEWEST, MOST = 3, 6
"""Records of a rejected defect."""
WARNED_SHARE = 0.04
"""Share of a region's records with a warning: above the 1 % that a check lets pass."""
ROOM = 12
"""Records a region must have for a defect to be planted in it."""


@dataclass
class _Planter:
    """Chooses regions and rows, and keeps account of the regions that are taken."""

    country: Country
    rng: np.random.Generator
    taken: set[tuple[str, str]] = field(default_factory=set)

    def region_for(self, defect: Defect, sheet: Sheet) -> str | None:
        """Return a region with enough records, and with no other defect in the record set if there is one."""
        rows = sheet.frame if defect.where is None else sheet.frame.filter(defect.where)
        counts = rows.group_by("region").len().filter(pl.col("len") >= self._room(sheet)).sort("region")
        regions = counts["region"].to_list()
        if defect.shared_name:
            shared = _shared_names(self.country.regions)
            regions = [region for region in regions if region in shared]
        dataset = sheet.flavour.dataset
        free = [region for region in regions if (dataset, region) not in self.taken]
        if not (free or regions):
            return None
        region = str(self.rng.choice(free or regions))
        self.taken.add((dataset, region))
        return region

    def _room(self, sheet: Sheet) -> int:
        return FEWEST if sheet.flavour.dataset == "rollout_events" else ROOM

    def rows_of(self, defect: Defect, sheet: Sheet, region: str) -> pl.DataFrame:
        """Return the rows of the region that the defect is made from, with their place in the frame."""
        rows = sheet.frame.with_row_index("_at").filter(pl.col("region") == region)
        fitting = rows if defect.where is None else rows.filter(defect.where)
        number = int(self.rng.integers(FEWEST, MOST + 1))
        if defect.in_place:
            number = max(number, math.ceil(WARNED_SHARE * len(rows)))
        number = min(number, len(fitting))
        return fitting[np.sort(self.rng.choice(len(fitting), number, replace=False))]


def plant(country: Country, sheets: Sequence[Sheet]) -> tuple[list[Sheet], list[PlantedDefect]]:
    """Return the sheets with every defect planted that they have room for, and the list of them."""
    planter = _Planter(country, country.stream("defects"))
    by_name = {sheet.flavour.name: sheet for sheet in sheets}
    listed = []
    for number, defect in enumerate(DEFECTS, 1):
        sheet = by_name.get(defect.sheet)
        region = planter.region_for(defect, sheet) if sheet else None
        if sheet is None or region is None:
            continue
        rows = planter.rows_of(defect, sheet, region)
        by_name[defect.sheet], keys = _planted(defect, sheet, rows, number)
        listed.append(_listed(defect, sheet, rows, keys, f"D{number:02d}"))
    return list(by_name.values()), listed


def _planted(defect: Defect, sheet: Sheet, rows: pl.DataFrame, number: int) -> tuple[Sheet, tuple[str, ...]]:
    """Sheet with the defect, and the ids of the records that have it."""
    if defect.in_place:
        changed = rows.with_columns(**defect.typed)
        keys = tuple(changed["id"].to_list())
        at = pl.Series(changed["_at"])
        frame = sheet.frame.with_columns(
            sheet.frame[name].scatter(at, changed[name]).alias(name) for name in defect.typed
        )
        return replace(sheet, frame=frame), keys
    copies = rows.drop("_at")
    if defect.outcome != SUPERSEDED:
        copies = copies.with_columns(pl.col("id") + f"-D{number:02d}")
    keys = tuple(copies["id"].to_list()) if "id" not in defect.typed else ()
    columns = sheet.flavour.columns
    text = written(copies.with_columns(**defect.typed), sheet.flavour).with_columns(
        pl.lit(word, dtype=pl.String).alias(columns[name]) for name, word in defect.text.items()
    )
    if defect.tail:
        lines = text_of(text, sheet.flavour).decode().splitlines()
        return replace(sheet, lines=(*sheet.lines, *(line + defect.tail for line in lines))), keys
    return replace(sheet, planted=(*sheet.planted, text)), keys


def _listed(
    defect: Defect, sheet: Sheet, rows: pl.DataFrame, keys: tuple[str, ...], identity: str
) -> PlantedDefect:
    anchor = rows[ANCHORS[sheet.flavour.dataset]]
    zone = rows["zone"][0]
    days = anchor if anchor.dtype == pl.Date else anchor.dt.convert_time_zone(zone).dt.date()
    region = rows["region"][0]
    return PlantedDefect(
        id=identity,
        kind=defect.kind,
        dataset=sheet.flavour.dataset,
        file=sheet.flavour.file,
        region=None if defect.nameless else region,
        made_from=region,
        rows=len(rows),
        keys=keys,
        first_day=str(days.min()),
        last_day=str(days.max()),
        rule=defect.rule,
        check=defect.check,
        outcome=defect.outcome,
    )


def silences(country: Country) -> list[PlantedDefect]:
    """List the regions that are silent all year, or from a day of it on."""
    silent = country.traits.filter(pl.col("silent_from").is_not_null())
    return [
        PlantedDefect(
            id=f"S{number:02d}",
            kind="silent-region",
            dataset="",
            file="",
            region=trait["region"],
            made_from=trait["region"],
            rows=0,
            keys=(),
            first_day=str(trait["silent_from"]),
            last_day=str(date_of(int(country.days[-1]))),
            rule=None,
            check=None,
            outcome=SILENT,
        )
        for number, trait in enumerate(silent.iter_rows(named=True), 1)
    ]


def _shared_names(regions: Sequence[Region]) -> set[str]:
    names = Counter(region.name for region in regions)
    return {region.code for region in regions if names[region.name] > 1}
