"""Small and impossible cases: each has a stated result."""

import numpy as np
import polars as pl
import pytest

from metrics.effect import (
    Aside,
    Choices,
    Controls,
    Effect,
    Note,
    Obstacle,
    SetAside,
    Unanswered,
    Weights,
    effect,
)
from metrics.statistics.figures import BadFigures
from tests.metrics.effect.simulated import NEVER, SCHEMA, Drawn, World, draw, drawn, frame

WORLD = World(60, 12, {5: 0.3, 8: 0.3, NEVER: 0.4})


def small(start: list[int], months: int = 6, value: np.ndarray | None = None) -> Drawn:
    made = np.random.default_rng(7).normal(0, 1, (len(start), months)) if value is None else value
    return drawn([f"1.{i:02d}" for i in range(len(start))], made, np.array(start))


def answer(made: Drawn, choices: Choices | None = None) -> Effect:
    found = effect(made.panel, made.starts, choices or Choices())
    assert isinstance(found, Effect)
    return found


@pytest.mark.parametrize(
    ("made", "choices", "obstacle"),
    [
        (small([NEVER] * 4), Choices(), Obstacle.NO_START),
        (small([9, 8, NEVER]), Choices(), Obstacle.NO_START),
        (small([3, 3, NEVER], months=1), Choices(), Obstacle.ONE_MONTH),
        (small([3] * 4), Choices(), Obstacle.ALL_AT_ONCE),
        (small([2, 2, 4, 4]), Choices(Controls.NEVER), Obstacle.NO_CONTROL),
        (small([0, -3, NEVER, NEVER]), Choices(), Obstacle.ALL_STARTED_BEFORE),
        (small([0, 0, 0]), Choices(), Obstacle.ALL_STARTED_BEFORE),
    ],
)
def test_impossible_case_says_why(made: Drawn, choices: Choices, obstacle: Obstacle) -> None:
    found = effect(made.panel, made.starts, choices)
    assert isinstance(found, Unanswered)
    assert found.obstacle is obstacle


@pytest.mark.parametrize("panel", [pl.DataFrame(schema=SCHEMA), frame(["1"], np.array([[np.nan]]))])
def test_panel_without_values_says_so(panel: pl.DataFrame) -> None:
    panel = panel.with_columns(pl.col("value").fill_nan(None))
    starts = pl.DataFrame({"region": ["1", "2"], "start": ["2024-03", None]})
    assert effect(panel, starts) == Unanswered(Obstacle.NO_VALUES, (SetAside(Aside.NO_VALUES, ("1", "2")),))


def test_regions_whose_months_before_the_start_are_missing_leave_no_pairs() -> None:
    made = small([3, 3, NEVER, NEVER])
    gone = pl.col("region").is_in(["1.00", "1.01"]) & (pl.col("period") == "2024-03")
    found = effect(made.panel.filter(~gone), made.starts)
    assert found == Unanswered(Obstacle.NO_PAIRS, ())


def test_region_that_started_before_the_data_is_set_aside_and_no_control() -> None:
    made = draw(WORLD, 1)
    early = made.starts["region"][:5].to_list()
    starts = made.starts.with_columns(
        start=pl.when(pl.col("region").is_in(early)).then(pl.lit("2020-01")).otherwise("start")
    )
    found = effect(made.panel, starts)
    assert isinstance(found, Effect)
    assert found.set_aside == (SetAside(Aside.STARTED_BEFORE, tuple(early)),)
    assert found.used.regions == 55
    without = effect(
        made.panel.filter(~pl.col("region").is_in(early)), starts.filter(~pl.col("region").is_in(early))
    )
    assert isinstance(without, Effect)
    assert found.overall == without.overall


def test_all_that_start_at_once_are_compared_with_those_that_never_do_and_a_note_says_it() -> None:
    found = answer(small([3] * 12 + [NEVER] * 12))
    assert Note.ONE_COHORT in found.notes
    assert found.overall.error is not None


def test_one_region_that_starts_has_an_effect_without_an_interval() -> None:
    found = answer(small([3] + [NEVER] * 12))
    assert (found.overall.error, found.overall.low, found.overall.p, found.detectable) == (None,) * 4
    assert {Note.NO_INTERVAL, Note.FEW_STARTED, Note.NOT_TESTED_BEFORE} <= set(found.notes)
    assert all(one.band_low is None for one in found.event_study)


def test_figures_that_never_vary_have_no_interval() -> None:
    value = np.full((12, 6), 99.9) + np.arange(6) * 0.1
    found = answer(small([3] * 6 + [NEVER] * 6, value=value))
    assert found.overall.value == pytest.approx(0, abs=1e-9)
    assert found.overall.low is None
    assert found.pre_trend is None


def test_last_starts_without_anybody_left_are_counted_as_left_out() -> None:
    found = answer(small([2] * 6 + [4] * 6))
    assert [(one.start, one.month) for one in found.group_times if one.month >= "2024-05"] == []
    assert found.used.left_out == 4  # months 5 and 6 of both starts
    assert Note.CELLS_LEFT_OUT in found.notes


def test_missing_months_are_counted_and_silent_ones_named() -> None:
    made = draw(WORLD, 2)
    region = made.starts.filter(pl.col("start") == "2024-06")["region"][0]
    hole = (pl.col("region") == region) & (pl.col("period") == "2024-05")
    found = effect(made.panel.filter(~hole & (pl.col("period") != "2024-10")), made.starts)
    assert isinstance(found, Effect)
    assert (found.used.missing, found.used.silent) == (61, ("2024-10",))
    assert found.used.compared == found.used.started - 1  # its base month is the hole
    assert {Note.VALUES_MISSING, Note.MONTHS_SILENT} <= set(found.notes)
    assert all(one.month != "2024-10" for one in found.group_times)


def test_few_clusters_are_warned_of() -> None:
    made = draw(WORLD, 3)
    groups = {region: region[-1] for region in made.starts["region"]}
    found = effect(made.panel, made.starts, Choices(), groups)
    assert isinstance(found, Effect)
    assert found.used.clusters == 10
    assert Note.FEW_CLUSTERS in found.notes
    assert Note.FEW_CLUSTERS not in answer(made).notes


def test_region_without_records_before_any_start_is_set_aside_where_records_weigh() -> None:
    made = draw(WORLD, 4)
    region = made.starts["region"][0]
    late = made.panel.filter((pl.col("region") != region) | (pl.col("period") > "2024-06"))
    found = effect(late, made.starts, Choices(weights=Weights.RECORDS))
    assert isinstance(found, Effect)
    assert found.set_aside == (SetAside(Aside.NO_RECORDS_BEFORE, (region,)),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"panel": "twice"}, "panel: 001.0000, 2024-01 stands there twice"),
        ({"starts": "twice"}, "starts: 001.0000 stands there twice"),
        ({"starts": "gone"}, "starts: region 001.0000 has no row. Write null"),
        ({"starts": "2024-13"}, "starts, start: '2024-13' is no month. Write it as 2025-07"),
        ({"panel": "2024"}, "panel, period: '2024' is no month"),
        ({"panel": "endless"}, "panel, value: entry 0 is inf"),
        ({"groups": "gone"}, "groups: region 001.0000 has no group"),
    ],
)
def test_frame_that_cannot_be_read_names_the_place_and_the_remedy(
    change: dict[str, str], message: str
) -> None:
    made = draw(WORLD, 5)
    panel, starts, groups = made.panel, made.starts, dict(made.provinces)
    match change:
        case {"panel": "twice"}:
            panel = pl.concat([panel, panel[:1]])
        case {"panel": "2024"}:
            panel = panel.with_columns(period=pl.lit("2024")).unique("region")
        case {"panel": "endless"}:
            panel = panel.with_columns(value=pl.lit(float("inf")))
        case {"starts": "twice"}:
            starts = pl.concat([starts, starts[:1]])
        case {"starts": "gone"}:
            starts = starts[1:]
            panel = panel.sort("region")
        case {"starts": bad}:
            starts = starts.with_columns(start=pl.lit(bad))
        case _:
            del groups["001.0000"]
    with pytest.raises(BadFigures, match=message):
        effect(panel, starts, Choices(), groups)


@pytest.mark.parametrize(("anticipation", "placebos"), [(-1, (3,)), (0, (0, 3))])
def test_choice_that_goes_the_wrong_way_is_refused(anticipation: int, placebos: tuple[int, ...]) -> None:
    with pytest.raises(BadFigures, match="Write whole months"):
        Choices(anticipation=anticipation, placebos=placebos)
