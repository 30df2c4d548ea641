"""Who is ranked, with which score and in which order, and who is not ranked and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from metrics.indicators.reasons import HOLDS, code_of, reason_details
from metrics.model import IndicatorValue
from metrics.ranking.method import Method
from metrics.ranking.order import Order, order_of
from metrics.ranking.reasons import reason
from metrics.ranking.scores import Composite, Figures, composite
from metrics.regions import Registry

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that a ranking is made of. Dicts are by the codes of all places, ranked or not.

    ``figures``: those of the method's indicators and period. ``refused``: reasons not to rank; empty
    where a place is ranked. ``held``: reasons of the holds that keep figures back. ``order``: of the
    ranked ones, by code.
    """

    method: Method
    level: str
    figures: dict[str, Figures]
    composites: dict[str, Composite]
    refused: dict[str, tuple[str, ...]]
    held: dict[str, tuple[str, ...]]
    order: Order

    @property
    def ranked(self) -> list[Composite]:
        """Composites of the ranked places in the order's order."""
        return [self.composites[code] for code in self.order.codes]


def assess(values: Iterable[IndicatorValue], method: Method, registry: Registry, level: str) -> Assessment:
    """Assess all regions of the registry, or its provinces, by the figures of that level."""
    codes = sorted(registry.regions if level == "region" else registry.provinces)
    found = _figures(values, method, level)
    figures: dict[str, Figures] = {code: found.get(code, {}) for code in codes}
    composites = {code: composite(method, figures[code], code) for code in codes}
    held = {code: _held(figures[code]) for code in codes}
    refused = {code: _refusal(composites[code], method, figures[code], held[code]) for code in codes}
    scores = {code: score for code in codes if not refused[code] and (score := composites[code].score)}
    order = order_of(
        list(scores),
        np.array([score.value for score in scores.values()], dtype=np.float64),
        np.array([score.error for score in scores.values()], dtype=np.float64),
        method,
    )
    return Assessment(method, level, figures, composites, refused, held, order)


def _figures(
    values: Iterable[IndicatorValue], method: Method, level: str
) -> dict[str, dict[str, IndicatorValue]]:
    """Figures of the method's indicators and period by place and indicator."""
    wanted = {component.id for component in method.indicators}
    found: dict[str, dict[str, IndicatorValue]] = {}
    for value in values:
        if value.period == method.period and value.level == level and value.indicator in wanted:
            found.setdefault(value.region, {})[value.indicator] = value
    return found


def _refusal(scored: Composite, method: Method, figures: Figures, held: tuple[str, ...]) -> tuple[str, ...]:
    """Reasons not to rank a region; empty where it is ranked. Those of holds come after what they cause."""
    if scored.score is None:
        return (reason("nothing-stands" if held else "nothing-reported"), *held)
    found = [
        _missing(component.id, figures.get(component.id))
        for component in method.indicators
        if component.required and scored.points[component.id] is None
    ]
    if scored.coverage < method.minimum_coverage - ROUNDING:
        minimum = round(method.minimum_coverage * 100)
        found.append(reason("coverage-too-low", share=round(scored.coverage * 100), minimum=minimum))
    return (*found, *held) if found else ()


def _missing(indicator: str, figure: IndicatorValue | None) -> str:
    """Reason that a required figure has no value."""
    cause = (code_of(figure.reason) if figure else "") or ("too-few" if figure else "no-records")
    if cause in HOLDS:
        return reason("required-withheld", indicator=indicator)
    return reason("required-missing", indicator=indicator, cause=cause)


def _held(figures: Figures) -> tuple[str, ...]:
    """Reasons of the holds that keep figures back, one for each record set and check."""
    found: dict[tuple[str, str, str], str] = {}
    for figure in figures.values():
        code, details = code_of(figure.reason), reason_details(figure.reason)
        if code in HOLDS:
            found.setdefault((code, details["dataset"], details["check"]), figure.reason)
    return tuple(found.values())
