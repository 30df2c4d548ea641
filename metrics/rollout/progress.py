"""Where each region stands on a track on a day, and how many are at or past each stage. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.model import RolloutEvent
from metrics.regions import Registry
from metrics.rollout.stages import Stage, track_of


@dataclass(frozen=True, slots=True)
class Held:
    """The stage that a region holds, and the event that is the evidence for it."""

    stage: Stage
    event: RolloutEvent


@dataclass(frozen=True, slots=True)
class StageCount:
    """Regions whose stage is exactly this one (``at``), and this one or a later one (``at_or_past``)."""

    stage: Stage
    at: int
    at_or_past: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts along a track on a day. ``regions``: the denominator, all regions that were looked at.

    Stage ``none`` counts the regions without evidence of a step: it means "none known to us".
    """

    track: str
    as_of: date
    regions: int
    verified_only: bool
    counts: tuple[StageCount, ...]
    simulated: bool

    def at_or_past(self, stage_id: str) -> int:
        """How many regions are at or past a stage."""
        order = track_of(self.track).stage(stage_id).order
        return self.counts[order].at_or_past


def current_stage(
    events: Iterable[RolloutEvent],
    track: str,
    as_of: date,
    *,
    verified_only: bool = False,
    platform: str | None = None,
) -> dict[str, Held]:
    """Stage of each region that has an event on the track up to ``as_of``, that day included.

    The furthest stage counts, from its earliest event on (a second ceremony changes nothing);
    an event ``none`` takes all earlier ones back, and those of the same day stand.
    ``platform``: events of this platform alone ("MPPDN": the national MPP Digital).
    """
    taken = steps(events, track, as_of, verified_only=verified_only, platform=platform)
    return {region: held[-1] for region, held in taken.items()}


def steps(
    events: Iterable[RolloutEvent],
    track: str,
    as_of: date,
    *,
    verified_only: bool = False,
    platform: str | None = None,
) -> dict[str, list[Held]]:
    """Stages that each region has held up to a day, in order; the last is its ``current_stage``."""
    stages = track_of(track)
    held: dict[str, list[Held]] = {}
    for event in sorted(
        events, key=lambda e: (e.date, stages.stage(e.stage).order if e.track == track else 0, e.id)
    ):
        if event.track != track or event.date > as_of or (verified_only and not event.verified):
            continue
        if platform is not None and event.platform != platform:
            continue
        stage = stages.stage(event.stage)
        before = held.get(event.region)
        if before is None or stage.order == 0 or stage.order > before[-1].stage.order:
            held.setdefault(event.region, []).append(Held(stage, event))
    return held


def progress(
    events: Iterable[RolloutEvent],
    registry: Registry,
    track: str,
    as_of: date,
    *,
    verified_only: bool = False,
    platform: str | None = None,
    province: str | None = None,
) -> Progress:
    """Count the regions of a registry (or of one province, by code) along a track on a day."""
    codes = {r.code for r in registry.regions.values() if province is None or r.province.code == province}
    held = current_stage(events, track, as_of, verified_only=verified_only, platform=platform)
    return _count({code: held[code] for code in codes & held.keys()}, len(codes), track, as_of, verified_only)


def progress_by_province(
    events: Iterable[RolloutEvent],
    registry: Registry,
    track: str,
    as_of: date,
    *,
    verified_only: bool = False,
    platform: str | None = None,
) -> dict[str, Progress]:
    """Progress of each province by its code; provinces without an event are there, with zeros."""
    held = current_stage(events, track, as_of, verified_only=verified_only, platform=platform)
    members: dict[str, list[str]] = {code: [] for code in registry.provinces}
    for region in registry.regions.values():
        members[region.province.code].append(region.code)
    return {
        province: _count(
            {code: held[code] for code in codes if code in held}, len(codes), track, as_of, verified_only
        )
        for province, codes in members.items()
    }


def progress_by_platform(
    events: Iterable[RolloutEvent],
    registry: Registry,
    track: str,
    as_of: date,
    *,
    verified_only: bool = False,
) -> dict[str, Progress]:
    """Progress on each platform that has an event on the track, by its name; "" where none is told.

    A region may be on two platforms and counts on both: the platforms do not add up to the track.
    """
    listed = [event for event in events if event.track == track]
    return {
        platform: progress(listed, registry, track, as_of, verified_only=verified_only, platform=platform)
        for platform in sorted({event.platform for event in listed})
    }


def repeats(events: Iterable[RolloutEvent]) -> list[tuple[RolloutEvent, ...]]:
    """Events that tell the same step of the same region on the same platform more than once.

    Each group in order of date. Two ceremonies for one MPP are one MPP: a sum of ceremonies
    counts it twice (Dharmasraya and Depok in 2024).
    """
    groups: dict[tuple[str, str, str, str], list[RolloutEvent]] = defaultdict(list)
    for event in events:
        groups[event.region, event.track, event.stage, event.platform].append(event)
    return [
        tuple(sorted(group, key=lambda e: (e.date, e.id)))
        for _, group in sorted(groups.items())
        if len(group) > 1
    ]


def _count(
    held: dict[str, Held],
    regions: int,
    track: str,
    as_of: date,
    verified_only: bool,  # noqa: FBT001  (passed on as it came)
) -> Progress:
    stages: Sequence[Stage] = track_of(track).stages
    at = [0] * len(stages)
    for one in held.values():
        at[one.stage.order] += 1
    at[0] = regions - sum(at[1:])
    counts = tuple(StageCount(stage, at[stage.order], sum(at[stage.order :])) for stage in stages)
    simulated = any(one.event.simulated for one in held.values())
    return Progress(track, as_of, regions, verified_only, counts, simulated)
