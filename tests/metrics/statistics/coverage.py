"""How often intervals and rank sets hold the truth, by simulation from known truths.

    python -m tests.metrics.statistics.coverage > docs/reference/coverage.md

Every row draws data from a known truth with many seeds and counts how often the stated interval
or set holds it. The data are simulated; they say something about the methods only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.countsets import simultaneous_of_counts
from metrics.statistics.funnel import funnel
from metrics.statistics.intervals import (
    clopper_pearson,
    poisson,
    proportion_difference,
    quantile_interval,
    rate_difference,
    rate_ratio,
    student,
    wilson,
)
from metrics.statistics.mixtures import shrink_counts, shrink_proportions
from metrics.statistics.ranks import places
from metrics.statistics.ranksets import marginal, simultaneous
from metrics.statistics.shrinkage import shrink
from metrics.statistics.standardise import standardise
from metrics.statistics.survival import curve

SEEDS = 500
MANY = 40
"""Figures of one kind that are drawn with each seed; of rank sets it is one table."""

Held = npt.NDArray[np.bool_]
Experiment = Callable[[np.random.Generator], Held]


@dataclass(frozen=True, slots=True)
class Row:
    """A method under a truth: what it promises, and how often it held."""

    method: str
    truth: str
    level: float
    held: int
    trials: int
    seeds: int
    slack: float

    @property
    def coverage(self) -> float:
        return self.held / self.trials

    @property
    def error(self) -> float:
        """Monte Carlo standard error, counting no more independent trials than there are."""
        return float(np.sqrt(max(self.coverage * (1 - self.coverage), 1e-4) / self.trials))

    @property
    def holds(self) -> bool:
        """Whether the coverage is not below the level by more than the slack and three Monte Carlo errors."""
        return self.coverage >= self.level - self.slack - 3 * self.error


def within(low: npt.ArrayLike, truth: npt.ArrayLike, high: npt.ArrayLike) -> Held:
    return np.atleast_1d((np.asarray(low) <= truth) & (truth <= np.asarray(high)))


def _wilson(rng: np.random.Generator) -> Held:
    share, n = rng.uniform(0.02, 0.98, MANY), rng.integers(20, 400, MANY).astype(np.float64)
    low, high = wilson(rng.binomial(n.astype(np.int64), share) / n, n)
    return within(low, share, high)


def _exact(rng: np.random.Generator) -> Held:
    low, high = clopper_pearson(rng.binomial(30, 0.1, MANY), np.full(MANY, 30))
    return within(low, 0.1, high)


def _poisson(rng: np.random.Generator) -> Held:
    expected = rng.uniform(1, 60, MANY)
    low, high = poisson(rng.poisson(expected))
    return within(low, expected, high)


def _student(rng: np.random.Generator) -> Held:
    values = rng.normal(5, 2, (MANY, 8))
    low, high = student(values.mean(axis=1), values.var(axis=1, ddof=1), np.full(MANY, 8.0))
    return within(low, 5, high)


def _quantile(q: float, n: int) -> Experiment:
    def experiment(rng: np.random.Generator) -> Held:
        found = [quantile_interval(rng.exponential(1, n), q) for _ in range(4)]
        return np.concatenate([within(one.low, -np.log(1 - q), one.high) for one in found])

    return experiment


def _ratio(rng: np.random.Generator) -> Held:
    found = rate_ratio(rng.poisson(12, MANY), [1] * MANY, rng.poisson(40, MANY), [2] * MANY)
    return within(found.low, 0.6, found.high)


def _difference(rng: np.random.Generator) -> Held:
    found = rate_difference(rng.poisson(12, MANY), [1] * MANY, rng.poisson(40, MANY), [2] * MANY)
    return within(found.low, -8, found.high)


def _proportions(rng: np.random.Generator) -> Held:
    one, other = rng.binomial(60, 0.8, MANY), rng.binomial(45, 0.7, MANY)
    found = proportion_difference(one, [60] * MANY, other, [45] * MANY)
    return within(found.low, 0.1, found.high)


def _median(rng: np.random.Generator) -> Held:
    truth, seen = rng.exponential(10, (4, 60)), rng.uniform(2, 40, (4, 60))
    found = [curve(np.minimum(t, c), t <= c).quantile(0.5) for t, c in zip(truth, seen, strict=True)]
    bounds = [(one.low[0], np.nan_to_num(one.high[0], nan=np.inf)) for one in found]
    return np.array([low <= 10 * np.log(2) <= high for low, high in bounds])


def _standardised(rng: np.random.Generator) -> Held:
    size = rng.integers(50, 400, (MANY, 3))
    found = standardise(rng.poisson(size * [0.02, 0.1, 0.3]), size)
    return within(found.ratio.low, 1, found.ratio.high)


def _shrunk(rng: np.random.Generator) -> Held:
    theta, s = rng.normal(50, 4, MANY), rng.uniform(1, 6, MANY)
    found = shrink(rng.normal(theta, s), s)
    return within(found.value - 1.96 * found.error, theta, found.value + 1.96 * found.error)


def _shrunk_counts(rng: np.random.Generator) -> Held:
    rate, time = rng.gamma(4, 0.5, 4 * MANY), rng.uniform(5, 50, 4 * MANY)
    found = shrink_counts(rng.poisson(rate * time), time)
    return within(found.low, rate, found.high)


def _shrunk_proportions(rng: np.random.Generator) -> Held:
    share, size = rng.beta(6, 4, 4 * MANY), rng.integers(5, 100, 4 * MANY)
    found = shrink_proportions(rng.binomial(size, share), size)
    return within(found.low, share, found.high)


def _funnel(rng: np.random.Generator) -> Held:
    expected = rng.uniform(5, 200, MANY)
    return np.abs(funnel(rng.poisson(expected), expected, "ratio", target=1.0).flag) < 2


def _ranks(kind: str, spread: float) -> Experiment:
    """All sets of a table together (simultaneous), or that of the tenth unit (marginal)."""

    def experiment(rng: np.random.Generator) -> Held:
        theta = np.linspace(0, spread, 20)
        s = rng.uniform(0.5, 2, 20)
        seed = int(rng.integers(1 << 31))
        make = simultaneous if kind == "simultaneous" else marginal
        found = make(rng.normal(theta, s), s, seed=seed, draws=1000)
        truth = places(theta)
        hold = within(found.low, truth, found.high)
        return np.array([hold.all()]) if kind == "simultaneous" else hold[9:10]

    return experiment


def _best(rng: np.random.Generator) -> Held:
    theta, s = np.linspace(0, 12, 20), rng.uniform(0.5, 2, 20)
    found = simultaneous(rng.normal(theta, s), s, seed=int(rng.integers(1 << 31)), draws=1000)
    return np.array([found.best(3)[places(theta) <= 3].all()])


def _rank_counts(rng: np.random.Generator) -> Held:
    rate = np.geomspace(20, 200, 12)
    found = simultaneous_of_counts(rng.poisson(rate))
    return np.array([within(found.low, places(rate), found.high).all()])


EXACT, NEAR, ESTIMATED = 0.0, 0.01, 0.025
"""Slack: of methods that promise the level, of approximations, and where the spread is estimated first."""

EXPERIMENTS: tuple[tuple[str, str, float, float, Experiment], ...] = (
    ("Wilson", "shares 0.02 to 0.98, n 20 to 400", 0.95, NEAR, _wilson),
    ("Clopper-Pearson", "share 0.1, n 30", 0.95, EXACT, _exact),
    ("Poisson, exact below 10, Byar from there on", "1 to 60 expected", 0.95, EXACT, _poisson),
    ("t interval of a mean", "8 normal values", 0.95, EXACT, _student),
    ("order statistics, median", "40 exponential values", 0.95, EXACT, _quantile(0.5, 40)),
    ("order statistics, p95", "59 exponential values", 0.95, EXACT, _quantile(0.95, 59)),
    ("order statistics, p99", "299 exponential values", 0.95, EXACT, _quantile(0.99, 299)),
    ("ratio of rates, exact", "12 and 40 events in 1 and 2", 0.95, EXACT, _ratio),
    ("difference of rates, Zou and Donner", "12 and 40 events in 1 and 2", 0.95, NEAR, _difference),
    ("difference of proportions, Newcombe", "0.8 of 60, 0.7 of 45", 0.95, NEAR, _proportions),
    ("Kaplan-Meier median, log-log", "60 cases, about a fifth open", 0.95, NEAR, _median),
    ("observed to expected", "40 units, 3 strata", 0.95, NEAR, _standardised),
    ("empirical Bayes, normal", "40 units, spread 4, errors 1 to 6", 0.95, ESTIMATED, _shrunk),
    ("empirical Bayes, counts", "160 units", 0.95, ESTIMATED, _shrunk_counts),
    ("empirical Bayes, proportions", "160 units", 0.95, ESTIMATED, _shrunk_proportions),
    ("funnel, 99.8 %", "5 to 200 expected", 0.998, EXACT, _funnel),
    (
        "rank sets, simultaneous",
        "20 units from 0 to 12, errors 0.5 to 2",
        0.95,
        EXACT,
        _ranks("simultaneous", 12),
    ),
    ("rank sets, simultaneous", "20 units nearly tied", 0.95, EXACT, _ranks("simultaneous", 0.02)),
    ("rank set, marginal, tenth unit", "20 units from 0 to 12", 0.95, EXACT, _ranks("marginal", 12)),
    ("rank set, marginal, tenth unit", "20 units nearly tied", 0.95, EXACT, _ranks("marginal", 0.02)),
    ("the three best are in their set", "20 units from 0 to 12", 0.95, EXACT, _best),
    ("rank sets of counts, Holm", "12 units, 20 to 200 events", 0.95, EXACT, _rank_counts),
)


def rows(seeds: int = SEEDS) -> list[Row]:
    """All experiments with so many seeds each."""
    found = []
    for method, truth, level, slack, experiment in EXPERIMENTS:
        held = np.concatenate([experiment(np.random.default_rng(seed)) for seed in range(seeds)])
        found.append(Row(method, truth, level, int(held.sum()), len(held), seeds, slack))
    return found


def table(found: list[Row]) -> str:
    """Markdown of the rows, with what the columns mean."""
    lines = [
        "# Coverage of intervals and rank sets",
        "",
        "Written by `python -m tests.metrics.statistics.coverage > docs/reference/coverage.md`.",
        "",
        f"How often a stated interval or set holds the truth it was drawn from, with {found[0].seeds} seeds a row.",
        "Simulated: this says something about the methods, nothing about a region.",
        "",
        "- **Trials**: a seed gives several figures, of rank sets one table.",
        "- **±**: Monte Carlo standard error of the coverage, in points.",
        "- **Slack**: points by which a method may fall short: none where it promises the level, one for",
        "  approximations, two and a half where a spread is estimated from the same data first.",
        "- **Holds**: the coverage is not below the level by more than the slack and three Monte Carlo errors.",
        "",
        "| Method | Truth | Level | Trials | Coverage | ± | Slack | Holds |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    lines += [
        f"| {row.method} | {row.truth} | {100 * row.level:g} % | {row.trials:,} | {100 * row.coverage:.1f} % "
        f"| {100 * row.error:.1f} | {100 * row.slack:g} | {'yes' if row.holds else '**no**'} |"
        for row in found
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table(rows()))
