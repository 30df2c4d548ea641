"""Bands: groups of neighbours in the order whose simultaneous rank sets share a rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.statistics.figures import BadFigures
from metrics.statistics.ranksets import RankSets


@dataclass(frozen=True, slots=True)
class Band:
    """Units that cannot be told apart, in the order of their codes; ``number`` 1 is the best band.

    ``low`` and ``high``: the ranks that the units may have between them. Every rank from
    ``shared[0]`` to ``shared[1]`` is possible for each of them.
    """

    number: int
    codes: tuple[str, ...]
    low: int
    high: int
    shared: tuple[int, int]


def bands(codes: Sequence[str], sets: RankSets) -> list[Band]:
    """Bands from the best to the worst, the same for the same sets in whatever order the units come.

    A band takes in the next unit of the order as long as all of its sets still have a rank in
    common, so no two units of a band are surely apart. Neighbours across a border may still not
    be told apart: a border says that the band's units cannot all be alike. Raises ``BadFigures``
    for marginal sets (they do not hold for comparisons) and for codes that are not one a unit.
    """
    if sets.kind != "simultaneous":
        raise BadFigures("bands: marginal sets hold for one unit only. Take simultaneous ones.")
    if len(set(codes)) != len(codes) or len(codes) != len(sets.rank):
        raise BadFigures("bands: give every unit a code of its own.")
    rank, low, high = (column.tolist() for column in (sets.rank, sets.low, sets.high))
    groups: list[list[int]] = []
    until = 0
    for unit in sorted(range(len(codes)), key=lambda unit: (rank[unit], low[unit], high[unit], codes[unit])):
        if low[unit] > until:
            groups.append([])
            until = high[unit]
        groups[-1].append(unit)
        until = min(until, high[unit])
    return [
        Band(
            number,
            tuple(sorted(codes[unit] for unit in group)),
            min(low[unit] for unit in group),
            max(high[unit] for unit in group),
            (max(low[unit] for unit in group), min(high[unit] for unit in group)),
        )
        for number, group in enumerate(groups, 1)
    ]
