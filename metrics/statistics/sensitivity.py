"""How far the ranks of a composite depend on choices that could have been made otherwise.

Source: Saisana, Saltelli & Tarantola 2005, Journal of the Royal Statistical Society A 168:307-323;
OECD & JRC, Handbook 2008, step 8. Weights move by up to a quarter, each by itself; normalisation,
aggregation, treatment of outliers, filling of gaps and, where wanted, the indicator that is left
out are drawn from the alternatives. This is the uncertainty of the method; that of the data is in
``ranksets`` and stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from metrics.statistics.aggregation import Aggregation, aggregate, mean
from metrics.statistics.figures import BadFigures, Floats, Ints, above
from metrics.statistics.ranks import Direction, places
from metrics.statistics.sobol import Indices, design, indices, swapped
from metrics.statistics.variants import Filling, Normalisation, Table

RUNS = 1_000
WEIGHT_SPREAD = 0.25
RANGE = (0.05, 0.95)
BLOCK = 1 << 22
"""Scores that are held at once."""

FACTORS = ("weights", "normalisation", "aggregation", "treatment", "filling", "left out")


@dataclass(frozen=True)
class Choices:
    """A composite and the alternatives to its choices; the first of each is the method's own.

    ``values``: units x indicators, missing ones NaN; ``lower`` and ``upper``: goalposts.
    ``leave_out``: whether any one indicator may be missing (as likely as each of the others).
    """

    values: Floats
    directions: Sequence[Direction]
    weights: Floats
    lower: Floats
    upper: Floats
    spread: float = WEIGHT_SPREAD
    normalisations: Sequence[Normalisation] = ("goalposts", "min-max", "z-score")
    aggregations: Sequence[Aggregation] = ("arithmetic", "geometric")
    treatments: Sequence[bool] = (False, True)
    fillings: Sequence[Filling] = ("none", "median")
    leave_out: bool = False
    _table: Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check weights and shapes. Raises ``BadFigures``."""
        above(self.weights, "weights")
        if not 0 <= self.spread < 1:
            raise BadFigures(f"spread of weights: {self.spread:g}. Write ± 25 % as 0.25.")
        table = Table(self.values, self.directions, self.lower, self.upper)
        object.__setattr__(self, "_table", table)

    @cached_property
    def nominal(self) -> Ints:
        """Ranks by the method's own choices."""
        found: Ints = self._ranks(np.zeros((1, len(FACTORS))), np.array([self.weights], dtype=np.float64))[0]
        return found

    @property
    def varied(self) -> tuple[int, ...]:
        """Places in ``FACTORS`` of what has alternatives."""
        many = (self.spread > 0, *(len(options) > 1 for options in self._options), self.leave_out)
        return tuple(place for place, varies in enumerate(many) if varies)

    @property
    def _options(self) -> tuple[Sequence[object], ...]:
        return self.normalisations, self.aggregations, self.treatments, self.fillings

    def weight_sets(self, sets: int, rng: np.random.Generator) -> Floats:
        """Sets of weights, each moved by up to the spread."""
        move = rng.uniform(1 - self.spread, 1 + self.spread, (sets, len(self.weights)))
        return np.asarray(self.weights, dtype=np.float64) * move

    def ranks(self, chosen: Floats, sets: Floats) -> Iterator[Ints]:
        """Ranks (runs x units, in blocks) for draws in 0..1 of the factors; the first picks a weight set."""
        step = max(1, BLOCK // max(len(self.values), 1))
        for start in range(0, len(chosen), step):
            block = chosen[start : start + step]
            yield self._ranks(block, sets[(block[:, 0] * len(sets)).astype(np.int64)])

    def _ranks(self, chosen: Floats, weights: Floats) -> Ints:
        """Ranks (runs x units); units without any value have 0."""
        picked = np.column_stack(
            [(chosen[:, 1 + i] * len(options)).astype(np.int64) for i, options in enumerate(self._options)]
        )
        if self.leave_out:
            gone = (chosen[:, -1] * (1 + weights.shape[1])).astype(np.int64) - 1
            weights = np.where(np.arange(weights.shape[1]) == gone[:, None], 0.0, weights)
        scores = np.empty((len(chosen), len(self.values)))
        for kind in np.unique(picked, axis=0):
            runs = np.flatnonzero((picked == kind).all(axis=1))
            normalisation, aggregation, treatment, filling = kind
            table = self._table.scores(
                self.normalisations[normalisation],
                treated=self.treatments[treatment],
                filling=self.fillings[filling],
            )
            scores[runs] = _aggregated(table, weights[runs], self.aggregations[aggregation])
        return places(scores)


@dataclass(frozen=True, slots=True)
class RankRange:
    """Ranks under other choices, one entry a unit: 5 %, median and 95 % of the runs."""

    nominal: Ints
    low: Floats
    median: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Sobol indices by factor of the average shift of ranks; ``by_unit``: total index of each unit's rank."""

    factors: tuple[str, ...]
    shift: Indices
    by_unit: Floats


def rank_range(choices: Choices, *, seed: int, runs: int = RUNS) -> RankRange:
    """Monte Carlo over all choices at once."""
    rng = np.random.default_rng(seed)
    sets = choices.weight_sets(runs, rng)
    chosen = rng.random((runs, len(FACTORS)))
    chosen[:, 0] = (np.arange(runs) + 0.5) / runs
    ranks = np.concatenate([block.astype(np.int32) for block in choices.ranks(chosen, sets)])
    low, median, high = np.quantile(ranks, [RANGE[0], 0.5, RANGE[1]], axis=0)
    return RankRange(choices.nominal, low, median, high)


def sensitivity(choices: Choices, *, seed: int, runs: int = RUNS) -> Sensitivity:
    """Sobol indices of the choices that have alternatives, from ``runs * (factors + 2)`` runs."""
    rng = np.random.default_rng(seed)
    sets = choices.weight_sets(runs, rng)
    a, b = design(runs, len(FACTORS), rng)
    of_a = np.concatenate(list(choices.ranks(a, sets)))
    of_b = np.concatenate(list(choices.ranks(b, sets)))
    variance = np.concatenate([of_a, of_b]).var(axis=0, ddof=1)
    shifts, by_unit = [], []
    for factor in choices.varied:
        mixed = np.concatenate(list(choices.ranks(swapped(a, b, factor), sets)))
        shifts.append(_shift(mixed, choices.nominal))
        squares = ((of_a - mixed) ** 2).mean(axis=0) / 2
        by_unit.append(np.divide(squares, variance, out=np.full(len(variance), np.nan), where=variance > 0))
    found = indices(_shift(of_a, choices.nominal), _shift(of_b, choices.nominal), np.array(shifts), rng)
    return Sensitivity(tuple(FACTORS[place] for place in choices.varied), found, np.array(by_unit))


def leave_one_out(choices: Choices) -> Ints:
    """Ranks (indicators x units) by the method's own choices without each indicator."""
    m = len(choices.weights)
    if m < 2:  # noqa: PLR2004 - one has to stay
        raise BadFigures("leave one out: a composite of one indicator has none to spare.")
    weights = np.where(np.eye(m, dtype=np.bool_), 0.0, np.asarray(choices.weights, dtype=np.float64))
    chosen = np.zeros((m, len(FACTORS)))
    return next(choices.ranks(np.column_stack([(np.arange(m) + 0.5) / m, chosen[:, 1:]]), weights))


def _shift(ranks: Ints, nominal: Ints) -> Floats:
    """Average shift of the ranks of each run (Saisana et al. 2005, eq. 2)."""
    return np.asarray(np.abs(ranks - nominal).mean(axis=1), dtype=np.float64)


def _aggregated(table: Floats, weights: Floats, method: Aggregation) -> Floats:
    if method != "copeland":
        return mean(table, weights, method)
    return np.array([aggregate(table[:, one > 0], one[one > 0], method) for one in weights])
