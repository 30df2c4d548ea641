"""Ranges of ranks: which places are compatible with the uncertainty of the scores.

First form: every pair of regions is compared by z, and the whole table of pairs is held to 5 %
by Holm's step-down procedure, which needs no assumption about how the pairs hang together and is
therefore conservative. A region's range runs from 1 + those surely better to p minus those surely
worse. All ranges hold together with at least 95 %. Sources: Holm 1979; the form of the range is
that of Mogstad, Romano, Shaikh & Wilhelm 2023, whose sharper critical values may take its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metrics.packing import Ints
from metrics.statistics.figures import Floats
from metrics.statistics.intervals import LEVEL

DIGITS = 9
"""Scores that agree to so many decimals are equal: what is left is rounding."""


def places(scores: Floats) -> Ints:
    """Rank of each score, 1 the highest; equal scores share a rank."""
    rounded = np.round(scores, DIGITS)
    return 1 + len(scores) - np.searchsorted(np.sort(rounded), rounded, side="right")


def surely_better(scores: Floats, errors: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Matrix: whether each row's score is surely above each column's, over all pairs together."""
    from scipy import special  # noqa: PLC0415 - only computing has to pay for it

    count = len(scores)
    rounded = np.round(scores, DIGITS)
    difference = rounded[:, None] - rounded[None, :]
    spread = np.sqrt(errors[:, None] ** 2 + errors[None, :] ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(difference == 0, 0.0, difference / spread)
    pairs = np.sort(np.abs(z[np.triu_indices(count, 1)]))[::-1]
    critical = -special.ndtri((1 - LEVEL) / 2 / np.arange(len(pairs), 0, -1))
    held = pairs >= critical
    rejected = len(pairs) if held.all() else int(np.argmin(held))
    bound = pairs[rejected - 1] if rejected else np.inf
    return (z >= bound) & (difference > 0)


def rank_ranges(scores: Floats, errors: Floats) -> tuple[Ints, Ints]:
    """Best and worst rank of each region that is compatible with the scores' uncertainty."""
    better = surely_better(scores, errors)
    return 1 + better.sum(axis=0), len(scores) - better.sum(axis=1)


def bands(rank: Sequence[int], low: Sequence[int], high: Sequence[int]) -> list[str]:
    """Band of each region, "1" the best, from ranges that do not overlap.

    The best region opens the first band; the next one whose range begins beyond that of the
    band's first region opens the next. Neighbours across a border may still not be told apart.
    """
    found = [""] * len(rank)
    number, border = 0, 0
    for row in sorted(range(len(rank)), key=lambda r: (rank[r], low[r], high[r])):
        if low[row] > border:
            number, border = number + 1, high[row]
        found[row] = str(number)
    return found
