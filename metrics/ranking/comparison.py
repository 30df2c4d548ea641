"""One indicator over all places: funnel limits with over-dispersion, and empirical-Bayes shrinkage.

A figure that is a proportion or a rate is compared as events of a denominator, which its value and
``n`` give back; others (medians, means, and ratios whose effective ``n`` is not ``n``) as a value
with the standard error that its 95 % interval stands for. Only the former are shrunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from metrics.catalogue import CATALOGUE
from metrics.definitions.indicator import POISSON, WILSON
from metrics.model import IndicatorValue
from metrics.ranking.detail import FunnelDetail, FunnelPlace, Place, ShrinkageDetail, ShrunkFigure, Side
from metrics.ranking.method import Funnels
from metrics.ranking.scores import Figures, usable
from metrics.statistics.dispersion import Allowance
from metrics.statistics.figures import Floats
from metrics.statistics.funnel import ALARM, WARNING, Funnel, funnel, funnel_of_means
from metrics.statistics.intervals import Z
from metrics.statistics.mixtures import Mixed, shrink_counts, shrink_proportions

PER = {"per_1000": 1_000.0, "per_10000": 10_000.0}
"""Denominators that a rate's value is given for."""

WHOLE = 1e-6
PLACES: dict[int, Place] = {0: "in", 1: "alert", 2: "alarm"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """An indicator over the places: summaries, and what is known of each place by code."""

    places: int
    funnel: FunnelDetail | None
    shrinkage: ShrinkageDetail | None
    in_funnel: dict[str, FunnelPlace]
    shrunk: dict[str, ShrunkFigure]


@dataclass(frozen=True, slots=True)
class _Counts:
    """Events of a denominator; ``per``: what the value is given for."""

    codes: tuple[str, ...]
    kind: str
    events: Floats
    size: Floats
    per: float


def compare(
    indicator: str, figures: Mapping[str, Figures], nation: IndicatorValue | None, settings: Funnels
) -> Comparison:
    """Compare all places that have a usable figure of the indicator; ``nation``: their target."""
    own = {code: row[indicator] for code, row in figures.items() if indicator in row}
    own = {code: figure for code, figure in own.items() if usable(figure)}
    target = nation.value if nation is not None and usable(nation) else None
    allowance = Allowance(settings.over_dispersion, settings.trimming, settings.trim)
    counts = _counts(indicator, own)
    if counts is None:
        codes, limits = _of_values(own, target, allowance)
        shrunk = None
    else:
        codes, limits = counts.codes, _of_counts(counts, target, allowance)
        shrunk = _shrunk(counts)
    per = counts.per if counts else 1.0
    source = "pooled" if target is None else "nation"
    return Comparison(
        len(own),
        _summary(limits, per, source) if limits else None,
        ShrinkageDetail(shrunk.mean * per, shrunk.between * per**2, shrunk.differ) if shrunk else None,
        _in_funnel(indicator, codes, limits, per) if limits else {},
        _shrunk_figures(codes, shrunk, per) if shrunk else {},
    )


def _counts(indicator: str, own: Mapping[str, IndicatorValue]) -> _Counts | None:
    """Events and denominators; ``None`` for figures that are not made of them."""
    kind = {WILSON: "proportion", POISSON: "rate"}.get(CATALOGUE[indicator].interval)
    if kind is None or not own:
        return None
    per = PER.get(CATALOGUE[indicator].unit, 1.0)
    size = np.array([figure.n for figure in own.values()], dtype=np.float64)
    events = np.array([figure.value or 0.0 for figure in own.values()]) * size / per
    whole = np.round(events)
    if (np.abs(events - whole) > WHOLE * np.maximum(whole, 1)).any() or (whole < 0).any():
        return None
    if kind == "proportion" and (whole > size).any():
        return None
    return _Counts(tuple(own), kind, whole, size, per)


def _of_counts(counts: _Counts, target: float | None, allowance: Allowance) -> Funnel | None:
    """Funnel of events; ``None`` for rates without any event, of which none can be told from the others."""
    centre = counts.events.sum() / counts.size.sum() if target is None else target / counts.per
    if counts.kind == "proportion":
        return funnel(counts.events, counts.size, "proportion", target=centre, allowance=allowance)
    if centre <= 0:
        return None
    return funnel(counts.events, counts.size, "rate", target=centre, allowance=allowance)


def _of_values(
    own: Mapping[str, IndicatorValue], target: float | None, allowance: Allowance
) -> tuple[tuple[str, ...], Funnel | None]:
    """Places whose figure has an interval with two ends, and their funnel."""
    sure = {
        code: ((figure.value or 0.0), (figure.high - figure.low) / (2 * Z))
        for code, figure in own.items()
        if figure.low is not None and figure.high is not None and figure.high > figure.low
    }
    if not sure:
        return (), None
    value, error = np.array(list(sure.values())).T
    return tuple(sure), funnel_of_means(value, error, target=target, allowance=allowance)


def _shrunk(counts: _Counts) -> Mixed:
    if counts.kind == "proportion":
        return shrink_proportions(counts.events, counts.size)
    return shrink_counts(counts.events, counts.size)


def _shrunk_figures(codes: tuple[str, ...], shrunk: Mixed, per: float) -> dict[str, ShrunkFigure]:
    return {
        code: ShrunkFigure(
            float(shrunk.value[row]) * per,
            float(shrunk.low[row]) * per,
            float(shrunk.high[row]) * per,
            float(shrunk.weight[row]),
        )
        for row, code in enumerate(codes)
    }


def _summary(limits: Funnel, per: float, source: str) -> FunnelDetail:
    flag = np.abs(limits.flag)
    return FunnelDetail(
        kind=limits.kind,
        target=limits.target * per,
        target_source="nation" if source == "nation" else "pooled",
        places=len(flag),
        dispersion=limits.dispersion.phi,
        between_variance=limits.dispersion.tau2,
        alerts=int((flag > 0).sum()),
        alarms=int((flag == max(PLACES)).sum()),
    )


def _in_funnel(indicator: str, codes: tuple[str, ...], limits: Funnel, per: float) -> dict[str, FunnelPlace]:
    up = CATALOGUE[indicator].direction == "up"
    found = {}
    for row, code in enumerate(codes):
        flag = int(limits.flag[row])
        side: Side = "" if flag == 0 else "better" if (flag > 0) == up else "worse"
        alert, alarm = (
            (max(float(limits.low[level][row]), 0.0) * per, float(limits.high[level][row]) * per)
            for level in (WARNING, ALARM)
        )
        found[code] = FunnelPlace(PLACES[abs(flag)], side, float(limits.z[row]), alert, alarm)
    return found
