"""Indirect standardisation: what a unit would show if each of its strata went as in the whole country.

Source: Breslow & Day 1987, volume II, section 2.3; Goldstein & Spiegelhalter 1996 (crude and
adjusted are shown together). Strata are, for example, service x channel. The country's rates are
taken as known; the interval speaks of the unit's own count only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Floats, at_least, counts
from metrics.statistics.intervals import LEVEL, Interval, poisson


@dataclass(frozen=True, slots=True)
class Standardised:
    """One entry a unit; NaN where it has no denominator (or expects nothing).

    ``crude``: events per denominator. ``ratio``: observed to expected. ``adjusted``: the ratio
    times ``standard``, the rate of the whole. ``expected``: number of events.
    """

    observed: Floats
    expected: Floats
    standard: float
    crude: Interval
    ratio: Interval
    adjusted: Interval


def standardise(events: npt.ArrayLike, denominator: npt.ArrayLike, level: float = LEVEL) -> Standardised:
    """Standardise counts of units x strata by the rates of all units together.

    A stratum without denominators anywhere counts for nothing; events where there is no
    denominator are refused (``BadFigures``). Intervals: exact Poisson below 10 events, Byar from there on.
    """
    x, size = counts(events, "events"), at_least(denominator, "denominator")
    if x.ndim != 2 or x.shape != size.shape:  # noqa: PLR2004 - units and strata
        raise BadFigures(f"events: shapes {x.shape} and {size.shape}. Give two tables of units x strata.")
    if (x[size == 0] > 0).any():
        raise BadFigures("events: some where the denominator is zero. Check how both were counted.")
    if size.sum() == 0:
        raise BadFigures("denominator: zero everywhere. There is nothing to standardise by.")
    exposure = size.sum(axis=0)
    rate = np.divide(x.sum(axis=0), exposure, out=np.zeros(len(exposure)), where=exposure > 0)
    observed, expected, own = x.sum(axis=1), size @ rate, size.sum(axis=1)
    standard = float(x.sum() / size.sum())
    ratio = _per(observed, expected, level)
    return Standardised(
        observed,
        expected,
        standard,
        _per(observed, own, level),
        ratio,
        Interval(ratio.value * standard, ratio.low * standard, ratio.high * standard),
    )


def by_strata(
    unit: npt.ArrayLike, stratum: npt.ArrayLike, amount: npt.ArrayLike, units: int, strata: int
) -> Floats:
    """Table of units x strata from long rows with the places (from 0) of both; rows of a cell add up."""
    cell = np.asarray(unit, dtype=np.int64) * strata + np.asarray(stratum, dtype=np.int64)
    total = np.bincount(cell, np.asarray(amount, dtype=np.float64), minlength=units * strata)
    return total.astype(np.float64).reshape(units, strata)


def _per(count: Floats, size: Floats, level: float) -> Interval:
    low, high = poisson(count, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Interval(*(np.where(size > 0, figure / size, np.nan) for figure in (count, low, high)))
