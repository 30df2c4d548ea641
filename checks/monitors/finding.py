"""What a monitor says: a finding. Data, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.model import CheckResult, Outcome, Severity

Days = tuple[date, date]


class Cause(StrEnum):
    """Why something could not be checked.

    ``Outcome`` has three words, and the store, the pages and every ``match`` know these three.
    A history that is too short is one of the ways in which a check cannot be made, so "learning" is
    a cause of ``Outcome.ERROR`` and no fourth outcome; nobody is alarmed by it.
    """

    NONE = ""
    LEARNING = "learning"
    ABSENT = "absent"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """Outcome of one monitor for one region and field (``None``: all of them).

    ``days``: first and last day concerned, both included. ``value``: what was measured, ``bound``:
    the most (or, of a drop, the least) that passes. ``n``: records looked at, ``bad``: those concerned.
    ``detail`` says what was found, ``remedy`` what to do, both in plain English.
    """

    monitor: str
    dataset: str
    region: str | None
    field: str | None
    days: Days | None
    outcome: Outcome
    severity: Severity
    dimension: str
    value: float | None = None
    bound: float | None = None
    n: int = 0
    bad: int = 0
    detail: str = ""
    remedy: str = ""
    cause: Cause = Cause.NONE

    @property
    def failed(self) -> bool:
        """Whether it is an alarm."""
        return self.outcome is Outcome.FAIL

    @property
    def order(self) -> tuple[str, str, str, str, date, str]:
        """Place in a list: the same whatever the order in which records came."""
        first = self.days[0] if self.days else date.min
        return (self.dataset, self.region or "", self.monitor, self.field or "", first, self.detail)

    def result(self, milliseconds: float = 0.0) -> CheckResult:
        """Give the row that the store keeps; the field and the days stand in the detail."""
        where = f"{self.field}: " if self.field else ""
        when = f" ({self.days[0]} to {self.days[1]})" if self.days else ""
        why = f" [{self.cause}]" if self.cause else ""
        return CheckResult(
            dataset=self.dataset,
            rule=self.monitor,
            region=self.region,
            outcome=self.outcome,
            severity=self.severity,
            dimension=self.dimension,
            n=self.n,
            bad=self.bad,
            value=self.value,
            bound=self.bound,
            milliseconds=milliseconds,
            detail=f"{where}{self.detail}{when}{why} {self.remedy}".strip(),
        )
