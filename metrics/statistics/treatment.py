"""Treatment of outliers before indicators are put together.

Source: OECD & JRC, Handbook on Constructing Composite Indicators 2008, step 5, in the form of the
JRC's practice: where |skewness| > 2 and kurtosis > 3.5, winsorise up to five points, else take
logarithms. Estimators of type 2 (Joanes & Gill 1998): those of SAS and SPSS. The treated values
are for putting together only; what is shown stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import Bools, Floats

SKEWNESS, KURTOSIS = 2.0, 3.5
MOST_POINTS = 5
OFFSET = 0.01
FEWEST_FOR_SKEWNESS, FEWEST_FOR_KURTOSIS = 3, 4


@dataclass(frozen=True, slots=True)
class Treated:
    """Values after treatment, missing ones still missing. ``changed``: the points that were winsorised.

    ``passes``: whether the result is within the thresholds. Skewness and kurtosis are those of the
    values as they came.
    """

    value: Floats
    how: Literal["none", "winsorised", "logarithm"]
    changed: Bools
    skewness: float
    kurtosis: float
    passes: bool


def skewness(values: npt.ArrayLike) -> float:
    """Skewness G1 of the known values; NaN below three or where all are equal."""
    x, n = _centred(values)
    square = float((x**2).mean()) if n else 0.0
    if n < FEWEST_FOR_SKEWNESS or square == 0:
        return float("nan")
    return float((x**3).mean() / square**1.5 * (n * (n - 1)) ** 0.5 / (n - 2))


def kurtosis(values: npt.ArrayLike) -> float:
    """Excess kurtosis G2 of the known values; NaN below four or where all are equal."""
    x, n = _centred(values)
    square = float((x**2).mean()) if n else 0.0
    if n < FEWEST_FOR_KURTOSIS or square == 0:
        return float("nan")
    excess = float((x**4).mean()) / square**2 - 3
    return ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3))


def within(values: npt.ArrayLike) -> bool:
    """Whether values need no treatment; so do too few or equal ones, whose shape is not known."""
    return not (abs(skewness(values)) > SKEWNESS and kurtosis(values) > KURTOSIS)


def treat(values: npt.ArrayLike, most_points: int = MOST_POINTS) -> Treated:
    """Winsorise one point after the other until the shape is within; else the logarithm of the original.

    A point is set to the value of the next one, at the end that the skewness points to. The
    logarithm is ``log(x - min + 0.01 range)``, mirrored where the tail is on the left; it keeps the order.
    """
    x = np.array(values, dtype=np.float64)
    shape = skewness(x), kurtosis(x)
    unchanged = np.zeros(len(x), dtype=np.bool_)
    if within(x):
        return Treated(x, "none", unchanged, *shape, passes=True)
    drawn = x.copy()
    for _ in range(most_points):
        end = np.nanmax(drawn) if skewness(drawn) > 0 else np.nanmin(drawn)
        others = drawn[(drawn != end) & ~np.isnan(drawn)]
        drawn[drawn == end] = others.max() if end > others.max() else others.min()
        if within(drawn):
            return Treated(drawn, "winsorised", (drawn != x) & ~np.isnan(x), *shape, passes=True)
    logged = _logarithm(x, shape[0] > 0)
    return Treated(logged, "logarithm", unchanged, *shape, passes=within(logged))


def _logarithm(x: Floats, right: bool) -> Floats:  # noqa: FBT001 - which tail is long
    low, high = np.nanmin(x), np.nanmax(x)
    offset = OFFSET * (high - low)
    return np.log(x - low + offset) if right else -np.log(high + offset - x)


def _centred(values: npt.ArrayLike) -> tuple[Floats, int]:
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    if not len(x) or x.min() == x.max():
        return np.zeros(len(x)), len(x)
    return x - x.mean(), len(x)
