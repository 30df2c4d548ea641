"""Laws that hold for any course of events. ``Timeline`` checks them after each step."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.incidents import acknowledge, assign, note, reopen, resolve
from metrics.model import Severity
from metrics.observation import Finding
from tests.checks.incidents.timeline import PLACES, Timeline, days, fail, passes, unchecked

CHECKS = ("schema", "silence", "volume")
REGIONS = sorted(PLACES.provinces)

steps = st.lists(
    st.tuples(
        st.integers(1, 9),  # days since the step before
        st.integers(0, 2**32),  # what is found
        st.sampled_from([0.1, 0.5, 0.9]),  # how much fails
        st.lists(st.integers(0, 2**32), max_size=4),  # what people do
    ),
    min_size=2,
    max_size=7,
)


def told(chance: random.Random, last: int, failing: float) -> list[Finding]:
    """What the checks say of some regions; each check has a stretch of days that most failures share."""
    found: list[Finding] = []
    for check in CHECKS:
        shared = last - chance.randrange(8)
        for region in REGIONS:
            if chance.random() < 0.1:
                continue
            if chance.random() > failing:
                found.append((unchecked if chance.random() < 0.3 else passes)(region, check))
                continue
            final = shared if chance.random() < 0.7 else last - chance.randrange(9)
            when = None if check == "schema" else days(final - chance.randrange(4), final)
            found.append(fail(region, when, check, severity=chance.choice(list(Severity))))
            if chance.random() < 0.2:
                found.append(fail(region, days(last - 20, last - 12), check, detail="long ago"))
    return found


def act(line: Timeline, chance: random.Random) -> None:
    """Have a person do what can be done with any incident."""
    name = chance.choice(sorted(line.incidents))
    incident = line.incidents[name]
    done: list[tuple[Any, ...]] = [(note, "seen"), (resolve, "closed")]
    if incident.present and incident.assignee != "budi":
        done.append((assign, "budi", ""))
    if incident.present and incident.state != "acknowledged":
        done.append((acknowledge, ""))
    if not incident.present:
        done = [(reopen, "again")]
    what, *words = chance.choice(done)
    line.do(what, name, *words)


@settings(max_examples=60)
@given(steps)
def test_whatever_happens_the_laws_hold(course: list[tuple[int, int, float, list[int]]]) -> None:
    line, last = Timeline(), 0
    for gap, seed, failing, acts in course:
        last += gap
        line.judge(last, *told(random.Random(seed), last, failing))  # noqa: S311 - a course of events, no secret
        for one in acts:
            if line.incidents:
                act(line, random.Random(one))  # noqa: S311 - as above


def test_the_courses_have_parents_of_both_kinds_children_that_part_and_reopenings() -> None:
    line, last, seen = Timeline(), 0, set[str]()
    for seed in range(200):
        last += 1 + seed % 4
        line.judge(last, *told(random.Random(seed), last, (0.1, 0.5, 0.9)[seed % 3]))  # noqa: S311 - as above
        seen |= {f"{one.scope}" for one in line.present()} | {f"{one.act}" for one in line.acts[-50:]}
        if seed == 30:
            break
    assert seen >= {"region", "province", "platform", "merged", "parted", "reopened", "resolved"}
