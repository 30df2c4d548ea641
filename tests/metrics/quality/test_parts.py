"""Parts of the quality against counts by hand, and the law that mending never harms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.calendar import epoch_day
from metrics.quality import PARTS, Reported, Verdicts, parts, scored

FIRST, LAST = date(2025, 3, 3), date(2025, 6, 10)
DAYS = (LAST - FIRST).days + 1
RECORDS = {"region": pl.String, "accepted": pl.Int64, "warned": pl.Int64}
FINDINGS = {
    "dataset": pl.String,
    "region": pl.String,
    "check": pl.String,
    "severity": pl.String,
    "outcome": pl.String,
    "first_day": pl.Date,
    "last_day": pl.Date,
}
Row = tuple[str, str | None, str, str, str, date | None, date | None]


def findings(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=FINDINGS, orient="row")


def rejections(*rows: tuple[str, str | None, str, int]) -> pl.DataFrame:
    schema = {"dataset": pl.String, "region": pl.String, "rule": pl.String, "n": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def reported(
    *, due: int = 70, days: int = 63, lag: int | None = 1, accepted: int = 900, warned: int = 90
) -> Reported:
    """Region A: applications with warnings, and a hundred surveys, of which none is ever warned of."""
    return Reported(
        days=pl.DataFrame(
            [("A", due, days, lag)],
            schema={"region": pl.String, "due": pl.Int64, "reported": pl.Int64, "lag_days": pl.Int64},
            orient="row",
        ),
        records=pl.DataFrame([("A", accepted, warned), ("A", 100, None)], schema=RECORDS, orient="row"),
        first_days=pl.DataFrame(
            {"dataset": ["transactions", "surveys"], "region": ["A", "A"], "first": [epoch_day(FIRST)] * 2}
        ),
        last=epoch_day(LAST),
    )


def shares(what: Reported, verdicts: Verdicts | None = None) -> dict[str, tuple[float, float]]:
    """Share and n by part of region A."""
    found = parts(what, verdicts or Verdicts()).filter(pl.col("region") == "A")
    return {row["part"]: (row["share"], row["n"]) for row in found.iter_rows(named=True)}


PASSED = ("transactions", "A", "silence", "critical", "pass", None, None)


def test_parts_agree_with_counts_by_hand() -> None:
    rejected = rejections(("transactions", "A", "required", 200), ("surveys", "A", "range", 50))
    found = shares(reported(), Verdicts(rejected, findings(PASSED)))
    assert found == {
        "completeness": (63 / 70, 70),
        "conformity": (1000 / 1250, 1250),
        "consistency": (810 / 900, 900),
        "plausibility": (1.0, DAYS),
        "timeliness": (1.0, 1),
    }
    assert set(found) == set(PARTS)


def test_what_nobody_looked_at_is_left_out() -> None:
    assert set(shares(reported())) == {"completeness", "consistency", "timeliness"}
    assert "plausibility" not in shares(reported(), Verdicts(findings=findings()))
    assert shares(reported(), Verdicts(rejections=rejections()))["conformity"] == (1.0, 1000)
    assert "timeliness" not in shares(reported(lag=None))
    assert "completeness" not in shares(reported(due=0, days=0))
    assert "plausibility" not in shares(replace(reported(), last=None), Verdicts(findings=findings(PASSED)))


@pytest.mark.parametrize(("lag", "share"), [(0, 1.0), (2, 1.0), (3, 0.875), (6, 0.5), (10, 0.0), (400, 0.0)])
def test_timeliness_is_whole_within_two_working_days_and_gone_after_ten(lag: int, share: float) -> None:
    assert shares(reported(lag=lag))["timeliness"] == (share, 1)


def test_rejections_of_no_known_region_and_of_measurements_are_nobodys() -> None:
    rejected = rejections(("transactions", None, "region", 500), ("probes", "A", "range", 500))
    assert shares(reported(), Verdicts(rejected))["conformity"] == (1.0, 1000)


def test_region_of_which_everything_was_rejected_has_no_conformity_at_all() -> None:
    found = parts(reported(), Verdicts(rejections(("complaints", "B", "required", 7))))
    assert found.filter(pl.col("region") == "B").rows() == [("B", "conformity", 0.0, 7.0, 0.0)]


@pytest.mark.parametrize(("severity", "cost"), [("critical", 1.0), ("warning", 0.5), ("info", 0.25)])
def test_finding_takes_of_each_of_its_days_what_its_severity_says(severity: str, cost: float) -> None:
    failed: Row = (
        "transactions",
        "A",
        "speed",
        severity,
        "fail",
        date(2025, 4, 1),
        date(2025, 4, 10),
    )
    found = shares(reported(), Verdicts(findings=findings(failed)))
    share, n = found["plausibility"]
    assert share == pytest.approx(1 - 10 * cost / DAYS)
    assert n == DAYS


def test_day_with_several_findings_is_lost_once_by_the_gravest() -> None:
    april = (date(2025, 4, 1), date(2025, 4, 10))
    rows: list[Row] = [
        ("transactions", "A", "speed", "warning", "fail", *april),
        ("transactions", "A", "silence", "critical", "fail", date(2025, 4, 6), date(2025, 4, 10)),
        ("transactions", "A", "twins", "info", "fail", *april),
    ]
    found = shares(reported(), Verdicts(findings=findings(*rows)))
    assert found["plausibility"][0] == pytest.approx(1 - (5 * 0.5 + 5 * 1.0) / DAYS)


def test_finding_without_days_takes_all_and_days_outside_the_records_are_not_counted() -> None:
    always: Row = ("transactions", "A", "speed", "warning", "fail", None, None)
    before: Row = ("surveys", "A", "speed", "critical", "fail", date(2024, 1, 1), FIRST)
    share, n = shares(reported(), Verdicts(findings=findings(always, before)))["plausibility"]
    assert share == pytest.approx(1 - (DAYS * 0.5 + 1) / (2 * DAYS))
    assert n == 2 * DAYS


def test_what_could_not_be_checked_is_no_verdict() -> None:
    learning: Row = ("transactions", "A", "drift", "warning", "error", None, None)
    nowhere: Row = ("transactions", None, "schema", "critical", "fail", None, None)
    assert "plausibility" not in shares(reported(), Verdicts(findings=findings(learning, nowhere)))
    assert shares(reported(), Verdicts(findings=findings(learning, PASSED)))["plausibility"] == (1.0, DAYS)


FAILED = st.builds(
    lambda dataset, severity, start, length: (dataset, severity, start, length),
    st.sampled_from(["transactions", "surveys"]),
    st.sampled_from(["critical", "warning", "info"]),
    st.integers(-20, DAYS),
    st.integers(0, 30),
)


@given(
    days=st.integers(0, 69),
    lag=st.integers(1, 30),
    warned=st.integers(1, 900),
    rejected=st.integers(1, 500),
    failed=st.lists(FAILED, min_size=1, max_size=6),
)
def test_mending_anything_never_lowers_the_score(
    days: int, lag: int, warned: int, rejected: int, failed: list[tuple[str, str, int, int]]
) -> None:
    """A day reported after all, a report that came, a warning, a rejected row or a finding mended."""

    def score(what: Reported, n: int, failing: int) -> float:
        rows: list[Row] = []
        for number, (dataset, severity, start, length) in enumerate(failed):
            first = date.fromordinal(FIRST.toordinal() + start)
            span = (first, date.fromordinal(first.toordinal() + length))
            outcome, held = ("fail", span) if number < failing else ("pass", (None, None))
            rows.append((dataset, "A", f"check-{number}", severity, outcome, *held))
        found = parts(what, Verdicts(rejections(("transactions", "A", "rule", n)), findings(*rows)))
        value: float = scored(found, ["region"])["score"][0]
        return value

    whole = len(failed)
    before = score(reported(days=days, lag=lag, warned=warned), rejected, whole)
    mended = [
        score(reported(days=days + 1, lag=lag, warned=warned), rejected, whole),
        score(reported(days=days, lag=lag - 1, warned=warned), rejected, whole),
        score(reported(days=days, lag=lag, warned=warned - 1), rejected, whole),
        score(reported(days=days, lag=lag, warned=warned, accepted=901), rejected - 1, whole),
        score(reported(days=days, lag=lag, warned=warned), rejected, whole - 1),
    ]
    assert all(after >= before - 1e-9 for after in mended)
