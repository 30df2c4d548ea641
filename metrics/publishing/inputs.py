"""Everything that a published ranking depends on, as JSON and back.

Records are named by the version of the archive, and by the hash of each file. All else is not in the
archive, or changes there, and is kept here whole: registry (with populations), calendars, method, settings,
holds, what the gate rejected and the monitors found, the instant that counts as now, whether anything is
simulated. The program is only told; it cannot be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import polars as pl
from pydantic import TypeAdapter

from metrics.calendar import Calendar
from metrics.indicators import IndicatorSettings
from metrics.model import Province, Region
from metrics.observation import Hold
from metrics.publishing.program import Program
from metrics.quality import Verdicts
from metrics.ranking import Method
from metrics.regions import Registry

Level = Literal["region", "province"]
JUDGED = {
    "rejections": {"dataset": pl.String, "region": pl.String, "rule": pl.String, "n": pl.Int64},
    "findings": {
        **dict.fromkeys(("dataset", "region", "check", "severity", "outcome"), pl.String),
        **dict.fromkeys(("first_day", "last_day"), pl.Date),
    },
}
"""Columns of the frames of ``Verdicts``."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A record set's version in the archive, and the SHA-256 of each of its files by path."""

    version: int
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a ranking is computed from. ``complaint_days``: deadlines of complaints by class."""

    level: Level
    as_of: datetime
    method: Method
    archive: dict[str, Pinned]
    registry: Registry
    calendars: dict[str, Calendar]
    settings: IndicatorSettings
    complaint_days: dict[str, int]
    holds: tuple[Hold, ...]
    verdicts: Verdicts
    simulated: bool
    program: Program

    @property
    def versions(self) -> dict[str, int]:
        """Archive version of each record set."""
        return {dataset: pinned.version for dataset, pinned in self.archive.items()}


def document_of(inputs: Inputs) -> dict[str, Any]:
    """Inputs as JSON: everything of them."""
    return {
        "level": inputs.level,
        "as_of": inputs.as_of.isoformat(),
        "method": inputs.method.model_dump(mode="json"),
        "archive": {dataset: asdict(pinned) for dataset, pinned in inputs.archive.items()},
        "registry": _registry(inputs.registry),
        "calendars": {name: _calendar(one) for name, one in inputs.calendars.items()},
        "settings": asdict(inputs.settings),
        "complaint_days": dict(inputs.complaint_days),
        "holds": [asdict(hold) for hold in inputs.holds],
        "verdicts": {name: _rows(getattr(inputs.verdicts, name)) for name in JUDGED},
        "simulated": inputs.simulated,
        "program": asdict(inputs.program),
    }


def inputs_from(content: Mapping[str, Any]) -> Inputs:
    """Inputs out of what ``document_of`` gave."""
    archive = {dataset: Pinned(**pinned) for dataset, pinned in content["archive"].items()}
    return Inputs(
        level=content["level"],
        as_of=datetime.fromisoformat(content["as_of"]),
        method=Method.model_validate(content["method"]),
        archive=archive,
        registry=_registry_from(content["registry"]),
        calendars={name: _calendar_from(name, one) for name, one in content["calendars"].items()},
        settings=IndicatorSettings(**content["settings"]),
        complaint_days=content["complaint_days"],
        holds=TypeAdapter(tuple[Hold, ...]).validate_python(content["holds"]),
        verdicts=Verdicts(**{name: _frame(name, content["verdicts"][name]) for name in JUDGED}),
        simulated=content["simulated"],
        program=Program(**content["program"]),
    )


def _registry(registry: Registry) -> dict[str, Any]:
    return {
        "name": registry.name,
        "provinces": [asdict(province) for province in registry.provinces.values()],
        "regions": [
            asdict(region) | {"province": region.province.code} for region in registry.regions.values()
        ],
    }


def _registry_from(content: Mapping[str, Any]) -> Registry:
    provinces = {one["code"]: Province(**one) for one in content["provinces"]}
    regions = [Region(**one | {"province": provinces[one["province"]]}) for one in content["regions"]]
    return Registry(content["name"], {region.code: region for region in regions}, provinces)


def _calendar(calendar: Calendar) -> dict[str, Any]:
    """What bears on working time: week, exceptions by epoch day, known years."""
    years = calendar.holiday_years
    return {
        "week": calendar.week,
        "exceptions": [[day, sessions] for day, sessions in sorted(calendar.exceptions.items())],
        "holiday_years": None if years is None else sorted(years),
    }


def _calendar_from(name: str, content: Mapping[str, Any]) -> Calendar:
    years = content["holiday_years"]
    return Calendar(
        name,
        tuple(_sessions(day) for day in content["week"]),
        {day: _sessions(sessions) for day, sessions in content["exceptions"]},
        None if years is None else frozenset(years),
    )


def _sessions(pairs: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((opens, closes) for opens, closes in pairs)


def _rows(frame: pl.DataFrame | None) -> list[dict[str, Any]] | None:
    """Rows in an order of their own: that of the store is not told apart by what counts."""
    return None if frame is None else frame.sort(frame.columns).to_dicts()


def _frame(name: str, rows: list[dict[str, Any]] | None) -> pl.DataFrame | None:
    if rows is None:
        return None
    schema = JUDGED[name]
    days = [column for column, kind in schema.items() if kind == pl.Date]
    raw = pl.DataFrame(rows, schema={c: pl.String if c in days else kind for c, kind in schema.items()})
    return raw.with_columns(pl.col(days).str.to_date()) if days else raw
