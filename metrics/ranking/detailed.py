"""The detail of a ranking, put together from what each part of the analysis finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.model import IndicatorValue
from metrics.ranking.assessment import Assessment
from metrics.ranking.changes import Changes, changes
from metrics.ranking.comparison import Comparison, compare
from metrics.ranking.detail import (
    BandDetail,
    Evidence,
    FalseAlarms,
    IndicatorDetail,
    Moves,
    PartDetail,
    PlaceDetail,
    RankingDetail,
    RegionDetail,
    SignalDetail,
)
from metrics.ranking.doubt import Doubt, doubt
from metrics.ranking.history import OUTSIDE
from metrics.ranking.method import Component, Method
from metrics.ranking.order import alone
from metrics.ranking.reasons import reason
from metrics.ranking.scores import DIGITS, table_of
from metrics.statistics.composite import shares
from metrics.statistics.figures import Floats, Ints
from metrics.statistics.funnel import ALARM, WARNING, false_alarms
from metrics.statistics.ranksets import RankSets


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the parts of the analysis found.

    ``row_of``: place of each ranked region in the order, in which also ``shrunk`` and ``alone`` are.
    """

    found: Assessment
    row_of: Mapping[str, int]
    band_of: Mapping[str, int]
    shrunk: Floats
    alone: RankSets
    comparisons: Mapping[str, Comparison]
    doubt: Doubt
    changes: Changes | None
    signals: Mapping[str, dict[str, SignalDetail]]


def detail_of(
    found: Assessment,
    values: Sequence[IndicatorValue],
    signals: Mapping[str, dict[str, SignalDetail]],
) -> RankingDetail:
    """Return all that is known about an assessment. ``values``: those of the nation among them."""
    method = found.method
    nation = {v.indicator: v for v in values if v.level == "nation" and v.period == method.period}
    findings = _Findings(
        found,
        {code: row for row, code in enumerate(found.order.codes)},
        found.order.band_of(),
        np.round(found.order.spread.value, DIGITS) if found.order.spread else np.zeros(0),
        alone(found.order, method),
        {c.id: compare(c.id, found.figures, nation.get(c.id), method.funnels) for c in method.indicators},
        doubt(found),
        changes(found),
        signals,
    )
    return RankingDetail(
        method=method.id,
        method_version=method.version,
        period=method.period,
        level=found.level,
        confidence=method.level,
        seed=method.seed,
        draws=method.draws,
        runs=method.doubts.runs,
        evidence=_evidence(found),
        bands=tuple(BandDetail(band.number, band.codes, band.low, band.high) for band in found.order.bands),
        indicators=_indicators(findings),
        choices=findings.doubt.choices,
        false_alarms=_false_alarms(findings),
        regions=tuple(_region(findings, code) for code in found.figures),
        notes=(*([reason(found.order.doubt)] if found.order.doubt else []), *findings.doubt.notes),
    )


def _evidence(found: Assessment) -> Evidence:
    spread = found.order.spread
    if spread is None:
        return Evidence(0, None, None, None, None, differ=False)
    figures = (spread.mean, spread.tau2, spread.q, spread.reliability)
    return Evidence(len(found.order.codes), *figures, differ=spread.differ)


def _indicators(findings: _Findings) -> tuple[IndicatorDetail, ...]:
    found, method = findings.found, findings.found.method
    weights = np.array([component.weight for component in method.indicators])
    part = shares(table_of(method, found.ranked), weights, found.order.scores)
    return tuple(
        IndicatorDetail(
            component.id,
            float(part.nominal[k]),
            _number(part.effective[k]),
            _number(part.correlation[k]),
            findings.comparisons[component.id].places,
            findings.comparisons[component.id].funnel,
            findings.comparisons[component.id].shrinkage,
        )
        for k, component in enumerate(method.indicators)
    )


def _false_alarms(findings: _Findings) -> FalseAlarms:
    funnels = sum(len(one.in_funnel) for one in findings.comparisons.values())
    points = sum(one.months for charts in findings.signals.values() for one in charts.values())
    return FalseAlarms(
        funnels,
        false_alarms(funnels, WARNING),
        false_alarms(funnels, ALARM),
        points,
        points * OUTSIDE,
        1 - findings.found.method.level,
    )


def _region(findings: _Findings, code: str) -> RegionDetail:
    found = findings.found
    return RegionDetail(
        code,
        _place(findings, code) if code in findings.row_of else None,
        tuple(
            _part(findings, code, column, component)
            for column, component in enumerate(found.method.indicators)
            if component.id in found.figures[code] and found.figures[code][component.id].value is not None
        ),
        findings.signals.get(code, {}),
    )


def _part(findings: _Findings, code: str, column: int, component: Component) -> PartDetail:
    figure = findings.found.figures[code][component.id]
    comparison = findings.comparisons[component.id]
    points = findings.found.composites[code].points[component.id]
    return PartDetail(
        component.id,
        figure.value or 0.0,
        figure.low,
        figure.high,
        figure.n,
        points,
        comparison.shrunk.get(code),
        comparison.in_funnel.get(code),
        _moves(findings, code, column, component) if points is not None else None,
    )


def _moves(findings: _Findings, code: str, column: int, component: Component) -> Moves | None:
    if findings.changes is None or code not in findings.row_of:
        return None
    row, table = findings.row_of[code], findings.changes
    return Moves(
        _number(table.to_rank[row, column]),
        _number(table.to_band[row, column]),
        int(table.best_rank[row, column]) or None,
        findings.doubt.without.get(code, {}).get(component.id),
    )


def _place(findings: _Findings, code: str) -> PlaceDetail:
    found, order, row = findings.found, findings.found.order, findings.row_of[code]
    score = found.composites[code].score
    if score is None or findings.changes is None:
        raise AssertionError(f"{code} is ranked without a score")
    return PlaceDetail(
        rank=int(order.sets.rank[row]),
        rank_low=int(order.sets.low[row]),
        rank_high=int(order.sets.high[row]),
        alone_low=int(findings.alone.low[row]),
        alone_high=int(findings.alone.high[row]),
        band=findings.band_of[code],
        score=score.value,
        score_low=score.low,
        score_high=score.high,
        error=score.error,
        shrunk_score=float(findings.shrunk[row]),
        shrunk_rank=1 + int((findings.shrunk > findings.shrunk[row]).sum()),
        choices=findings.doubt.ranges.get(code),
        easiest_rank=_indicator(found.method, findings.changes.easiest_rank, row),
        easiest_band=_indicator(found.method, findings.changes.easiest_band, row),
        strongest=_indicator(found.method, findings.changes.strongest, row),
    )


def _indicator(method: Method, columns: Ints, row: int) -> str | None:
    return method.indicators[columns[row]].id if columns[row] >= 0 else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
