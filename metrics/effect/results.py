"""What an estimation gives: an ``Effect``, or why there is none (``Unanswered``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from metrics.statistics.figures import BadFigures

PLACEBOS = (3, 6, 12)


class Controls(StrEnum):
    """Whom a region that started is compared with.

    ``NEVER``: regions that have not started by the end of the data. ``NOT_YET``: these, and in
    each month those that start later.
    """

    NEVER = "never"
    NOT_YET = "not_yet"


class Weights(StrEnum):
    """What the average is over: every region counts the same, or by its records before any start."""

    REGIONS = "regions"
    RECORDS = "records"


class Aside(StrEnum):
    """Why a region was left out of everything."""

    STARTED_BEFORE = "started_before"  # no month before its start in the data: nothing to compare with
    NO_VALUES = "no_values"
    NO_RECORDS_BEFORE = "no_records_before"  # its weight is not known


class Obstacle(StrEnum):
    """Why there is no estimate at all."""

    NO_VALUES = "no_values"
    ONE_MONTH = "one_month"
    NO_START = "no_start"
    ALL_STARTED_BEFORE = "all_started_before"
    ALL_AT_ONCE = "all_at_once"  # all start in the same month, and nobody is left to compare with
    NO_CONTROL = "no_control"
    NO_PAIRS = "no_pairs"  # no region that started has values both before and after


class Note(StrEnum):
    """What a reader must know beside the estimate."""

    FEW_CLUSTERS = "few_clusters"
    FEW_STARTED = "few_started"
    NO_INTERVAL = "no_interval"
    ONE_COHORT = "one_cohort"
    VALUES_MISSING = "values_missing"
    MONTHS_SILENT = "months_silent"
    CELLS_LEFT_OUT = "cells_left_out"
    NOT_TESTED_BEFORE = "not_tested_before"


@dataclass(frozen=True, slots=True)
class Choices:
    """What is decided before the data are looked at.

    ``anticipation``: months before the start in which it may already work (a trial). ``placebos``:
    months by which the start is moved back. ``seed``: of the multiplier bootstrap behind the bands.
    """

    controls: Controls = Controls.NOT_YET
    weights: Weights = Weights.REGIONS
    anticipation: int = 0
    placebos: tuple[int, ...] = PLACEBOS
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse months that go the other way."""
        if self.anticipation < 0 or any(months < 1 for months in self.placebos):
            raise BadFigures("anticipation must be 0 or more, and placebos 1 or more. Write whole months.")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its pointwise 95 % interval, in the indicator's unit.

    ``error`` and what follows from it are ``None`` where one cluster, or no variation at all,
    leaves nothing to judge by. ``clusters``: on the smaller side of the comparison. ``treated`` and
    ``controls``: regions. ``p``: two-sided, of no effect.
    """

    value: float
    error: float | None
    low: float | None
    high: float | None
    p: float | None
    clusters: int
    treated: int
    controls: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """Regions that were left out, and why."""

    reason: Aside
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupTime:
    """ATT(g,t): the effect in ``month`` on the regions that started in ``start``.

    ``band_low``/``band_high``: 95 % for all group-times together. Months before the start are
    comparisons that should be zero.
    """

    start: str
    month: str
    estimate: Estimate
    band_low: float | None
    band_high: float | None


@dataclass(frozen=True, slots=True)
class Since:
    """Effect ``months`` after the start (0: the month of the start; below 0: before it, should be zero).

    ``band_low``/``band_high``: 95 % for all months of the event study together.
    """

    months: int
    estimate: Estimate
    band_low: float | None
    band_high: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Mean effect since the start on the regions that started in the same month."""

    start: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class PreTrend:
    """Joint test that the event study is zero in these months before the start (negative numbers)."""

    months: tuple[int, ...]
    statistic: float
    degrees: tuple[int, int]
    p: float


@dataclass(frozen=True, slots=True)
class Placebo:
    """Effect of a start that never was, this many months before the true one; should be zero."""

    months_earlier: int
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class TwoWay:
    """Two-way fixed effects, for comparison only: biased where effects differ or grow.

    ``negative_weight``: sum of the negative weights that it gives to region-months under way
    (all weights add up to 1): it subtracts their effect. Above 0, it may have the wrong sign.
    """

    estimate: Estimate
    negative_weight: float


@dataclass(frozen=True, slots=True)
class Used:
    """What an estimate rests on. ``missing``: region-months without a value, of regions x months.

    ``started``: regions that started within the data; ``compared``: those of them that have values in
    the month before and after; ``without``: not started by the end of the data. ``silent``: months
    without any value. ``left_out``: group-times after a start that nothing could be compared with.
    """

    regions: int
    started: int
    compared: int
    without: int
    clusters: int
    months: tuple[str, ...]
    missing: int
    silent: tuple[str, ...]
    left_out: int
    records: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Effect of the start on one indicator, in its unit.

    ``overall``: mean over the regions that started of each one's mean effect since its start.
    ``detectable``: smallest effect that would have been found with 80 % power. ``grouped``: errors are
    clustered by more than the region. ``two_way`` is a comparison, never the answer.
    """

    choices: Choices
    grouped: bool
    overall: Estimate
    cohorts: tuple[Cohort, ...]
    event_study: tuple[Since, ...]
    group_times: tuple[GroupTime, ...]
    pre_trend: PreTrend | None
    placebos: tuple[Placebo, ...]
    detectable: float | None
    two_way: TwoWay | None
    used: Used
    notes: tuple[Note, ...]
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """There is no estimate, and this is why."""

    obstacle: Obstacle
    set_aside: tuple[SetAside, ...]
