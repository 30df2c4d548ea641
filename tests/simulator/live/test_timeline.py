"""Simulated time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.live.timeline import Timeline, iso, seconds
from tests.simulator.live.live import Hand


def test_time_runs_as_many_times_faster_as_it_is_told() -> None:
    hand = Hand()
    line = Timeline(1_000, 200, hand)
    hand.seconds = 3.0
    assert line.now() == 1_600


def test_time_stands_still_in_a_pause_and_goes_on_from_there() -> None:
    hand = Hand()
    line = Timeline(0, 10, hand)
    hand.seconds = 5.0
    line.pause(paused=True)
    hand.seconds = 50.0
    line.pause(paused=True)
    assert (line.now(), line.paused) == (50, True)
    line.pause(paused=False)
    hand.seconds = 51.0
    assert (line.now(), line.paused) == (60, False)


@pytest.mark.parametrize("speed", [0, -1, 1_001, float("nan")])
def test_speed_out_of_bounds_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        Timeline(0, speed)


@given(st.integers(0, 4_000_000_000))
def test_instants_are_read_as_they_are_written(second: int) -> None:
    assert seconds(iso(second)) == second == seconds(str(second))


def test_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        seconds("2026-02-03T10:00:00")
