"""A ranking read for a page: who is where, who is not ranked and why, and what changed.

A place is only spoken of with its range. A move is only called one where the two ranges do
not meet: anything less can be chance (Goldstein & Spiegelhalter 1996).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from metrics.indicators.reasons import code_of, reason_details
from metrics.model import Ranking, RankRow, Region


@dataclass(frozen=True, slots=True)
class Move:
    """A region whose range of places left its former range. ``places`` > 0: upwards."""

    region: str
    before: RankRow
    now: RankRow

    @property
    def places(self) -> int:
        """Places gained; negative for places lost."""
        return (self.before.rank or 0) - (self.now.rank or 0)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two rankings. ``within``: regions whose move can be chance."""

    entered: tuple[str, ...]
    left: tuple[str, ...]
    moves: tuple[Move, ...]
    within: int
    comparable: bool


def ranked(ranking: Ranking | None) -> list[RankRow]:
    """Rows with a place, best first; equal places by region code."""
    rows = ranking.rows if ranking else ()
    return sorted((row for row in rows if row.ranked), key=lambda row: (row.rank or 0, row.region))


def not_ranked(ranking: Ranking | None) -> list[RankRow]:
    """Rows without a place, by region code."""
    rows = ranking.rows if ranking else ()
    return sorted((row for row in rows if not row.ranked), key=lambda row: row.region)


def reasons(rows: Iterable[RankRow]) -> list[tuple[str, int]]:
    """Reasons with the number of regions that have each, the most frequent first.

    Reasons of one kind about one indicator or check are one, whatever their figures; the wording that
    most of these regions have stands for all.
    """
    kinds: dict[tuple[str, str, str], Counter[str]] = {}
    for row in rows:
        for reason in dict.fromkeys(row.reasons or ("",)):
            kinds.setdefault(_kind(reason), Counter())[reason] += 1
    found = [(counts.most_common(1)[0][0], counts.total()) for counts in kinds.values()]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def _kind(reason: str) -> tuple[str, str, str]:
    """Machine id of a reason, the indicator and the check it is about; the whole text where it has no id."""
    details = reason_details(reason)
    return code_of(reason) or reason, details.get("indicator", ""), details.get("check", "")


def row_of(ranking: Ranking | None, region: str) -> RankRow | None:
    """Return a region's row; ``None`` where the ranking does not list it."""
    rows = ranking.rows if ranking else ()
    return next((row for row in rows if row.region == region), None)


def province_of(row: RankRow, regions: Mapping[str, Region]) -> str:
    """Code of the province of a row's region; "" for a region that the registry no longer has."""
    return regions[row.region].province.code if row.region in regions else ""


def unlisted(region: str) -> RankRow:
    """Row of a region that no ranking lists."""
    return RankRow(region, ranked=False)


def apart(one: RankRow, other: RankRow) -> bool:
    """Whether two ranges of places have no place in common. A missing range meets any."""
    ends = (one.rank_low, one.rank_high, other.rank_low, other.rank_high)
    if any(end is None for end in ends):
        return False
    return (one.rank_high or 0) < (other.rank_low or 0) or (other.rank_high or 0) < (one.rank_low or 0)


def changes(now: Ranking | None, before: Ranking | None) -> Changes | None:
    """Differences of two rankings; ``None`` where one of them is missing.

    ``comparable`` is false where the method or its version differs: then no move is listed,
    because it would be the method's.
    """
    if now is None or before is None:
        return None
    new, old = ({row.region: row for row in ranked(side)} for side in (now, before))
    comparable = (now.method, now.method_version) == (before.method, before.method_version)
    both = [code for code in new if code in old]
    moves = [Move(code, old[code], new[code]) for code in both if apart(old[code], new[code])]
    return Changes(
        entered=tuple(sorted(new.keys() - old.keys())),
        left=tuple(sorted(old.keys() - new.keys())),
        moves=tuple(sorted(moves, key=lambda move: -abs(move.places))) if comparable else (),
        within=len(both) - len(moves),
        comparable=comparable,
    )
