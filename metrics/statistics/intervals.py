"""Intervals of single figures, for whole arrays at once; a bound that does not exist is NaN or endless.

Sources: Wilson 1927; Clopper & Pearson 1934; Garwood 1936 (exact Poisson); Breslow & Day 1987,
volume II, eq. 2.11 to 2.14 (Byar's approximation, exact below 10); Newcombe 1998 (difference of
proportions, his method 10); Zou & Donner 2008 (difference of rates); Przyborowski & Wilenski 1940
(ratio of rates, given their sum); Conover 1999 and Hahn & Meeker 1991 (order statistics).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics import special
from metrics.statistics.figures import BadFigures, Floats, Ints, above, counts, known, share

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
Z = 1.959963984540054
"""Quantile of the standard normal distribution at ``1 - TAIL``; a test computes it."""

FEW = 10
"""Fewer cases than this get the exact Poisson interval."""

Bounds = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Interval:
    """Figures with the bounds of their intervals, one entry each."""

    value: Floats
    low: Floats
    high: Floats


def z_of(level: float) -> float:
    """Quantile of the standard normal distribution that a two-sided level asks for: 1.96 for 0.95."""
    return Z if level == LEVEL else float(special.ndtri((1 + level) / 2))


def wilson(ratio: Floats, n: Floats, level: float = LEVEL) -> Bounds:
    """Bounds of a proportion out of ``n`` (which may be an effective number, not whole)."""
    z = z_of(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = 1 + z**2 / n
        centre = (ratio + z**2 / (2 * n)) / shrink
        half = z * np.sqrt(ratio * (1 - ratio) / n + z**2 / (4 * n**2)) / shrink
    low = np.where(ratio <= 0, 0.0, np.clip(centre - half, 0, 1))
    high = np.where(ratio >= 1, 1.0, np.clip(centre + half, 0, 1))
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def clopper_pearson(successes: npt.ArrayLike, n: npt.ArrayLike, level: float = LEVEL) -> Bounds:
    """Exact bounds of a proportion; NaN out of none. Never covers less than the level."""
    x, size = counts(successes, "successes"), counts(n, "n")
    if (x > size).any():
        raise BadFigures("successes: more than n. Check what is counted in numerator and denominator.")
    tail = (1 - level) / 2
    low = np.where(x > 0, special.betaincinv(np.maximum(x, 1), size - x + 1, tail), 0.0)
    high = np.where(x < size, special.betaincinv(x + 1, np.maximum(size - x, 1), 1 - tail), 1.0)
    return np.where(size > 0, low, np.nan), np.where(size > 0, high, np.nan)


def poisson_exact(count: npt.ArrayLike, level: float = LEVEL) -> Bounds:
    """Exact bounds of an expected count where ``count`` was seen (Garwood)."""
    seen, tail = np.asarray(count, dtype=np.float64), (1 - level) / 2
    low = np.where(seen > 0, special.gammaincinv(np.maximum(seen, 1), tail), 0.0)
    return low, special.gammaincinv(seen + 1, 1 - tail)


def byar(count: npt.ArrayLike, level: float = LEVEL) -> Bounds:
    """Byar's approximate bounds of an expected count where ``count`` was seen; from 10 on it is good."""
    seen, z = np.asarray(count, dtype=np.float64), z_of(level)
    least = np.maximum(seen, 1)
    low = np.where(seen > 0, least * (1 - 1 / (9 * least) - z / (3 * np.sqrt(least))) ** 3, 0.0)
    more = seen + 1
    return np.maximum(low, 0.0), more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


def poisson(count: npt.ArrayLike, level: float = LEVEL) -> Bounds:
    """Bounds of an expected count where ``count`` was seen: exact below 10, Byar from there on."""
    few = np.asarray(count) < FEW
    exact, approximate = poisson_exact(count, level), byar(count, level)
    return np.where(few, exact[0], approximate[0]), np.where(few, exact[1], approximate[1])


def student(mean: Floats, variance: Floats, n: Floats, level: float = LEVEL) -> Bounds:
    """Bounds of a mean from the variance of single values; NaN below two values."""
    enough = n > 1
    size = np.where(enough, n, 2)
    half = special.stdtrit(size - 1, (1 + level) / 2) * np.sqrt(np.maximum(variance, 0) / size)
    return np.where(enough, mean - half, np.nan), np.where(enough, mean + half, np.nan)


def least_n(q: float, level: float = LEVEL) -> int:
    """Smallest ``n`` with which the quantile ``q`` has a bound on its far side: 59 for 0.95, 299 for 0.99.

    The largest of ``n`` values lies above the quantile unless all lie below it, which happens
    with probability ``q**n``; below the median the smallest value takes its part.
    """
    far = max(share(q, "quantile"), 1 - q)
    return math.ceil(math.log(1 - share(level, "level")) / math.log(far) - 1e-12)


def order_statistics(n: Ints, q: float, level: float = LEVEL) -> tuple[Ints, Ints]:
    """Places (from 1) of the ordered values that bound the quantile ``q``, with equal tails.

    0 and ``n + 1`` say that there is no such value: few values bound a tail on one side only.
    """
    tail = (1 - level) / 2
    return binomial_quantile(tail, n, q), binomial_quantile(1 - tail, n, q) + 1


def quantile_interval(values: npt.ArrayLike, q: float, level: float = LEVEL) -> Interval:
    """Quantile of single values, linear between them, and its interval by order statistics.

    Where the values do not reach to an equal tail on the far side but ``n`` is at least
    ``least_n(q, level)``, that tail takes what it needs of the whole error and the other one gets
    the rest. Below ``least_n`` the far bound is endless: say "too few", not a number.
    """
    ordered = np.sort(known(values, "values").ravel())
    n = len(ordered)
    if not n:
        raise BadFigures("values: none. A quantile needs at least one.")
    low, high = (int(place[0]) for place in order_statistics(np.array([n]), q, level))
    if n >= least_n(q, level):
        if high > n:
            low, high = int(binomial_quantile(1 - level - q**n, np.array([n]), q)[0]), n
        elif low < 1:
            low, high = 1, int(binomial_quantile(level + (1 - q) ** n, np.array([n]), q)[0]) + 1
    bounds = np.concatenate([[-np.inf], ordered, [np.inf]])[[low, min(high, n + 1)]]
    return Interval(*(np.asarray(figure) for figure in (np.quantile(ordered, q), *bounds)))


def rate_ratio(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    other: npt.ArrayLike,
    other_exposure: npt.ArrayLike,
    level: float = LEVEL,
) -> Interval:
    """Ratio of two Poisson rates with its exact interval, given the sum of both counts."""
    a, b = counts(count, "count"), counts(other, "other count")
    scale = above(other_exposure, "other exposure") / above(exposure, "exposure")
    low, high = clopper_pearson(a, a + b, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Interval(a / b * scale, low / (1 - low) * scale, high / (1 - high) * scale)


def rate_difference(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    other: npt.ArrayLike,
    other_exposure: npt.ArrayLike,
    level: float = LEVEL,
) -> Interval:
    """Difference of two Poisson rates; the interval is recovered from those of the two."""
    a, b = counts(count, "count"), counts(other, "other count")
    time, time_other = above(exposure, "exposure"), above(other_exposure, "other exposure")
    first, second = poisson(a, level), poisson(b, level)
    return _recovered(
        Interval(a / time, first[0] / time, first[1] / time),
        Interval(b / time_other, second[0] / time_other, second[1] / time_other),
    )


def proportion_difference(
    successes: npt.ArrayLike, n: npt.ArrayLike, other: npt.ArrayLike, other_n: npt.ArrayLike
) -> Interval:
    """Difference of two proportions with the 95 % interval recovered from Wilson's two."""
    size, size_other = above(n, "n"), above(other_n, "other n")
    p, p_other = counts(successes, "successes") / size, counts(other, "other successes") / size_other
    return _recovered(Interval(p, *wilson(p, size)), Interval(p_other, *wilson(p_other, size_other)))


def _recovered(one: Interval, two: Interval) -> Interval:
    """Difference with bounds from the squares of the arms that point to it."""
    value = one.value - two.value
    down = np.hypot(one.value - one.low, two.high - two.value)
    return Interval(value, value - down, value + np.hypot(one.high - one.value, two.value - two.low))


def binomial_quantile(p: float, n: Ints, q: float) -> Ints:
    """Smallest number of successes out of ``n`` that as many or fewer have with probability ``p``."""
    some = np.maximum(n, 1)
    found = np.ceil(special.bdtrik(p, some, q))
    one_less = np.maximum(found - 1, 0)
    enough = special.bdtr(one_less, some, q) >= p  # the inverse may err by one
    least: Ints = np.where(n > 0, np.where(enough, one_less, found), 0).astype(np.int64)
    return least
