"""The stages of the two tracks: ours, in order, in two languages."""

from __future__ import annotations

import pytest

from metrics.errors import UnknownName
from metrics.rollout.stages import TRACKS, track_of


@pytest.mark.parametrize("name", TRACKS)
def test_a_track_starts_at_none_and_rises(name: str) -> None:
    track = TRACKS[name]
    assert track.id == name
    assert track.stages[0].id == "none"
    assert [stage.order for stage in track.stages] == list(range(len(track.stages)))
    assert all(stage.name_id and stage.name_en for stage in track.stages)


@pytest.mark.parametrize("name", TRACKS)
def test_no_track_claims_to_be_official(name: str) -> None:
    assert TRACKS[name].official is False


def test_the_tracks_have_the_stages_of_the_record_set() -> None:
    assert [s.id for s in TRACKS["physical"].stages] == [
        "none",
        "commitment",
        "proposal",
        "preparation",
        "soft_launch",
        "inaugurated",
        "operating",
    ]
    assert [s.id for s in TRACKS["digital"].stages] == [
        "none",
        "commitment",
        "trial",
        "designated",
        "live",
        "migrated_2_0",
    ]


def test_an_unknown_track_or_stage_lists_those_there_are() -> None:
    with pytest.raises(UnknownName, match="physical, digital"):
        track_of("virtual")
    with pytest.raises(UnknownName, match="live, migrated_2_0"):
        TRACKS["digital"].stage("launched")
