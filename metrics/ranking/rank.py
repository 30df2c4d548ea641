"""The ranking: who stands where, within which range, and who is not ranked and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from metrics.model import IndicatorValue, Ranking, RankRow
from metrics.ranking.assessment import Assessment, assess
from metrics.ranking.detail import RankingDetail
from metrics.ranking.detailed import detail_of
from metrics.ranking.history import signals
from metrics.ranking.method import Method
from metrics.ranking.reasons import reason
from metrics.ranking.scores import Composite
from metrics.regions import Registry


def rank(
    values: Iterable[IndicatorValue],
    method: Method,
    registry: Registry,
    *,
    computed: datetime,
    archive_versions: Mapping[str, int] | None = None,
    simulated: bool = False,
    level: str = "region",
) -> Ranking:
    """Return the ranking of all regions of the registry (or of its provinces) in the method's period.

    Ranked rows come first, best first, then the others by code. Values of other levels, periods and
    indicators are passed over; provinces are ranked by their own figures, which come from pooled
    records. ``rank_low`` and ``rank_high`` are simultaneous: with the method's level (95 %) they hold
    for all rows together, so that rows may be compared. The narrower range of a single region is in
    the detail (``rank_in_detail``).
    """
    found = assess(values, method, registry, level)
    return _ranking(found, computed, archive_versions or {}, simulated=simulated)


def rank_in_detail(  # noqa: PLR0913 - as rank, and the history of the figures
    values: Iterable[IndicatorValue],
    method: Method,
    registry: Registry,
    *,
    computed: datetime,
    archive_versions: Mapping[str, int] | None = None,
    simulated: bool = False,
    level: str = "region",
    history: Iterable[IndicatorValue] = (),
) -> tuple[Ranking, RankingDetail]:
    """Return the ranking as ``rank`` does, and all that is known about it.

    Funnels stand around the nation's pooled figures where ``values`` has them. ``history``: figures
    among which those of months that were over when computed make the signals over time; without it
    there are none. A chart costs about a millisecond.
    """
    known = list(values)
    found = assess(known, method, registry, level)
    ranking = _ranking(found, computed, archive_versions or {}, simulated=simulated)
    return ranking, detail_of(found, known, signals(history, method, level, computed))


def _ranking(
    found: Assessment, computed: datetime, archive_versions: Mapping[str, int], *, simulated: bool
) -> Ranking:
    others = [
        RankRow(region=code, ranked=False, reasons=reasons, parts=found.composites[code].points)
        for code, reasons in sorted(found.refused.items())
        if reasons
    ]
    return Ranking(
        method=found.method.id,
        method_version=found.method.version,
        period=found.method.period,
        computed=computed,
        archive_versions=dict(archive_versions),
        rows=(*_ranked(found), *others),
        simulated=simulated,
        level=found.level,
    )


def _ranked(found: Assessment) -> list[RankRow]:
    """Rows of those that are ranked, best first, equal ones by code."""
    order, band = found.order, found.order.band_of()
    rows = []
    for place, code in enumerate(order.codes):
        one, score = found.composites[code], found.composites[code].score
        row = RankRow(
            region=code,
            ranked=True,
            score=score.value if score else None,
            score_low=score.low if score else None,
            score_high=score.high if score else None,
            rank=int(order.sets.rank[place]),
            rank_low=int(order.sets.low[place]),
            rank_high=int(order.sets.high[place]),
            band=str(band[code]),
            reasons=(*_notes(one, found), *found.held[code]),
            parts=one.points,
        )
        rows.append(row)
    return sorted(rows, key=lambda row: (row.rank or 0, row.region))


def _notes(one: Composite, found: Assessment) -> tuple[str, ...]:
    """Return what to know about a rank."""
    notes = [reason(found.order.doubt)] if found.order.doubt else []
    if any(part is None for part in one.points.values()):
        notes.append(reason("partial-coverage", share=round(one.coverage * 100)))
    return tuple(notes)
