"""Back-test of the rollout forecast on the published counts, and its coverage where the truth is known.

    python -m tests.metrics.rollout.backtest > docs/reference/rollout-forecast.md

Rolling origin: from the fifth point on, everything after a point is held out and forecast from what
was known on that day. The second part draws series from known truths; simulated data.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.rollout.figures import published_figures
from metrics.rollout.forecast import FEWEST, Expected, Forecast, forecast
from metrics.rollout.outlook import recent_pace
from metrics.rollout.series import (
    CountSeries,
    Denominator,
    Point,
    certain_series,
    denominators,
    months_between,
)
from tests.metrics.rollout import backtest_page
from tests.metrics.rollout.truths import TRUTHS

AUTHORITY = "KemenPANRB"
SEEDS = 60


@dataclass(frozen=True, slots=True)
class Held:
    """One point that was held out: what was forecast from ``origin`` for it, and what naive rules said."""

    origin: Point
    truth: Point
    expected: Expected
    step: int
    naive: dict[str, float]

    @property
    def in80(self) -> bool:
        return self.expected.low80 <= self.truth.count <= self.expected.high80

    @property
    def in95(self) -> bool:
        return self.expected.low95 <= self.truth.count <= self.expected.high95


@dataclass(frozen=True, slots=True)
class Coverage:
    """A known truth, and how many of its held-out points lay in their intervals."""

    truth: str
    points: int
    in80: int
    in95: int


def published() -> CountSeries:
    return certain_series(published_figures(), "mpp_physical", AUTHORITY)


def stated() -> tuple[Denominator, ...]:
    return denominators(published_figures())


def last_step(points: Sequence[Point], target: Point) -> float:
    """The pace between the last two points goes on."""
    return _onward(points[-2], points[-1], target)


def recent_year(points: Sequence[Point], target: Point) -> float:
    """The pace of the last twelve months or little more goes on."""
    pace = recent_pace(points)
    assert pace is not None
    return _onward(pace.first, pace.last, target)


def straight_line(points: Sequence[Point], target: Point) -> float:
    """Least squares through all points, read off at the day; it need not pass through the last one."""
    months = [months_between(points[0].day, point.day) for point in points]
    slope, level = np.polyfit(months, [point.count for point in points], 1)
    return float(level + slope * months_between(points[0].day, target.day))


NAIVE: dict[str, Callable[[Sequence[Point], Point], float]] = dict(
    zip(backtest_page.NAMES, (last_step, recent_year, straight_line), strict=True)
)


def held_out(series: CountSeries, denominator: Denominator) -> list[Held]:
    """Every later point forecast from every origin that has points enough."""
    found: list[Held] = []
    for cut in range(FEWEST, len(series.points)):
        known, later = series.points[:cut], series.points[cut:]
        made = forecast(replace(series, points=known), denominator, [point.day for point in later])
        assert isinstance(made, Forecast)
        for step, (truth, expected) in enumerate(zip(later, made.expected, strict=True), start=1):
            # naive rules know the bounds too, or the comparison would be unfair
            naive = {
                name: float(np.clip(rule(known, truth), known[-1].count, denominator.whole))
                for name, rule in NAIVE.items()
            }
            found.append(Held(known[-1], truth, expected, step, naive))
    return found


def simulated(seeds: int = SEEDS) -> list[Coverage]:
    """Last three of twelve points of each simulated series, forecast from the nine before."""
    found: list[Coverage] = []
    denominator = stated()[0]
    for name, truth in TRUTHS.items():
        in80 = in95 = points = 0
        for seed in range(seeds):
            series = CountSeries(
                "simulated", "simulated", truth(np.random.default_rng(seed), denominator.whole)
            )
            known, later = series.points[:-3], series.points[-3:]
            made = forecast(
                replace(series, points=known), denominator, [p.day for p in later], seed=seed, draws=2000
            )
            assert isinstance(made, Forecast)
            held = [
                Held(known[-1], p, e, step, {})
                for step, (p, e) in enumerate(zip(later, made.expected, strict=True), 1)
            ]
            points += len(held)
            in80 += sum(one.in80 for one in held)
            in95 += sum(one.in95 for one in held)
        found.append(Coverage(name, points, in80, in95))
    return found


def _onward(first: Point, last: Point, target: Point) -> float:
    pace = (last.count - first.count) / months_between(first.day, last.day)
    return last.count + pace * months_between(last.day, target.day)


if __name__ == "__main__":
    sys.stdout.write(backtest_page.page(held_out(published(), stated()[0]), simulated()))
