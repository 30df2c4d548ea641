"""The ranking: who stands where, within which range, and who is not ranked and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from metrics.indicators.reasons import HOLDS, code_of, reason_details
from metrics.model import IndicatorValue, Ranking, RankRow
from metrics.ranking.method import Method
from metrics.ranking.ranges import bands, places, rank_ranges
from metrics.ranking.reasons import reason
from metrics.ranking.scores import BEST, Composite, Score, composite
from metrics.regions import Registry
from metrics.statistics.intervals import Z

Figures = dict[str, IndicatorValue]


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
    indicators are passed over.
    """
    codes = list(registry.regions if level == "region" else registry.provinces)
    figures = _figures(values, method, level)
    scored = {code: composite(method, figures.get(code, {})) for code in codes}
    held = {code: _held(figures.get(code, {})) for code in codes}
    refused = {code: _refusal(scored[code], method, figures.get(code, {}), held[code]) for code in codes}
    ranked = _ranked({code: scored[code] for code in codes if not refused[code]}, held)
    others = [
        RankRow(region=code, ranked=False, reasons=refused[code], parts=_parts(scored[code]))
        for code in sorted(codes)
        if refused[code]
    ]
    return Ranking(
        method=method.id,
        method_version=method.version,
        period=method.period,
        computed=computed,
        archive_versions=dict(archive_versions or {}),
        rows=(*ranked, *others),
        simulated=simulated,
        level=level,
    )


def _figures(values: Iterable[IndicatorValue], method: Method, level: str) -> dict[str, Figures]:
    """Figures of the method's indicators and period by place and indicator."""
    wanted = {component.id for component in method.indicators}
    found: dict[str, Figures] = {}
    for value in values:
        if value.period == method.period and value.level == level and value.indicator in wanted:
            found.setdefault(value.region, {})[value.indicator] = value
    return found


def _refusal(scored: Composite, method: Method, figures: Figures, held: tuple[str, ...]) -> tuple[str, ...]:
    """Reasons not to rank a region; empty where it is ranked. Those of holds come after what they cause."""
    if scored.score is None:
        return (reason("nothing-stands" if held else "nothing-reported"), *held)
    found = [
        _missing(component.id, figures.get(component.id))
        for component in method.indicators
        if component.required and scored.parts[component.id] is None
    ]
    if scored.coverage < method.minimum_coverage - 1e-9:
        minimum = round(method.minimum_coverage * 100)
        found.append(reason("coverage-too-low", share=round(scored.coverage * 100), minimum=minimum))
    return (*found, *held) if found else ()


def _missing(indicator: str, figure: IndicatorValue | None) -> str:
    """Reason that a required figure has no value."""
    cause = (code_of(figure.reason) if figure else "") or "no-records"
    if cause in HOLDS:
        return reason("required-withheld", indicator=indicator)
    return reason("required-missing", indicator=indicator, cause=cause)


def _held(figures: Figures) -> tuple[str, ...]:
    """Reasons of the holds that keep figures back, one for each record set and check."""
    found: dict[tuple[str, str, str], str] = {}
    for figure in figures.values():
        code, details = code_of(figure.reason), reason_details(figure.reason)
        if code in HOLDS:
            found.setdefault((code, details["dataset"], details["check"]), figure.reason)
    return tuple(found.values())


def _ranked(scored: Mapping[str, Composite], held: Mapping[str, tuple[str, ...]]) -> list[RankRow]:
    """Rows of the regions that are ranked, best first, equal ones by code."""
    known = {code: one.score for code, one in scored.items() if one.score is not None}
    values = np.array([score.value for score in known.values()], dtype=np.float64)
    errors = np.array([score.error for score in known.values()], dtype=np.float64)
    rank_of = places(values).tolist()
    low, high = (bound.tolist() for bound in rank_ranges(values, errors))
    band = bands(rank_of, low, high)
    alike = all(one == 1 for one in low)
    rows = [
        _row(code, scored[code], place, (*_notes(scored[code], len(known), alike), *held[code]))
        for code, place in zip(known, zip(rank_of, low, high, band, strict=True), strict=True)
    ]
    return sorted(rows, key=lambda row: (row.rank or 0, row.region))


def _row(code: str, scored: Composite, place: tuple[int, int, int, str], notes: tuple[str, ...]) -> RankRow:
    score = scored.score or Score(0.0, 0.0)
    half = Z * score.error
    return RankRow(
        region=code,
        ranked=True,
        score=score.value,
        score_low=max(score.value - half, 0.0),
        score_high=min(score.value + half, BEST),
        rank=place[0],
        rank_low=place[1],
        rank_high=place[2],
        band=place[3],
        reasons=notes,
        parts=_parts(scored),
    )


def _notes(scored: Composite, ranked: int, alike: bool) -> tuple[str, ...]:  # noqa: FBT001 - a fact
    """Return what to know about a rank."""
    found = []
    if ranked == 1:
        found.append(reason("alone"))
    elif alike:
        found.append(reason("no-difference"))
    if any(part is None for part in scored.parts.values()):
        found.append(reason("partial-coverage", share=round(scored.coverage * 100)))
    return tuple(found)


def _parts(scored: Composite) -> dict[str, float | None]:
    return {name: part.value if part else None for name, part in scored.parts.items()}
