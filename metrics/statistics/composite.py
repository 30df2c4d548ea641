"""A composite over a tree of parts, and what each part counts for in it.

Source: OECD & JRC, Handbook on Constructing Composite Indicators 2008; Paruolo, Saisana &
Saltelli 2013 and Becker, Saisana, Paruolo & Vandecasteele 2017: weights in a mean are rates at
which parts pay for each other, not importance; the effective share says what they came to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from metrics.statistics.aggregation import Aggregation, aggregate
from metrics.statistics.figures import BadFigures, Floats, above


@dataclass(frozen=True, slots=True)
class Part:
    """An indicator, or a group of parts. ``weight``: against its siblings."""

    name: str
    weight: float = 1.0
    parts: tuple[Part, ...] = ()

    def leaves(self, share: float = 1.0) -> Iterator[tuple[str, float]]:
        """Indicators under it with their share of the whole: the product of the shares on the way."""
        if not self.parts:
            yield self.name, share
        total = sum(part.weight for part in self.parts)
        for part in self.parts:
            yield from part.leaves(share * part.weight / total)


@dataclass(frozen=True, slots=True)
class Shares:
    """What each part counts for, in the order of the parts.

    ``nominal``: share of the weights. ``correlation`` with the score. ``effective``: share of the
    score's variance, by covariance with it; of an arithmetic mean without gaps the shares add up to 1.
    """

    nominal: Floats
    correlation: Floats
    effective: Floats


def composite(
    whole: Part,
    columns: Mapping[str, Floats],
    method: Aggregation = "arithmetic",
    threshold: float = 0.0,
) -> dict[str, Floats]:
    """Scores of every part of the tree by name, from the normalised columns of its leaves.

    Each group is put together from its parts, those from theirs. A group that is below the
    threshold is missing in the group above. Raises ``BadFigures`` for a leaf without a column.
    """
    if not whole.parts:
        if whole.name not in columns:
            raise BadFigures(f"indicator {whole.name!r}: no such column. There are {', '.join(columns)}.")
        return {whole.name: np.asarray(columns[whole.name], dtype=np.float64)}
    found: dict[str, Floats] = {}
    for part in whole.parts:
        below = composite(part, columns, method, threshold)
        twice = sorted(found.keys() & below.keys())
        if twice:
            raise BadFigures(f"part {twice[0]!r}: named twice. Give every part a name of its own.")
        found |= below
    table = np.column_stack([found[part.name] for part in whole.parts])
    found[whole.name] = aggregate(table, [part.weight for part in whole.parts], method, threshold)
    return found


def shares(parts: Floats, weights: Floats, score: Floats) -> Shares:
    """Shares of parts (units x parts) in a score, over the units that have both; NaN where all are equal."""
    w = above(weights, "weights")
    nominal = w / w.sum()
    correlation, effective = np.full((2, len(w)), np.nan)
    variance = float(np.nanvar(score)) if np.isfinite(score).any() else 0.0
    for place, part in enumerate(parts.T):
        both = np.isfinite(part) & np.isfinite(score)
        if both.sum() > 1 and variance > 0:
            one, two = part[both] - part[both].mean(), score[both] - score[both].mean()
            effective[place] = nominal[place] * float((one * two).mean()) / variance
            spread = float((one**2).mean() * (two**2).mean()) ** 0.5
            correlation[place] = float((one * two).mean()) / spread if spread > 0 else np.nan
    return Shares(nominal, correlation, effective)
