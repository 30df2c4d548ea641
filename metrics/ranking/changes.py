"""What would move a region: by the closed forms of ``metrics.statistics.moves``, the others staying put."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from metrics.ranking.assessment import Assessment
from metrics.ranking.method import Method
from metrics.ranking.scores import BEST, normalised, table_of, value_at
from metrics.statistics.figures import Floats, Ints
from metrics.statistics.moves import Moves, moves
from metrics.statistics.variants import HIGH, LOW


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of the ranked regions in their order (regions x indicators).

    ``to_rank`` and ``to_band``: values that bring the next rank, or the score of the last region of
    the next better band; NaN where there is none or it is out of reach. The rest by region: indicator
    (its place in the method, -1: none) with the smallest change to the next rank and band, and the
    one that moves it most; ``best_rank`` by region and indicator, 0 where it has none.
    """

    to_rank: Floats
    to_band: Floats
    best_rank: Ints
    easiest_rank: Ints
    easiest_band: Ints
    strongest: Ints


def changes(found: Assessment) -> Changes | None:
    """Changes of all ranked regions; ``None`` where nobody is ranked."""
    method = found.method
    if not found.order.codes:
        return None
    scores = normalised(table_of(method, found.ranked), method)
    weights = np.array([component.weight for component in method.indicators])
    every = moves(scores, weights, method.aggregation, HIGH)
    to_band, easiest_band = _to_bands(found, scores, weights)
    return Changes(
        _values(_wanted(scores, every), method),
        _values(to_band, method),
        every.best_rank,
        every.smallest,
        easiest_band,
        every.most,
    )


def _to_bands(found: Assessment, scores: Floats, weights: Floats) -> tuple[Floats, Ints]:
    """Points that level each region with the last one of the next better band, and the smallest change."""
    row_of = {code: row for row, code in enumerate(found.order.codes)}
    wanted = np.full(scores.shape, np.nan)
    easiest = np.full(len(scores), -1, dtype=np.int64)
    for better, band in pairwise(found.order.bands):
        goal = min((row_of[code] for code in better.codes), key=lambda row: found.order.scores[row])
        for row in (row_of[code] for code in band.codes):
            pair = moves(scores[[row, goal]], weights, found.method.aggregation, HIGH)
            wanted[row] = _wanted(scores[[row, goal]], pair)[0]
            easiest[row] = pair.smallest[0]
    return wanted, easiest


def _wanted(scores: Floats, found: Moves) -> Floats:
    """Points to reach; NaN where they are out of reach."""
    return np.where(found.within, scores + found.needed, np.nan)


def _values(wanted: Floats, method: Method) -> Floats:
    """Values in the indicators' units that are worth these points of the mean's scale."""
    table = wanted if method.aggregation == "arithmetic" else (wanted - LOW) * BEST / (HIGH - LOW)
    columns = [value_at(component, table[:, k]) for k, component in enumerate(method.indicators)]
    return np.column_stack(columns)
