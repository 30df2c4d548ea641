"""Monitors of a delivery's rows: people's data, totals, and what a source may keep without blame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest

from checks.compile import CONTRACTS, load_contract
from checks.monitors import closing, personal, rounding, totals
from checks.monitors.evidence import TOTALS, Evidence, of_regions
from checks.monitors.personal import is_nik
from metrics.model import Outcome, Severity
from metrics.observation import Cause, Finding
from metrics.regions import indonesia
from tests.checks.monitors.grids import CALENDARS
from tests.checks.records import frame_of, good

REGION = "32.73"
REGIONS = of_regions([indonesia().regions[code] for code in (REGION, "73.71")])
TRANSACTIONS = load_contract("transactions")
EVIDENCE = Evidence(
    first=dt.date(2025, 1, 1),
    last=dt.date(2025, 12, 31),
    regions=REGIONS,
    calendars=CALENDARS,
    contracts={name: load_contract(name) for name in CONTRACTS},
)


def delivered(*records: Mapping[str, object]) -> Evidence:
    """Evidence of transactions that are good but for what is given."""
    rows = [good(TRANSACTIONS, number, REGION) | dict(record) for number, record in enumerate(records, 1)]
    return replace(EVIDENCE, records={"transactions": frame_of(TRANSACTIONS, rows)})


def failed(findings: list[Finding]) -> list[Finding]:
    return [item for item in findings if item.failed]


@pytest.mark.parametrize(
    ("number", "built"),
    [
        ("3273010501900001", True),
        ("3273014501900001", True),
        ("3273013201900001", False),
        ("3273017201900001", False),
        ("3273010001900001", False),
        ("3273010513900001", False),
        ("9999010501900001", False),
    ],
)
def test_nik_is_a_region_a_day_a_woman_s_plus_forty_and_a_month(number: str, built: bool) -> None:  # noqa: FBT001 - a column of the table
    frame = pl.DataFrame({"x": [number]})
    assert frame.select(is_nik(pl.col("x"), ["3273", "7371"])).item() is built


@pytest.mark.parametrize(
    ("text", "kind", "severity"),
    [
        ("KTP 3273014501900001", "a NIK", Severity.CRITICAL),
        ("KTP 3273 0145 0190 0001", "a NIK", Severity.CRITICAL),
        ("kartu 9999999999999999", "a number of sixteen digits", Severity.WARNING),
        ("hubungi 0812-0000-1234", "a telephone number", Severity.CRITICAL),
        ("warga@contoh.example", "an e-mail address", Severity.CRITICAL),
        ("KTP a.n. Contoh Nama", "a name", Severity.WARNING),
    ],
)
def test_personal_data_are_told_by_their_kind_and_never_quoted(
    text: str, kind: str, severity: Severity
) -> None:
    (item,) = failed(personal.findings(delivered({"service": text}, {"service": "Izin Reklame"})))
    assert (item.field, item.detail, item.severity) == ("service", f"1 records with {kind}", severity)
    assert text.rsplit(maxsplit=1)[-1] not in repr(item)


@pytest.mark.parametrize("text", ["Kesehatan Ibu dan Anak", "Ibu Kota", "a.n. PT Maju", "atas nama pemohon"])
def test_word_that_is_no_name_is_left_in_peace(text: str) -> None:
    assert failed(personal.findings(delivered({"service": text}))) == []


def test_source_that_keeps_dates_only_is_not_blamed_for_round_numbers() -> None:
    start = dt.datetime(2025, 6, 1, 17, tzinfo=dt.UTC)
    cases = [
        {"submitted": start, "completed": start + dt.timedelta(days=1 + number % 9)} for number in range(60)
    ]
    (item,) = rounding.findings(delivered(*cases))
    assert (item.outcome, item.cause) == (Outcome.ERROR, Cause.ABSENT)
    assert failed(closing.findings(delivered(*cases))) == []


def test_five_cases_closed_in_a_minute_of_a_sunday_are_too_many_and_of_a_monday_are_not() -> None:
    sunday = dt.datetime(2025, 6, 15, 4, 10, tzinfo=dt.UTC)
    (item,) = failed(closing.findings(delivered(*[{"completed": sunday}] * 5)))
    assert (item.days, item.bad) == ((sunday.date(), sunday.date()), 5)
    assert failed(closing.findings(delivered(*[{"completed": sunday + dt.timedelta(days=1)}] * 5))) == []


@pytest.mark.parametrize(("taken", "fails"), [(1000, False), (996, False), (994, True), (1006, True)])
def test_total_may_be_off_by_half_a_percent(taken: int, fails: bool) -> None:  # noqa: FBT001 - a column of the table
    frame = pl.DataFrame([("complaints", REGION, 1000, taken)], schema=TOTALS, orient="row")
    assert bool(failed(totals.findings(replace(EVIDENCE, totals=frame)))) is fails


def test_source_that_gives_no_total_could_not_be_checked() -> None:
    frame = pl.DataFrame([("complaints", REGION, None, 7)], schema=TOTALS, orient="row")
    (item,) = totals.findings(replace(EVIDENCE, totals=frame))
    assert (item.outcome, item.cause) == (Outcome.ERROR, Cause.ABSENT)
