"""Aggregation of normalised indicators (units x indicators) into one score.

Source: OECD & JRC, Handbook on Constructing Composite Indicators 2008, step 7; Copeland 1951,
Munda & Nardo 2009 (outranking). The arithmetic mean lets a good indicator pay for a bad one in
full, the geometric mean less, the harmonic mean least; outranking not at all.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Floats, above

Aggregation = Literal["arithmetic", "geometric", "harmonic", "copeland"]
COVERAGE = 1e-9
ROWS = 128
EVEN = 0.5


def aggregate(
    scores: npt.ArrayLike,
    weights: npt.ArrayLike,
    method: Aggregation = "arithmetic",
    threshold: float = 0.0,
    by: Literal["weight", "count"] = "weight",
) -> Floats:
    """Score of each unit over the indicators that it has; NaN below the threshold or without any.

    ``threshold``: least share of the weights (or of the number) of indicators that must be known;
    nothing is ever filled with zero. Raises ``BadFigures`` for weights that are not positive, and
    for scores of zero or less in a geometric or harmonic mean (normalise to 1 to 100).
    """
    x = np.asarray(scores, dtype=np.float64)
    w = above(weights, "weights")
    if x.ndim != 2 or x.shape[1] != len(w):  # noqa: PLR2004 - units and indicators
        raise BadFigures(f"scores: shape {x.shape} for {len(w)} weights. Give units x indicators.")
    there = ~np.isnan(x)
    if method in {"geometric", "harmonic"} and (x[there] <= 0).any():
        raise BadFigures(f"scores: some are not above zero, as a {method} mean needs. Normalise to 1 to 100.")
    share = coverage(x, w, by)
    score = copeland(x, w) if method == "copeland" else mean(x, w[None, :], method)[0]
    return np.where(there.any(axis=1) & (share >= threshold - COVERAGE), score, np.nan)


def coverage(scores: Floats, weights: Floats, by: Literal["weight", "count"] = "weight") -> Floats:
    """Share of the weights (or of the number) of the indicators that each unit has."""
    used = weights if by == "weight" else np.ones_like(weights)
    known: Floats = (~np.isnan(scores)) @ used / used.sum()
    return known


def mean(scores: Floats, weights: Floats, method: Aggregation) -> Floats:
    """Means (sets of weights x units) of what is known; NaN where nothing with a weight is."""
    there = ~np.isnan(scores)
    filled = np.where(there, scores, 1.0)
    inner = {"arithmetic": filled, "geometric": np.log(filled) if method == "geometric" else filled}
    inner["harmonic"] = 1 / filled if method == "harmonic" else filled
    with np.errstate(divide="ignore", invalid="ignore"):
        result = weights @ np.where(there, inner[method], 0.0).T / (weights @ there.T)
        if method == "geometric":
            return np.exp(result)
        return 1 / result if method == "harmonic" else result


def outranking(scores: Floats, weights: Floats, rows: slice = slice(None)) -> Floats:
    """Share of the weights by which each unit of ``rows`` is better than each one; equal ones count half.

    Over the indicators that both have; 0.5 where they have none in common.
    """
    wins, both = np.zeros((2, len(scores[rows]), len(scores)))
    for column, weight in zip(scores.T, weights, strict=True):
        one = column[rows, None]
        wins += weight * ((one > column) + EVEN * (one == column))
        both += weight * (~np.isnan(one) & ~np.isnan(column))
    return np.divide(wins, both, out=np.full_like(wins, EVEN), where=both > 0)


def copeland(scores: Floats, weights: Floats) -> Floats:
    """Units that each one outranks less those that outrank it."""
    found = np.empty(len(scores))
    for start in range(0, len(scores), ROWS):
        rows = slice(start, start + ROWS)
        lead = outranking(scores, weights, rows) - EVEN
        found[rows] = np.sign(np.where(np.abs(lead) <= COVERAGE, 0.0, lead)).sum(axis=1)
    return found
