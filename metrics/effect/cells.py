"""Group-time effects ATT(g,t), and their averages by month since the start, by cohort and over all.

Source: Callaway & Sant'Anna, Difference-in-Differences with multiple time periods, J. Econometrics
225 (2021) 200-230: equations 2.8 and 2.9 without covariates, aggregation of section 3. The base is
the last month before the start (and its anticipation) for the months before it as well, so that the
event study has one zero (Roth 2024, arXiv 2401.12309). A cell compares the regions that have values
in both months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.effect.design import Design
from metrics.effect.figure import Figure, by_size, mean
from metrics.statistics.figures import Bools, Floats


@dataclass(frozen=True, slots=True)
class Cell:
    """ATT(g,t): ``start`` and ``month`` are places among the design's months."""

    start: int
    month: int
    figure: Figure

    @property
    def since(self) -> int:
        """Months since the start."""
        return self.month - self.start


def cells(design: Design) -> list[Cell]:
    """All group-times that have regions on both sides, in order of start and month; not the base."""
    return [cell for start in np.unique(design.start[design.started]) for cell in _cohort(design, int(start))]


def by_month_since(design: Design, found: Sequence[Cell]) -> dict[int, Figure]:
    """Event study: for each month since the start, mean over the cohorts by size."""
    return {since: _over_cohorts(design, at) for since, at in _grouped(found).items()}


def by_cohort(found: Sequence[Cell]) -> dict[int, Figure]:
    """Mean over the months since the start, of each cohort that has any."""
    after = [cell for cell in found if cell.since >= 0]
    starts = dict.fromkeys(cell.start for cell in after)
    return {start: mean([cell.figure for cell in after if cell.start == start]) for start in starts}


def overall(design: Design, cohorts: dict[int, Figure]) -> Figure:
    """Mean over the cohorts by size: the average region's average effect since its start."""
    members = [design.start == start for start in cohorts]
    return by_size(list(cohorts.values()), members, design.weight)


def _grouped(found: Sequence[Cell]) -> dict[int, list[Cell]]:
    grouped: dict[int, list[Cell]] = {}
    for cell in sorted(found, key=lambda cell: cell.since):
        grouped.setdefault(cell.since, []).append(cell)
    return grouped


def _over_cohorts(design: Design, found: Sequence[Cell]) -> Figure:
    members = [design.start == cell.start for cell in found]
    return by_size([cell.figure for cell in found], members, design.weight)


def _cohort(design: Design, start: int) -> list[Cell]:
    base = start - 1 - design.anticipation
    if base < 0:
        return []
    change = design.value - design.value[:, [base]]
    measured = np.isfinite(change)
    change = np.where(measured, change, 0.0)
    found = []
    for month in range(len(design.months)):
        treated = (design.start == start) & measured[:, month]
        controls = design.comparable(start, month) & measured[:, month]
        if month != base and treated.any() and controls.any():
            figure = _difference(design, change[:, month], treated, controls)
            found.append(Cell(start, month, figure))
    return found


def _difference(design: Design, change: Floats, treated: Bools, controls: Bools) -> Figure:
    value, influence = 0.0, np.zeros(len(change))
    for side, sign in ((treated, 1.0), (controls, -1.0)):
        weight = design.weight * side
        centre = float(weight @ change / weight.sum())
        value += sign * centre
        influence += sign * weight * (change - centre) * len(change) / weight.sum()
    return Figure(value, influence, treated, controls)
