"""The part of the store that is about the quality of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from metrics.observation import Cost, Finding, Hold, Incident, IncidentAct, Watch
from metrics.store import incidents, observations, profiles, registry
from metrics.store.database import Database
from metrics.store.profiles import ProfileMark, Shape
from metrics.store.selection import Wanted

UNJUDGED = "unjudged"
"""Fact of the store: the first day whose number of records has changed since the monitors ran."""


class Observing:
    """What the monitors compare and find, the history of checks, and incidents. A part of ``Store``."""

    _database: Database

    # profiles

    def put_profile(self, dataset: str, partition: str, counts: pl.DataFrame, shares: pl.DataFrame) -> None:
        """Write the profile of a month in place of the one that was there."""
        with self._database.write() as connection:
            profiles.put_profile(connection, dataset, partition, counts, shares)

    def put_profile_mark(self, dataset: str, mark: ProfileMark, months: Iterable[str]) -> None:
        """Say what the profiles of a record set stand for; those of other months are removed."""
        with self._database.write() as connection:
            profiles.put_mark(connection, dataset, mark, months)

    def profile_mark(self, dataset: str) -> ProfileMark | None:
        """What the profiles of a record set stand for, ``None`` before the first."""
        with self._database.read() as connection:
            return profiles.mark(connection, dataset)

    def profile(self, name: str, dataset: str, first: str, last: str) -> list[pl.DataFrame]:
        """Frames "counts" or "shares" of a record set, from one month to another, in order."""
        with self._database.read() as connection:
            return profiles.profile(connection, name, dataset, first, last)

    def put_shapes(self, shapes: Sequence[Shape]) -> None:
        """Write what batches look like, in place of what was there of the same source."""
        if shapes:
            with self._database.write() as connection:
                profiles.put_shapes(connection, shapes)

    def shapes(self) -> list[Shape]:
        """Return what the batches of each source look like."""
        with self._database.read() as connection:
            return profiles.shapes(connection)

    # findings

    def put_unjudged(self, first: date) -> None:
        """Say from which day on the next run of the monitors is to judge again."""
        with self._database.write() as connection:
            registry.put_meta(connection, UNJUDGED, first.isoformat())

    def unjudged(self) -> date | None:
        """First day that the next run is to judge again, ``None`` where none is but the latest."""
        with self._database.read() as connection:
            found = registry.meta(connection, UNJUDGED)
        return date.fromisoformat(found) if found else None

    def put_watch(
        self,
        watch: Watch,
        findings: Sequence[Finding],
        costs: Sequence[Cost],
        changed: Sequence[Incident] = (),
        acts: Sequence[IncidentAct] = (),
    ) -> None:
        """Write a run of the monitors with all that follows from it, in one transaction.

        What it found, what it cost, and what became of the incidents; nothing is left to be judged again.
        """
        with self._database.write() as connection:
            observations.put_watch(connection, watch)
            observations.put_findings(connection, watch, findings)
            observations.put_standings(connection, findings, watch.started)
            observations.add_costs(connection, costs)
            incidents.put(connection, changed, acts)
            registry.put_meta(connection, UNJUDGED, "")

    def watches(self, limit: int = 100) -> list[Watch]:
        """Return runs of the monitors, the latest first."""
        with self._database.read() as connection:
            return observations.watches(connection, limit)

    def findings(
        self,
        *,
        region: Wanted = None,
        dataset: Wanted = None,
        check: Wanted = None,
        outcome: Wanted = "fail",
    ) -> pl.DataFrame:
        """What the monitors find, as they last judged each day.

        Columns: watch, check, dataset, region, field, first_day, last_day, outcome, cause, severity,
        dimension, value, bound, n, bad, detail, remedy.
        """
        with self._database.read() as connection:
            return observations.findings(connection, region, dataset, check, outcome)

    def standings(
        self,
        *,
        region: Wanted = None,
        dataset: Wanted = None,
        check: Wanted = None,
        current: bool = False,
    ) -> pl.DataFrame:
        """History of each check of each region, the latest stretch first.

        Columns: the fields of ``metrics.observation.Standing``, and current.
        """
        with self._database.read() as connection:
            return observations.standings(connection, region, dataset, check, current=current)

    def costs(self, *, check: Wanted = None) -> pl.DataFrame:
        """What checks cost by day: check, dataset, day, runs, milliseconds, rows."""
        with self._database.read() as connection:
            return observations.costs(connection, check)

    def critical_findings(self) -> list[Hold]:
        """Return what critical findings of the monitors are to keep out of figures."""
        with self._database.read() as connection:
            return observations.failing(connection)

    def put_holds(self, holds: Sequence[Hold]) -> None:
        """Write what the figures do not rest on, in place of all that was there."""
        with self._database.write() as connection:
            observations.put_holds(connection, holds)

    def holds(self, region: Wanted = None) -> list[Hold]:
        """Return what the figures do not rest on, as they were last computed."""
        with self._database.read() as connection:
            return observations.holds(connection, region)

    # incidents

    def put_incidents(self, changed: Sequence[Incident], acts: Sequence[IncidentAct]) -> None:
        """Write incidents, those that are there over, and lines of their log."""
        with self._database.write() as connection:
            incidents.put(connection, changed, acts)

    def incidents(
        self,
        *,
        present: bool | None = None,
        place: Wanted = None,
        dataset: Wanted = None,
        check: Wanted = None,
    ) -> list[Incident]:
        """Return incidents, the latest to be opened first. ``present``: only those that are, or are not."""
        with self._database.read() as connection:
            return incidents.get(connection, present=present, place=place, dataset=dataset, check=check)

    def incident(self, identifier: str) -> Incident:
        """Return an incident. Raises ``UnknownName``."""
        with self._database.read() as connection:
            return incidents.one(connection, identifier)

    def incident_acts(self, identifier: str) -> list[IncidentAct]:
        """Return the log of an incident, oldest first."""
        with self._database.read() as connection:
            return incidents.acts(connection, identifier)
