"""Figures of many regions, and a method to rank them by, made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from metrics.catalogue import CATALOGUE
from metrics.model import IndicatorValue, Province, Ranking, RankRow, Region, ValueStatus
from metrics.ranking import Method, rank
from metrics.regions import Registry

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PROVINCE = Province("P", "P", "g")
METHOD = """
id: test-method
version: "1"
title_id: Uji
title_en: Test
minimum_coverage: 0.5
indicators:
  - {id: completion_days_median, weight: 2, low: 0, high: 50, required: true}
  - {id: on_time_ratio, weight: 1, low: 0, high: 1}
  - {id: ikm, weight: 1, low: 25, high: 100}
"""


def method(text: str = METHOD) -> Method:
    return Method.parse(text)


def registry(codes: Sequence[str]) -> Registry:
    return Registry.of("r", [Region(code, code, "kota", PROVINCE, "Asia/Jakarta") for code in codes])


def figure(
    indicator: str, region: str, value: float | None, half: float = 0.0, n: int = 100
) -> IndicatorValue:
    """Value with an interval of ``half`` to either side; ``None``: too few cases."""
    return IndicatorValue(
        indicator=indicator,
        level="region",
        region=region,
        period="all",
        value=value,
        unit=CATALOGUE[indicator].unit,
        n=n,
        low=None if value is None else value - half,
        high=None if value is None else value + half,
        status=ValueStatus.OK if value is not None else ValueStatus.TOO_FEW,
        reason="" if value is not None else "too-few(n=3,minimum=5): too few",
    )


def figures(table: Mapping[str, Mapping[str, tuple[float | None, float]]]) -> list[IndicatorValue]:
    """Figures by region and indicator, each with the half width of its interval."""
    return [
        figure(indicator, region, value, half)
        for region, row in table.items()
        for indicator, (value, half) in row.items()
    ]


def ranking(values: Sequence[IndicatorValue], codes: Sequence[str], chosen: Method | None = None) -> Ranking:
    return rank(values, chosen or method(), registry(codes), computed=NOW)


def rows(found: Ranking) -> dict[str, RankRow]:
    return {row.region: row for row in found.rows}
