"""Known truths from which series of counts are drawn: the model's own, and others that break it. Simulated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from metrics.rollout.series import Point

START = date(2020, 1, 1)
Points = tuple[Point, ...]
Truth = Callable[[np.random.Generator, int], Points]


def _months(rng: np.random.Generator) -> list[float]:
    """Distances of twelve points, as uneven as the published ones: from days to more than a year."""
    return [float(gap) for gap in np.maximum(rng.gamma(1.2, 4.0, 12), 0.3)]


def _points(gaps: list[float], joined: list[int], start: int) -> Points:
    day, count, points = START, start, []
    for gap, more in zip(gaps, joined, strict=True):
        day, count = day + timedelta(days=max(round(gap * 30.4375), 1)), count + more
        points.append(Point(day, count))
    return tuple(points)


def _contagion(share: float, work: float) -> float:
    """Chance of each region that is left to join while a logistic curve does so much work."""
    return float(share * (1 - np.exp(-work)) / (share + (1 - share) * np.exp(-work)))


def curve(kind: str, *, ceiling: float) -> Truth:
    """The model's own kind: a growth curve towards a share of the bound, with a clock that leaps."""

    def draw(rng: np.random.Generator, bound: int) -> Points:
        most, jolt = round(ceiling * bound), rng.uniform(0.5, 3)
        pace = rng.uniform(0.03, 0.09) if kind == "contagion" else rng.uniform(0.005, 0.02)
        start = count = int(rng.integers(10, 80))
        gaps, joined = _months(rng), []
        for gap in gaps:
            work = pace * jolt * rng.gamma(gap / jolt)
            chance = _contagion(count / most, work) if kind == "contagion" else 1 - np.exp(-work)
            joined.append(int(rng.binomial(most - count, chance)))
            count += joined[-1]
        return _points(gaps, joined, start)

    return draw


def ceremonies(rng: np.random.Generator, bound: int) -> Points:
    """Ceremonies at random days with 5 to 45 at once, at a steady pace: a straight line in leaps."""
    rate = rng.uniform(0.15, 0.3)
    start = count = int(rng.integers(10, 80))
    gaps, joined = _months(rng), []
    for gap in gaps:
        more = int(rng.integers(5, 46, rng.poisson(rate * gap)).sum())
        joined.append(min(more, bound - count))
        count += joined[-1]
    return _points(gaps, joined, start)


def slump(rng: np.random.Generator, bound: int) -> Points:
    """Contagion whose pace falls to a third when the held-out stretch begins: no model can know."""
    start = count = int(rng.integers(10, 80))
    pace, gaps, joined = rng.uniform(0.04, 0.08), _months(rng), []
    for at, gap in enumerate(gaps):
        work = (pace if at < len(gaps) - 3 else pace / 3) * 1.5 * rng.gamma(gap / 1.5)
        joined.append(int(rng.binomial(bound - count, _contagion(count / bound, work))))
        count += joined[-1]
    return _points(gaps, joined, start)


TRUTHS: dict[str, Truth] = {
    "contagion to the whole, leaping clock": curve("contagion", ceiling=1.0),
    "contagion to seven tenths, leaping clock": curve("contagion", ceiling=0.7),
    "levelling to the whole, leaping clock": curve("levelling", ceiling=1.0),
    "ceremonies at a steady pace (not the model's)": ceremonies,
    "pace falls to a third after the last known point (no model can know)": slump,
}
