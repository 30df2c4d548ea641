"""All monitors over one evidence, with what each cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checks.monitors.evidence import Evidence
from checks.monitors.kind import Monitor
from metrics.observation import Cause, Finding


@dataclass(frozen=True, slots=True)
class Ran:
    """What a monitor found, and what it cost: seconds, and records looked at."""

    monitor: str
    findings: tuple[Finding, ...]
    seconds: float
    rows: int


def judge(evidence: Evidence, monitors: Mapping[str, Monitor], clock: Callable[[], float]) -> list[Ran]:
    """Run each monitor. One that breaks says that it could not be checked; the others still run.

    ``clock``: seconds of a clock that only goes forward.
    """
    return [_ran(name, monitor, evidence, clock) for name, monitor in monitors.items()]


def _ran(name: str, monitor: Monitor, evidence: Evidence, clock: Callable[[], float]) -> Ran:
    began = clock()
    try:
        findings = monitor.run(evidence)
    except Exception as error:  # noqa: BLE001 - a check that breaks is data: it must not stop the others
        text = f"the monitor broke: {type(error).__name__}: {error}"
        findings = [monitor.about.unchecked("", None, Cause.BROKEN, text)]
    return Ran(name, tuple(findings), clock() - began, sum(item.n for item in findings))
