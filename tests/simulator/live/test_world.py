"""The world is a function of its seed and of time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.regions import indonesia
from simulator.live.publication import Hold, shows, visible, without
from simulator.live.records import fields
from simulator.live.timeline import DAY
from simulator.live.world import DATASETS, World
from tests.simulator.live.live import START, some_regions

NOW = int(START) + 5 * 3600
WORLD = World(some_regions(), seed=7, start=int(START), history_days=2)
instants = st.integers(WORLD.begin - 1000, NOW + DAY)


def versions(world: World, region: str, dataset: str, begin: int, end: int) -> list[dict[str, object]]:
    return [fields(version) for version in world.changes(region, dataset, [(begin, end)])]


@pytest.mark.parametrize("dataset", DATASETS)
def test_same_seed_gives_the_same_records_in_whatever_order_they_are_asked_for(dataset: str) -> None:
    other = World(reversed(some_regions()), seed=7, start=int(START), history_days=2)
    region = some_regions()[3].code
    versions(other, region, dataset, NOW, NOW + DAY)
    assert versions(other, region, dataset, NOW - DAY, NOW) == versions(
        WORLD, region, dataset, NOW - DAY, NOW
    )


def test_another_seed_gives_other_records() -> None:
    other = World(some_regions(), seed=8, start=int(START), history_days=2)
    asked = (some_regions()[0].code, "transactions", NOW - 3600, NOW)
    assert versions(other, *asked) != versions(WORLD, *asked)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DATASETS), st.lists(instants, min_size=2, max_size=12, unique=True))
def test_any_split_of_time_gives_each_version_exactly_once(dataset: str, cuts: list[int]) -> None:
    region = some_regions()[1].code
    cuts = sorted(cuts)
    whole = list(WORLD.changes(region, dataset, [(cuts[0], cuts[-1])]))
    parts = [version for cut in pairwise(cuts) for version in WORLD.changes(region, dataset, [cut])]
    assert parts == whole
    assert len({(version.id, version.updated) for version in whole}) == len(whole)
    assert all(cuts[0] <= version.updated < cuts[-1] for version in whole)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 40))
def test_pages_of_any_size_give_what_the_whole_gives(offset: int, limit: int) -> None:
    changes = WORLD.changes(some_regions()[1].code, "transactions", [(NOW - DAY, NOW)])
    assert changes.page(offset, limit) == list(changes)[offset : offset + limit]


@pytest.mark.parametrize("region", [one.code for one in some_regions()[:20]])
def test_every_region_has_a_new_application_in_every_minute(region: str) -> None:
    begin = NOW - NOW % 60
    for minute in range(begin - 3600, begin, 60):
        new = [
            v
            for v in WORLD.changes(region, "transactions", [(minute, minute + 60)])
            if v.updated == v.steps[0]
        ]
        assert new


def test_versions_of_a_record_only_go_on() -> None:
    region = some_regions()[2].code
    for dataset, end in {"transactions": "completed", "complaints": "resolved"}.items():
        seen: dict[str, dict[str, object]] = {}
        for record in versions(WORLD, region, dataset, NOW - DAY, NOW):
            before = seen.get(str(record["id"]))
            if before is not None:
                kept = {name: value for name, value in before.items() if isinstance(value, int)}
                assert before["observed_at"] < record["observed_at"]  # type: ignore[operator] # instants
                assert {name: record[name] for name in kept} == kept | {"observed_at": record["observed_at"]}
                assert before[end] is None
            seen[str(record["id"])] = record
        assert any(record[end] is not None for record in seen.values())


def test_nothing_is_before_the_history() -> None:
    assert not WORLD.changes(some_regions()[0].code, "transactions", [(0, WORLD.begin)])
    assert WORLD.changes(some_regions()[0].code, "transactions", [(0, WORLD.begin + 3600)])


def test_days_at_hand_are_bounded_for_514_regions() -> None:
    world = World(
        indonesia().regions.values(),
        seed=1,
        start=int(START),
        history_days=1,
        volume=0.05,
        kept_events=20_000,
    )
    most = 0
    for day in range(3):
        for region in world.places:
            world.changes(region, "transactions", [(NOW + day * DAY, NOW + day * DAY + 60)])
            most = max(most, world.events_at_hand)
    assert 10_000 < most <= 20_000
    assert len(world.places) == 514


holds = st.lists(
    st.builds(
        lambda begin, length, delay: Hold(begin, begin + length, delay),
        st.integers(0, 80),
        st.integers(0, 60),
        st.integers(0, 50),
    ),
    max_size=3,
)


@given(holds, st.integers(0, 20), st.integers(0, 200), st.integers(0, 60))
def test_what_is_shown_stays_shown_and_late_records_come_after_their_delay(
    late: list[Hold], begin: int, now: int, later: int
) -> None:
    for instant in range(begin, now + later + 1):
        delay = max((hold.delay for hold in late if hold.begin <= instant < hold.end), default=0)
        assert shows(visible(begin, now, late), instant) == (instant + delay <= now)
        if shows(visible(begin, now, late), instant):
            assert shows(visible(begin, now + later, late), instant)


@given(holds, st.integers(0, 200), st.integers(0, 60))
def test_what_is_new_is_what_was_not_shown_before(late: list[Hold], now: int, later: int) -> None:
    before, after = visible(0, now, late), visible(0, now + later, late)
    new = without(after, before)
    for instant in range(now + later + 2):
        assert shows(new, instant) == (shows(after, instant) and not shows(before, instant))
