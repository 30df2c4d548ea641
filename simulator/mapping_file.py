"""Mapping files: what ``pantau import`` has to know to read a simulated file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from simulator.flavours import REGION_ZONE, Flavour

INSTANTS = frozenset(
    {
        "submitted",
        "file_complete",
        "completed",
        "due",
        "received",
        "verified",
        "responded",
        "resolved",
        "answered",
        "checked",
        "started",
        "observed_at",
    }
)
OWN_ENTRIES = frozenset({"region", "name", "kind", "observed_at"})
"""Columns that a mapping names outside its fields."""


def write_mapping(folder: Path, flavour: Flavour) -> None:
    """Write the mapping of a flavour beside its file."""
    text = yaml.safe_dump(mapping_of(flavour), sort_keys=False, allow_unicode=True, width=100)
    (folder / flavour.mapping).write_text(text, encoding="utf-8")


def mapping_of(flavour: Flavour) -> dict[str, Any]:
    """Give the content of the mapping: entries as ``docs/reference/mapping.md`` lists them."""
    zone = {} if flavour.zone == REGION_ZONE else {"timezone": flavour.zone}
    return {
        "version": "1",
        "dataset": flavour.dataset,
        "source": f"simulated-{flavour.name}",
        "simulated": True,
        "description": "Simulated records: they say nothing about a real region.",
        "format": _format(flavour),
        **zone,
        "observed_at": _field("observed_at", flavour),
        "region": _region(flavour),
        "fields": {name: _field(name, flavour) for name in flavour.columns if name not in OWN_ENTRIES}
        | {name: {"constant": constant} for name, constant in flavour.constants.items()},
    }


def _format(flavour: Flavour) -> dict[str, str]:
    if flavour.suffix == "jsonl":
        return {"kind": "jsonl", "encoding": "utf-8"}
    decimal = {"decimal": ","} if flavour.decimal_comma else {}
    return {"kind": "csv", "encoding": "utf-8", "delimiter": flavour.separator, **decimal}


def _region(flavour: Flavour) -> dict[str, str]:
    if flavour.by_name:
        return {"column": flavour.columns["name"], "by": "name", "kind_column": flavour.columns["kind"]}
    return {"column": flavour.columns["region"]}


def _field(name: str, flavour: Flavour) -> dict[str, Any]:
    """Where a field comes from. A file that does not say when a record was seen means: when it happened."""
    entry: dict[str, Any] = {"column": flavour.columns.get(name, flavour.anchor)}
    if name in INSTANTS and flavour.dates not in ISO:
        entry["formats"] = [flavour.dates]
    words = flavour.words.get(name)
    if words:
        entry["words"] = {word: meaning for meaning, word in words.items()}
    return entry


ISO = frozenset({"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S"})
