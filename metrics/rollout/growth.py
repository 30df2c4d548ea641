"""Growth of a count towards a bound, by a curve whose clock runs in leaps. Pure; draws with a seed.

Mal pelayanan publik open in ceremonies, several at once and at no fixed distance. So the share
``x`` of the regions follows a growth curve, but in *working time*: of ``t`` months a random ``G(t)``
counts, a gamma process with mean ``t`` and variance ``jolt * t``. It never runs backwards, and
two intervals add up to the long one, which unequal intervals need. Given the clock, each region
that is left joins by the end of the interval with one and the same probability (binomial). The
curve leads to a ceiling, which is the bound or less: some regions may never join. Three curves:

* ``levelling``: a fixed pace per region that is left, ``x' = pace (1 - x)``;
* ``steady``: a straight line up to the ceiling, ``x' = pace``;
* ``contagion``: the pace per region left grows with those that have joined, ``x' = pace x (1 - x)``.

Beforehand the curves are equally likely, ``pace`` and ``jolt`` even on the logarithmic scale within
their bounds, and ceilings as ``TRUST`` says. What the points say is computed on the grid (Bayes, without
another approximation), so that draws carry the uncertainty of curve, ceiling, pace and jolt. Sources:
Mahajan & Peterson 1985, Models for Innovation Diffusion, chapter 2 (external and internal
influence); Clark 1973 and Madan & Seneta 1990 (gamma process as a clock).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.rollout.series import Point, months_between
from metrics.statistics import special
from metrics.statistics.figures import Floats, Ints

HALF = 0.5
"""Added to a count and twice to its ceiling: a share of exactly 0 or 1 has no logit."""
LEAST = 1e-300
"""What is below this counts as this: its logarithm must exist."""
NEVER = 1e-12
"""Probability of staying out beyond the end of a straight line, where there is none."""


def levelling(share: Floats, work: Floats) -> Floats:  # noqa: ARG001  (all curves are asked alike)
    """Logarithm of the probability that a region stays out while the curve does so much work."""
    return -work


def steady(share: Floats, work: Floats) -> Floats:
    """The same of a straight line: the work is spread over those that are left, until none is."""
    return np.log(np.maximum(1 - work / (1 - share), NEVER))


def contagion(share: Floats, work: Floats) -> Floats:
    """The same of the logistic curve, (1 - x2) / (1 - x1) with logit(x2) = logit(x1) + work."""
    stays: Floats = -work - np.log(share + (1 - share) * np.exp(-work))
    return stays


CURVES = {"levelling": levelling, "steady": steady, "contagion": contagion}
CEILINGS = np.linspace(0.4, 1.0, 7)
"""Shares of the bound. Those that the count has passed are out of the question."""
TRUST = np.array([1 / 12] * 6 + [1 / 2])
"""Probability of each ceiling beforehand: even that the whole is reached some day, as policy has it."""
PACES = np.geomspace(5e-4, 0.5, 41)
"""Per month. At 0.5 a half grows to nine tenths in five months; at 0.0005 next to nothing happens."""
JOLTS = np.geomspace(0.05, 24.0, 21)
"""Months: the work that one leap does, in the mean. 0.05 is an even flow, 24 one leap in two years."""
NODES = 120
"""Values of the clock over which each likelihood is summed, denser towards both ends."""


@dataclass(frozen=True)
class Posterior:
    """What the points up to ``last`` say: ``weight[ceiling, curve, pace, jolt]`` sums to 1.

    ``ceilings``: counts, those of ``CEILINGS``.
    """

    last: Point
    ceilings: Ints
    weight: Floats


def posterior(points: Sequence[Point], bound: int) -> Posterior:
    """What the points say. They must rise or stay, lie within the bound, and be at least two."""
    ceilings = np.round(CEILINGS * bound).astype(np.int64)
    possible = np.flatnonzero(ceilings >= points[-1].count)
    log = np.full((len(ceilings), len(CURVES), len(PACES), len(JOLTS)), -np.inf)
    log[possible] = np.log(TRUST[possible])[:, None, None, None]
    for before, after in itertools.pairwise(points):
        clock, chance = _clock(months_between(before.day, after.day))
        work = PACES[:, None, None] * clock
        for at, curve in itertools.product(possible, CURVES):
            ceiling = int(ceilings[at])
            stays = CURVES[curve](_share(before.count, ceiling), work)
            joined, left = after.count - before.count, ceiling - after.count
            joins = np.log(-np.expm1(np.minimum(stays, -LEAST)))
            likelihood = np.exp(_ways(joined, left) + joined * joins + left * stays) @ chance
            log[at, list(CURVES).index(curve)] += np.log(np.maximum(likelihood, LEAST))
    weight = np.exp(log - log.max())
    return Posterior(points[-1], ceilings, weight / weight.sum())


def paths(found: Posterior, months: Floats, *, seed: int, draws: int) -> Ints:
    """Counts of ``draws`` possible futures at so many months after the last point: one row a future.

    ``months`` rise from above zero on. Each future has its own ceiling, curve, pace and jolt; no row
    falls, and none exceeds its ceiling.
    """
    rng = np.random.default_rng(seed)
    cell = rng.choice(found.weight.size, draws, p=found.weight.ravel())
    at, curve, pace, jolt = np.unravel_index(cell, found.weight.shape)
    ceiling = found.ceilings[at]
    count = np.full(draws, found.last.count, dtype=np.int64)
    rows = np.empty((draws, len(months)), dtype=np.int64)
    for column, step in enumerate(np.diff(months, prepend=0.0)):
        work = PACES[pace] * JOLTS[jolt] * rng.gamma(step / JOLTS[jolt])
        share = _share(count, ceiling)
        stays = np.choose(curve, [kind(share, work) for kind in CURVES.values()])
        p = np.clip(-np.expm1(stays), 0, 1)
        count = count + rng.binomial(ceiling - count, p)
        rows[:, column] = count
    return rows


def _clock(months: float) -> tuple[Floats, Floats]:
    """Values of the clock after so many months for each of ``JOLTS``, and the probability of each value.

    Substituting u = sin²(πv/2) puts the nodes where a single leap far out may have made the count.
    """
    v = (np.arange(NODES) + 0.5) / NODES
    chance = np.pi / 2 * np.sin(np.pi * v) / NODES
    shape = months / JOLTS[:, None]
    return special.gammaincinv(shape, np.sin(np.pi * v / 2) ** 2) * JOLTS[:, None], chance / chance.sum()


def _share(count: int | Ints, ceiling: int | Ints) -> Floats:
    return np.asarray((count + HALF) / (ceiling + 2 * HALF), dtype=np.float64)


def _ways(joined: int, left: int) -> float:
    """Logarithm of the number of ways to choose those that joined among all that were left before."""
    return math.lgamma(joined + left + 1) - math.lgamma(joined + 1) - math.lgamma(left + 1)
