"""The panel made from the store's values and the rollout's events."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from metrics.effect import effect, panel, starts
from metrics.effect.results import Effect
from metrics.model import IndicatorValue, RolloutEvent, ValueStatus
from metrics.statistics.figures import BadFigures
from metrics.store.store import Store
from tests.metrics.effect.simulated import NEVER, World, draw

AS_OF = date(2025, 12, 31)
REGIONS = ["32.11", "32.12", "33.01"]


def event(
    region: str, stage: str, day: str, *, track: str = "digital", verified: bool = True, platform: str = ""
) -> RolloutEvent:
    return RolloutEvent(
        id=f"{region}-{stage}-{day}",
        region=region,
        track=track,
        stage=stage,
        date=date.fromisoformat(day),
        authority="PANRB",
        source="test",
        verified=verified,
        platform=platform,
    )


def value(region: str, period: str, figure: float | None = 0.8, n: int = 40) -> IndicatorValue:
    return IndicatorValue("on_time", "region", region, period, figure, "ratio", n)


def begun(
    *events: RolloutEvent, platform: str | None = None, verified_only: bool = False
) -> dict[str, str | None]:
    known = starts(events, REGIONS, AS_OF, platform=platform, verified_only=verified_only)
    return dict(known.frame.iter_rows())


def test_region_starts_in_the_month_of_its_first_live_event() -> None:
    events = (
        event("32.11", "trial", "2025-01-10"),
        event("32.11", "live", "2025-03-28"),
        event("32.11", "live", "2025-06-01"),
        event("32.11", "migrated_2_0", "2025-08-01"),
    )
    assert begun(*events) == {"32.11": "2025-03", "32.12": None, "33.01": None}


def test_migration_without_a_known_start_is_a_start() -> None:
    assert begun(event("33.01", "migrated_2_0", "2025-08-01"))["33.01"] == "2025-08"


def test_physical_mall_trial_and_what_is_to_come_are_no_start() -> None:
    events = (
        event("32.11", "operating", "2025-02-01", track="physical"),
        event("32.12", "trial", "2025-02-01"),
        event("33.01", "live", "2026-01-01"),
    )
    assert set(begun(*events).values()) == {None}


def test_events_can_be_those_of_a_platform_or_the_verified_ones() -> None:
    events = (
        event("32.11", "live", "2025-02-01", platform="MPPI"),
        event("32.11", "live", "2025-04-01", platform="MPPDN", verified=False),
    )
    assert begun(*events)["32.11"] == "2025-02"
    assert begun(*events, platform="MPPDN")["32.11"] == "2025-04"
    assert begun(*events, platform="MPPDN", verified_only=True)["32.11"] is None
    assert starts(events, REGIONS, AS_OF, platform="MPPDN").unverified == ("32.11",)


def test_region_that_was_withdrawn_after_its_start_is_in_no_frame() -> None:
    events = (event("32.12", "live", "2025-02-01"), event("32.12", "none", "2025-09-01"))
    found = starts(events, REGIONS, AS_OF)
    assert found.withdrawn == ("32.12",)
    assert "32.12" not in found.frame["region"].to_list()


def test_taking_back_what_was_never_live_changes_nothing() -> None:
    events = (event("32.12", "none", "2025-01-01"), event("32.12", "live", "2025-02-01"))
    assert begun(*events)["32.12"] == "2025-02"


def test_simulated_starts_say_so() -> None:
    assert starts([replace(event("32.11", "live", "2025-02-01"), simulated=True)], REGIONS, AS_OF).simulated
    assert not starts([event("32.11", "live", "2025-02-01")], REGIONS, AS_OF).simulated


def stored(tmp_path: Path, values: list[IndicatorValue]) -> pl.DataFrame:
    """Values as the store gives them back."""
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        store.upgrade()
        store.put_indicator_values(values, computed=datetime(2026, 1, 1, tzinfo=UTC))
        return store.indicator_values()


def test_panel_holds_the_months_that_are_over_and_have_a_value(tmp_path: Path) -> None:
    values = stored(
        tmp_path,
        [
            value("32.11", "2025-11", 0.8),
            value("32.11", "2025-12", 0.9),
            value("32.11", "2026-01", 0.7),
            value("32.11", "2025", 0.85),
            value("32.11", "all", 0.85),
            replace(value("32", "2025-11"), level="province"),
            replace(value("32.12", "2025-11", None), status=ValueStatus.TOO_FEW, reason="too few"),
            value("99.99", "2025-11", 0.8),
            replace(value("33.01", "2025-11"), indicator="other"),
        ],
    )
    known = starts([], REGIONS, AS_OF)
    assert panel(values, "on_time", known, AS_OF).rows() == [
        ("32.11", "2025-11", 0.8, 40),
        ("32.11", "2025-12", 0.9, 40),
    ]
    assert panel(values, "on_time", known, date(2025, 12, 30)).rows() == [("32.11", "2025-11", 0.8, 40)]


def test_two_versions_of_a_definition_are_refused(tmp_path: Path) -> None:
    values = stored(
        tmp_path, [value("32.11", "2025-10", 0.8), replace(value("32.11", "2025-11"), version="2")]
    )
    with pytest.raises(BadFigures, match=r"on_time: versions 1, 2 are mixed\. Compute all months"):
        panel(values, "on_time", starts([], REGIONS, AS_OF), AS_OF)


def test_what_the_store_holds_can_be_estimated(tmp_path: Path) -> None:
    made = draw(World(20, 10, {4: 0.5, NEVER: 0.5}), 1)
    values = stored(tmp_path, [value(r, p, v, n) for r, p, v, n in made.panel.iter_rows()])
    events = [event(r, "live", f"{s}-15") for r, s in made.starts.iter_rows() if s]
    known = starts(events, made.starts["region"], AS_OF)
    assert effect(panel(values, "on_time", known, AS_OF), known.frame) == effect(made.panel, made.starts)
    assert isinstance(effect(made.panel, made.starts), Effect)
