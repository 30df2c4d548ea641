"""What is known about a ranking beyond its rows: frozen types that ``asdict`` turns into plain JSON.

Missing numbers are ``None``, never NaN. Rates and limits are in the unit of their indicator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

Place = Literal["in", "alert", "alarm"]
Side = Literal["better", "worse", ""]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether the scores differ by more than chance.

    ``between_variance`` of the true scores (Paule & Mandel), ``q``: Cochran's heterogeneity on
    ``regions - 1`` degrees, ``reliability``: share of the scores' variance that lies between the
    regions; below 0.7 show bands only. ``differ`` false: no evidence that the regions differ.
    """

    regions: int
    mean: float | None
    between_variance: float | None
    q: float | None
    reliability: float | None
    differ: bool


@dataclass(frozen=True, slots=True)
class BandDetail:
    """Regions that cannot all be told apart, by code, and the ranks that they may have between them."""

    number: int
    regions: tuple[str, ...]
    rank_low: int
    rank_high: int


@dataclass(frozen=True, slots=True)
class FunnelDetail:
    """Funnel of an indicator over all places with a figure.

    ``target``: the nation's pooled figure ("nation"), or that of the places here ("pooled").
    ``dispersion``: mean square of the trimmed z-scores, 1 by chance alone; ``between_variance``: what
    widens the limits, on the scale of the z-scores. ``alerts``: beyond the 95 % limits, alarms
    included; ``alarms``: beyond those of 99.8 %.
    """

    kind: str
    target: float
    target_source: Literal["nation", "pooled"]
    places: int
    dispersion: float
    between_variance: float
    alerts: int
    alarms: int


@dataclass(frozen=True, slots=True)
class ShrinkageDetail:
    """Empirical Bayes of a rate or proportion: pooled figure, and variance between the places."""

    mean: float
    between_variance: float
    differ: bool


@dataclass(frozen=True, slots=True)
class IndicatorDetail:
    """An indicator in the ranking. ``weight``: its share of the weights.

    ``effective``: its share of the variance of the scores, by covariance; ``correlation`` with them.
    ``places``: how many have a figure that may be scored.
    """

    id: str
    weight: float
    effective: float | None
    correlation: float | None
    places: int
    funnel: FunnelDetail | None
    shrinkage: ShrinkageDetail | None


@dataclass(frozen=True, slots=True)
class ChoiceDetail:
    """A choice of the method's own, and how much the ranks depend on it (total Sobol index, 95 % bounds).

    ``alternatives``: what it was drawn from, the method's own first.
    """

    factor: str
    alternatives: tuple[str, ...]
    total: float | None
    total_low: float | None
    total_high: float | None


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What chance alone brings: the budget of false alarms.

    Of ``funnels`` figures ``alerts`` and ``alarms`` lie beyond the limits although all meet the
    target. Of ``points`` (points of charts over time) ``outside`` lie outside the limits of a steady
    series. ``ranges``: probability that any of the simultaneous ranges of ranks is wrong.
    """

    funnels: int
    alerts: float
    alarms: float
    points: int
    outside: float
    ranges: float


@dataclass(frozen=True, slots=True)
class SignalDetail:
    """An indicator over the months that are over: limits of routine variation, and what goes beyond it.

    ``months``: how many of ``first`` to ``last`` have a figure. ``variation`` of the latest one, as
    ``metrics.statistics.xmr`` names it; ``trial``: fewer than 12 months; ``special``: months that are
    part of a signal. Limits are ``None`` for a single month.
    """

    months: int
    first: str
    last: str
    value: float
    centre: float
    low: float | None
    high: float | None
    trial: bool
    variation: str
    special: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunnelPlace:
    """Where a figure lies in its funnel. ``z``: standard errors from the target, over-dispersion included.

    ``alert`` and ``alarm``: limits at 95 % and 99.8 %, from 0 on, since no figure is below it.
    """

    place: Place
    side: Side
    z: float
    alert: tuple[float, float]
    alarm: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ShrunkFigure:
    """Posterior of a rate or proportion. ``own_weight``: share that the place's own figure keeps."""

    value: float
    low: float
    high: float
    own_weight: float


@dataclass(frozen=True, slots=True)
class Moves:
    """What one indicator could do for a ranked region, the others staying as they are.

    ``to_rank`` and ``to_band``: value with which its score equals that of the next better region, and
    that of the last region of the next better band; ``None`` where there is no better one, or the
    goalposts do not reach so far. ``best_rank``: rank with the indicator at its better goalpost.
    ``rank_without``: rank if the method had no such indicator.
    """

    to_rank: float | None
    to_band: float | None
    best_rank: int | None
    rank_without: int | None


@dataclass(frozen=True, slots=True)
class PartDetail:
    """A place's figure of one indicator, crude and shrunk, and all that is known about it."""

    indicator: str
    value: float
    low: float | None
    high: float | None
    n: int
    points: float | None
    shrunk: ShrunkFigure | None
    funnel: FunnelPlace | None
    moves: Moves | None


@dataclass(frozen=True, slots=True)
class ChoiceRange:
    """Ranks of a region under other choices of method: 5 %, median and 95 % of the runs.

    ``totals``: total Sobol index of its rank by factor; none where its rank never varies.
    ``by_aggregation``: its rank by each way of putting the indicators together.
    """

    low: float
    median: float
    high: float
    totals: dict[str, float]
    by_aggregation: dict[str, int]


@dataclass(frozen=True, slots=True)
class PlaceDetail:
    """Place of a ranked region.

    ``rank_low`` and ``rank_high`` are simultaneous (for comparing regions), ``alone_low`` and
    ``alone_high`` marginal (for one region that was chosen beforehand); the former contain the latter.
    ``shrunk_score``: drawn to the mean as far as its uncertainty says. ``easiest_rank`` and
    ``easiest_band``: indicator with the smallest change, in points, to the next rank and band;
    ``strongest``: the one whose best value would move it most.
    """

    rank: int
    rank_low: int
    rank_high: int
    alone_low: int
    alone_high: int
    band: int
    score: float
    score_low: float
    score_high: float
    error: float
    shrunk_score: float
    shrunk_rank: int
    choices: ChoiceRange | None
    easiest_rank: str | None
    easiest_band: str | None
    strongest: str | None


@dataclass(frozen=True, slots=True)
class RegionDetail:
    """A place: where it stands (``None``: not ranked), its figures, and their signals by indicator."""

    region: str
    place: PlaceDetail | None
    parts: tuple[PartDetail, ...]
    signals: dict[str, SignalDetail]


@dataclass(frozen=True, slots=True)
class RankingDetail:
    """All that is known about one ranking. ``confidence``: level of ranges and intervals.

    ``regions`` by code, ranked or not. ``notes``: reasons as in ``metrics.ranking.reasons``, what to
    know about the whole.
    """

    method: str
    method_version: str
    period: str
    level: str
    confidence: float
    seed: int
    draws: int
    runs: int
    evidence: Evidence
    bands: tuple[BandDetail, ...]
    indicators: tuple[IndicatorDetail, ...]
    choices: tuple[ChoiceDetail, ...]
    false_alarms: FalseAlarms
    regions: tuple[RegionDetail, ...]
    notes: tuple[str, ...]


def detail_from(content: Mapping[str, Any]) -> RankingDetail:
    """Detail out of the JSON that ``asdict`` made of it."""
    found: RankingDetail = TypeAdapter(RankingDetail).validate_python(content)
    return found
