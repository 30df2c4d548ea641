"""The estimate against two libraries, against hand calculation, and under changes that must not matter."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.effect import Choices, Controls, Effect, Estimate, GroupTime, Since, Weights, effect
from tests.metrics.effect import reference
from tests.metrics.effect.simulated import NEVER, World, draw, drawn, month

ALL = list(Controls)
WORLD = World(60, 14, {5: 0.3, 8: 0.3, NEVER: 0.4})


def estimated(
    panel: pl.DataFrame,
    starts: pl.DataFrame,
    choices: Choices | None = None,
    groups: dict[str, str] | None = None,
) -> Effect:
    found = effect(panel, starts, choices or Choices(), groups)
    assert isinstance(found, Effect)
    return found


def bare(one: Estimate) -> tuple[float, float]:
    """Value and error without the factor for few clusters."""
    assert one.error is not None
    return one.value, one.error * ((one.clusters - 1) / one.clusters) ** 0.5


@pytest.mark.parametrize("controls", ALL)
def test_figures_are_those_of_the_libraries(controls: Controls) -> None:
    made = reference.panel()
    found = estimated(made.panel, made.starts, Choices(controls))
    assert bare(found.overall) == pytest.approx(reference.OVERALL[controls], rel=1e-9)
    event = {one.months: bare(one.estimate) for one in found.event_study}
    assert event.keys() == reference.EVENT[controls].keys()
    for months, figures in reference.EVENT[controls].items():
        assert event[months] == pytest.approx(figures, abs=1e-8)
    cohorts = {one.start: bare(one.estimate) for one in found.cohorts}
    for start, figures in reference.COHORTS[controls].items():
        assert cohorts[month(start)] == pytest.approx(figures, abs=1e-8)
    cells = {(one.start, one.month): bare(one.estimate) for one in found.group_times}
    for (start, at), figures in reference.GROUP_TIMES[controls].items():
        assert cells[month(start), month(at)] == pytest.approx(figures, abs=1e-8)


def test_errors_by_province_are_those_of_the_library() -> None:
    made = reference.panel()
    found = estimated(made.panel, made.starts, Choices(Controls.NEVER), made.provinces)
    assert bare(found.overall) == pytest.approx(reference.OVERALL_BY_PROVINCE, rel=1e-9)
    assert found.grouped
    assert found.overall.clusters == 5


def test_two_groups_and_two_months_are_a_welch_comparison_of_changes() -> None:
    value = np.array([[1.0, 4], [2, 4], [3, 7], [1, 2], [5, 5], [2, 4]])
    made = drawn([f"1.{i}" for i in range(6)], value, np.array([1, 1, 1, NEVER, NEVER, NEVER]))
    found = estimated(made.panel, made.starts)
    started, rest = np.array([3.0, 2, 4]), np.array([1.0, 0, 2])
    assert found.overall.value == pytest.approx(started.mean() - rest.mean())
    assert found.overall.error == pytest.approx((started.var(ddof=1) / 3 + rest.var(ddof=1) / 3) ** 0.5)
    assert found.overall.low == pytest.approx(2 - 4.302653 * (2 / 3) ** 0.5, rel=1e-6)
    assert found.detectable == pytest.approx((4.302653 + 1.060660) * (2 / 3) ** 0.5, rel=1e-6)
    assert found.two_way is not None
    assert found.two_way.estimate.value == pytest.approx(2)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 1000), st.sampled_from(ALL))
def test_levels_common_months_and_units_change_nothing(seed: int, unit: float, controls: Controls) -> None:
    made = draw(WORLD, seed)
    rng = np.random.default_rng(seed)
    levels = made.starts.select("region", level=pl.Series(rng.normal(0, 5, WORLD.regions)))
    months = pl.DataFrame(
        {"period": [month(at) for at in range(WORLD.months)], "common": rng.normal(0, 5, WORLD.months)}
    )
    moved = made.panel.join(levels, on="region").join(months, on="period")
    moved = moved.with_columns(value=unit * (pl.col("value") + pl.col("level") + pl.col("common")))
    choices = Choices(controls, placebos=(3,))
    one, other = estimated(made.panel, made.starts, choices), estimated(moved, made.starts, choices)
    for before, after in zip(one.event_study, other.event_study, strict=True):
        assert after.estimate.value == pytest.approx(unit * before.estimate.value, rel=1e-6, abs=1e-6 * unit)
        assert after.estimate.error == pytest.approx(unit * (before.estimate.error or 0), rel=1e-6)
    assert one.two_way
    assert other.two_way
    assert other.two_way.estimate.value == pytest.approx(unit * one.two_way.estimate.value, rel=1e-6)


def test_order_of_rows_changes_nothing() -> None:
    made = draw(WORLD, 1)
    mixed = made.panel.sample(fraction=1.0, shuffle=True, seed=3)
    assert estimated(mixed, made.starts.reverse()) == estimated(made.panel, made.starts)


def test_same_seed_gives_the_same_bands_and_they_contain_the_pointwise_intervals() -> None:
    made = draw(WORLD, 2)
    found = estimated(made.panel, made.starts)
    assert found == estimated(made.panel, made.starts)
    other = estimated(made.panel, made.starts, Choices(seed=1))
    assert [one.band_low for one in other.event_study] != [one.band_low for one in found.event_study]
    shown: list[Since | GroupTime] = [*found.event_study, *found.group_times]
    for one in shown:
        assert one.band_low is not None
        assert one.band_high is not None
        assert one.estimate.low is not None
        assert one.estimate.high is not None
        assert one.band_low <= one.estimate.low < one.estimate.high <= one.band_high


def test_later_start_is_a_control_until_then_only_where_that_was_chosen() -> None:
    made = draw(WORLD, 3)
    first = {c: estimated(made.panel, made.starts, Choices(c)).group_times[-1] for c in ALL}
    assert (
        first[Controls.NOT_YET].estimate == first[Controls.NEVER].estimate
    )  # the last start has no later one
    early = {c: estimated(made.panel, made.starts, Choices(c)).group_times[5] for c in ALL}
    assert early[Controls.NOT_YET].estimate.controls > early[Controls.NEVER].estimate.controls


def test_start_after_the_data_counts_as_not_started() -> None:
    made = draw(WORLD, 4)
    never = made.starts.with_columns(pl.col("start").fill_null("2031-01"))
    assert estimated(made.panel, never) == estimated(made.panel, made.starts)


def test_effect_before_the_start_is_found_where_it_was_anticipated() -> None:
    """Trial of two months that has half of the effect: without anticipation the base holds it already."""
    value = np.random.default_rng(5).normal(0, 0.1, (60, 12))
    value[:30, 4:6] += 1
    value[:30, 6:] += 2
    made = drawn([f"1.{i:02d}" for i in range(60)], value, np.array([6] * 30 + [NEVER] * 30))
    blind = estimated(made.panel, made.starts)
    aware = estimated(made.panel, made.starts, Choices(anticipation=2))
    assert blind.overall.value == pytest.approx(1, abs=0.1)
    assert blind.pre_trend
    assert blind.pre_trend.p < 0.001
    assert aware.overall.value == pytest.approx(2, abs=0.1)
    assert aware.pre_trend
    assert aware.pre_trend.p > 0.05
    assert set(aware.pre_trend.months) == {-4, -5, -6}


def test_large_regions_count_more_where_records_weigh() -> None:
    value = np.zeros((6, 2))
    value[:3, 1] = [1, 1.1, 4]
    value[3:, 1] = [0, 0.1, -0.1]
    made = drawn([f"1.{i}" for i in range(6)], value, np.array([1] * 3 + [NEVER] * 3))
    size = {"1.0": 10, "1.1": 10, "1.2": 80, "1.3": 5, "1.4": 5, "1.5": 5}
    panel = made.panel.with_columns(n=pl.col("region").replace_strict(size))
    panel = panel.with_columns(n=pl.when(pl.col("period") == "2024-02").then(1000).otherwise("n"))
    assert estimated(panel, made.starts).overall.value == pytest.approx(6.1 / 3)
    weighed = estimated(panel, made.starts, Choices(weights=Weights.RECORDS))
    assert weighed.overall.value == pytest.approx(0.1 * 1 + 0.1 * 1.1 + 0.8 * 4)
    assert weighed.two_way
    assert weighed.two_way.estimate.value == pytest.approx(weighed.overall.value)


def test_placebo_uses_no_month_after_the_true_start() -> None:
    made = draw(WORLD, 6)
    late = made.panel.join(made.starts, on="region").with_columns(
        value=pl.when(pl.col("period") >= pl.col("start")).then(1e6).otherwise("value")
    )
    assert estimated(late, made.starts).placebos == estimated(made.panel, made.starts).placebos
