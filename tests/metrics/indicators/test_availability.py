"""Availability weighted by duration: gaps are unknown, and the interval knows that outages last."""

import numpy as np
import polars as pl
import pytest

from metrics.indicators.reasons import code_of
from metrics.model import IndicatorValue, Region, ValueStatus
from metrics.packing import pack
from metrics.regions import Registry
from tests.metrics.indicators.records import SEEN, WEST, figures, micros

HOUR_US = 3_600_000_000
FIRST = 20_150  # 3 March 2025


def probe_row(region: str, up: list[float], down: list[float]) -> dict[str, object]:
    """Row of a region with so many hours up and down on consecutive days, a probe an hour."""
    count = len(up)
    days = pack(
        np.arange(FIRST, FIRST + count),
        (np.array(up) * HOUR_US).astype(np.int64),
        (np.array(down) * HOUR_US).astype(np.int64),
        np.full(count, 24),
        (np.array(down) > 0).astype(np.int64),
    )
    return {"partition": "2025-03", "region": region, "days": days, "last_observed_us": micros(SEEN)}


def availability(up: list[float], down: list[float]) -> IndicatorValue:
    found = figures(probe_rollup=pl.DataFrame([probe_row("W.1", up, down)]))
    return found["availability_ratio", "region", "W.1", "all"]


def test_availability_is_weighted_by_duration_and_gaps_are_unknown() -> None:
    value = availability([20, 24, 3], [4, 0, 1])
    assert value.value == pytest.approx(47 / 52)
    assert value.n == 72


def test_service_whose_state_is_never_known_has_no_availability() -> None:
    value = availability([0, 0], [0, 0])
    assert (value.value, value.status) == (None, ValueStatus.NO_DATA)
    assert code_of(value.reason) == "only-gaps"


def test_one_long_outage_says_less_than_many_short_ones() -> None:
    spread = availability([23.25, 22.75] * 15, [0.75, 1.25] * 15)
    lump = availability([24.0] * 28 + [9.0, 9.0], [0.0] * 28 + [15.0, 15.0])
    assert spread.value == pytest.approx(lump.value)
    width = [(v.high or 0) - (v.low or 0) for v in (spread, lump)]
    assert width[1] > 2 * width[0] > 0


def test_service_that_was_never_down_is_not_surely_perfect() -> None:
    value = availability([24.0] * 10, [0.0] * 10)
    assert (value.value, value.high) == (1.0, 1.0)
    assert value.low == pytest.approx(0.7225, abs=1e-4)  # Wilson with ten days


def test_interval_covers_the_truth_when_days_are_the_clusters() -> None:
    rng = np.random.default_rng(4)
    regions = [Region(f"R.{i}", f"R{i}", "kota", WEST, "Asia/Jakarta", calendar="id-gov") for i in range(400)]
    rows = []
    for region in regions:
        down = np.where(rng.random(90) < 0.2, rng.uniform(0, 12, 90), 0.0)  # truth: 1 - 0.2 * 6 / 24
        rows.append(probe_row(region.code, list(24 - down), list(down)))
    found = figures(registry=Registry.of("many", regions), probe_rollup=pl.DataFrame(rows))
    values = [found["availability_ratio", "region", region.code, "all"] for region in regions]
    covered = sum((v.low or 0) <= 0.95 <= (v.high or 0) for v in values)
    assert 0.92 <= covered / 400 <= 0.98
