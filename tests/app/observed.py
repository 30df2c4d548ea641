"""What the monitors leave in the store: made up, at fixed instants, about the regions of the test installations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from metrics.model import Outcome, Severity
from metrics.observation import Cause, Days, Finding, Incident, Scope, State, Watch
from metrics.store import Store
from tests.app.installations import ONLY

AT = datetime(2025, 7, 2, 1, 0, tzinfo=UTC)
FIRST, LAST = date(2025, 5, 27), date(2025, 6, 30)
SILENT: Days = (date(2025, 6, 20), LAST)
EVIL = "<img src=x onerror=\"alert('1')\">&amp;"
RULE = "completed-not-before-submitted"


def verdict(
    check: str,
    outcome: Outcome = Outcome.PASS,
    severity: Severity = Severity.WARNING,
    *,
    dataset: str = "transactions",
    region: str | None = ONLY,
    days: Days | None = None,
    cause: Cause = Cause.NONE,
    n: int = 200,
    bad: int = 0,
) -> Finding:
    """Return what a check says of a region. A failure has figures, and notes that hold markup."""
    failed = outcome is Outcome.FAIL
    return Finding(
        check, dataset, region, "channel" if check == "drift" else None, days, outcome, severity, "any",
        value=7.25 if failed else None, bound=2.0 if failed else None, n=n, bad=bad,
        detail=EVIL if failed else "", remedy="Ask the source." if failed else "", cause=cause,
    )  # fmt: skip


FAIL, ERROR, CRITICAL = Outcome.FAIL, Outcome.ERROR, Severity.CRITICAL
EARLIER = (
    verdict("silence", severity=CRITICAL),
    verdict("volume"),
    verdict("drift", FAIL, days=(date(2025, 3, 3), date(2025, 3, 30)), bad=120),
    verdict("shift", ERROR, CRITICAL, cause=Cause.LEARNING),
)
LATEST = (
    verdict("silence", FAIL, CRITICAL, days=SILENT),
    verdict("volume"),
    verdict("drift"),
    verdict("shift", ERROR, CRITICAL, cause=Cause.LEARNING),
)
"""Of the region of the installation with one: it went silent, and its drift is over."""


def incident(
    identifier: str, *, state: State = State.OPEN, parent: str | None = None, at: datetime = AT
) -> Incident:
    """Return an incident of the region, about its silence, opened a day before an instant."""
    resolved = at if state is State.RESOLVED else None
    return Incident(
        identifier, Scope.REGION, ONLY, "transactions", "silence", state, CRITICAL, at - timedelta(days=1), at,
        days=SILENT, resolved=resolved, detail=EVIL, assignee=EVIL, parent=parent,
    )  # fmt: skip


def watch(home: Path, findings: Sequence[Finding], at: datetime = AT, first: date = FIRST) -> None:
    """Write a run of the monitors into the store of an installation."""
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        store.put_watch(Watch(f"{at:%Y%m%dT%H%M%S}", at, 1.5, first, LAST, 1000, {}), findings, [])
        store.put_holds(store.critical_findings())


def watched(home: Path) -> datetime:
    """Write two runs a day apart, an incident that is open and one that is over; return when the second was.

    They come after all runs that the store holds.
    """
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        at = max([AT, *(one.started + timedelta(days=2) for one in store.watches(1))])
        past = incident("past-silence", state=State.RESOLVED, at=at)
        store.put_incidents([incident("open-silence", parent="shared-silence", at=at), past], [])
    watch(home, EARLIER, at - timedelta(days=1), date(2025, 1, 1))
    watch(home, LATEST, at)
    return at
