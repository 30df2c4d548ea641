"""Scales on which the spread of a figure depends on its size alone.

Source: Spiegelhalter 2005, Quality and Safety in Health Care 14:347-351, table 1: the arcsine of a
proportion's root, the logarithm or the root of a ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from metrics.statistics.figures import BadFigures, Floats

Kind = Literal["proportion", "rate", "ratio", "mean"]
Scale = Literal["asin", "log", "sqrt"]

CORRECTION = 0.5
"""Stands for no event where a logarithm is taken."""


@dataclass(frozen=True, slots=True)
class Transformation:
    """A scale by name."""

    name: Scale

    def of(self, seen: Floats, size: Floats, target: float) -> tuple[Floats, Floats, float]:
        """Values, standard errors under the target, and the target, on this scale."""
        if self.name == "asin":
            return np.arcsin(np.sqrt(seen / size)), 1 / (2 * np.sqrt(size)), float(np.arcsin(target**0.5))
        if target <= 0:
            raise BadFigures("target: zero events in all. No unit can be told from it.")
        expected = target * size
        if self.name == "log":
            return np.log(np.where(seen > 0, seen, CORRECTION) / expected), 1 / np.sqrt(expected), 0.0
        return np.sqrt(seen / expected), 1 / (2 * np.sqrt(expected)), 1.0

    def back(self, centre: float, half: Floats, target: float) -> tuple[Floats, Floats]:
        """Limits in the unit of the figures from a centre and an arm on this scale."""
        low, high = centre - half, centre + half
        if self.name == "asin":
            return np.sin(np.maximum(low, 0.0)) ** 2, np.sin(np.minimum(high, np.pi / 2)) ** 2
        if self.name == "log":
            return target * np.exp(low), target * np.exp(high)
        return target * np.maximum(low, 0.0) ** 2, target * high**2


def scale_of(kind: Kind, wanted: Scale | None) -> Transformation:
    """Scale of a kind of figure: the wanted one where it fits. Raises ``BadFigures`` where it does not."""
    allowed: dict[Kind, tuple[Scale, ...]] = {
        "proportion": ("asin",),
        "rate": ("log", "sqrt"),
        "ratio": ("log", "sqrt"),
    }
    names = allowed.get(kind, ())
    name = wanted or next(iter(names), None)
    if name is None or name not in names:
        raise BadFigures(
            f"scale: {name!r} does not fit kind {kind!r}. It takes {' or '.join(names) or 'none'}."
        )
    return Transformation(name)
