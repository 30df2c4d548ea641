"""Sources as the page reads them: their conditions, what fails together, what is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.reading.sources import (
    COMMON_SHARE,
    STALE_HOURS,
    TROUBLE,
    Condition,
    Reach,
    Source,
    assessed,
    by_condition,
    by_reason,
    chosen,
    failing,
    last_asked,
    last_successes,
    losses,
    main_province,
    of_region,
)
from exporters.errors import FetchReason
from metrics.model import SourceState
from metrics.regions import indonesia
from tests.app.collected import NOW, SYSTEMS, failed, sources_of

REGISTRY = indonesia()
REGIONS = list(REGISTRY.regions)
WEST_JAVA = [code for code in REGIONS if code.startswith("32.")]
SOME = [*WEST_JAVA[:4], "11.01", "11.02", "51.01", "73.07"]


def read(states: list[SourceState]) -> list[Source]:
    return assessed(states, REGISTRY)


def down(states: list[SourceState], *beginnings: str) -> list[Source]:
    """The sources, those whose id begins so failing."""
    return read([failed(one) if one.id.startswith(beginnings) else one for one in states])


def test_condition_follows_from_the_last_fetch_and_the_circuit() -> None:
    one, two, three, four, five = sources_of(SOME, simulated=False)[:5]
    states = [
        one,
        failed(two),
        failed(three, circuit="open"),
        replace(four, attempted=None, succeeded=None, latest=None),
        failed(five, circuit="half_open"),
    ]
    assert [source.condition for source in read(states)] == [
        Condition.UP,
        Condition.FAILING,
        Condition.LEFT_ALONE,
        Condition.NEVER,
        Condition.FAILING,
    ]


def test_source_is_stale_only_beyond_the_bound_behind_the_latest_fetch_of_any() -> None:
    one, two, latest = sources_of(SOME, simulated=False)[:3]
    bound = NOW - timedelta(hours=STALE_HOURS)
    at = replace(one, attempted=bound, succeeded=bound)
    before = bound - timedelta(seconds=1)
    beyond = replace(two, attempted=before, succeeded=before)
    assert [source.condition for source in read([at, beyond, latest])] == [
        Condition.UP,
        Condition.STALE,
        Condition.UP,
    ]


def test_source_that_fails_is_never_called_stale() -> None:
    one, two = sources_of(SOME, simulated=False)[:2]
    assert read([failed(one, hours=10_000), two])[0].condition is Condition.FAILING


def test_without_sources_nothing_was_asked_and_nothing_fails() -> None:
    assert last_asked([]) is None
    assert set(by_condition(read([])).values()) == {0}
    assert losses(read([])) == []
    assert main_province([]) is None
    assert last_successes([]) is None


@given(st.lists(st.sampled_from(["up", "failing", "open", "never"]), max_size=32))
def test_every_source_is_in_one_condition(fates: list[str]) -> None:
    states = sources_of(SOME, simulated=False)[: len(fates)]
    made: dict[str, Callable[[SourceState], SourceState]] = {
        "up": lambda one: one,
        "failing": failed,
        "open": lambda one: failed(one, circuit="open"),
        "never": lambda one: replace(one, attempted=None, succeeded=None),
    }
    sources = read([made[fate](one) for one, fate in zip(states, fates, strict=True)])
    counted = by_condition(sources)
    assert sum(counted.values()) == len(sources)
    assert len(failing(sources)) == counted[Condition.FAILING] + counted[Condition.LEFT_ALONE]
    assert sum(n for _, n in by_reason(sources)) == len(failing(sources))


def test_source_of_several_or_unknown_regions_is_of_no_province() -> None:
    one, two, three = sources_of([*SOME[:2], "32.73"], simulated=False)[:3]
    states = [replace(one, region=None), replace(two, region="99.99"), three]
    assert [source.province for source in read(states)] == [None, None, "32"]


def test_province_of_which_half_the_sources_fail_is_lost() -> None:
    sources = down(sources_of(SOME, simulated=False), *WEST_JAVA[:2])
    (loss,) = losses(sources)
    assert (loss.reach, loss.province) == (Reach.PROVINCE, "32")
    assert (loss.failing, loss.sources) == (8, 16)
    assert loss.failing == COMMON_SHARE * loss.sources
    assert loss.reasons == (("timeout", 8),)


def test_province_of_which_less_than_half_fails_is_not_lost() -> None:
    states = sources_of(SOME, simulated=False)
    assert losses(down(states, f"{WEST_JAVA[0]}/", f"{WEST_JAVA[1]}/permits")) == []


def test_trouble_of_one_region_is_no_loss_of_its_province() -> None:
    assert losses(down(sources_of(SOME, simulated=False), "51.01")) == []


def test_system_that_fails_in_several_provinces_is_lost() -> None:
    states = sources_of(SOME, simulated=False)
    sources = read([failed(one) if one.name == "complaints" else one for one in states])
    (loss,) = losses(sources)
    assert (loss.reach, loss.system) == (Reach.SYSTEM, ("open311", "complaints"))
    assert loss.failing == loss.sources == len(SOME)


def test_where_everything_fails_only_that_is_said() -> None:
    (loss,) = losses(down(sources_of(SOME, simulated=False), ""))
    assert loss.reach is Reach.NATION
    assert loss.failing == loss.sources == len(SOME) * len(SYSTEMS)


def test_loss_is_since_the_latest_success_of_what_fails() -> None:
    hours = {"11.01": 5.0, "11.02": 2.0}
    states = sources_of(SOME, simulated=False)
    sources = read([failed(one, hours=hours[one.region]) if one.region in hours else one for one in states])
    (loss,) = losses(sources)
    assert loss.since == NOW - timedelta(hours=2)
    assert last_successes(failing(sources)) == (NOW - timedelta(hours=5), NOW - timedelta(hours=2))


def test_loss_of_what_never_succeeded_has_no_since() -> None:
    states = sources_of(["11.01", "11.02", *WEST_JAVA], simulated=False)
    sources = read([failed(one, hours=None) if one.id.startswith("11.") else one for one in states])
    assert [loss.since for loss in losses(sources)] == [None]


def test_main_province_has_at_least_half_of_what_fails() -> None:
    states = sources_of(SOME, simulated=False)
    assert main_province(down(states, "32.", "11.")) == ("32", 16)
    assert main_province(down(states, "51.01/permits", "73.07/permits", "11.01/permits")) is None
    assert main_province(down(states, "51.01/permits")) is None


def test_main_province_is_not_told_of_sources_that_are_all_of_one() -> None:
    assert main_province(down(sources_of(WEST_JAVA, simulated=False), WEST_JAVA[0])) is None


def test_newest_failure_stands_on_top_and_those_that_never_succeeded_after_it() -> None:
    one, two, three, four = sources_of(["11.01"], simulated=False)
    states = [one, failed(two, hours=None), failed(three, hours=9), failed(four, hours=1)]
    every = chosen(read(states), conditions=frozenset(Condition))
    assert [source.stored.name for source in every] == ["access", "surveys", "complaints", "permits"]


def test_choices_leave_what_meets_all_of_them() -> None:
    one, two, *others = sources_of(SOME, simulated=False)
    sources = read([failed(one, FetchReason.TLS), failed(two), *others])
    trouble = frozenset(TROUBLE)
    assert len(chosen(sources, conditions=trouble)) == 2
    assert [s.stored.id for s in chosen(sources, conditions=trouble, reason="tls")] == [one.id]
    assert [s.stored.id for s in chosen(sources, conditions=trouble, kind="open311")] == [two.id]
    assert chosen(sources, conditions=trouble, province="51") == []
    assert len(chosen(sources, conditions=frozenset({Condition.UP}), province="51")) == len(SYSTEMS)


def test_sources_of_a_region_are_its_own() -> None:
    sources = of_region(read(sources_of(SOME, simulated=False)), "11.01")
    assert [source.stored.region for source in sources] == ["11.01"] * len(SYSTEMS)
