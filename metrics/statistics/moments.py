"""Estimates of the variance between units whose own variances are known (``shrinkage`` says whence)."""

from __future__ import annotations

import numpy as np

from metrics.statistics.figures import Floats

ROUNDS = 1_000
EXACT = 1e-12


def dersimonian_laird(y: Floats, variance: Floats) -> float:
    """Moment estimate from Cochran's Q; 0 where the units differ by no more than chance."""
    w = 1 / variance
    q = float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())
    return max(0.0, (q - (len(y) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def paule_mandel(y: Floats, variance: Floats) -> float:
    """Variance with which the generalised Q is what it should be: the number of units less one.

    Newton's method from 0: Q falls and is convex in the variance, so the steps never overshoot.
    """
    tau2 = 0.0
    for _ in range(ROUNDS):
        w = 1 / (variance + tau2)
        rest = y - (w * y).sum() / w.sum()
        surplus = float((w * rest**2).sum()) - (len(y) - 1)
        step = surplus / float((w**2 * rest**2).sum()) if surplus > 0 else 0.0
        tau2 += step
        if step <= EXACT * tau2:
            break
    return tau2


def reml(y: Floats, variance: Floats) -> float:
    """Restricted maximum likelihood by Fisher scoring, from the unweighted moment estimate; at least 0."""
    tau2 = max(0.0, float(y.var(ddof=1) - variance.mean()))
    for _ in range(ROUNDS):
        w = 1 / (variance + tau2)
        total = w.sum()
        rest = y - (w * y).sum() / total
        trace = total - (w**2).sum() / total
        square = (w**2).sum() - 2 * (w**3).sum() / total + ((w**2).sum() / total) ** 2
        step = float(((w**2 * rest**2).sum() - trace) / square)
        while tau2 + step < 0 and abs(step) > EXACT * max(tau2, EXACT):
            step = step / 2 if tau2 > 0 else 0.0
        tau2 = max(0.0, tau2 + step)
        if abs(step) <= EXACT * max(tau2, float(np.min(variance))):
            break
    return tau2 if tau2 > EXACT * float(np.min(variance)) else 0.0
