"""95 % intervals, for whole arrays at once.

Sources: Wilson 1927; Breslow & Day 1987 (Byar's approximation, exact Poisson below 10);
Conover 1999 (order statistics). A bound that does not exist is NaN.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from metrics.packing import Ints

Floats = npt.NDArray[np.float64]

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
Z = 1.959963984540054
"""Quantile of the standard normal distribution at ``1 - TAIL``; a test computes it."""

FEW = 10
"""Fewer cases than this get the exact Poisson interval."""


def wilson(ratio: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Bounds of a proportion out of ``n`` (which may be an effective number, not whole)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = 1 + Z**2 / n
        centre = (ratio + Z**2 / (2 * n)) / shrink
        half = Z * np.sqrt(ratio * (1 - ratio) / n + Z**2 / (4 * n**2)) / shrink
    low = np.where(ratio <= 0, 0.0, np.clip(centre - half, 0, 1))
    high = np.where(ratio >= 1, 1.0, np.clip(centre + half, 0, 1))
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def poisson(count: Ints) -> tuple[Floats, Floats]:
    """Bounds of an expected count where ``count`` was seen: exact below 10, Byar from there on."""
    from scipy import special  # noqa: PLC0415 - only computing has to pay for it

    seen = count.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        low = seen * (1 - 1 / (9 * seen) - Z / (3 * np.sqrt(seen))) ** 3
        more = seen + 1
        high = more * (1 - 1 / (9 * more) + Z / (3 * np.sqrt(more))) ** 3
    few = seen < FEW
    exact_low = np.where(seen > 0, special.gammaincinv(np.maximum(seen, 1), TAIL), 0.0)
    exact_high = special.gammaincinv(more, 1 - TAIL)
    return np.where(few, exact_low, low), np.where(few, exact_high, high)


def student(mean: Floats, variance: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Bounds of a mean from the variance of single values; NaN below two values."""
    from scipy import special  # noqa: PLC0415 - only computing has to pay for it

    enough = n > 1
    size = np.where(enough, n, 2)
    half = special.stdtrit(size - 1, 1 - TAIL) * np.sqrt(np.maximum(variance, 0) / size)
    return np.where(enough, mean - half, np.nan), np.where(enough, mean + half, np.nan)


def order_statistics(n: Ints, q: float) -> tuple[Ints, Ints]:
    """Places (from 1) of the ordered values that bound the quantile ``q``.

    0 and ``n + 1`` say that there is no such value: few values bound a tail on one side only.
    """
    return _binomial_quantile(TAIL, n, q), _binomial_quantile(1 - TAIL, n, q) + 1


def _binomial_quantile(p: float, n: Ints, q: float) -> Ints:
    """Smallest number of successes out of ``n`` that as many or fewer have with probability ``p``."""
    from scipy import special  # noqa: PLC0415 - only computing has to pay for it

    some = np.maximum(n, 1)
    found = np.ceil(special.bdtrik(p, some, q))
    one_less = np.maximum(found - 1, 0)
    enough = special.bdtr(one_less, some, q) >= p  # the inverse may err by one
    least: Ints = np.where(n > 0, np.where(enough, one_less, found), 0).astype(np.int64)
    return least
