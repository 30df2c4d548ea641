"""How long regions stay in a stage, and where they get stuck. Open stays are counted, not left out.

A stay ends when an event tells a further stage. A region without one is still there as far as is
known: a missing announcement looks the same as no progress, and nothing here tells the two apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from metrics.model import RolloutEvent
from metrics.regions import Registry
from metrics.rollout.progress import steps
from metrics.rollout.series import months_between
from metrics.rollout.stages import Stage, track_of
from metrics.statistics.intervals import clopper_pearson
from metrics.statistics.survival import Curves, curve

FEWEST = 5
"""Stays below which there is no share and no median, only counts."""


class Ending(StrEnum):
    """How a stay ended: on to a further stage, taken back, or not at all up to the day looked at."""

    ON = "on"
    BACK = "back"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Stay:
    """A region in a stage from its event on. ``until``: the day it ended, or the day looked at."""

    region: str
    stage: Stage
    event: RolloutEvent
    until: date
    ending: Ending

    @property
    def months(self) -> float:
        """Length in mean months."""
        return months_between(self.event.date, self.until)


@dataclass(frozen=True, slots=True)
class Still:
    """Share of regions still in a stage after so many months, with its 95 % interval.

    All ``None`` where there are fewer than ``FEWEST`` stays, or nobody was watched for so long.
    """

    months: float
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Dwell:
    """Stays of a group of regions in a stage: how many went on, went back, or are still there.

    ``level`` and ``code``: "nation" and "*", "island_group" and its name, or "province" and its code.
    ``median``: months until half went on, ``None`` while more than half are still there or the stays are
    too few. Stays that were taken back count until then and no longer.
    """

    stage: Stage
    level: str
    code: str
    stays: int
    on: int
    back: int
    open: int
    median: float | None
    still: tuple[Still, ...]


def stays(
    events: Iterable[RolloutEvent],
    track: str,
    as_of: date,
    *,
    verified_only: bool = False,
    platform: str | None = None,
) -> list[Stay]:
    """Every stay on a track up to a day, by region and day. By ``platform`` as ``current_stage`` does.

    A stage that is skipped has no stay, and neither has ``none``: nobody announces its begin.
    """
    found: list[Stay] = []
    taken = steps(events, track, as_of, verified_only=verified_only, platform=platform)
    for region, held in sorted(taken.items()):
        for one, after in zip(held, [*held[1:], None], strict=True):
            if one.stage.order == 0:
                continue
            if after is None:
                ending, until = Ending.OPEN, as_of
            else:
                ending = Ending.ON if after.stage.order else Ending.BACK
                until = after.event.date
            found.append(Stay(region, one.stage, one.event, until, ending))
    return found


def dwell(found: Sequence[Stay], registry: Registry, months: Sequence[float]) -> list[Dwell]:
    """Dwell in each stage that has stays, of the nation, each island group and each province.

    Stays of regions outside the registry are left out. ``months``: ages at which to give the share
    still there. In the order of the stages, then nation, island groups, provinces.
    """
    groups: dict[tuple[Stage, int, str], list[Stay]] = defaultdict(list)
    for stay in found:
        region = registry.regions.get(stay.region)
        if region is not None:
            for level, code in enumerate(("*", region.province.group, region.province.code)):
                groups[stay.stage, level, code].append(stay)
    order = sorted(groups, key=lambda group: (group[0].order, *group[1:]))
    return [
        _dwell(stage, LEVELS[level], code, groups[stage, level, code], months) for stage, level, code in order
    ]


def stuck(found: Sequence[Dwell], track: str) -> list[Dwell]:
    """Dwell before the track's goal, those first where most regions are still there: where it stops.

    From the goal on a region has arrived: that it stays there is no standstill.
    """
    goal = track_of(track).stage(track_of(track).goal).order
    before = [one for one in found if one.stage.order < goal and one.open]
    return sorted(before, key=lambda one: (-one.open, one.stage.order, one.level, one.code))


LEVELS: Mapping[int, str] = {0: "nation", 1: "island_group", 2: "province"}


def _dwell(stage: Stage, level: str, code: str, group: Sequence[Stay], months: Sequence[float]) -> Dwell:
    counts = {ending: sum(stay.ending is ending for stay in group) for ending in Ending}
    median, still = None, tuple(Still(age) for age in months)
    if len(group) >= FEWEST:
        lasting = curve([stay.months for stay in group], [stay.ending is Ending.ON for stay in group])
        half = float(lasting.quantile(0.5).value[0])
        median = None if np.isnan(half) else half
        still = tuple(_still(lasting, age) for age in months)
    return Dwell(
        stage,
        level,
        code,
        len(group),
        counts[Ending.ON],
        counts[Ending.BACK],
        counts[Ending.OPEN],
        median,
        still,
    )


def _still(lasting: Curves, months: float) -> Still:
    """Share at an age. Where nobody or everybody went on, the exact bound of so many regions."""
    at = int(np.searchsorted(lasting.time, months, side="right")) - 1
    share = float(lasting.survival[at]) if at >= 0 else 1.0
    there = lasting.at_risk - np.where(lasting.time == months, lasting.ended, 0)
    watched = int(there[lasting.time >= months].max(initial=0))
    if not watched and share > 0:
        return Still(months)
    if share >= 1:
        return Still(months, 1.0, float(clopper_pearson(watched, watched)[0]), 1.0)
    if share <= 0:
        return Still(months, 0.0, 0.0, float(clopper_pearson(0, lasting.ended.sum())[1]))
    low, high = (float(bound[at]) for bound in lasting.bounds)
    return Still(months, share, low, high)
