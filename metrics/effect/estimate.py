"""From a panel and the months of start to an ``Effect``, or to why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from metrics.effect.cells import Cell, by_cohort, by_month_since, cells, overall
from metrics.effect.design import Design, design
from metrics.effect.figure import Figure
from metrics.effect.inference import all_zero, bands, detectable, estimate, smaller_side
from metrics.effect.results import (
    Choices,
    Cohort,
    Effect,
    Estimate,
    GroupTime,
    Note,
    Obstacle,
    Placebo,
    PreTrend,
    Since,
    Unanswered,
    Used,
)
from metrics.effect.twoway import two_way

FEW_CLUSTERS, FEW_STARTED = 40, 10
"""Below these the errors are themselves uncertain (Cameron & Miller, J. Human Resources 50, 2015)."""
LONGEST_TEST = 12
"""Months before the start that are tested at most, the nearest ones; and no more than a quarter of the
clusters, or the test says nothing."""
CLUSTERS_PER_MONTH = 4
DEFAULT = Choices()


def effect(
    panel: pl.DataFrame,
    starts: pl.DataFrame,
    choices: Choices = DEFAULT,
    groups: Mapping[str, str] | None = None,
) -> Effect | Unanswered:
    """Effect of the start on one indicator.

    ``panel``: region, period ("2025-07"), value, n. ``starts``: region, start ("2025-07", null: never
    yet), one row a region. ``groups``: cluster of each region, for example its province (otherwise
    each region is its own). Raises ``BadFigures`` for frames that cannot be read; what cannot be
    answered is an ``Unanswered``.
    """
    made = design(panel, starts, choices, groups)
    obstacle = made.obstacle()
    found = [] if obstacle else cells(made)
    cohorts = by_cohort(found)
    if not cohorts:
        return Unanswered(obstacle or Obstacle.NO_PAIRS, made.set_aside)
    whole = estimate(overall(made, cohorts), made)
    event = by_month_since(made, found)
    pre = _pre_trend(made, event)
    used = _used(made, found)
    return Effect(
        choices=choices,
        grouped=groups is not None,
        overall=whole,
        cohorts=tuple(Cohort(made.months[start], estimate(one, made)) for start, one in cohorts.items()),
        event_study=_event_study(made, event),
        group_times=_group_times(made, found),
        pre_trend=pre,
        placebos=_placebos(made),
        detectable=detectable(whole),
        two_way=two_way(made),
        used=used,
        notes=_notes(used, whole, len(np.unique(made.start[made.started])), pre),
        set_aside=made.set_aside,
    )


def _event_study(made: Design, event: dict[int, Figure]) -> tuple[Since, ...]:
    judged = _with_bands(made, list(event.values()))
    return tuple(Since(months, *one) for months, one in zip(event, judged, strict=True))


def _group_times(made: Design, found: Sequence[Cell]) -> tuple[GroupTime, ...]:
    judged = _with_bands(made, [cell.figure for cell in found])
    return tuple(
        GroupTime(made.months[cell.start], made.months[cell.month], *one)
        for cell, one in zip(found, judged, strict=True)
    )


def _with_bands(made: Design, figures: Sequence[Figure]) -> list[tuple[Estimate, float | None, float | None]]:
    """Estimates, each with the lower and the upper bound of the band."""
    estimates = [estimate(one, made) for one in figures]
    found = bands(figures, estimates, made)
    return [(one, *(bound or (None, None))) for one, bound in zip(estimates, found, strict=True)]


def _pre_trend(made: Design, event: dict[int, Figure]) -> PreTrend | None:
    """Test of the months before the start, the nearest ones; the base itself is zero by construction."""
    nearest = sorted((since for since in event if since < -made.anticipation), reverse=True)[:LONGEST_TEST]
    sides = [smaller_side(event[since], made.cluster) for since in nearest]
    while nearest and min(sides) < CLUSTERS_PER_MONTH * len(nearest):
        nearest, sides = nearest[:-1], sides[:-1]
    joint = all_zero([event[since] for since in nearest], made)
    return PreTrend(tuple(nearest), joint.statistic, joint.degrees, joint.p) if joint else None


def _placebos(made: Design) -> tuple[Placebo, ...]:
    """Effects of starts moved back, from the months before the true start alone."""
    column = np.arange(len(made.months))
    before = column < made.start[:, None] - made.anticipation
    value = np.where(before, made.value, np.nan)
    found = []
    for earlier in sorted(set(made.choices.placebos)):
        moved = np.where(made.started, made.start - earlier, made.start)
        cohorts = by_cohort(cells(replace(made, value=value, start=moved)))
        if cohorts:
            whole = overall(replace(made, start=moved), cohorts)
            found.append(Placebo(earlier, estimate(whole, made)))
    return tuple(found)


def _used(made: Design, found: Sequence[Cell]) -> Used:
    measured = np.isfinite(made.value)
    after = [cell for cell in found if cell.since >= 0]
    starts = np.unique(made.start[made.started])
    return Used(
        regions=len(made.regions),
        started=int(made.started.sum()),
        compared=int(np.any([cell.figure.treated for cell in after], axis=0).sum()),
        without=int(made.without.sum()),
        clusters=len(np.unique(made.cluster)),
        months=made.months,
        missing=int((~measured).sum()),
        silent=tuple(
            month for month, values in zip(made.months, measured.T, strict=True) if not values.any()
        ),
        left_out=sum(len(made.months) - int(start) for start in starts) - len(after),
        records=made.records,
    )


def _notes(used: Used, whole: Estimate, cohorts: int, pre: PreTrend | None) -> tuple[Note, ...]:
    held = {
        Note.FEW_CLUSTERS: used.clusters < FEW_CLUSTERS,
        Note.FEW_STARTED: whole.clusters < FEW_STARTED,
        Note.NO_INTERVAL: whole.error is None,
        Note.ONE_COHORT: cohorts == 1,
        Note.VALUES_MISSING: used.missing > 0,
        Note.MONTHS_SILENT: bool(used.silent),
        Note.CELLS_LEFT_OUT: used.left_out > 0,
        Note.NOT_TESTED_BEFORE: pre is None,
    }
    return tuple(note for note, holds in held.items() if holds)
