"""Stays in stages: what is still open counts, small groups get no share, the goal is no standstill."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.model import RolloutEvent
from metrics.regions import indonesia
from metrics.rollout.dwell import FEWEST, Dwell, Ending, dwell, stays, stuck
from metrics.rollout.progress import current_stage
from metrics.rollout.seed import seed_events
from metrics.rollout.series import DAYS_A_MONTH
from metrics.rollout.stages import TRACKS
from metrics.statistics.intervals import clopper_pearson
from tests.metrics.rollout.test_progress import CODES, DAY, event, events

UNHURRIED = settings(deadline=None)
"""Correctness, not speed: a busy machine must not fail a law."""
ACEH = [code for code in sorted(indonesia().regions) if code.startswith("11.")][:12]


def after(months: float) -> date:
    return DAY + timedelta(days=round(months * DAYS_A_MONTH))


def moved(codes: list[str], months: list[float | None]) -> list[RolloutEvent]:
    """Regions committed on one day, each live after so many months, or not yet."""
    listed = [event(code, "commitment") for code in codes]
    return listed + [
        event(code, "live", after(m)) for code, m in zip(codes, months, strict=True) if m is not None
    ]


def nation(listed: list[RolloutEvent], as_of: date, months: list[float]) -> Dwell:
    found = dwell(stays(listed, "digital", as_of), indonesia(), months)
    return next(one for one in found if one.stage.id == "commitment" and one.level == "nation")


@UNHURRIED
@given(events, st.integers(-1, 41))
def test_every_region_on_a_stage_has_one_open_stay_and_it_is_that_stage(
    listed: list[RolloutEvent], days: int
) -> None:
    as_of = DAY + timedelta(days=days)
    open_ones = {s.region: s.stage for s in stays(listed, "digital", as_of) if s.ending is Ending.OPEN}
    held = {r: h.stage for r, h in current_stage(listed, "digital", as_of).items() if h.stage.order}
    assert open_ones == held


@UNHURRIED
@given(events)
def test_stays_of_a_region_follow_each_other_without_overlap(listed: list[RolloutEvent]) -> None:
    found = stays(listed, "digital", DAY + timedelta(days=50))
    for one, following in itertools.pairwise(found):
        assert one.months >= 0
        if one.region == following.region:
            assert one.until <= following.event.date
            assert one.ending is not Ending.OPEN


def test_a_stay_ends_with_the_next_stage_and_keeps_its_evidence() -> None:
    listed = [event(CODES[0], "commitment", source="letter"), event(CODES[0], "live", after(6))]
    first, second = stays(listed, "digital", after(9))
    assert (first.stage.id, first.event.source, first.until, first.ending) == (
        "commitment",
        "letter",
        after(6),
        Ending.ON,
    )
    assert (second.stage.id, second.ending) == ("live", Ending.OPEN)
    assert second.months == pytest.approx(3, abs=0.05)


def test_a_stay_that_is_taken_back_went_nowhere() -> None:
    listed = [event(CODES[0], "commitment"), event(CODES[0], "none", after(4))]
    [one] = stays(listed, "digital", after(9))
    assert (one.ending, one.until) == (Ending.BACK, after(4))


def test_open_stays_are_counted_in_the_median() -> None:
    months = [2.0, 3.0, 4.0, 5.0, None, None, None, None, None, None]
    found = nation(moved(ACEH[:10], months), after(24), [12.0])
    assert (found.stays, found.on, found.open, found.median) == (10, 4, 6, None)
    [still] = found.still
    assert still.share == pytest.approx(0.6)
    assert still.low is not None
    assert still.high is not None
    assert still.low < 0.6 < still.high


def test_without_open_stays_the_median_is_the_middle_one() -> None:
    found = nation(moved(ACEH[:5], [1.0, 2.0, 6.0, 9.0, 10.0]), after(24), [])
    assert found.median == pytest.approx(6, abs=0.05)


def test_where_nobody_went_on_the_share_is_all_with_an_exact_lower_bound() -> None:
    found = nation(moved(ACEH[:8], [None] * 8), after(24), [12.0])
    [still] = found.still
    assert (still.share, still.high) == (1.0, 1.0)
    assert still.low == pytest.approx(float(clopper_pearson(8, 8)[0]))


def test_where_all_went_on_the_share_is_none_with_an_exact_upper_bound() -> None:
    found = nation(moved(ACEH[:6], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), after(24), [12.0])
    [still] = found.still
    assert (still.share, still.low) == (0.0, 0.0)
    assert still.high == pytest.approx(float(clopper_pearson(0, 6)[1]))


def test_an_age_that_nobody_has_reached_has_no_share() -> None:
    found = nation(moved(ACEH[:8], [2.0, None, None, None, None, None, None, None]), after(12), [6.0, 18.0])
    near, far = found.still
    assert near.share == pytest.approx(7 / 8)
    assert (far.share, far.low, far.high) == (None, None, None)


def test_exactly_that_age_is_watched_long_enough() -> None:
    as_of = DAY + timedelta(days=365)
    found = nation(moved(ACEH[:8], [None] * 8), as_of, [365 / DAYS_A_MONTH])
    assert found.still[0].share == 1.0


def test_few_stays_have_counts_but_no_share_and_no_median() -> None:
    found = nation(moved(ACEH[: FEWEST - 1], [1.0, 2.0, 3.0, 4.0]), after(24), [12.0])
    assert (found.stays, found.on, found.median, found.still[0].share) == (FEWEST - 1, 4, None, None)


def test_island_groups_and_provinces_add_up_to_the_nation() -> None:
    found = dwell(stays(seed_events(indonesia()), "physical", date(2025, 12, 31)), indonesia(), [12.0])
    by_level = {level: sum(d.stays for d in found if d.level == level) for level in {d.level for d in found}}
    assert by_level == {"nation": 96, "island_group": 96, "province": 96}


def test_regions_past_the_goal_are_not_stuck() -> None:
    found = dwell(stays(seed_events(indonesia()), "physical", date(2025, 12, 31)), indonesia(), [12.0])
    assert {one.stage.id for one in found} == {"inaugurated"}
    assert stuck(found, "physical") == []


def test_where_most_are_still_there_comes_first() -> None:
    listed = moved(ACEH[:7], [1.0, None, None, None, None, None, None])
    listed += [event(CODES[0], "none", DAY - timedelta(days=9)), event("12.01", "trial")]
    found = stuck(dwell(stays(listed, "digital", after(6)), indonesia(), [3.0]), "digital")
    assert [(one.stage.id, one.level, one.open) for one in found] == [
        ("commitment", "island_group", 6),
        ("commitment", "nation", 6),
        ("commitment", "province", 6),
        ("trial", "island_group", 1),
        ("trial", "nation", 1),
        ("trial", "province", 1),
    ]


def test_a_region_outside_the_registry_has_no_dwell() -> None:
    assert dwell(stays([event("99.99", "trial")], "digital", after(3)), indonesia(), [1.0]) == []


def test_no_events_are_no_stays() -> None:
    assert stays([], "digital", DAY) == []
    assert dwell([], indonesia(), [12.0]) == []


@pytest.mark.parametrize("track", TRACKS)
def test_the_goal_of_a_track_is_one_of_its_stages(track: str) -> None:
    known = TRACKS[track]
    assert known.stage(known.goal).order > 0
