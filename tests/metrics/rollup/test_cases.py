"""Roll-up of cases against the same sums done one case at a time."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from metrics.calendar import Calendar
from metrics.histogram import Histogram
from metrics.packing import unpack
from tests.metrics.rollup.conftest import World

ZONES = {"A": "Asia/Jakarta", "B": "Asia/Jayapura", "C": "Europe/Amsterdam"}
CALENDARS = {"A": "id-gov", "B": "mon-fri", "C": "always"}
SEEN = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def us(instant: dt.datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def local_us(instant: dt.datetime, region: str) -> int:
    clock = instant.astimezone(ZoneInfo(ZONES[region])).replace(tzinfo=dt.UTC)
    return us(clock)


def some_cases(count: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)  # noqa: S311 - made-up cases, no secrets
    cases = []
    for number in range(count):
        region = chance.choice("ABC")
        start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=chance.uniform(0, 120 * 86400))
        done = chance.random() < 0.8
        unit = chance.choice(["minutes", "hours", "days", "working_days", None])
        cases.append(
            {
                "region": region,
                "id": str(number),
                "observed_at": SEEN,
                "simulated": False,
                "submitted": start,
                "file_complete": start + dt.timedelta(hours=chance.uniform(0, 60))
                if chance.random() < 0.5
                else None,
                "completed": start + dt.timedelta(seconds=chance.expovariate(1 / 4e5)) if done else None,
                "status": "completed" if done else chance.choice(["open", "withdrawn"]),
                "channel": chance.choice(["digital", "counter", None]),
                "service": chance.choice(["ktp", None]),
                "promise_value": chance.choice([1.0, 2.0, 5.0]) if unit else None,
                "promise_unit": unit,
                "promise_from": chance.choice(["submitted", "file_complete"]) if unit else None,
                "due": start + dt.timedelta(days=3) if chance.random() < 0.1 else None,
            }
        )
    return cases


def due_of(case: dict[str, Any], calendar: Calendar) -> int | None:
    """One at a time: when a case is due."""
    if case["due"]:
        return us(case["due"])
    clock = case["file_complete"] if case["promise_from"] == "file_complete" else case["submitted"]
    if not case["promise_unit"] or clock is None:
        return None
    value = case["promise_value"]
    lengths = {"minutes": 60, "hours": 3600, "days": 86400}
    if case["promise_unit"] in lengths:
        promised: int = round(value * lengths[case["promise_unit"]] * 1e6)
        return us(clock) + promised
    day = (clock.astimezone(ZoneInfo(ZONES[case["region"]])).date() - dt.date(1970, 1, 1)).days
    left = value
    while left > 0:
        day += 1
        left -= bool(calendar.is_working(np.array([day]))[0])
    midnight = dt.datetime(1970, 1, 1, tzinfo=ZoneInfo(ZONES[case["region"]])) + dt.timedelta(days=day + 1)
    return us(midnight.astimezone(dt.UTC))


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    return some_cases(600, seed=7)


def test_counts_sums_histograms_and_days_are_those_of_the_cases(
    world: World, cases: list[dict[str, Any]]
) -> None:
    world.put("transactions", cases)
    rows = world.store.rollup("case_rollup", dataset="transactions").to_dicts()
    assert sum(row["received"] for row in rows) == len(cases)
    for row in rows:
        calendar = world.calendars[CALENDARS[row["region"]]]
        own = [
            case
            for case in cases
            if case["region"] == row["region"]
            and (case["service"] or "") == row["service"]
            and (case["channel"] or "") == row["channel"]
            and f"{case['submitted'].astimezone(ZoneInfo(ZONES[case['region']])):%Y-%m}" == row["partition"]
        ]
        finished = [case for case in own if case["completed"]]
        still_open = [case for case in own if case["status"] == "open"]
        assert row["received"] == len(own)
        assert row["finished"] == len(finished)
        assert row["open"] == len(still_open)
        assert row["withdrawn"] == row["undated"] == len(own) - len(finished) - len(still_open)
        elapsed = [us(case["completed"]) - us(case["submitted"]) for case in finished]
        assert row["elapsed_total_us"] == sum(elapsed)
        assert row["elapsed"] == Histogram.of(np.array(elapsed) / 1e6).pack()
        ends = np.array([local_us(case["completed"], row["region"]) for case in finished], np.int64)
        starts = np.array([local_us(case["submitted"], row["region"]) for case in finished], np.int64)
        working = calendar.working_us_before(ends) - calendar.working_us_before(starts)
        assert row["working_total_us"] == int(working.sum())
        assert row["working"] == Histogram.of(working / 1e6).pack()
        days, counts = unpack(row["finished_days"], 2)
        expected = np.unique(ends // 86_400_000_000, return_counts=True)
        assert (days.tolist(), counts.tolist()) == (expected[0].tolist(), expected[1].tolist())
        dues = {case["id"]: due_of(case, calendar) for case in own}
        assert row["with_due"] == sum(due is not None for due in dues.values())
        on_time = [case for case in finished if (due := dues[case["id"]]) and us(case["completed"]) <= due]
        assert row["on_time"] == len(on_time)
        assert row["on_time"] + row["late"] == sum(dues[case["id"]] is not None for case in finished)
        open_cases = sorted((us(case["submitted"]), dues[case["id"]] or -1) for case in still_open)
        assert (
            list(zip(*(column.tolist() for column in unpack(row["open_cases"], 2)), strict=True))
            == open_cases
        )


def test_months_with_several_versions_give_the_rows_that_the_last_versions_alone_give(
    world: World, cases: list[dict[str, Any]]
) -> None:
    world.put("transactions", [{**case, "completed": None, "status": "open"} for case in cases])
    later = [{**case, "observed_at": SEEN + dt.timedelta(days=1)} for case in cases]
    world.put("transactions", later)
    twice = world.store.rollup("case_rollup", dataset="transactions")
    world.archive.root += "-other"
    world.store.replace_rollup(
        "transactions", twice["partition"].unique().to_list(), {}, archive_version=-1, calendar_hash=""
    )
    world.put("transactions", later)
    assert world.store.rollup("case_rollup", dataset="transactions").equals(twice)


def test_a_complaint_without_a_date_of_its_own_is_due_by_its_class(world: World) -> None:
    monday = dt.datetime(2026, 6, 1, 3, tzinfo=dt.UTC)
    kept = {"region": "B", "observed_at": SEEN, "simulated": False, "received": monday, "status": "resolved"}
    world.put(
        "complaints",
        [
            {**kept, "id": "1", "class": "information", "resolved": monday + dt.timedelta(days=7)},
            {**kept, "id": "2", "class": "information", "resolved": monday + dt.timedelta(days=8)},
            {**kept, "id": "3", "class": "other", "resolved": monday + dt.timedelta(days=8)},
            {
                **kept,
                "id": "4",
                "class": "non_supervisory",
                "responded": monday + dt.timedelta(hours=1),
                "resolved": monday + dt.timedelta(days=8),
            },
        ],
    )
    rows = {row["class"]: row for row in world.store.rollup("case_rollup", dataset="complaints").to_dicts()}
    assert (rows["information"]["on_time"], rows["information"]["late"]) == (1, 1)
    assert (rows["other"]["with_due"], rows["non_supervisory"]["on_time"]) == (0, 1)
    assert rows["non_supervisory"]["response_total_us"] == 3_600_000_000


def test_a_rebuild_gives_the_same_rows_byte_for_byte(world: World, cases: list[dict[str, Any]]) -> None:
    world.put("transactions", cases[:400])
    world.put("transactions", cases[200:])
    before = world.store.rollup_digest()
    world.rollup.rebuild("transactions")
    assert world.store.rollup_digest() == before
