"""What a monitor is: what it says of itself, and a pure function from evidence to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from checks.monitors.evidence import Evidence
from metrics.model import Outcome, Severity
from metrics.observation import Cause, Days, Finding

Judged = Mapping[tuple[str, str], int] | Mapping[tuple[str, str | None], int]
"""Records looked at, by record set and region (``None``: of a source that many regions share)."""


@dataclass(frozen=True, slots=True)
class About:
    """A monitor in words, for its findings and for docs/reference/monitors.md.

    ``watches``: what it looks at. ``baseline``: what it compares with. ``threshold``: from when on it
    alarms, with the size of the effect. ``blind``: what it cannot see.
    """

    id: str
    dimension: str
    severity: Severity
    watches: str
    baseline: str
    threshold: str
    blind: str
    remedy: str

    def fail(  # noqa: PLR0913 - a finding has so many parts
        self,
        dataset: str,
        region: str | None,
        field: str | None,
        days: Days | None,
        detail: str,
        *,
        value: float | None = None,
        bound: float | None = None,
        n: int = 0,
        bad: int = 0,
        severity: Severity | None = None,
    ) -> Finding:
        """Give an alarm."""
        return Finding(
            self.id,
            dataset,
            region,
            field,
            days,
            Outcome.FAIL,
            severity or self.severity,
            self.dimension,
            value,
            bound,
            n,
            bad,
            detail,
            self.remedy,
        )

    def unchecked(
        self,
        dataset: str,
        region: str | None,
        cause: Cause,
        detail: str,
        *,
        field: str | None = None,
        n: int = 0,
    ) -> Finding:
        """Say that it could not be checked, and why."""
        return Finding(
            self.id,
            dataset,
            region,
            field,
            None,
            Outcome.ERROR,
            self.severity,
            self.dimension,
            n=n,
            detail=detail,
            cause=cause,
        )

    def told(self, judged: Judged, findings: Iterable[Finding]) -> list[Finding]:
        """Give the findings, and a pass for each record set and region judged that has none. In order."""
        listed = list(findings)
        named = {(item.dataset, item.region) for item in listed}
        listed += [
            Finding(self.id, dataset, region, None, None, Outcome.PASS, self.severity, self.dimension, n=n)
            for (dataset, region), n in judged.items()
            if (dataset, region) not in named
        ]
        return sorted(listed, key=lambda item: item.order)


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor: ``run`` gives its findings, in order, the same for the same evidence."""

    about: About
    run: Callable[[Evidence], list[Finding]]
