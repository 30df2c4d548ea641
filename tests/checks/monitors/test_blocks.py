"""Four weeks against the twelve before: what is put beside what, and how seldom chance alone alarms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from checks.monitors import completeness, drift, shift
from checks.monitors.blocks import WEEKS, compared, placed
from checks.monitors.evidence import SHARES, Evidence
from tests.checks.monitors.grids import CALENDARS

SUNDAY = dt.date(2025, 12, 28)
WEEKS_OF_YEAR = [SUNDAY - dt.timedelta(days=6 + 7 * back) for back in range(WEEKS * 8)]
BLOCK_ZERO = SUNDAY - dt.timedelta(days=7 * WEEKS - 1)


def evidence_of(
    rows: Sequence[tuple[str, dt.date, bool, str, str | None, int]], first: dt.date = BLOCK_ZERO
) -> Evidence:
    """Evidence of rows (region, week, open, field, value, n) of transactions."""
    frame = pl.DataFrame([("transactions", *row) for row in rows], schema=SHARES, orient="row")
    regions = frame["region"].unique().sort()
    registry = pl.DataFrame({"region": regions}).with_columns(
        calendar=pl.lit("id-gov"), zone=pl.lit("Asia/Jakarta")
    )
    return Evidence(first=first, last=SUNDAY, regions=registry, calendars=CALENDARS, shares=frame)


def mixture(field: str, now: Mapping[Any, int], before: Mapping[Any, int], region: str = "A") -> Evidence:
    """The same records in each week of the block, and others in each week before it."""
    rows = []
    for week in WEEKS_OF_YEAR:
        values = now if week >= BLOCK_ZERO else before
        rows += [(region, week, True, field, value, n) for value, n in values.items()]
    return evidence_of(rows)


def test_block_is_four_whole_weeks_and_the_week_that_is_not_over_is_left_out() -> None:
    frame = placed(mixture("channel", {"a": 1}, {"a": 1}).shares, SUNDAY)
    assert frame.filter(pl.col("block") == 0).height == WEEKS
    assert frame.filter(pl.col("block") == 0)["from_day"].unique().to_list() == [BLOCK_ZERO]
    early = placed(mixture("channel", {"a": 1}, {"a": 1}).shares, SUNDAY - dt.timedelta(days=1))
    assert early["week"].max() == SUNDAY - dt.timedelta(days=13)


def test_more_closed_days_alone_are_no_drift() -> None:
    """Working days are half digital, closed days wholly; the block has more of the latter."""
    rows = []
    for week in WEEKS_OF_YEAR:
        closed = 200 if week >= BLOCK_ZERO else 20
        rows += [("A", week, True, "channel", channel, 50) for channel in ("digital", "counter")]
        rows.append(("A", week, False, "channel", "digital", closed))
    evidence = evidence_of(rows)
    frame = compared(evidence, pl.col("field") == "channel")
    shares = frame.with_columns(pl.col("n") / pl.col("total"), pl.col("was") / pl.col("was_total"))
    assert shares["n"].to_list() == pytest.approx(shares["was"].to_list())
    assert [item for item in drift.findings(evidence) if item.failed] == []


def test_chance_alone_is_no_drift_in_regions_of_any_size() -> None:
    rng = np.random.default_rng(1)
    rows = []
    for number in range(300):
        size = int(rng.integers(8, 200))
        for week in WEEKS_OF_YEAR:
            drawn = rng.multinomial(size, [0.4, 0.3, 0.15, 0.1, 0.04, 0.01])
            rows += [(f"{number}", week, True, "service", f"s{k}", int(n)) for k, n in enumerate(drawn) if n]
    found = drift.findings(evidence_of(rows, WEEKS_OF_YEAR[-1]))
    assert [item for item in found if item.failed] == []
    assert {item.outcome for item in found} == {"pass"}


def test_value_that_goes_from_a_tenth_to_half_of_a_hundred_records_is_found() -> None:
    evidence = mixture("channel", {"digital": 13, "counter": 12}, {"digital": 3, "counter": 22})
    (item,) = [item for item in drift.findings(evidence) if item.failed]
    assert (item.region, item.field, item.days) == ("A", "channel", (BLOCK_ZERO, SUNDAY))
    assert "went from" in item.detail


def test_small_shift_of_a_large_region_is_below_the_least_effect() -> None:
    evidence = mixture("channel", {"digital": 5500, "counter": 4500}, {"digital": 5000, "counter": 5000})
    assert [item for item in drift.findings(evidence) if item.failed] == []


def test_blanks_are_for_completeness_and_not_for_drift() -> None:
    evidence = mixture("channel", {"digital": 20, None: 20}, {"digital": 40})
    assert [item for item in drift.findings(evidence) if item.failed] == []
    (item,) = [item for item in completeness.findings(evidence) if item.failed]
    assert (item.field, item.value, item.bound) == ("channel", 0.5, 0.2)


DAY = {8: 12, 9: 10, 10: 9, 11: 7, 13: 6, 14: 5, 15: 2}


@pytest.mark.parametrize("hours", [-9, -8, -7, -1, 1, 7, 8, 9])
def test_day_that_is_shifted_by_whole_hours_is_found_with_their_number(hours: int) -> None:
    usual = {str(hour): n for hour, n in DAY.items()}
    moved = {str((hour + hours) % 24): n for hour, n in DAY.items()}
    (item,) = [i for i in shift.findings(mixture("hour", moved, usual)) if i.failed]
    assert item.value == hours


def test_flat_day_and_day_of_another_shape_are_no_shift() -> None:
    usual = {str(hour): n for hour, n in DAY.items()}
    flat = {str(hour): 2 for hour in range(24)}
    assert [i for i in shift.findings(mixture("hour", flat, usual)) if i.failed] == []
    assert [i for i in shift.findings(mixture("hour", flat, flat)) if i.failed] == []
