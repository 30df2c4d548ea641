"""Records that keep every rule, and for each rule a record that breaks that one alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from checks.chunk import ISSUES_SCHEMA, MappedChunk
from checks.contract import Contract, Rule
from checks.gate import Gate
from checks.rules.order import Ascending, NotEarlier, NotFuture, NotLess
from checks.rules.presence import AnyOf, DatedStatus, SameLength, Together
from checks.rules.values import Domain, DomainBy, ItemsRange, Range, Registered, Required

NOW = datetime(2025, 7, 1, 3, 0, tzinfo=UTC)
SEEN = datetime(2025, 6, 30, 3, 0, tzinfo=UTC)
BEGUN = datetime(2025, 6, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CODES = tuple(f"{province}.{number:02d}" for province in (11, 32, 73) for number in range(1, 13))

Record = dict[str, Any]

_GOOD: dict[str, Record] = {
    "transactions": {"submitted": BEGUN, "status": "open"},
    "complaints": {"received": BEGUN, "status": "received"},
    "surveys": {"answered": BEGUN, "requirements": 4},
    "probes": {"target": "dpmptsp", "checked": BEGUN, "up": True, "reason": "none"},
    "traffic": {"started": BEGUN, "interval_seconds": 60.0, "requests": 10, "errors": 1},
    "rollout_events": {
        "occurred": date(2023, 6, 20),
        "track": "digital",
        "stage": "live",
        "authority": "Kementerian PANRB",
        "source": "https://example.invalid/20-juni-2023",
        "verified": True,
    },
}


def good(contract: Contract, number: int, region: str = CODES[0]) -> Record:
    """Give a record that keeps every rule; only what must be there is there."""
    return {
        "region": region,
        "id": f"A-{number}",
        "observed_at": SEEN,
        "simulated": True,
        **_GOOD[contract.name],
        "_row": number,
    }


def broken(contract: Contract, rule: Rule, number: int, region: str = CODES[0]) -> Record:
    """Give a record that breaks this rule and no other."""
    record = good(contract, number, region)
    record |= _fault(rule, record)
    for other in contract.rules:
        if other.id != rule.id:
            record |= _peace(other, record, rule)
    return record


def frame_of(contract: Contract, records: Sequence[Record]) -> pl.DataFrame:
    """Give the frame that a mapping would make of the records."""
    schema = {**contract.polars_schema, "_row": pl.Int64()}
    return pl.DataFrame([{name: record.get(name) for name in schema} for record in records], schema=schema)


def chunk_of(
    contract: Contract,
    records: Sequence[Record],
    issues: Sequence[Mapping[str, Any]] = (),
    raw: pl.DataFrame | None = None,
) -> MappedChunk:
    """Give the chunk of these records; its raw columns are their numbers and ids unless given."""
    frame = frame_of(contract, records)
    if raw is None:
        raw = frame.select("_row", pl.col("id").alias("nomor"))
    return MappedChunk(frame, pl.DataFrame(list(issues), schema=ISSUES_SCHEMA, orient="row"), raw)


def issue(
    row: int, field: str = "completed", rule: str = "date-unreadable", value: str = "31/31/2025"
) -> Record:
    """Give an issue as a mapping reports it."""
    return {
        "_row": row,
        "rule": rule,
        "field": field,
        "value": value,
        "reason": f"{field} '{value}' is no date",
    }


def gate_of(contract: Contract, key: bytes = b"secret") -> Gate:
    """Give a gate over the test's registry and clock."""
    return Gate(contract, CODES, NOW, key=key)


def _fault(rule: Rule, record: Record) -> Record:  # noqa: C901, PLR0911, PLR0912 - a line for each kind
    match rule.kind:
        case Required(column=column):
            return {column: None}
        case Domain(column=column):
            return {column: "selesai"}
        case DomainBy(column=column, by=by, values=values):
            mine = {"true": True, "false": False}.get(str(record[by]).lower(), record[by])
            allowed = values[str(mine).lower()]
            foreign = next(word for words in values.values() for word in words if word not in allowed)
            return {by: mine, column: foreign}
        case Registered(column=column):
            return {column: "99.99"}
        case NotFuture(column=column, reference=reference):
            limit = NOW if reference == "now" else SEEN
            late = limit + 2 * DAY
            return {column: late.date() if column == "occurred" else late}
        case NotEarlier(column=column):
            return {column: date(1900, 1, 1) if column == "occurred" else datetime(1900, 1, 1, tzinfo=UTC)}
        case NotLess(column=column, than=than):
            if isinstance(record.get(column), int):
                return {than: record[column] + 1}
            base = record.get(than) or BEGUN + 2 * DAY
            return {than: base, column: base - DAY}
        case Range(column=column, minimum=minimum, above=above, maximum=maximum):
            value = _outside(minimum, above, maximum)
            return {column: value if column in _FLOATS else int(value)}
        case ItemsRange(column="latency_le"):
            return {"latency_le": [-1.0, 1.0], "latency_counts": [1, 2]}
        case ItemsRange(column=column):
            return {"latency_le": [0.1, 1.0], column: [-1, 2]}
        case Ascending(column=column):
            return {column: [1.0, 0.5], "latency_counts": [1, 2]}
        case SameLength(column=column, other=other):
            return {column: [0.1, 1.0], other: [1]}
        case Together(column="latency_le"):
            return {"latency_le": [0.1, 1.0]}
        case Together(column=column):
            return {column: 5.0}
        case AnyOf():
            return dict.fromkeys(rule.columns)
        case DatedStatus(column=column, dated=dated):
            return {column: dated[0]}
    return {}


_FLOATS = {
    "promise_value", "interval_seconds", "valid_seconds", "latency_sum_seconds", "dns_seconds",
    "connect_seconds", "tls_seconds", "first_byte_seconds", "transfer_seconds", "total_seconds",
}  # fmt: skip


def _outside(minimum: float | None, above: float | None, maximum: float | None) -> float:
    if above is not None:
        return above
    return minimum - 1 if minimum is not None else (maximum or 0.0) + 1


def _peace(other: Rule, record: Record, rule: Rule) -> Record:
    """Keep another rule about the columns that were touched."""
    match other.kind:
        case DatedStatus(column=column, date=when, dated=dated) if (
            record.get(when) is not None and column not in rule.columns
        ):
            return {column: dated[0]}
        case Together(column="promise_value", other=unit) if record.get("promise_value") is not None:
            return {unit: "days"}
        case Together(column="promise_value", other="promise_unit") if record.get("promise_unit") is not None:
            return {"promise_value": 5.0}
    return {}
