"""Two-way fixed effects, which the answer is compared with and never taken from.

Where effects differ between cohorts or grow, it also compares regions that start with regions that
started before, and counts the latter's growth against the effect (Goodman-Bacon, J. Econometrics 225
(2021) 254-277; de Chaisemartin & D'Haultfoeuille, American Economic Review 110 (2020) 2964-2996).
"""

from __future__ import annotations

import numpy as np

from metrics.effect.design import Design
from metrics.effect.figure import Figure
from metrics.effect.inference import estimate
from metrics.effect.results import TwoWay
from metrics.statistics.figures import Bools, Floats

NOTHING = 1e-12


def two_way(design: Design) -> TwoWay | None:
    """Coefficient of "has started" beside region and month effects; ``None`` where it is not identified.

    ``negative_weight`` is that of de Chaisemartin & D'Haultfoeuille, theorem 1.
    """
    measured = np.isfinite(design.value)
    on = np.arange(len(design.months)) >= design.start[:, None]
    weight = design.weight[:, None] * measured
    rest = residual(on.astype(np.float64), weight, measured)
    square = float((weight * rest**2).sum())
    if square <= NOTHING * max(float((weight * on).sum()), 1.0):
        return None
    y = residual(np.where(measured, design.value, 0.0), weight, measured)
    value = float((weight * rest * y).sum()) / square
    influence = (weight * rest * (y - value * rest)).sum(axis=1) * len(rest) / square
    treated = design.started & measured.any(axis=1)
    figure = Figure(value, influence, treated, ~treated if (~treated).any() else treated)
    share = (weight * rest)[on & measured]
    negative = float(-share[share < 0].sum() / share.sum())
    return TwoWay(estimate(figure, design), negative if negative > NOTHING else 0.0)


def residual(x: Floats, weight: Floats, measured: Bools) -> Floats:
    """What region and month effects leave of ``x`` (regions x months) by weighted least squares.

    Region means are taken out first (Frisch-Waugh-Lovell); what is left is a small system of months.
    """
    total = weight.sum(axis=1)
    share = np.divide(weight, total[:, None], out=np.zeros_like(weight), where=total[:, None] > 0)
    normal = np.diag(weight.sum(axis=0)) - weight.T @ share
    right = (weight * x).sum(axis=0) - share.T @ (weight * x).sum(axis=1)
    effect = np.linalg.lstsq(normal, right, rcond=None)[0]
    left = x - effect
    return np.where(measured, left - (share * left).sum(axis=1, keepdims=True), 0.0)
