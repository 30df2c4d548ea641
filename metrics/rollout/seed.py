"""Rollout events known from public sources: ``metrics/data/rollout_seed.csv``.

Each row names its region by code, name and kind, and all three must agree with the registry:
the 21 regions of 20 June 2023 hold two whose names a kabupaten and a kota share.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from metrics.csvfile import Row, read_rows
from metrics.errors import UnknownName
from metrics.model import RolloutEvent
from metrics.regions import Registry
from metrics.rollout.stages import track_of

SEED = Path(__file__).parents[1] / "data" / "rollout_seed.csv"
COLUMNS = (
    "region",
    "name",
    "kind",
    "track",
    "stage",
    "date",
    "authority",
    "source",
    "verified",
    "platform",
    "note",
)
PLATFORMS = ("", "MPPDN", "MPPI", "own", "none")


def seed_events(registry: Registry, path: Path = SEED) -> tuple[RolloutEvent, ...]:
    """Events of the seed file for the regions of a registry, in the order of the file.

    A registry that shares no region with the file (code, name and kind) has none: ``()``; of
    a part of the country, the events of that part. A code that stands for another name or
    kind than in the file is a ``RegistryError``.
    """
    rows = read_rows(path, required=COLUMNS)
    known = [row for row in rows if row.text("region") in registry.regions]
    if not any(_agrees(row, registry) for row in known):
        return ()
    for row in known:
        if not _agrees(row, registry):
            region = registry.regions[row.text("region")]
            problem = f"the registry has {region.full_name!r} under code {region.code}"
            raise row.error("name", problem, "Correct the code, or the name and kind")
    events = tuple(_event(row) for row in known)
    seen: set[str] = set()
    for row, event in zip(known, events, strict=True):
        if event.id in seen:
            raise row.error("region", "the same event is listed twice", "Remove one of the two rows")
        seen.add(event.id)
    return events


def day_of(row: Row, field: str) -> date:
    """Day in a field of a row. Raises ``RegistryError`` where it is none."""
    try:
        return date.fromisoformat(row.required(field))
    except ValueError as error:
        raise row.error(
            field, "no date", "Write it as 2023-06-20; leave the row out when the day is not known"
        ) from error


def _agrees(row: Row, registry: Registry) -> bool:
    region = registry.regions[row.text("region")]
    return (region.name, region.kind) == (row.text("name"), row.text("kind"))


def _event(row: Row) -> RolloutEvent:
    track, stage, platform = row.required("track"), row.required("stage"), row.text("platform")
    try:
        track_of(track).stage(stage)
    except UnknownName as error:
        raise row.error("stage", "unknown track or stage", str(error).rstrip(".")) from error
    if platform not in PLATFORMS:
        raise row.error(
            "platform", "unknown platform", f"Write one of {', '.join(PLATFORMS[1:])}, or leave it blank"
        )
    day = day_of(row, "date")
    return RolloutEvent(
        id="-".join(filter(None, (row.text("region"), track, platform.casefold(), stage, day.isoformat()))),
        region=row.required("region"),
        track=track,
        stage=stage,
        date=day,
        authority=row.required("authority"),
        source=row.required("source"),
        verified=row.flag("verified"),
        platform=platform,
        note=row.text("note"),
    )
