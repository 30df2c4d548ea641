"""Empirical Bayes: what a unit's figure tells once its uncertainty and the spread between units are known.

Sources: DerSimonian & Laird 1986 ("dl"); Paule & Mandel 1982, DerSimonian & Kacker 2007 ("pm");
Viechtbauer 2005 ("reml"); Morris 1983 and Gelman et al., Bayesian Data Analysis, section 5.4
(posterior means and standard deviations). Counts: Clayton & Kaldor 1987, Marshall 1991;
proportions: Kleinman 1973.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Floats, above, alike, known
from metrics.statistics.moments import dersimonian_laird, paule_mandel, reml

Method = Literal["dl", "pm", "reml"]
ESTIMATORS = {"dl": dersimonian_laird, "pm": paule_mandel, "reml": reml}

RELIABLE = 0.7
"""Below this reliability of the ranking show bands only."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Shrunk figures of units that are alike but for a normal spread.

    ``mean`` with its standard error, ``tau2``: variance between the units. ``weight``: share
    ``B_i = tau²/(tau² + s_i²)`` that a unit's own figure keeps. ``value`` and ``error``: posterior
    mean and standard deviation; ``error_given_mean`` leaves out that the mean itself is estimated.
    ``reliability``: ``tau²/(tau² + mean s²)``. ``q``: Cochran's heterogeneity on k - 1 degrees.
    """

    method: Method
    mean: float
    mean_error: float
    tau2: float
    weight: Floats
    value: Floats
    error: Floats
    error_given_mean: Floats
    reliability: float
    q: float

    @property
    def differ(self) -> bool:
        """Whether there is any spread between the units. If not: no evidence that they differ, no order."""
        return self.tau2 > 0


def shrink(values: npt.ArrayLike, errors: npt.ArrayLike, method: Method = "reml") -> Shrunk:
    """Shrink figures with known standard errors to their common mean.

    With ``tau2`` = 0 every value is the mean and ``differ`` is false: state "no evidence that the
    units differ" and show no order. Of one unit nothing is known about a spread: its weight is 0.
    Raises ``BadFigures`` for no units, missing values and errors that are not positive.
    """
    y, s = known(values, "values"), above(errors, "standard errors")
    alike(y, s, what="values and standard errors")
    if not len(y):
        raise BadFigures("values: no units. There is nothing to shrink.")
    variance = s**2
    tau2 = ESTIMATORS[method](y, variance) if len(y) > 1 else 0.0
    precision = 1 / (variance + tau2)
    mean, mean_variance = float((precision * y).sum() / precision.sum()), float(1 / precision.sum())
    fixed = 1 / variance
    centre = (fixed * y).sum() / fixed.sum()
    weight = tau2 * precision
    inner = weight * variance
    return Shrunk(
        method,
        mean,
        mean_variance**0.5,
        tau2,
        weight,
        mean + weight * (y - mean),
        np.sqrt(inner + (1 - weight) ** 2 * mean_variance),
        np.sqrt(inner),
        float(tau2 / (tau2 + variance.mean())),
        float((fixed * (y - centre) ** 2).sum()),
    )
