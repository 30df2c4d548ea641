"""Order of scores: ranks, the ranks that each region may have, bands, and whether there is an order at all.

The ranges of the whole table are simultaneous: with the method's level all of them hold the true
ranks together, so that any two of them may be compared. They are what a list shows. The marginal
range (``alone``) is for the question about one region that was chosen beforehand: it is narrower,
and looking through many of them finds some that are wrong. Source: ``metrics.statistics.ranksets``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from metrics.ranking.method import Method
from metrics.statistics.bands import Band, bands
from metrics.statistics.figures import Floats
from metrics.statistics.ranks import places
from metrics.statistics.ranksets import RankSets, marginal, simultaneous
from metrics.statistics.shrinkage import Shrunk, shrink

LEAST_ERROR = 1e-6
"""Points that stand for no error at all where the spread between regions is estimated."""


@dataclass(frozen=True, slots=True)
class Order:
    """Regions in the order of ``codes``. ``spread``: what the scores say of the spread between regions.

    ``spread`` is ``None`` without regions. Where it is zero every range is the whole table, there is one
    band, and the ranks are those of the scores, which may be chance.
    """

    codes: tuple[str, ...]
    scores: Floats
    errors: Floats
    sets: RankSets
    bands: list[Band]
    spread: Shrunk | None

    @property
    def doubt(self) -> Literal["", "alone", "no-difference", "not-told-apart"]:
        """Reason to doubt the whole order, "" where some regions can be told apart."""
        if len(self.codes) == 1:
            return "alone"
        if self.spread is None or not self.sets.none_differ:
            return ""
        return "not-told-apart" if self.spread.differ else "no-difference"

    def band_of(self) -> dict[str, int]:
        """Number of each region's band, 1 the best."""
        return {code: band.number for band in self.bands for code in band.codes}


def order_of(codes: Sequence[str], scores: Floats, errors: Floats, method: Method) -> Order:
    """Order of scores with standard errors that are independent of each other.

    The variance between the regions is Paule and Mandel's: zero exactly where Cochran's Q is not above
    the number of regions less one.
    """
    spread = shrink(scores, np.maximum(errors, LEAST_ERROR), "pm") if len(codes) else None
    if spread is not None and spread.differ:
        sets = simultaneous(scores, errors, seed=method.seed, level=method.level, draws=method.draws)
    else:
        sets = _whole(scores, method.level)
    return Order(tuple(codes), scores, errors, sets, bands(codes, sets), spread)


def alone(order: Order, method: Method) -> RankSets:
    """Marginal ranges of ranks, from the same draws as the simultaneous ones, which contain them."""
    if order.spread is None or not order.spread.differ:
        return replace(order.sets, kind="marginal")
    return marginal(order.scores, order.errors, seed=method.seed, level=method.level, draws=method.draws)


def _whole(scores: Floats, level: float) -> RankSets:
    """Return sets in which every region may have every rank."""
    count = len(scores)
    low, high = np.ones(count, np.int64), np.full(count, count, np.int64)
    return RankSets(places(scores), low, high, "simultaneous", level, np.nan, 0)
