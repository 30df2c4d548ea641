"""Incidents of provinces and platforms: when they open, which one explains, what becomes of the children."""

from __future__ import annotations

import pytest

from checks.incidents import Places, acknowledge, resolve, resolve_all
from metrics.model import Severity
from metrics.observation import Act, Days, Finding, Scope, State
from tests.checks.incidents.timeline import PLACES, Timeline, days, fail, passes, province, unchecked

PLATFORM = sorted(region for region, name in PLACES.platforms.items() if name)
OTHERS = sorted(set(PLACES.provinces) - set(PLATFORM))


def platform(failing: int, when: Days | None, check: str = "silence") -> list[Finding]:
    """So many regions of the platform fail, every other region passes."""
    rest = [*PLATFORM[failing:], *OTHERS]
    return [fail(one, when, check) for one in PLATFORM[:failing]] + [passes(one, check) for one in rest]


def test_province_that_is_cut_off_is_one_incident_with_its_regions_as_children() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(9, 10)), *province("31", 0, None))
    parent = line.parent()
    assert parent.id == "2026-11-11-silence-transactions-32"
    assert (parent.scope, parent.place, parent.days) == (Scope.PROVINCE, "32", days(9, 10))
    assert (parent.n, parent.bad, parent.severity) == (50, 25, Severity.CRITICAL)
    assert parent.detail == "5 regions, such as 32.01: nothing came"
    assert line.children(parent) == [f"32.0{number}" for number in range(1, 6)]
    assert line.log(parent) == [Act.OPENED]
    child = line.incidents["2026-11-11-silence-transactions-32.01"]
    assert line.log(child) == [Act.OPENED, Act.MERGED]
    assert line.notes(child)[-1] == f"part of {parent.id}"


@pytest.mark.parametrize(("failing", "merged"), [(2, False), (3, True)])
def test_province_needs_three_regions_and_three_in_five(failing: int, merged: bool) -> None:  # noqa: FBT001 - a case
    line = Timeline()
    line.judge(10, *province("32", failing, days(9, 10)))
    assert any(one.scope is Scope.PROVINCE for one in line.present()) is merged


def test_three_regions_of_six_are_no_trouble_of_the_province() -> None:
    line = Timeline(Places({**PLACES.provinces, "32.06": "32"}))
    line.judge(10, *province("32", 3, days(9, 10)), passes("32.06"))
    assert {one.scope for one in line.present()} == {Scope.REGION}


def test_regions_that_could_not_be_checked_do_not_count_in_the_share() -> None:
    line = Timeline(Places({**PLACES.provinces, "32.06": "32"}))
    line.judge(10, *province("32", 3, days(9, 10)), unchecked("32.06"))
    assert line.parent().place == "32"


def test_days_that_adjoin_are_shared_and_days_with_a_gap_between_are_not() -> None:
    line = Timeline()
    line.judge(10, fail("32.01", days(4, 5)), fail("32.02", days(6, 7)), fail("32.03", days(8, 9)))
    assert line.children(line.parent()) == ["32.01", "32.02", "32.03"]
    line = Timeline()
    line.judge(10, fail("32.01", days(3, 4)), fail("32.02", days(6, 7)), fail("32.03", days(9, 10)))
    assert {one.scope for one in line.present()} == {Scope.REGION}


def test_failures_that_know_no_days_are_shared() -> None:
    line = Timeline()
    line.judge(10, *province("32", 4, None, "schema"))
    assert (line.parent().check, line.parent().days) == ("schema", None)


def test_platform_over_several_provinces_is_named_rather_than_the_provinces() -> None:
    line = Timeline()
    line.judge(10, *platform(6, days(9, 10)))
    assert (line.parent().scope, line.parent().place) == (Scope.PLATFORM, "mppdn")
    assert line.children(line.parent()) == PLATFORM


def test_province_that_explains_more_keeps_its_regions_and_the_platform_gets_the_rest() -> None:
    places = Places(PLACES.provinces, dict.fromkeys(["32.01", "31.01", "31.02", "33.01"], "mppdn"))
    line = Timeline(places)
    failing = [fail(one, days(9, 10)) for one in ("31.01", "31.02", "33.01")]
    passing = [passes(one) for one in sorted(places.provinces) if one[:2] != "32"]
    line.judge(10, *province("32", 5, days(9, 10)), *failing, *passing)
    found = {one.scope: line.children(one) for one in line.present() if one.scope is not Scope.REGION}
    assert found == {
        Scope.PROVINCE: [f"32.0{number}" for number in range(1, 6)],
        Scope.PLATFORM: ["31.01", "31.02", "33.01"],
    }


def test_platform_within_one_province_is_the_province() -> None:
    line = Timeline(Places(PLACES.provinces, {f"32.0{number}": "siapmpp" for number in range(1, 6)}))
    line.judge(10, *province("32", 5, days(9, 10)))
    assert line.parent().scope is Scope.PROVINCE


def test_what_the_platform_explains_does_not_count_for_the_province() -> None:
    line = Timeline()
    failing = {*PLATFORM, "32.03"}
    line.judge(10, *(fail(one, days(9, 10)) if one in failing else passes(one) for one in PLACES.provinces))
    assert line.parent().scope is Scope.PLATFORM
    alone = [one.place for one in line.present() if one.scope is Scope.REGION and one.parent is None]
    assert alone == ["32.03"]


def test_days_of_regions_that_the_platform_explains_still_hold_the_others_together() -> None:
    line = Timeline()
    rest = [fail("32.03", days(4, 5)), fail("32.04", days(8, 9)), fail("32.05", days(8, 9))]
    line.judge(10, *(fail(one, days(6, 7)) for one in PLATFORM), *rest)
    found = {one.scope: line.children(one) for one in line.present() if one.scope is not Scope.REGION}
    assert found == {Scope.PLATFORM: PLATFORM, Scope.PROVINCE: ["32.03", "32.04", "32.05"]}


def test_province_gives_its_regions_up_to_a_platform_that_turns_out_to_explain_them() -> None:
    everywhere = dict.fromkeys(PLACES.provinces, "mppdn")
    line = Timeline(Places(PLACES.provinces, everywhere))
    line.judge(10, *province("31", 0, None), *province("32", 5, days(9, 10)), *province("33", 0, None))
    first = line.parent()
    assert first.scope is Scope.PROVINCE
    line.judge(11, *(one for code in ("31", "32", "33") for one in province(code, 5, days(9, 11))))
    assert line.parent().scope is Scope.PLATFORM
    assert line.notes(first)[-1] == f"goes on in {line.parent().id}"


def test_region_that_fails_later_joins_although_the_share_has_fallen() -> None:
    line = Timeline(Places({**PLACES.provinces, **{f"32.{number:02}": "32" for number in range(6, 11)}}))
    regions = sorted(code for code in line.places.provinces if code.startswith("32"))
    for number, failing in ((10, regions[:6]), (11, regions[:3]), (12, [*regions[:3], regions[9]])):
        line.judge(number, *(fail(r, days(9, number)) if r in failing else passes(r) for r in regions))
    assert line.children(line.parent()) == ["32.01", "32.02", "32.03", "32.10"]


def test_parent_with_fewer_than_three_regions_resolves_and_the_rest_stands_alone() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(9, 10)))
    parent = line.parent()
    line.judge(11, *province("32", 3, days(9, 11)))
    assert line.parent().id == parent.id
    line.judge(12, *province("32", 2, days(9, 12)))
    assert line.incidents[parent.id].state is State.RESOLVED
    assert line.notes(parent)[-1] == "fewer than 3 regions are left, which stand alone"
    assert [(one.place, one.parent) for one in line.present()] == [("32.04", None), ("32.05", None)]
    assert line.log(line.present()[0])[-1] is Act.PARTED


def test_what_heals_together_keeps_its_parent_in_the_log_and_comes_back_together() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(9, 10)))
    parent = line.parent()
    line.judge(11, *province("32", 0, None))
    assert line.present() == []
    assert line.notes(parent)[-1] == "the data have healed in all its regions"
    assert [one.parent for one in line.incidents.values()].count(parent.id) == 5
    line.judge(14, *province("32", 4, days(13, 14)))
    assert (line.parent().id, line.parent().reopened) == (parent.id, 1)
    assert len(line.children(parent)) == 4


def test_only_one_of_two_troubles_reopens_what_was_one_incident() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(9, 10)), *province("32", 5, days(9, 10), "volume"))
    first = line.parent().id
    line.judge(11, *province("32", 0, None), *province("32", 0, None, "volume"))
    line.judge(20, *province("32", 5, days(19, 20)), *province("32", 5, days(15, 16), "volume"))
    found = {one.id: one for one in line.present() if one.scope is Scope.PROVINCE}
    assert len(found) == 2
    assert found[first].reopened == 1


def test_checks_that_fail_together_are_one_incident_with_the_root_cause_first() -> None:
    line = Timeline()
    line.judge(
        10,
        *province("32", 4, days(7, 9), "drift"),
        *province("32", 3, days(6, 8), "volume"),
        *province("32", 5, days(8, 10), "silence"),
    )
    parent = line.parent()
    assert (parent.check, parent.causes) == ("silence", ("silence", "volume", "drift"))
    assert (parent.days, parent.n) == (days(6, 10), 50)
    assert parent.detail == "5 regions, such as 32.01: nothing came"
    assert len(line.children(parent)) == 12


def test_checks_whose_days_do_not_overlap_are_two_incidents() -> None:
    line = Timeline()
    line.judge(10, *province("32", 4, days(3, 5), "volume"), *province("32", 4, days(6, 9), "silence"))
    assert {one.check for one in line.present() if one.scope is Scope.PROVINCE} == {"volume", "silence"}


def test_record_sets_are_not_put_together() -> None:
    line = Timeline()
    surveys = [fail(f"32.0{number}", days(9, 10), dataset="surveys") for number in range(1, 6)]
    line.judge(10, *province("32", 5, days(9, 10)), *surveys)
    assert len([one for one in line.present() if one.scope is Scope.PROVINCE]) == 2


def test_root_cause_that_is_found_later_takes_over_and_the_log_says_so() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(9, 10), "volume"))
    parent = line.parent()
    line.judge(11, *province("32", 5, days(9, 11), "volume"), *province("32", 4, None, "schema"))
    assert (line.parent().id, line.parent().check) == (parent.id, "schema")
    assert line.notes(parent)[-1] == "put together with schema; root cause: schema"


def test_two_incidents_of_a_province_whose_days_meet_go_on_as_the_older() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(4, 6), "volume"))
    older = line.parent()
    line.judge(11, *province("32", 5, days(4, 6), "volume"), *province("32", 5, days(9, 11)))
    younger = next(one for one in line.present() if one.scope is Scope.PROVINCE and one.id != older.id)
    line.judge(12, *province("32", 5, days(4, 10), "volume"), *province("32", 5, days(9, 12)))
    assert line.parent().id == older.id
    assert line.notes(younger)[-1] == f"goes on in {older.id}"


def test_two_incidents_of_one_day_with_the_same_name_are_numbered() -> None:
    names = {region: "Siap MPP" if region[3:] < "03" else "siap/mpp" for region in PLACES.provinces}
    line = Timeline(Places(PLACES.provinces, names))
    line.judge(10, *(fail(one, days(9, 10)) for one in PLACES.provinces))
    found = [(one.id, one.place) for one in line.present() if one.scope is Scope.PLATFORM]
    name = "2026-11-11-silence-transactions-siap-mpp"
    assert found == [(name, "Siap MPP"), (f"{name}-2", "siap/mpp")]


def test_parent_is_open_again_when_a_child_gets_worse() -> None:
    line = Timeline()
    line.judge(10, *(fail(f"32.0{n}", days(9, 10), severity=Severity.WARNING) for n in range(1, 6)))
    line.do(acknowledge, line.parent().id, "")
    line.judge(11, *province("32", 5, days(9, 11)))
    assert (line.parent().state, line.parent().severity) == (State.OPEN, Severity.CRITICAL)


def test_province_that_a_person_closed_with_its_regions_stays_closed_until_days_beyond() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(9, 10)))
    parent = line.parent()
    children = [one for one in line.incidents.values() if one.parent == parent.id]
    line.keep(resolve_all(parent, children, "sari", "flood", line.now))
    assert line.present() == []
    line.judge(11, *province("32", 5, days(9, 10)))
    assert line.present() == []
    line.judge(12, *province("32", 5, days(9, 12)))
    assert (line.parent().id, line.parent().reopened) == (parent.id, 1)


def test_parent_that_a_person_closed_alone_lets_its_regions_stand_alone() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, days(9, 10)))
    line.do(resolve, line.parent().id, "each for itself")
    line.judge(11, *province("32", 5, days(9, 10)))
    assert {one.scope for one in line.present()} == {Scope.REGION}
    line.judge(12, *province("32", 5, days(9, 12)))
    assert line.parent().reopened == 1


def test_province_without_days_that_a_person_closed_opens_again_after_it_has_healed() -> None:
    line = Timeline()
    line.judge(10, *province("32", 5, None, "schema"))
    parent = line.parent()
    children = [one for one in line.incidents.values() if one.parent == parent.id]
    line.keep(resolve_all(parent, children, "sari", "", line.now))
    line.judge(11, *province("32", 5, None, "schema"))
    assert line.incidents[parent.id].closed_by_hand
    line.judge(12, *province("32", 0, None, "schema"))
    line.judge(13, *province("32", 5, None, "schema"))
    assert line.parent().id == parent.id


def test_regions_that_the_registry_does_not_place_stand_alone() -> None:
    line = Timeline(Places({}))
    line.judge(10, *province("32", 5, days(9, 10)))
    assert {one.parent for one in line.present()} == {None}


def test_check_that_was_not_judged_merges_nothing() -> None:
    line = Timeline(Places({}))
    line.judge(10, *province("32", 5, days(9, 10)))
    line.places = PLACES
    line.judge(11, passes("31.01", "volume"))
    assert {one.scope for one in line.present()} == {Scope.REGION}
