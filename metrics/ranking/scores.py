"""Scores from 0 to 100 by goalposts that were fixed in advance, with their uncertainty.

With fixed goalposts a region's score depends on nobody else's, and the unit of measure does not
matter. Source: OECD/JRC, Handbook on Constructing Composite Indicators, 2008.

How a figure's uncertainty is carried into the score: the figure is drawn anew many times from a
normal distribution of two halves whose 2.5 % and 97.5 % points are the ends of its 95 % interval,
and every draw is scored as the figure itself is. Figures of one record set rest on the same
records, and how they hang together is not known: their draws are good and bad together, which errs
on the side of too wide. Draws of different record sets are independent (a Latin hypercube, so that
each margin is exact). A region's draws depend on the method's seed and its own code only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.catalogue import CATALOGUE
from metrics.definitions.reporting import COUNTED
from metrics.model import IndicatorValue, ValueStatus
from metrics.ranking.method import Component, Method
from metrics.statistics import special
from metrics.statistics.aggregation import mean
from metrics.statistics.figures import Floats
from metrics.statistics.intervals import Z, z_of
from metrics.statistics.variants import HIGH, LOW

BEST = 100.0
DIGITS = 9
"""Scores that agree to so many decimals are equal: what is left is rounding."""

Figures = Mapping[str, IndicatorValue]


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its interval. ``error``: the longer arm over the quantile that its level asks for."""

    value: float
    low: float
    high: float
    error: float


@dataclass(frozen=True, slots=True)
class Composite:
    """A region's points by indicator and its score, where any has a value.

    ``coverage``: share of the weights with a value.
    """

    points: dict[str, float | None]
    score: Score | None
    coverage: float


def usable(figure: IndicatorValue) -> bool:
    """Whether a figure may be scored: it stands, and rests on as many cases as its definition asks for."""
    return (
        figure.status is ValueStatus.OK
        and figure.value is not None
        and bool(np.isfinite(figure.value))
        and figure.n >= max(CATALOGUE[figure.indicator].minimum_n, 1)
    )


def points(component: Component, value: float) -> float:
    """Points of a value between the goalposts; 0 and 100 beyond them."""
    return min(max(_beyond(component, value), 0.0), BEST)


def value_at(component: Component, wanted: Floats) -> Floats:
    """Values that are worth these points."""
    share = wanted / BEST if CATALOGUE[component.id].direction == "up" else 1 - wanted / BEST
    return component.low + share * (component.high - component.low)


def normalised(table: Floats, method: Method) -> Floats:
    """Points as the method's mean takes them: from 1 to 100 for the geometric mean (0 undoes the rest)."""
    return table if method.aggregation == "arithmetic" else LOW + table * (HIGH - LOW) / BEST


def scored(table: Floats, method: Method) -> Floats:
    """Scores (0 to 100) of rows of points (rows x indicators; NaN: missing)."""
    weights = np.array([[component.weight for component in method.indicators]])
    means: Floats = mean(normalised(table, method), weights, method.aggregation)[0]
    return means if method.aggregation == "arithmetic" else (means - LOW) * BEST / (HIGH - LOW)


def composite(method: Method, figures: Figures, code: str) -> Composite:
    """Score of a region over the indicators that it has."""
    used = {name: figure for name, figure in figures.items() if usable(figure)}
    parts = {c.id: points(c, used[c.id].value or 0.0) if c.id in used else None for c in method.indicators}
    weight = sum(c.weight for c in method.indicators if c.id in used)
    if not used:
        return Composite(parts, None, 0.0)
    row = np.array([[np.nan if part is None else part for part in parts.values()]])
    value = round(float(scored(row, method)[0]), DIGITS)
    drawn = scored(_draws(method, used, code), method)
    tail = (1 - method.level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    low, high = (round(float(end), DIGITS) for end in (min(low, value), max(high, value)))
    error = round(max(value - low, high - value) / z_of(method.level), DIGITS)
    return Composite(parts, Score(value, low, high, error), weight / sum(c.weight for c in method.indicators))


def _draws(method: Method, figures: Figures, code: str) -> Floats:
    """Points of a region's figures (draws x indicators), drawn anew within their intervals."""
    rng = np.random.default_rng([method.seed, *code.encode()])
    datasets = sorted({CATALOGUE[component.id].dataset for component in method.indicators})
    grid = special.ndtri((np.arange(method.draws) + 0.5) / method.draws)
    luck = {dataset: rng.permutation(grid) for dataset in datasets}
    table = np.full((method.draws, len(method.indicators)), np.nan)
    for column, component in enumerate(method.indicators):
        if component.id in figures:
            middle, worse, better = _arms(component, figures[component.id])
            z = luck[CATALOGUE[component.id].dataset]
            table[:, column] = np.clip(middle + z * np.where(z < 0, worse, better) / Z, 0.0, BEST)
    return table


def _arms(component: Component, figure: IndicatorValue) -> tuple[float, float, float]:
    """Points of a figure and the arms of its interval, none of them cut off at the goalposts.

    An arm without an end reaches to the goalpost. Figures that were counted, not sampled, have none.
    """
    middle = _beyond(component, figure.value or 0.0)
    if CATALOGUE[component.id].interval == COUNTED:
        return middle, 0.0, 0.0
    down = CATALOGUE[component.id].direction == "down"
    worst, best = (figure.high, figure.low) if down else (figure.low, figure.high)
    below = middle - (0.0 if worst is None else _beyond(component, worst))
    above = (BEST if best is None else _beyond(component, best)) - middle
    return middle, max(below, 0.0), max(above, 0.0)


def _beyond(component: Component, value: float) -> float:
    """Points of a value, below 0 and above 100 beyond the goalposts."""
    share = (value - component.low) / (component.high - component.low)
    return BEST * (share if CATALOGUE[component.id].direction == "up" else 1 - share)


def table_of(method: Method, composites: Sequence[Composite]) -> Floats:
    """Points of regions (regions x indicators; NaN: missing)."""
    rows = [[np.nan if p is None else p for p in one.points.values()] for one in composites]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(method.indicators))
