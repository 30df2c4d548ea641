"""Scores from 0 to 100 by goalposts that were fixed in advance, with their uncertainty.

With fixed goalposts a region's score depends on nobody else's, and the unit of measure does
not matter. Source: OECD/JRC, Handbook on Constructing Composite Indicators, 2008.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.catalogue import CATALOGUE
from metrics.model import IndicatorValue, ValueStatus
from metrics.ranking.method import Component, Method
from metrics.statistics.intervals import Z

BEST = 100.0


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its standard error (conservative, see ``component_score``)."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Composite:
    """A region's parts and, where any has a value, their mean. ``coverage``: share of the weights."""

    parts: dict[str, Score | None]
    score: Score | None
    coverage: float


def points(component: Component, value: float) -> float:
    """Points of a value between the goalposts; 0 and 100 beyond them."""
    share = (value - component.low) / (component.high - component.low)
    upwards = CATALOGUE[component.id].direction == "up"
    return BEST * min(max(share if upwards else 1 - share, 0.0), 1.0)


def component_score(component: Component, figure: IndicatorValue | None) -> Score | None:
    """Score of a figure; ``None`` where it has no value.

    The longer arm of its 95 % interval, in points, stands for 1.96 standard errors; an arm without
    an end reaches to the goalpost. Both err on the side of too wide.
    """
    if figure is None or figure.status is not ValueStatus.OK or figure.value is None:
        return None
    value = points(component, figure.value)
    down = CATALOGUE[component.id].direction == "down"
    worst, best = (figure.high, figure.low) if down else (figure.low, figure.high)
    below = value if worst is None else value - points(component, worst)
    above = BEST - value if best is None else points(component, best) - value
    return Score(value, max(below, above, 0.0) / Z)


def composite(method: Method, figures: Mapping[str, IndicatorValue]) -> Composite:
    """Weighted arithmetic mean of the parts that there are.

    Standard errors add up within a record set (its indicators rest on the same records, and how
    they hang together is not known) and as independent ones between record sets.
    """
    parts = {c.id: component_score(c, figures.get(c.id)) for c in method.indicators}
    present = [(c, part) for c in method.indicators if (part := parts[c.id]) is not None]
    weight = sum(c.weight for c, _ in present)
    coverage = weight / sum(c.weight for c in method.indicators)
    if not present:
        return Composite(parts, None, 0.0)
    errors: dict[str, float] = {}
    for component, part in present:
        dataset = CATALOGUE[component.id].dataset
        errors[dataset] = errors.get(dataset, 0.0) + component.weight * part.error
    error = sum(value**2 for value in errors.values()) ** 0.5 / weight
    return Composite(parts, Score(sum(c.weight * p.value for c, p in present) / weight, error), coverage)
