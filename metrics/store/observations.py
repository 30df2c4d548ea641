"""Rows of what checks found: runs of the monitors, findings, standings, costs, and holds made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, select

from metrics.model import CheckResult, Outcome, Severity
from metrics.observation import Cause, Cost, Finding, Hold, Standing, Watch
from metrics.store import bulk
from metrics.store.observation_tables import CHECK_COST, FINDING, HOLD, STANDING, WATCH
from metrics.store.selection import Wanted, matching

_WATCH_FIELDS = tuple(f.name for f in fields(Watch))
_STANDING_FIELDS = tuple(f.name for f in fields(Standing))
_FINDING_COLUMNS = [column.name for column in FINDING.columns if column.name != "id"]
_KEY = ("check", "dataset", "region")


def put_watch(connection: Connection, watch: Watch) -> None:
    """Write a run of the monitors."""
    connection.execute(WATCH.insert().values(asdict(watch)))


def watches(connection: Connection, limit: int) -> list[Watch]:
    """Return runs of the monitors, the latest first."""
    statement = select(WATCH).order_by(WATCH.c.started.desc(), WATCH.c.id.desc()).limit(limit)
    return [Watch(**row) for row in connection.execute(statement).mappings()]


def put_findings(connection: Connection, watch: Watch, findings: Sequence[Finding]) -> None:
    """Write what a run found, in place of all that was known of the days that it judged.

    Passes are not findings; they stand in the standings.
    """
    judged = FINDING.c.last_day.is_(None) | (FINDING.c.last_day >= watch.first)
    connection.execute(delete(FINDING).where(judged))
    kept = [item for item in findings if item.outcome is not Outcome.PASS]
    columns: dict[str, Sequence[Any]] = {
        "watch": [watch.id] * len(kept),
        "check": [item.monitor for item in kept],
        "first_day": [item.days[0] if item.days else None for item in kept],
        "last_day": [item.days[1] if item.days else None for item in kept],
    }
    for name in _FINDING_COLUMNS:
        if name not in columns:
            columns[name] = [getattr(item, name) for item in kept]
    for name in ("outcome", "severity", "cause"):
        columns[name] = [value.value for value in columns[name]]
    bulk.insert(connection, FINDING, columns)


def findings(
    connection: Connection, region: Wanted, dataset: Wanted, check: Wanted, outcome: Wanted
) -> pl.DataFrame:
    """What the monitors find, in order of record set, region, check and day: the columns of the table."""
    statement = select(*(FINDING.c[name] for name in _FINDING_COLUMNS))
    for name, wanted in (("region", region), ("dataset", dataset), ("check", check), ("outcome", outcome)):
        statement = matching(statement, FINDING.c[name], wanted)
    frame = bulk.read_frame(connection, statement)
    return frame.sort("dataset", "region", "check", "first_day", "field", nulls_last=False)


def put_standings(connection: Connection, verdicts: Sequence[Finding], at: datetime) -> None:
    """Continue the history of each check and region that came out again, or begin another stretch."""
    worst = _worst(verdicts)
    if not worst:
        return
    known = {(row.check, row.dataset, row.region): row for row in _currents(connection, worst)}
    again = {key for key, row in known.items() if key in worst and _same(row, worst[key])}
    ended = [row.id for key, row in known.items() if key in worst and key not in again]
    gone = [known[key].id for key in again]
    for start in range(0, len(gone), 500):
        connection.execute(delete(STANDING).where(STANDING.c.id.in_(gone[start : start + 500])))
    for start in range(0, len(ended), 500):
        change = STANDING.update().where(STANDING.c.id.in_(ended[start : start + 500]))
        connection.execute(change.values(current=False))
    rows = [_row(worst[key], at, known[key] if key in again else None) for key in sorted(worst)]
    bulk.insert(connection, STANDING, {name: [row[name] for row in rows] for name in rows[0]})


def _worst(verdicts: Sequence[Finding]) -> dict[tuple[str, str, str], Finding]:
    """One verdict for each check and region: a failure before what could not be checked, before a pass."""
    order = {Outcome.FAIL: 0, Outcome.ERROR: 1, Outcome.PASS: 2}
    grave = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}
    worst: dict[tuple[str, str, str], Finding] = {}
    for item in sorted(verdicts, key=lambda one: (order[one.outcome], grave[one.severity], one.order)):
        if item.region is not None:
            worst.setdefault((item.monitor, item.dataset, item.region), item)
    return worst


def _currents(connection: Connection, keys: dict[tuple[str, str, str], Finding]) -> list[Any]:
    checks, datasets = {check for check, _, _ in keys}, {dataset for _, dataset, _ in keys}
    statement = select(STANDING).where(
        STANDING.c.current, STANDING.c.check.in_(sorted(checks)), STANDING.c.dataset.in_(sorted(datasets))
    )
    regions = {region for _, _, region in keys}
    if len(regions) <= 50:  # noqa: PLR2004 - of a few regions only theirs are read
        statement = statement.where(STANDING.c.region.in_(sorted(regions)))
    return [*connection.execute(statement)]


def _same(row: Any, verdict: Finding) -> bool:  # noqa: ANN401 - a row of SQLAlchemy's
    told = (row.outcome, row.severity, row.cause)
    return told == (verdict.outcome.value, verdict.severity.value, verdict.cause.value)


def _row(verdict: Finding, at: datetime, known: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return {
        "check": verdict.monitor,
        "dataset": verdict.dataset,
        "region": verdict.region,
        "outcome": verdict.outcome.value,
        "severity": verdict.severity.value,
        "cause": verdict.cause.value,
        "since": known.since if known is not None else at,
        "until": at,
        "runs": known.runs + 1 if known is not None else 1,
        "n": verdict.n,
        "bad": verdict.bad,
        "value": verdict.value,
        "bound": verdict.bound,
        "detail": verdict.detail if verdict.failed or verdict.outcome is Outcome.ERROR else "",
        "current": True,
    }


def standings(
    connection: Connection, region: Wanted, dataset: Wanted, check: Wanted, *, current: bool
) -> pl.DataFrame:
    """History of checks, the latest stretch of each first: the fields of ``Standing``, and current."""
    statement = select(*(STANDING.c[name] for name in (*_STANDING_FIELDS, "current")))
    for name, wanted in (("region", region), ("dataset", dataset), ("check", check)):
        statement = matching(statement, STANDING.c[name], wanted)
    if current:
        statement = statement.where(STANDING.c.current)
    frame = bulk.read_frame(connection, statement)
    return frame.sort(*_KEY, "until", descending=[False, False, False, True])


def verdicts_of(results: Sequence[CheckResult]) -> list[Finding]:
    """Results of a contract's rules on a batch as verdicts, region by region."""
    return [
        Finding(
            item.rule,
            item.dataset,
            item.region,
            None,
            None,
            item.outcome,
            item.severity,
            item.dimension,
            item.value,
            item.bound,
            item.n,
            item.bad,
            item.detail,
            cause=Cause.BROKEN if item.outcome is Outcome.ERROR else Cause.NONE,
        )
        for item in results
        if item.region is not None
    ]


def costs_of(results: Sequence[CheckResult], at: datetime) -> list[Cost]:
    """What the rules cost on a batch."""
    return [
        Cost(item.rule, item.dataset, at.date(), 1, item.milliseconds, item.n)
        for item in results
        if item.region is None
    ]


def add_costs(connection: Connection, costs: Sequence[Cost]) -> None:
    """Add what checks cost to their days."""
    for cost in costs:
        table = CHECK_COST.c
        here = (table.check == cost.check) & (table.dataset == cost.dataset) & (table.day == cost.day)
        added = {
            "runs": table.runs + cost.runs,
            "milliseconds": table.milliseconds + cost.milliseconds,
            "rows": table.rows + cost.rows,
        }
        if not connection.execute(CHECK_COST.update().where(here).values(added)).rowcount:
            connection.execute(CHECK_COST.insert().values(asdict(cost)))


def costs(connection: Connection, check: Wanted) -> pl.DataFrame:
    """What checks cost by day, in order: the fields of ``Cost``."""
    statement = matching(select(CHECK_COST), CHECK_COST.c.check, check)
    return bulk.read_frame(connection, statement).sort("check", "dataset", "day")


def failing(connection: Connection) -> list[Hold]:
    """What critical findings of the monitors keep out of figures, in order."""
    statement = select(FINDING).where(
        FINDING.c.outcome == Outcome.FAIL.value,
        FINDING.c.severity == Severity.CRITICAL.value,
        FINDING.c.region.is_not(None),
    )
    found = [_hold(row) for row in connection.execute(statement)]
    return sorted(found, key=lambda hold: (hold.dataset, hold.region, hold.check, hold.days or _ALWAYS))


def put_holds(connection: Connection, holds_: Sequence[Hold]) -> None:
    """Write what the figures do not rest on, in place of all that was there."""
    connection.execute(delete(HOLD))
    columns: dict[str, Sequence[Any]] = {
        name: [getattr(hold, name) for hold in holds_]
        for name in ("dataset", "region", "check", "detail", "remedy")
    }
    for at, name in enumerate(("first_day", "last_day")):
        columns[name] = [hold.days[at] if hold.days else None for hold in holds_]
    bulk.insert(connection, HOLD, columns)


def holds(connection: Connection, region: Wanted) -> list[Hold]:
    """Return what the figures do not rest on, in the order in which it was put."""
    statement = matching(select(HOLD).order_by(HOLD.c.id), HOLD.c.region, region)
    return [_hold(row) for row in connection.execute(statement)]


def _hold(row: Any) -> Hold:  # noqa: ANN401 - a row of SQLAlchemy's
    days = (row.first_day, row.last_day) if row.first_day is not None else None
    return Hold(row.dataset, row.region, days, row.check, row.detail, row.remedy)


_ALWAYS = (date.min, date.min)
