"""Schema drift: each kind of change by its name and severity."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from checks.compile import load_contract
from checks.monitors.evidence import Evidence, of_regions
from checks.monitors.profile import columns
from checks.monitors.schema import SEVERITIES, findings
from metrics.observation import Cause, Finding
from metrics.regions import indonesia
from tests.checks.monitors.grids import CALENDARS

REGION = "32.73"
BEFORE = pl.DataFrame(
    {
        "nomor": [f"A{number}" for number in range(60)],
        "tanggal": ["2025-06-02"] * 60,
        "status": ["buka", "tutup"] * 30,
        "nilai": [1, 2, 3] * 20,
        "catatan": ["x"] * 60,
    }
)
REGIONS = of_regions([indonesia().regions[REGION]])


def changes(now: pl.DataFrame, before: pl.DataFrame | None = BEFORE) -> list[Finding]:
    """Alarms of a batch that comes after another."""
    return [item for item in findings(_evidence(now, before)) if item.failed]


def _evidence(now: pl.DataFrame, before: pl.DataFrame | None) -> Evidence:
    came = columns("transactions", REGION, now)
    earlier = came.clear() if before is None else columns("transactions", REGION, before)
    return Evidence(
        first=dt.date(2025, 1, 1),
        last=dt.date(2025, 12, 31),
        regions=REGIONS,
        calendars=CALENDARS,
        contracts={"transactions": load_contract("transactions")},
        columns=came,
        columns_before=earlier,
    )


CHANGES = {
    "removed": (BEFORE.drop("catatan"), "catatan"),
    "added": (BEFORE.with_columns(loket=pl.lit("3")), "loket"),
    "renamed": (BEFORE.rename({"tanggal": "tanggal_masuk"}), "tanggal"),
    "type changed": (BEFORE.with_columns(pl.col("nilai").cast(pl.String)), "nilai"),
    "type widened": (BEFORE.with_columns(pl.col("nilai").cast(pl.Float64)), "nilai"),
    "dates written otherwise": (BEFORE.with_columns(tanggal=pl.lit("02/06/2025")), "tanggal"),
    "new word": (BEFORE.with_columns(pl.col("catatan").replace("x", "x")).with_columns(
        status=pl.Series(["buka", "tutup", "batal"] * 20)), "status"),
    "word vanished": (BEFORE.with_columns(status=pl.lit("buka")), "status"),
    "blanks jumped": (BEFORE.with_columns(nilai=pl.Series([None, 2, 3] * 20)), "nilai"),
}  # fmt: skip


def test_every_kind_of_change_has_an_example() -> None:
    assert CHANGES.keys() == SEVERITIES.keys()


@pytest.mark.parametrize("kind", CHANGES)
def test_change_is_told_by_its_kind_with_its_severity(kind: str) -> None:
    now, field = CHANGES[kind]
    told = [(item.detail.split(":")[0], item.field, item.severity, item.region) for item in changes(now)]
    assert told == [(kind, field, SEVERITIES[kind], REGION)]


def test_column_with_another_name_and_the_same_words_is_taken_for_renamed() -> None:
    (item,) = changes(BEFORE.rename({"status": "keadaan"}))
    assert item.detail == "renamed: 'status' is gone and 'keadaan' is new and alike"


def test_same_columns_in_another_order_are_no_change() -> None:
    assert changes(BEFORE.select(sorted(BEFORE.columns))) == []


def test_first_batch_is_held_against_the_contract() -> None:
    told = {(item.detail.split(":")[0], item.field) for item in changes(BEFORE, None)}
    assert {("removed", "submitted"), ("removed", "region"), ("added", "nomor")} <= told
    assert not {field for kind, field in told if kind == "removed"} & {"channel", "service"}


def test_first_batch_without_a_contract_is_learning() -> None:
    evidence = _evidence(BEFORE, None)
    lone = Evidence(
        first=evidence.first,
        last=evidence.last,
        regions=REGIONS,
        calendars=CALENDARS,
        columns=evidence.columns,
    )
    assert [item.cause for item in findings(lone)] == [Cause.LEARNING]
