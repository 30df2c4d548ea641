"""Rows that the tests of the store write: small, and different in every column."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa

from metrics.histogram import Histogram
from metrics.model import (
    Batch,
    CheckResult,
    IndicatorValue,
    Outcome,
    Ranking,
    RankRow,
    RolloutEvent,
    Severity,
)
from metrics.packing import pack

NOON = datetime(2025, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)
NOON_US = int(NOON.timestamp()) * 1_000_000 + 123456


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def case_row(
    partition: str = "2025-07",
    region: str = "11.01",
    *,
    dataset: str = "transactions",
    service: str = "ktp",
    received: int = 3,
    simulated: bool = False,
) -> dict[str, object]:
    elapsed = Histogram.of([60.0, 3600.0])
    return {
        "dataset": dataset,
        "partition": partition,
        "region": region,
        "service": service,
        "channel": "digital",
        "class": "",
        "received": received,
        "finished": 2,
        "rejected": 0,
        "withdrawn": 0,
        "open": 1,
        "undated": 0,
        "with_due": 2,
        "on_time": 1,
        "late": 1,
        "elapsed": elapsed.pack(),
        "elapsed_total_us": elapsed.total_microseconds,
        "working": elapsed.pack(),
        "working_total_us": 2**62,
        "response": b"",
        "response_total_us": 0,
        "received_days": pack(ints(20270), ints(3)),
        "finished_days": pack(ints(20271), ints(2)),
        "open_cases": pack(ints(NOON_US), ints(-1)),
        "warnings": 0,
        "first_anchor_us": NOON_US,
        "last_anchor_us": NOON_US + 1,
        "last_observed_us": NOON_US + 2,
        "simulated": simulated,
    }


def cases(*rows: Mapping[str, object]) -> pa.Table:
    return pl.DataFrame([dict(row) for row in rows], schema_overrides={"response": pl.Binary}).to_arrow()


def surveys(region: str = "11.01", partition: str = "2025-07") -> pa.Table:
    row = {
        "partition": partition,
        "region": region,
        "service": "ktp",
        "channel": "counter",
        "respondents": 5,
        "elements": pack(ints(0, 1), ints(5, 4), ints(18, 12)),
        "scores": pack(ints(30), ints(9), ints(5)),
        "last_observed_us": NOON_US,
        "simulated": False,
    }
    return pl.DataFrame([row]).to_arrow()


def probes(region: str = "11.01", partition: str = "2025-07") -> pa.Table:
    row = {
        "partition": partition,
        "region": region,
        "target": "https://layanan.example/",
        "days": pack(ints(20270, 20271), ints(5, 6), ints(1, 0), ints(24, 24), ints(2, 0)),
        "latency": Histogram.of([0.2]).pack(),
        "latency_total_us": 200_000,
        "reasons": '{"timeout": 2}',
        "last_observed_us": NOON_US,
        "last_checked_us": NOON_US - 5,
        "simulated": True,
    }
    return pl.DataFrame([row]).to_arrow()


def traffic(region: str = "11.01", partition: str = "2025-07") -> pa.Table:
    row = {
        "partition": partition,
        "region": region,
        "target": "",
        "days": pack(ints(20270), ints(100), ints(3)),
        "latency": Histogram.of([0.1, 0.2]).pack(),
        "latency_total_us": 300_000,
        "last_observed_us": NOON_US,
        "simulated": False,
    }
    return pl.DataFrame([row]).to_arrow()


def event(number: int = 1, *, simulated: bool = False) -> RolloutEvent:
    return RolloutEvent(
        id=f"e{number}",
        region="11.01",
        track="digital",
        stage="live",
        date=date(2023, 6, 20),
        authority="Ministry",
        source="decree",
        verified=True,
        platform="MPPDN",
        note="«é»",
        simulated=simulated,
    )


def events(*listed: RolloutEvent, partition: str = "2023-06") -> pa.Table:
    fields = RolloutEvent.__dataclass_fields__
    rows = [{"partition": partition} | {name: getattr(e, name) for name in fields} for e in listed]
    return pl.DataFrame(rows).to_arrow()


def batch(
    name: str = "b1", *, dataset: str = "transactions", simulated: bool = False, hours: int = 0
) -> Batch:
    return Batch(
        id=name,
        dataset=dataset,
        source="file",
        origin="cases.csv",
        started=NOON + timedelta(hours=hours),
        finished=NOON + timedelta(hours=hours, seconds=5),
        simulated=simulated,
        contract_version="1.0.0",
        mapping_hash="ab12",
        archive_version=7,
        read=10,
        accepted=8,
        rejected=2,
        new=5,
        updated=2,
        unchanged=1,
        rejected_by_rule={"required-submitted": 2},
        warned_by_rule={"status-agrees-with-dates": 1},
    )


def check(
    rule: str = "required-id", region: str | None = "11.01", outcome: Outcome = Outcome.PASS
) -> CheckResult:
    return CheckResult(
        dataset="transactions",
        rule=rule,
        region=region,
        outcome=outcome,
        severity=Severity.CRITICAL,
        dimension="completeness",
        n=10,
        bad=1,
        value=0.1,
        bound=None,
        milliseconds=1.5,
        detail="",
    )


def value(region: str = "11.01", period: str = "2025", figure: float | None = 12.5) -> IndicatorValue:
    return IndicatorValue("on_time_ratio", "region", region, period, figure, "ratio", 40, 10.0, 15.0)


def ranking(
    *,
    period: str = "2025",
    score: float = 71.5,
    version: str = "1",
    method: str = "default",
    archive: int = 3,
) -> Ranking:
    rows: Sequence[RankRow] = (
        RankRow(
            region="11.02",
            ranked=True,
            score=score,
            score_low=70.0,
            score_high=73.0,
            rank=1,
            rank_low=1,
            rank_high=2,
            band="A",
            parts={"on_time_ratio": 0.5, "ikm": None},
        ),
        RankRow("11.01", ranked=False, reasons=("too few cases (n=3)", "no complaints"), parts={"ikm": None}),
    )
    return Ranking(method, version, period, NOON, {"transactions": archive}, tuple(rows), simulated=True)
