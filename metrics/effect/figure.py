"""A figure with its influence function: how much each region moves it. Averages of such figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.statistics.figures import Bools, Floats


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate: mean of ``influence`` over the regions is 0, and of its square, over N, its variance.

    ``treated``/``controls``: the regions on either side of the comparison.
    """

    value: float
    influence: Floats
    treated: Bools
    controls: Bools


def mean(figures: Sequence[Figure]) -> Figure:
    """Plain mean of figures of the same regions, with fixed weights."""
    return Figure(
        float(np.mean([one.value for one in figures])),
        np.mean([one.influence for one in figures], axis=0),
        np.any([one.treated for one in figures], axis=0),
        np.any([one.controls for one in figures], axis=0),
    )


def by_size(figures: Sequence[Figure], members: Sequence[Bools], weight: Floats) -> Figure:
    """Mean over groups by the weight of their ``members``, whose sizes are estimated too.

    Source: Callaway & Sant'Anna 2021, corollary 2: the influence of a region has a part by which
    it moves its group's figure, and one by which it moves the group's size.
    """
    size = np.array([weight[inside].sum() for inside in members])
    share = size / size.sum()
    values = np.array([one.value for one in figures])
    value = float(share @ values)
    influence = share @ np.array([one.influence for one in figures])
    for one, inside in zip(figures, members, strict=True):
        influence = influence + weight * inside * (one.value - value) * len(weight) / size.sum()
    return Figure(
        value,
        influence,
        np.any([one.treated for one in figures], axis=0),
        np.any([one.controls for one in figures], axis=0),
    )
