"""Normalisation: indicators of different units on one scale, more being better on all of them.

Source: OECD & JRC, Handbook on Constructing Composite Indicators 2008, step 6. Only goalposts
that are fixed in advance keep a unit's score independent of the other units: use them for
everything that is compared over time. Tables are units x indicators; missing values stay missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Floats, above, known
from metrics.statistics.ranks import Direction, places, upwards


def min_max(
    values: npt.ArrayLike, directions: Sequence[Direction], low: float = 0.0, high: float = 100.0
) -> Floats:
    """Worst value at ``low``, best at ``high``. A unit more can move all scores.

    For the geometric and the harmonic mean take 1 to 100. Raises ``BadFigures`` for an indicator
    that is the same everywhere or known nowhere: it cannot be spread.
    """
    x = turned(values, directions)
    least, most = _ends(x)
    scores: Floats = (x - least) / (most - least) * (high - low) + low
    return scores


def z_scores(
    values: npt.ArrayLike, directions: Sequence[Direction], mean: float = 0.0, deviation: float = 1.0
) -> Floats:
    """Mean and (sample) standard deviation over the units become the given ones."""
    x = turned(values, directions)
    _ends(x)
    scores: Floats = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0, ddof=1) * deviation + mean
    return scores


def rank_scores(values: npt.ArrayLike, directions: Sequence[Direction]) -> Floats:
    """One more than the number of strictly worse units: the worst has 1."""
    x = turned(values, directions)
    return np.where(np.isnan(x), np.nan, places(-x.T).T.astype(np.float64))


def goalposts(
    values: npt.ArrayLike,
    directions: Sequence[Direction],
    lower: npt.ArrayLike,
    upper: npt.ArrayLike,
    low: float = 0.0,
    high: float = 100.0,
) -> Floats:
    """Points between goalposts (``lower`` < ``upper``, in the indicator's unit), cut off beyond them."""
    posts = known(lower, "lower goalposts"), known(upper, "upper goalposts")
    above(posts[1] - posts[0], "upper less lower goalpost")
    x = turned(values, directions)
    first, last = (turned(np.atleast_2d(post), directions)[0] for post in posts)
    worst, best = np.minimum(first, last), np.maximum(first, last)
    points: Floats = np.clip((x - worst) / (best - worst), 0.0, 1.0) * (high - low) + low
    return points


def turned(values: npt.ArrayLike, directions: Sequence[Direction]) -> Floats:
    """Table in which more is better."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != len(directions):  # noqa: PLR2004 - units and indicators
        raise BadFigures(
            f"values: shape {x.shape} for {len(directions)} directions. Give units x indicators."
        )
    if np.isinf(x).any():
        raise BadFigures("values: some are endless. Correct them or mark them missing.")
    better: Floats = x * np.array([upwards(1.0, direction) for direction in directions])
    return better


def _ends(x: Floats) -> tuple[Floats, Floats]:
    """Least and most of each indicator; refuses one that is the same for all units or known for none."""
    unknown = np.isnan(x)
    least = np.where(unknown, np.inf, x).min(axis=0, initial=np.inf)
    most = np.where(unknown, -np.inf, x).max(axis=0, initial=-np.inf)
    if not (most > least).all():
        raise BadFigures(
            f"indicator {int(np.argmin(most > least))}: the same for all units, or known for none. "
            "Leave it out, or use goalposts that are fixed in advance."
        )
    return least, most
