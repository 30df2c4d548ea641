"""What may happen so often happens no more often, whoever asks, and nothing grows with those who ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.push.buckets import PLACES, Bucket, HashedBuckets
from exporters.push.refusal import Refusal
from exporters.push.room import Room
from exporters.push.settings import PushSettings


@given(
    rate=st.floats(0.1, 100),
    burst=st.integers(1, 50),
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=200),
)
def test_no_more_than_the_burst_and_the_rate_get_through(rate: float, burst: int, gaps: list[float]) -> None:
    bucket, now, through = Bucket(burst, 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        through += bucket.wait(rate, burst, now) == 0
    assert through <= burst + now * rate + 1e-6
    assert through >= min(len(gaps), burst)


@given(rate=st.floats(0.1, 100), burst=st.integers(1, 5))
def test_who_waits_as_long_as_told_gets_through(rate: float, burst: int) -> None:
    bucket = Bucket(burst, 0.0)
    waits = [bucket.wait(rate, burst, 0.0) for _ in range(burst + 1)]
    assert waits[:-1] == [0.0] * burst
    assert bucket.wait(rate, burst, waits[-1] * 1.000001 + 1e-9) == 0


def test_addresses_without_number_take_no_more_room_than_there_is() -> None:
    buckets = HashedBuckets(lambda: 0.0)
    for number in range(20_000):
        buckets.wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1, 1)
    assert len(buckets._places) == PLACES
    assert not any("10." in str(key) for key in buckets._places)
    assert buckets.wait("10.0.0.1", 1, 1) > 0


def test_room_is_given_back_however_a_push_ends() -> None:
    room, settings = Room(), PushSettings(waiting_pushes=2, waiting_bytes=100)
    with room.stay(settings) as first, room.stay(settings) as second:
        first.hold(60)
        with pytest.raises(Refusal) as full:
            second.hold(50)
        assert (full.value.status, full.value.headers["Retry-After"]) == (503, "5")
        second.hold(40)
        first.hold(10)
        assert room.bytes == 50
        with pytest.raises(Refusal), room.stay(settings):
            pass
    assert (room.pushes, room.bytes) == (0, 0)
