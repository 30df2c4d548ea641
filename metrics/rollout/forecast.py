"""Forecast of a published count with prediction intervals; where the points allow none, why not.

Rests on one authority's certain counts and one stated denominator, nothing else: no budget, no plan,
no promise. How often the intervals held in the past is in ``docs/reference/rollout-forecast.md``.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from metrics.rollout.growth import paths, posterior
from metrics.rollout.series import CountSeries, Denominator, months_between
from metrics.statistics.figures import BadFigures, Ints

FEWEST = 5
"""Points below which there is no forecast: four steps must tell ceiling, curve, pace and jolt apart."""
DRAWS = 8000
SEED = 20_230_620
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)


class Refusal(StrEnum):
    """Why a series has no forecast."""

    TOO_FEW = "too_few"
    FALLS = "falls"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class NoForecast:
    """A series without a forecast, the reason, and the reason in words with what would mend it."""

    series: str
    authority: str
    reason: Refusal
    text_id: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Expected:
    """Count expected on a day: median, and the bounds of the 80 and 95 % prediction intervals."""

    day: date
    low95: int
    low80: int
    median: int
    high80: int
    high95: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected counts by day, with the series and the denominator that they rest on."""

    series: CountSeries
    denominator: Denominator
    expected: tuple[Expected, ...]
    seed: int
    draws: int


def forecast(
    series: CountSeries,
    denominator: Denominator,
    days: Sequence[date],
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Forecast | NoForecast:
    """Expected counts on the days, which rise from after the series' last point on.

    Never above the denominator nor below the last count. Raises ``BadFigures`` for other days.
    """
    refused = refusal(series, denominator)
    if refused:
        return refused
    rows = futures(series, denominator, days, seed=seed, draws=draws)
    # a quantile that is itself a drawn count: half an MPP does not open
    bounds = np.quantile(rows, QUANTILES, axis=0, method="inverted_cdf").astype(int).T.tolist()
    expected = tuple(Expected(day, *figures) for day, figures in zip(days, bounds, strict=True))
    return Forecast(series, denominator, expected, seed, draws)


def futures(
    series: CountSeries, denominator: Denominator, days: Sequence[date], *, seed: int, draws: int
) -> Ints:
    """Possible counts on each day, a row a future, of a series that ``refusal`` lets pass.

    Raises ``BadFigures`` for days that do not rise from after the last point on.
    """
    last = series.points[-1].day
    for before, after in itertools.pairwise((last, *days)):
        if after <= before:
            raise BadFigures(
                f"{series.name} ({series.authority}): {after} is not after {before}. "
                f"Give days in rising order, all after the last count of {last}."
            )
    months = np.array([months_between(last, day) for day in days])
    return paths(posterior(series.points, denominator.whole), months, seed=seed, draws=draws)


def refusal(series: CountSeries, denominator: Denominator) -> NoForecast | None:
    """Why the series has no forecast towards this denominator; ``None`` where it has one."""
    points, name, whose = series.points, series.name, series.authority
    if len(points) < FEWEST:
        return NoForecast(
            name,
            whose,
            Refusal.TOO_FEW,
            f"Belum ada prakiraan: angka pasti bertanggal yang diterbitkan {whose} ada {len(points)}, "
            f"perlu {FEWEST}.",
            f"No forecast: certain counts with a day, published by {whose}: {len(points)}, needed: {FEWEST}.",
        )
    for before, after in itertools.pairwise(points):
        if after.count < before.count:
            return NoForecast(
                name,
                whose,
                Refusal.FALLS,
                f"Belum ada prakiraan: angka {whose} turun dari {before.count} ({before.day}) menjadi "
                f"{after.count} ({after.day}). Tandai angka yang keliru sebagai belum diverifikasi.",
                f"No forecast: the count of {whose} falls from {before.count} ({before.day}) to "
                f"{after.count} ({after.day}). Mark the one that is wrong as not verified.",
            )
    if points[-1].count > denominator.whole:
        return NoForecast(
            name,
            whose,
            Refusal.ABOVE,
            f"Belum ada prakiraan: {points[-1].count} melebihi penyebut {denominator.whole} "
            f"({denominator.authority}). Pilih penyebut lain.",
            f"No forecast: {points[-1].count} exceeds the denominator {denominator.whole} "
            f"({denominator.authority}). Choose another one.",
        )
    return None
