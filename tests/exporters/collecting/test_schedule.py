"""When sources are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exporters.collecting.schedule import next_due
from tests.exporters.collecting.ledger import CODES, entry

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
JAKARTA, JAYAPURA = "Asia/Jakarta", "Asia/Jayapura"


@given(st.floats(1, 86_400), st.integers(0, 10**7), st.sampled_from(CODES))
def test_source_asked_just_now_is_due_within_its_period(every: float, seconds: int, region: str) -> None:
    now = NOON + timedelta(seconds=seconds)
    due = next_due(entry(region, every_seconds=every), JAKARTA, now, last=now)
    assert now <= due <= now + timedelta(seconds=every)


def test_places_in_the_period_follow_from_the_names_and_spread() -> None:
    places = [next_due(entry(code, every_seconds=600), JAKARTA, NOON, last=NOON) for code in CODES]
    again = [next_due(entry(code, every_seconds=600), JAKARTA, NOON, last=NOON) for code in CODES]
    assert places == again
    per_minute = [
        sum(minute <= (place - NOON).seconds / 60 < minute + 1 for place in places) for minute in range(10)
    ]
    assert max(per_minute) < 2 * len(CODES) / 10


def test_source_that_missed_its_time_is_due_within_a_minute() -> None:
    one = entry(CODES[0], every_seconds=3_600)
    for last in (None, NOON - timedelta(hours=5)):
        assert NOON <= next_due(one, JAKARTA, NOON, last=last) <= NOON + timedelta(minutes=1)


@pytest.mark.parametrize(("zone", "hour"), [(JAKARTA, 23), (JAYAPURA, 21)])
def test_cron_is_on_the_clock_of_the_region(zone: str, hour: int) -> None:
    one = entry(CODES[0], cron="0 6 * * *")
    due = next_due(one, zone, NOON, last=NOON)
    begin = NOON.replace(hour=hour)
    assert begin <= due < begin + timedelta(minutes=1)


def test_cron_that_was_missed_is_made_up_for_at_once() -> None:
    one = entry(CODES[0], cron="0 6 * * *")
    assert next_due(one, JAKARTA, NOON, last=NOON - timedelta(days=3)) == NOON


@pytest.mark.parametrize("cron", ["61 * * * *", "* * * *", "0 0 * * * *", "tomorrow"])
def test_cron_that_cannot_be_is_refused_with_what_to_write(cron: str) -> None:
    with pytest.raises(ValidationError, match="0 6"):
        entry(CODES[0], cron=cron)
