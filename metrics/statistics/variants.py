"""One table of indicators in all the forms that a sensitivity analysis asks for, each made once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Floats
from metrics.statistics.normalisation import goalposts, min_max, rank_scores, z_scores
from metrics.statistics.ranks import Direction
from metrics.statistics.treatment import treat

Normalisation = Literal["goalposts", "min-max", "z-score", "rank"]
Filling = Literal["none", "median"]
"""Gaps: left out of the mean, or filled with the median of the units. Never with zero."""

LOW, HIGH = 1.0, 100.0
"""All scores lie here, so that every mean can be taken of them."""

T_MEAN, T_DEVIATION = 50.0, 10.0


class Table:
    """Units x indicators with goalposts. Raises ``BadFigures`` where an indicator cannot be normalised."""

    def __init__(
        self,
        values: npt.ArrayLike,
        directions: Sequence[Direction],
        lower: npt.ArrayLike,
        upper: npt.ArrayLike,
    ) -> None:
        self._values = np.asarray(values, dtype=np.float64)
        if self._values.ndim != 2 or not self._values.size:  # noqa: PLR2004 - units and indicators
            raise BadFigures("values: no units or no indicators. There is nothing to compare.")
        self._directions, self._posts = directions, (lower, upper)
        self._made: dict[tuple[Normalisation, bool, Filling], Floats] = {}

    def scores(self, normalisation: Normalisation, *, treated: bool, filling: Filling) -> Floats:
        """Scores from 1 to 100, more being better."""
        key = normalisation, treated, filling
        if key not in self._made:
            self._made[key] = self._make(normalisation, treated=treated, filling=filling)
        return self._made[key]

    def _make(self, normalisation: Normalisation, *, treated: bool, filling: Filling) -> Floats:
        # goalposts are in the indicator's unit and cut outliers off by themselves
        drawn = treated and normalisation != "goalposts"
        x = np.column_stack([treat(column).value for column in self._values.T]) if drawn else self._values
        if filling == "median":
            known = ~np.isnan(x).all(axis=0)
            x = np.where(np.isnan(x) & known, np.nanmedian(np.where(known, x, 0.0), axis=0), x)
        if normalisation == "goalposts":
            return goalposts(x, self._directions, *self._posts, LOW, HIGH)
        if normalisation == "min-max":
            return min_max(x, self._directions, LOW, HIGH)
        if normalisation == "rank":
            ranks = rank_scores(x, self._directions)
            return LOW + (HIGH - LOW) * (ranks - 1) / max(len(x) - 1, 1)
        return np.maximum(z_scores(x, self._directions, T_MEAN, T_DEVIATION), LOW)
