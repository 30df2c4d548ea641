"""Incidents as they are in the store: one of a province with parts, one of a region, one that is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from metrics.model import Severity
from metrics.observation import Act, Cost, Incident, IncidentAct, Scope, State, Watch
from metrics.store import Store
from tests.app.installations import ONLY
from tests.app.observed import AT, CRITICAL, EVIL, FAIL, FIRST, LAST, RULE, SILENT, incident, verdict

PARTS = (ONLY, "32.04", "32.77")
WIDE, PART, ALONE, PAST = "wide-silence", f"part-{ONLY}", "alone-rule", "past-drift"
BEGAN = datetime(2025, 6, 24, 1, 0, tzinfo=UTC)


def of(
    identifier: str,
    place: str = ONLY,
    scope: Scope = Scope.REGION,
    **facts: Any,
) -> Incident:
    """Return an open incident that nobody looks after; the facts are those of ``Incident``."""
    plain = replace(incident(identifier), place=place, scope=scope, assignee="", causes=("silence",))
    return replace(plain, **facts)


INCIDENTS = (
    of(
        WIDE, "32", Scope.PROVINCE, causes=("silence", "sustained"), opened=BEGAN,
        state=State.ACKNOWLEDGED, assignee="budi", n=600, bad=90,
    ),
    *(of(f"part-{place}", place, parent=WIDE, value=7.25, bound=2.0) for place in PARTS),
    of(
        ALONE, check=RULE, causes=(RULE,), days=None, severity=Severity.WARNING, field="completed",
        n=40, bad=10, value=0.25, bound=0.01,
    ),
    of(PAST, check="drift", causes=("drift",), state=State.RESOLVED, resolved=AT, reopened=2),
)  # fmt: skip
LOG = (
    IncidentAct(WIDE, BEGAN, "pantau", Act.OPENED, "3 regions, such as 32.04: nothing for 30 hours"),
    IncidentAct(WIDE, BEGAN + timedelta(hours=2), "sari", Act.ACKNOWLEDGED, EVIL),
    IncidentAct(WIDE, BEGAN + timedelta(hours=3), "sari", Act.ASSIGNED, "to budi: the network"),
)


def troubled(home: Path) -> None:
    """Write three runs of the monitors a day apart, their costs, and the incidents."""
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        start = max([AT, *(one.started + timedelta(days=1) for one in store.watches(1))])
        for day in range(3):
            at = start + timedelta(days=day)
            failing = PARTS[: day + 1]
            found = [
                verdict("silence", FAIL, CRITICAL, region=place, days=SILENT)
                if place in failing
                else verdict("silence", region=place)
                for place in PARTS
            ]
            run = Watch(f"{at:%Y%m%dT%H%M%S}", at, 1.5, FIRST, LAST, 1000, {})
            store.put_watch(
                run, found, [Cost("silence", "", date(2025, 7, 2 + day), 2, 40.0 + 20 * day, 3000)]
            )
        store.put_incidents(INCIDENTS, LOG)
