"""Progress: the stage of a region on a day, and counts with their denominator."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.model import RolloutEvent
from metrics.regions import indonesia
from metrics.rollout.progress import (
    current_stage,
    progress,
    progress_by_platform,
    progress_by_province,
    repeats,
)
from metrics.rollout.seed import seed_events
from metrics.rollout.stages import TRACKS

UNHURRIED = settings(deadline=None)
"""Correctness, not speed: a busy machine must not fail a law."""
DAY = date(2024, 1, 1)
CODES = sorted(indonesia().regions)[:6]


def event(region: str, stage: str, day: date = DAY, **more: object) -> RolloutEvent:
    facts: dict[str, object] = {
        "id": f"{region}-{stage}-{day}",
        "region": region,
        "track": "digital",
        "stage": stage,
        "date": day,
        "authority": "a",
        "source": "s",
        "verified": True,
    }
    return RolloutEvent(**(facts | more))  # type: ignore[arg-type]  # built from one table of facts


events = st.lists(
    st.builds(
        lambda region, stage, days, verified: event(
            region, stage, DAY + timedelta(days=days), verified=verified
        ),
        st.sampled_from(CODES),
        st.sampled_from([stage.id for stage in TRACKS["digital"].stages]),
        st.integers(0, 40),
        st.booleans(),
    ),
    max_size=12,
)


@UNHURRIED
@given(events, st.integers(-1, 41))
def test_counts_add_up_to_the_denominator_and_fall_along_the_track(
    listed: list[RolloutEvent], days: int
) -> None:
    counted = progress(listed, indonesia(), "digital", DAY + timedelta(days=days))
    past = [count.at_or_past for count in counted.counts]
    assert past[0] == counted.regions == 514
    assert past == sorted(past, reverse=True)
    assert sum(count.at for count in counted.counts) == 514


@UNHURRIED
@given(events, st.integers(-1, 41))
def test_provinces_add_up_to_the_nation(listed: list[RolloutEvent], days: int) -> None:
    day = DAY + timedelta(days=days)
    provinces = progress_by_province(listed, indonesia(), "digital", day)
    nation = progress(listed, indonesia(), "digital", day)
    assert len(provinces) == 38
    assert sum(p.regions for p in provinces.values()) == 514
    assert sum(p.at_or_past("live") for p in provinces.values()) == nation.at_or_past("live")
    assert provinces["11"] == progress(listed, indonesia(), "digital", day, province="11")


@UNHURRIED
@given(events)
def test_without_withdrawals_progress_never_falls(listed: list[RolloutEvent]) -> None:
    steps = [e for e in listed if e.stage != "none"]
    counts = [
        progress(steps, indonesia(), "digital", DAY + timedelta(days=d)).at_or_past("trial")
        for d in range(42)
    ]
    assert counts == sorted(counts)


def test_an_event_counts_from_its_own_day_on() -> None:
    listed = [event(CODES[0], "live")]
    assert current_stage(listed, "digital", DAY - timedelta(days=1)) == {}
    assert current_stage(listed, "digital", DAY)[CODES[0]].stage.id == "live"


def test_a_later_commitment_does_not_take_a_live_region_back() -> None:
    listed = [event(CODES[0], "live"), event(CODES[0], "commitment", DAY + timedelta(days=9))]
    held = current_stage(listed, "digital", DAY + timedelta(days=9))[CODES[0]]
    assert (held.stage.id, held.event.date) == ("live", DAY)


def test_an_event_none_takes_a_region_back() -> None:
    listed = [event(CODES[0], "live"), event(CODES[0], "none", DAY + timedelta(days=9))]
    assert progress(listed, indonesia(), "digital", DAY + timedelta(days=9)).at_or_past("commitment") == 0


def test_the_tracks_are_independent() -> None:
    listed = [event(CODES[0], "live"), event(CODES[1], "inaugurated", track="physical")]
    assert list(current_stage(listed, "digital", DAY)) == [CODES[0]]
    assert list(current_stage(listed, "physical", DAY)) == [CODES[1]]


def test_verified_only_leaves_unverified_events_out() -> None:
    listed = [event(CODES[0], "live"), event(CODES[1], "live", verified=False)]
    both = progress(listed, indonesia(), "digital", DAY)
    sure = progress(listed, indonesia(), "digital", DAY, verified_only=True)
    assert (both.at_or_past("live"), sure.at_or_past("live")) == (2, 1)
    assert sure.verified_only


def test_platforms_are_counted_apart() -> None:
    listed = [event(CODES[0], "live", platform="MPPDN"), event(CODES[1], "live", platform="own")]
    assert progress(listed, indonesia(), "digital", DAY, platform="MPPDN").at_or_past("live") == 1


def test_each_platform_has_its_own_progress_and_a_region_may_be_on_two() -> None:
    found = progress_by_platform(seed_events(indonesia()), indonesia(), "digital", date(2025, 1, 1))
    assert {name: (one.at_or_past("live"), one.at_or_past("trial")) for name, one in found.items()} == {
        "MPPDN": (21, 21),
        "MPPI": (0, 2),
        "own": (1, 1),
    }
    whole = progress(seed_events(indonesia()), indonesia(), "digital", date(2025, 1, 1))
    assert (whole.at_or_past("live"), whole.at_or_past("trial")) == (22, 23)  # Sinjai is on two


def test_a_region_outside_the_registry_is_not_counted() -> None:
    assert progress([event("99.99", "live")], indonesia(), "digital", DAY).at_or_past("live") == 0


def test_simulated_events_mark_the_progress_as_simulated() -> None:
    assert progress([event(CODES[0], "live", simulated=True)], indonesia(), "digital", DAY).simulated
    assert not progress([event(CODES[0], "live")], indonesia(), "digital", DAY).simulated


def test_a_second_ceremony_for_one_region_is_found() -> None:
    first, again = event(CODES[0], "live"), event(CODES[0], "live", DAY + timedelta(days=30))
    other = event(CODES[0], "live", platform="own")
    assert repeats([again, other, first]) == [(first, again)]
