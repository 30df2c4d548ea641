"""How far the ranks depend on the method's own choices, beside what they depend on chance.

Weights, normalisation, the way of putting indicators together, treatment of outliers and of gaps
are drawn from their alternatives (``metrics.statistics.sensitivity``); each indicator is left out
in turn; and the whole is put together in each way, outranking included, which lets no indicator
pay for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from metrics.catalogue import CATALOGUE
from metrics.ranking.assessment import Assessment
from metrics.ranking.detail import ChoiceDetail, ChoiceRange
from metrics.ranking.method import Component, Method
from metrics.ranking.reasons import reason
from metrics.ranking.scores import DIGITS
from metrics.statistics.aggregation import Aggregation, aggregate
from metrics.statistics.figures import Floats, Ints
from metrics.statistics.normalisation import goalposts
from metrics.statistics.ranks import Direction, places
from metrics.statistics.sensitivity import Choices, Sensitivity, leave_one_out, rank_range, sensitivity
from metrics.statistics.treatment import treat
from metrics.statistics.variants import HIGH, LOW, Normalisation

AGGREGATIONS: tuple[Aggregation, ...] = ("arithmetic", "geometric", "copeland")
NORMALISATIONS: tuple[Normalisation, ...] = ("goalposts", "min-max", "z-score")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What other choices come to. ``ranges`` by code; ``without``: ranks by code and indicator left out."""

    choices: tuple[ChoiceDetail, ...] = ()
    ranges: Mapping[str, ChoiceRange] = field(default_factory=dict)
    without: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def doubt(found: Assessment) -> Doubt:
    """Put the method's choices in doubt; nothing below two ranked places."""
    codes, method = found.order.codes, found.method
    if len(codes) < 2:  # noqa: PLR2004 - to compare takes two
        return Doubt(notes=() if codes else (reason("nobody-ranked"),))
    table = np.array([[_value(found, code, component) for component in method.indicators] for code in codes])
    known = ~np.isnan(table).all(axis=0)
    used = [component for component, there in zip(method.indicators, known, strict=True) if there]
    absent = [component.id for component, there in zip(method.indicators, known, strict=True) if not there]
    choices, equal = _choices(table[:, known], used, method)
    notes = [reason("known-nowhere", indicator=name) for name in absent]
    notes += [reason("same-everywhere", indicator=name) for name in equal]
    ranged = rank_range(choices, seed=method.seed, runs=method.doubts.runs)
    analysed = sensitivity(choices, seed=method.seed, runs=method.doubts.runs)
    by_way = {way: _together(choices, way) for way in AGGREGATIONS}
    ranges = {
        code: ChoiceRange(
            float(ranged.low[row]),
            float(ranged.median[row]),
            float(ranged.high[row]),
            _totals(analysed, row),
            {way: int(ranks[row]) for way, ranks in by_way.items()},
        )
        for row, code in enumerate(codes)
    }
    return Doubt(_details(choices, analysed), ranges, _without(choices, codes, used), tuple(notes))


def _value(found: Assessment, code: str, component: Component) -> float:
    """Value of a figure that is scored; NaN for one that is not."""
    if found.composites[code].points[component.id] is None:
        return np.nan
    value = found.figures[code][component.id].value
    return np.nan if value is None else value


def _choices(table: Floats, used: list[Component], method: Method) -> tuple[Choices, list[str]]:
    """Choices with the alternatives that the figures allow, and the indicators that are equal everywhere.

    What is equal everywhere cannot be spread from its least to its most: goalposts alone are left.
    """
    equal = [c.id for c, column in zip(used, table.T, strict=True) if not _spread(column)]
    even = all(_spread(treat(column).value) for column in table.T)
    directions: list[Direction] = ["up" if CATALOGUE[c.id].direction == "up" else "down" for c in used]
    own: Aggregation = method.aggregation
    return Choices(
        table,
        directions,
        np.array([c.weight for c in used]),
        np.array([c.low for c in used]),
        np.array([c.high for c in used]),
        spread=method.doubts.weight_spread,
        normalisations=NORMALISATIONS[:1] if equal else NORMALISATIONS,
        aggregations=(own, "geometric" if own == "arithmetic" else "arithmetic"),
        treatments=(False, True) if even and not equal else (False,),
    ), equal


def _spread(column: Floats) -> bool:
    return bool(np.nanmax(column) > np.nanmin(column))


def _together(choices: Choices, way: Aggregation) -> Ints:
    """Ranks with the method's goalposts and weights, put together in this way."""
    scores = goalposts(choices.values, choices.directions, choices.lower, choices.upper, LOW, HIGH)
    return places(np.round(aggregate(scores, choices.weights, way), DIGITS))


def _totals(analysed: Sensitivity, row: int) -> dict[str, float]:
    column = zip(analysed.factors, analysed.by_unit[:, row], strict=True)
    return {factor: float(total) for factor, total in column if not np.isnan(total)}


def _details(choices: Choices, analysed: Sensitivity) -> tuple[ChoiceDetail, ...]:
    """Choices that have alternatives; without a total where no rank ever varies."""
    alternatives: dict[str, tuple[str, ...]] = {
        "weights": ("as given", f"± {choices.spread * 100:g} %"),
        "normalisation": tuple(choices.normalisations),
        "aggregation": tuple(choices.aggregations),
        "treatment": tuple("outliers drawn in" if treated else "none" for treated in choices.treatments),
        "filling": tuple(choices.fillings),
    }
    shift = analysed.shift
    rows = zip(analysed.factors, shift.total, shift.total_low, shift.total_high, strict=True)
    return tuple(
        ChoiceDetail(factor, alternatives[factor], *(_number(one) for one in figures))
        for factor, *figures in rows
    )


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _without(choices: Choices, codes: tuple[str, ...], used: list[Component]) -> dict[str, dict[str, int]]:
    """Ranks by code and indicator that is left out; none for a region that has nothing else."""
    if len(used) < 2:  # noqa: PLR2004 - one has to stay
        return {}
    ranks = leave_one_out(choices)
    return {
        code: {c.id: int(ranks[k, row]) for k, c in enumerate(used) if ranks[k, row] > 0}
        for row, code in enumerate(codes)
    }
