"""Stages of the two tracks: the MPP as a building, and MPP Digital. A region may be on either, or both.

No official list of stages was found. These are suggestions of this project, drawn from the
words that announcements use (Perpres 89/2021 art. 5 for the proposal): every page that
shows them says so (``official`` is false).
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics.errors import UnknownName


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a track. ``order`` rises along it, from 0 for a region that has not begun."""

    id: str
    order: int
    name_id: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Track:
    """The stages of a track, in order. ``official``: whether an authority published the list.

    ``goal``: the stage from which on a region has what the track is about.
    """

    id: str
    name_id: str
    name_en: str
    goal: str
    stages: tuple[Stage, ...]
    official: bool = False

    def stage(self, stage_id: str) -> Stage:
        """Return the stage with this id. Raises ``UnknownName``."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        known = ", ".join(stage.id for stage in self.stages)
        raise UnknownName(f"track {self.id!r} has no stage {stage_id!r}. Write one of {known}.")


def _stages(*names: tuple[str, str, str]) -> tuple[Stage, ...]:
    return tuple(Stage(stage_id, order, *labels) for order, (stage_id, *labels) in enumerate(names))


TRACKS: dict[str, Track] = {
    "physical": Track(
        "physical",
        "MPP fisik",
        "Physical MPP",
        "inaugurated",
        _stages(
            ("none", "Belum", "Not begun"),
            ("commitment", "Komitmen", "Commitment"),
            ("proposal", "Usulan", "Proposal"),
            ("preparation", "Persiapan", "Preparation"),
            ("soft_launch", "Soft launch", "Soft launch"),
            ("inaugurated", "Diresmikan", "Inaugurated"),
            ("operating", "Beroperasi", "Operating"),
        ),
    ),
    "digital": Track(
        "digital",
        "MPP Digital",
        "MPP Digital",
        "live",
        _stages(
            ("none", "Belum", "Not begun"),
            ("commitment", "Komitmen", "Commitment"),
            ("trial", "Uji coba", "Trial"),
            ("designated", "Ditetapkan", "Designated by decree"),
            ("live", "Live", "Live"),
            ("migrated_2_0", "Migrasi ke 2.0", "Migrated to 2.0"),
        ),
    ),
}


def track_of(track_id: str) -> Track:
    """Return the track with this id. Raises ``UnknownName``."""
    if track_id not in TRACKS:
        raise UnknownName(f"there is no track {track_id!r}. Write one of {', '.join(TRACKS)}.")
    return TRACKS[track_id]
