"""Rollout of MPP: two tracks of stages, events with evidence, progress, and published figures."""

from metrics.rollout.figures import Share, conflicts, latest, published_figures
from metrics.rollout.progress import (
    Held,
    Progress,
    StageCount,
    current_stage,
    progress,
    progress_by_province,
    repeats,
)
from metrics.rollout.seed import seed_events
from metrics.rollout.stages import TRACKS, Stage, Track

__all__ = [
    "TRACKS",
    "Held",
    "Progress",
    "Share",
    "Stage",
    "StageCount",
    "Track",
    "conflicts",
    "current_stage",
    "latest",
    "progress",
    "progress_by_province",
    "published_figures",
    "repeats",
    "seed_events",
]
