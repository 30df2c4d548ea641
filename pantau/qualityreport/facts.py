"""What the report rests on, read from the store once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

from app.reading import observation, quality
from app.reading.observation import Row
from app.text.monitors import MONITORS
from checks.incidents import as_shown
from metrics.model import Region
from metrics.observation import Hold, Incident, Scope, Watch
from metrics.regions import Registry, usual_timezone
from metrics.store import Store


@dataclass(frozen=True)
class Facts:
    """The state of the store about the regions of the report.

    ``asked``: codes of the regions that were asked for, in their order; ``None`` for all regions. ``sets``:
    record sets that anybody reports. ``rows``: a row for each region of the report. ``now``: the current
    standings, marked. ``findings``: those that fail. ``incidents``: those that are present and concern a
    region of the report. ``holds``: what the latest figures do not rest on. ``costs``: of all regions.
    """

    registry: Registry
    asked: tuple[str, ...] | None
    made: datetime
    as_of: datetime | None
    simulated: bool
    watch: Watch | None
    sets: tuple[str, ...]
    rows: tuple[Row, ...]
    now: pl.DataFrame
    findings: pl.DataFrame
    incidents: tuple[Incident, ...]
    holds: tuple[Hold, ...]
    rejections: pl.DataFrame
    costs: pl.DataFrame

    @cached_property
    def regions(self) -> dict[str, Region]:
        """Regions of the report by code."""
        known = self.registry.regions
        return known if self.asked is None else {code: known[code] for code in self.asked}

    @cached_property
    def entries(self) -> list[Incident]:
        """Incidents that are part of no other that is present."""
        larger = {one.id for one in self.incidents if one.scope is not Scope.REGION}
        return [one for one in self.incidents if one.parent not in larger]

    @cached_property
    def timezone(self) -> str:
        """Zone of the report's instants."""
        return usual_timezone(self.regions.values())


def facts_of(store: Store, registry: Registry, asked: Collection[str] | None, *, made: datetime) -> Facts:
    """Read the facts of the regions asked for, ``None`` for all. ``made``: when that is."""
    freshness = store.freshness()
    cover = quality.coverage(freshness, registry, quality.REPORTED)
    sets = quality.active(cover) or list(quality.REPORTED)
    codes = None if asked is None else tuple(dict.fromkeys(asked))
    now = observation.marked(store.standings(region=codes, current=True), MONITORS)
    holds = [hold for hold in store.holds() if codes is None or hold.region in codes]
    rows = observation.matrix(cover.filter(pl.col("dataset").is_in(sets)), now, holds)
    rejections = store.rejections()
    return Facts(
        registry=registry,
        asked=codes,
        made=made,
        as_of=quality.data_as_of(freshness),
        simulated=store.simulated(),
        watch=next(iter(store.watches(1)), None),
        sets=tuple(sets),
        rows=tuple(row for row in rows if codes is None or row.region in codes),
        now=now,
        findings=store.findings(region=codes),
        incidents=tuple(_concerned(store.incidents(present=True), codes)),
        holds=tuple(holds),
        rejections=rejections if codes is None else rejections.filter(pl.col("region").is_in(codes)),
        costs=store.costs(),
    )


def _concerned(present: Iterable[Incident], codes: Collection[str] | None) -> list[Incident]:
    """Incidents of these regions, and the larger ones that they are part of with all their parts."""
    by_id = {one.id: one for one in present}
    shown = [as_shown(one, by_id.get(one.parent or "")) for one in by_id.values()]
    if codes is None:
        return shown
    own = [one for one in shown if one.place in codes]
    larger = {one.parent for one in own if one.parent}
    ids = {one.id for one in own} | larger
    return [one for one in shown if one.id in ids or one.parent in larger]
