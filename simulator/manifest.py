"""Manifest of a simulated year: which files, and which defects were planted where."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

NOTICE = (
    "Simulated data. The names of the regions are those of the registry; nothing in these files "
    "says anything about a real region."
)


@dataclass(frozen=True, slots=True)
class SimulatedFile:
    """A written file with the mapping that reads it. Paths are relative to the folder."""

    file: str
    mapping: str
    dataset: str
    records: int
    simulated: bool = True


@dataclass(frozen=True, slots=True)
class PlantedDefect:
    """Something wrong that was planted on purpose, and how it should come to light.

    ``region``: code of the region whose records they are made from, ``None`` where the record
    cannot tell its region any more. ``rule``: id of the rule that should find the records,
    ``None`` where no rule does; ``check``: id of the check of the batch that should fail.
    ``outcome``: rejected | warned | masked | superseded | silent. ``keys``: ids of the planted
    records as the file gives them. Days are local, of the records they are made from.
    """

    id: str
    kind: str
    dataset: str
    file: str
    region: str | None
    made_from: str
    rows: int
    keys: tuple[str, ...]
    first_day: str
    last_day: str
    rule: str | None
    check: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``write_year`` wrote. ``truth``: name of the file with the true parameters."""

    seed: int
    year: int
    scale: float
    as_of: str
    files: tuple[SimulatedFile, ...]
    defects: tuple[PlantedDefect, ...]
    truth: str = "truth.json"
    simulated: bool = True
    notice: str = NOTICE

    def write(self, folder: Path) -> None:
        """Write ``manifest.json``."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
