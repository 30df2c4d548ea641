"""Statistics that the monitors share. Sources stand with each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
MAD_TO_SIGMA = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def stable(counts: npt.ArrayLike) -> Floats:
    """Anscombe's transform of counts: a Poisson count comes out with a standard deviation near one.

    Source: Anscombe (1948), Biometrika 35, 246-254.
    """
    root: Floats = 2.0 * np.sqrt(np.asarray(counts, dtype=np.float64) + 0.375)
    return root


def robust(values: Floats, floor: float) -> tuple[Floats, Floats]:
    """Median and spread (from the median absolute deviation, at least ``floor``) over the last axis.

    Not-a-number is left out.
    """
    middle: Floats = np.nanmedian(values, axis=-1)
    away: Floats = np.nanmedian(np.abs(values - middle[..., None]), axis=-1)
    return middle, np.maximum(MAD_TO_SIGMA * away, floor)


def chi_square_bound(freedom: pl.Expr, normal_quantile: float) -> pl.Expr:
    """Upper quantile of the chi-square distribution, given the quantile of the normal one.

    Source: Wilson and Hilferty (1931), PNAS 17, 684-688.
    """
    part = 2.0 / (9.0 * freedom)
    return freedom * (1.0 - part + normal_quantile * part.sqrt()).pow(3)
