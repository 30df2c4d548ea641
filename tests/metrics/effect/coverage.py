"""How often the effect's intervals hold a known truth, and its tests find what is not there.

    python -m tests.metrics.effect.coverage > docs/reference/effect.md

Every row draws panels from a known world with many seeds. The data are simulated; they say something
about the method only. About three minutes on one idle core.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from metrics.effect import Choices, Controls, Effect, effect
from metrics.effect.cells import by_cohort, cells, overall
from metrics.effect.design import design
from metrics.effect.inference import estimate
from tests.metrics.effect import coverage_page as page
from tests.metrics.effect.simulated import NEVER, World, draw

SEEDS = 200
TIMES = 5
"""So many times the seeds for the overall effect alone, which is cheap."""
Measure = Callable[[Effect, World], float]
Range = tuple[float, float] | None

STAGGERED = World(160, 24, {6: 0.2, 10: 0.2, 14: 0.2, 18: 0.1, NEVER: 0.3})
MISSING = World(160, 24, STAGGERED.share, missing=0.15)
SCATTERED = World(200, 24, {**dict.fromkeys(range(4, 23), 0.7 / 19), NEVER: 0.3})
SMALL = World(40, 18, {6: 0.25, 10: 0.25, NEVER: 0.5})
TOGETHER = World(204, 24, {6: 0.25, 12: 0.25, NEVER: 0.5}, provinces=34, shared=0.7)
DRIFTING = World(160, 24, STAGGERED.share, drift=0.05)

LEVEL: Range = (0.93, 0.97)
AT_LEAST: Range = (0.93, 1.0)
RARE: Range = (0.02, 0.08)
AT_MOST: Range = (0.0, 0.08)
"""5 %, give or take two Monte Carlo errors of 200 seeds."""


def covered(found: Effect, world: World) -> float:
    return float((found.overall.low or 0) <= world.overall <= (found.overall.high or 0))


def covered_by_month(found: Effect, world: World) -> float:
    """Share of the event study's pointwise intervals that hold the truth of their month."""
    judged = [one for one in found.event_study if one.estimate.low is not None]
    held = [(one.estimate.low or 0) <= world.since(one.months) <= (one.estimate.high or 0) for one in judged]
    return float(np.mean(held))


def covered_together(found: Effect, world: World) -> float:
    judged = [one for one in found.event_study if one.band_low is not None]
    return float(
        all((one.band_low or 0) <= world.since(one.months) <= (one.band_high or 0) for one in judged)
    )


def found_it(found: Effect, _: World) -> float:
    return float((found.overall.p or 0) < 0.05)


def trend_found(found: Effect, _: World) -> float:
    return float(found.pre_trend is not None and found.pre_trend.p < 0.05)


def placebo_found(found: Effect, _: World) -> float:
    """Share of the placebo dates that are found."""
    return float(np.mean([one.estimate.p < 0.05 for one in found.placebos if one.estimate.p is not None]))


def two_way_covered(found: Effect, world: World) -> float:
    if found.two_way is None:
        return 0.0
    one = found.two_way.estimate
    return float((one.low or 0) <= world.overall <= (one.high or 0))


@dataclass(frozen=True)
class Experiment:
    """A world, how it is estimated, and what is counted: name, measure, and the range that is demanded."""

    name: str
    world: World
    counted: tuple[tuple[str, Measure, Range], ...]
    controls: Controls = Controls.NOT_YET
    by_province: bool = False

    def run(self, seed: int) -> Effect:
        drawn = draw(self.world, seed)
        groups = drawn.provinces if self.by_province else None
        found = effect(drawn.panel, drawn.starts, Choices(self.controls, seed=seed), groups)
        if not isinstance(found, Effect):
            raise TypeError(f"{self.name}, seed {seed}: no effect, {found.obstacle}")
        return replace(found, group_times=())  # not counted, and large


HOLDS = ("overall interval holds the truth", covered, LEVEL)
MONTHLY = ("interval of a month since the start holds the truth", covered_by_month, LEVEL)
BAND = ("band holds all months together", covered_together, AT_LEAST)
FOUND = ("overall effect is found", found_it, RARE)
TREND = ("pre-trend test finds a difference", trend_found, AT_MOST)
PLACEBO = ("placebo date finds an effect", placebo_found, AT_MOST)
TWO_WAY = ("two-way fixed effects: interval holds the truth", two_way_covered, None)
SHOWN_TREND = (TREND[0], trend_found, None)
SHOWN_HOLDS = (HOLDS[0], covered, None)

EXPERIMENTS = (
    Experiment("A, not yet started", STAGGERED, (HOLDS, MONTHLY, BAND, TWO_WAY)),
    Experiment("A, never started", STAGGERED, (SHOWN_HOLDS, MONTHLY, BAND), Controls.NEVER),
    Experiment("A without effect", STAGGERED.without_effect(), (FOUND, TREND, PLACEBO)),
    Experiment("B: 15 % of the values missing", MISSING, (HOLDS, MONTHLY, BAND)),
    Experiment("C: a few regions every month", SCATTERED, (HOLDS, MONTHLY, BAND, TWO_WAY)),
    Experiment("C without effect", SCATTERED.without_effect(), (FOUND, TREND, PLACEBO)),
    Experiment("D: 40 regions", SMALL, (HOLDS, MONTHLY, BAND)),
    Experiment("D without effect", SMALL.without_effect(), (FOUND, TREND, PLACEBO)),
    Experiment("E: by province", TOGETHER, ((*HOLDS[:2], AT_LEAST), BAND), by_province=True),
    Experiment("E, clustered by region all the same", TOGETHER, (SHOWN_HOLDS,)),
    Experiment("F: drifts apart before", DRIFTING, (SHOWN_HOLDS, SHOWN_TREND)),
)


ALONE = (
    ("A, not yet started", STAGGERED, Controls.NOT_YET),
    ("A, never started", STAGGERED, Controls.NEVER),
    ("A without effect, not yet started", STAGGERED.without_effect(), Controls.NOT_YET),
    ("A without effect, never started", STAGGERED.without_effect(), Controls.NEVER),
)


@dataclass(frozen=True)
class Row:
    """What was counted in an experiment, and its share of the seeds."""

    experiment: str
    measure: str
    demanded: Range
    share: float
    seeds: int

    @property
    def error(self) -> float:
        """Monte Carlo standard error, at most: several figures of a seed count as one."""
        return float(np.sqrt(max(self.share * (1 - self.share), 1e-4) / self.seeds))

    @property
    def holds(self) -> bool | None:
        """Whether the share is in the demanded range; ``None`` where nothing is demanded."""
        return None if self.demanded is None else self.demanded[0] <= self.share <= self.demanded[1]


@dataclass(frozen=True)
class Means:
    """The truth and what the two estimators say of it on average, in the first experiment."""

    truth: float
    ours: float
    spread: float
    error: float
    two_way: float
    negative: float


def measured(seeds: int = SEEDS) -> tuple[list[Row], Means]:
    """All experiments with so many seeds each."""
    rows, means = [], None
    for one in EXPERIMENTS:
        found = [one.run(seed) for seed in range(seeds)]
        for name, measure, demanded in one.counted:
            held = np.array([measure(result, one.world) for result in found])
            rows.append(Row(one.name, name, demanded, float(held.mean()), seeds))
        means = means or _means(one.world, found)
    assert means is not None
    return rows, means


def alone(seeds: int = SEEDS * TIMES) -> list[Row]:
    """Coverage of the overall effect, and how often it is found where there is none."""
    rows = []
    for name, world, controls in ALONE:
        held = [_held_alone(world, controls, seed) for seed in range(seeds)]
        rows.append(Row(name, HOLDS[0], LEVEL, float(np.mean(held)), seeds))
    return rows


def _held_alone(world: World, controls: Controls, seed: int) -> bool:
    drawn = draw(world, seed)
    made = design(drawn.panel, drawn.starts, Choices(controls), None)
    one = estimate(overall(made, by_cohort(cells(made))), made)
    return (one.low or 0) <= world.overall <= (one.high or 0)


def _means(world: World, found: list[Effect]) -> Means:
    ours = np.array([one.overall.value for one in found])
    beside = [one.two_way for one in found if one.two_way is not None]
    return Means(
        world.overall,
        float(ours.mean()),
        float(ours.std()),
        float(np.mean([one.overall.error or 0 for one in found])),
        float(np.mean([one.estimate.value for one in beside])),
        float(np.mean([one.negative_weight for one in beside])),
    )


def table(rows: list[Row]) -> list[str]:
    """Markdown of the rows."""
    lines = [
        "| World | Counted | Demanded | Measured | ± | Holds |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        wanted = "–" if row.demanded is None else "{:.0f}–{:.0f} %".format(*(100 * x for x in row.demanded))
        verdict = "–" if row.holds is None else "yes" if row.holds else "**no**"
        lines.append(
            f"| {row.experiment} | {row.measure} | {wanted} | {100 * row.share:.1f} % "
            f"| {100 * row.error:.1f} | {verdict} |"
        )
    return lines


def document(rows: list[Row], more: list[Row], means: Means) -> str:
    """Return the whole page."""
    compared = (
        f"In world A the true overall effect is {means.truth:.3f}. The mean estimate is {means.ours:.3f} (spread "
        f"{means.spread:.3f}, mean standard error {means.error:.3f}); two-way fixed effects give "
        f"{means.two_way:.3f} on average, with negative weights of {100 * means.negative:.1f} %."
    )
    return page.TEXT.format(
        table="\n".join(table(rows)),
        more="\n".join(table(more)),
        compared=compared,
        seeds=rows[0].seeds,
        many=f"{more[0].seeds:,}",
    )


if __name__ == "__main__":
    counted, averages = measured()
    sys.stdout.write(document(counted, alone(), averages))
