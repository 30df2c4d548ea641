"""Funnel limits: how far from a target a unit of its size may lie by chance.

Sources: Spiegelhalter 2005, Statistics in Medicine 24:1185-1202 (limits, interpolation for counts);
Spiegelhalter 2005, Quality and Safety in Health Care 14:347-351 (transformed scales,
over-dispersion); PHE technical guidance (limits at which a unit's own interval touches the target).

Limits are at 95 % and 99.8 %. Of 514 units that all meet the target, 26 lie beyond the first
and one beyond the second: flag at 99.8 %, or by ``discoveries``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics import special
from metrics.statistics.dispersion import Allowance, Dispersion, dispersion
from metrics.statistics.figures import BadFigures, Floats, Ints, above, alike, counts, known
from metrics.statistics.intervals import binomial_quantile, z_of
from metrics.statistics.scales import Kind, Scale, scale_of

WARNING, ALARM = 0.95, 0.998

Method = Literal["interval", "interpolated"]
"""How the limits of counts are made where there is no over-dispersion.

* ``interval`` (PHE): where the unit's own interval touches the target; Wilson's for a proportion,
  which gives ``target ± z sqrt(p(1-p)/n)``, the exact Poisson interval for rates and ratios.
* ``interpolated`` (Spiegelhalter): quantiles of the binomial or Poisson distribution under the
  target, linear between whole numbers.
"""


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel with one entry a unit; ``low`` and ``high`` by level, 0.95 and 0.998.

    ``flag``: 0 inside, -1 and 1 beyond the 95 % limits, -2 and 2 beyond those of 99.8 %.
    ``z``: standard errors from the target on the transformed scale, over-dispersion included.
    """

    kind: Kind
    target: float
    value: Floats
    low: dict[float, Floats]
    high: dict[float, Floats]
    z: Floats
    flag: Ints
    dispersion: Dispersion


def funnel(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    kind: Kind,
    *,
    target: float | None = None,
    method: Method = "interval",
    allowance: Allowance | None = None,
    scale: Scale | None = None,
) -> Funnel:
    """Funnel of proportions (events of n), rates (events per exposure) or ratios (observed to expected).

    ``target``: the pooled figure where none is given. ``allowance`` for over-dispersion: none
    where none is given; where none is found the limits are the plain ones. ``scale`` of the
    z-scores and the widened limits: "asin" for proportions, "log" (default) or "sqrt" for the
    others. Raises ``BadFigures`` for a denominator of zero: such a unit has no place in the funnel.
    """
    seen, size = counts(numerator, "numerator"), above(denominator, "denominator")
    alike(seen, size, what="numerator and denominator")
    if not len(seen):
        raise BadFigures("numerator: no units. A funnel needs at least one.")
    if kind == "proportion" and (seen > size).any():
        raise BadFigures("numerator: more than the denominator. Take kind 'rate' for events that repeat.")
    centre = float(seen.sum() / size.sum()) if target is None else target
    _check_target(centre, kind)
    used = scale_of(kind, scale)
    y, s, y0 = used.of(seen, size, centre)
    spread = dispersion((y - y0) / s, s, allowance)
    if spread.plain:
        bounds = {level: _plain(size, centre, kind, method, level) for level in (WARNING, ALARM)}
    else:
        bounds = {level: used.back(y0, spread.widen(s) * z_of(level), centre) for level in (WARNING, ALARM)}
    return _funnel(kind, centre, seen / size, bounds, (y - y0) / spread.widen(s), spread)


def funnel_of_means(
    value: npt.ArrayLike,
    error: npt.ArrayLike,
    *,
    target: float | None = None,
    allowance: Allowance | None = None,
) -> Funnel:
    """Funnel of means with their standard errors; without a target it is the mean weighted by precision."""
    y, s = known(value, "values"), above(error, "standard errors")
    alike(y, s, what="values and standard errors")
    if not len(y):
        raise BadFigures("values: no units. A funnel needs at least one.")
    centre = float(np.average(y, weights=1 / s**2)) if target is None else target
    spread = dispersion((y - centre) / s, s, allowance)
    wide = spread.widen(s)
    bounds = {level: (centre - z_of(level) * wide, centre + z_of(level) * wide) for level in (WARNING, ALARM)}
    return _funnel("mean", centre, y, bounds, (y - centre) / wide, spread)


def limits(
    target: float, denominator: npt.ArrayLike, kind: Kind, level: float, method: Method = "interval"
) -> tuple[Floats, Floats]:
    """Limits for denominators without over-dispersion, to draw the funnel's lines."""
    _check_target(target, kind)
    return _plain(above(denominator, "denominator"), target, kind, method, level)


def false_alarms(units: int, level: float, measures: int = 1) -> float:
    """Number of units that lie beyond the limits of a level by chance alone: the false-alarm budget."""
    return units * measures * (1 - level)


def discoveries(z: npt.ArrayLike, rate: float = 0.05) -> npt.NDArray[np.bool_]:
    """Which z-scores (of all units and measures together) differ, with this rate of false ones among them.

    Source: Benjamini & Hochberg 1995.
    """
    p = 2 * special.ndtr(-np.abs(known(z, "z-scores")))
    ordered = np.sort(p, axis=None)
    held = np.flatnonzero(ordered <= rate * np.arange(1, p.size + 1) / max(p.size, 1))
    return p <= (ordered[held[-1]] if len(held) else -1.0)


def _check_target(target: float, kind: Kind) -> None:
    if not (0 <= target <= 1 if kind == "proportion" else target >= 0):
        raise BadFigures(f"target: {target:g} is no {kind}. Write it in the unit of the values.")


def _plain(size: Floats, target: float, kind: Kind, method: Method, level: float) -> tuple[Floats, Floats]:
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    if kind == "proportion" and method == "interval":
        half = z_of(level) * np.sqrt(target * (1 - target) / size)
        return np.maximum(target - half, 0.0), np.minimum(target + half, 1.0)
    if target == 0:
        return np.zeros_like(size), np.zeros_like(size)
    if method == "interval":
        twice = 2 * target * size  # chi-square with 2x degrees of freedom: x or more Poisson events
        low, high = special.chdtriv(tails[1], twice) / 2 - 1, special.chdtriv(tails[0], twice) / 2
        return np.maximum(low, 0.0) / size, high / size
    low, high = (np.maximum(_interpolated(tail, size, target, kind), 0.0) for tail in tails)
    return low / size, np.minimum(high / size, 1.0 if kind == "proportion" else np.inf)


def _interpolated(tail: float, size: Floats, target: float, kind: Kind) -> Floats:
    """Count ``r - a`` with ``r`` the quantile and ``a`` the part of its probability that is too much."""
    if kind == "proportion":
        n = counts(size, "denominator").astype(np.int64)
        r = binomial_quantile(tail, n, target).astype(np.float64)
        at, less = special.bdtr(r, n, target), special.bdtr(np.maximum(r - 1, 0), n, target)
    else:
        expected = target * size
        r = np.ceil(np.maximum(special.pdtrik(tail, expected), 0))
        r = np.where(np.exp(-expected) >= tail, 0.0, r)
        at, less = special.pdtr(r, expected), special.pdtr(np.maximum(r - 1, 0), expected)
    return r - (at - tail) / (at - np.where(r > 0, less, 0.0))


def _funnel(
    kind: Kind,
    target: float,
    value: Floats,
    bounds: dict[float, tuple[Floats, Floats]],
    z: Floats,
    spread: Dispersion,
) -> Funnel:
    low = {level: pair[0] for level, pair in bounds.items()}
    high = {level: pair[1] for level, pair in bounds.items()}
    flag = sum(
        (value > high[level]).astype(np.int64) - (value < low[level]).astype(np.int64) for level in bounds
    )
    return Funnel(kind, target, value, low, high, z, np.asarray(flag), spread)
