"""Volume, sustained drops and silence: what is found, how soon, and what is left in peace."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.monitors import silence, sustained, volume
from checks.monitors.evidence import Evidence
from checks.monitors.seasonal import FEWEST, WINDOW, expected
from metrics.model import Outcome
from metrics.observation import Cause, Finding
from tests.checks.monitors.grids import CALENDARS, DAYS, OPEN, evidence_of, place, poisson

TUESDAY = dt.date(2025, 9, 16)
IDUL_FITRI = (dt.date(2025, 3, 28), dt.date(2025, 4, 7))
SEEDS = range(20)


def failed(findings: list[Finding]) -> list[Finding]:
    return [item for item in findings if item.failed]


counts = st.builds(poisson, st.sampled_from([0.1, 3.0, 40.0]), st.integers(0, 10**6))


@settings(max_examples=25, deadline=None)
@given(counts, st.integers(0, int(OPEN.sum()) - 1), st.integers(0, 500), st.sampled_from([0, 15]))
def test_tested_day_and_later_ones_are_in_no_baseline(
    year: np.ndarray, at: int, other: int, lag: int
) -> None:
    year[0] = 1
    day = np.flatnonzero(OPEN)[at]
    changed = year.copy()
    changed[day:] = other
    one, two = (expected(evidence_of(values).grids[0], lag) for values in (year, changed))
    np.testing.assert_array_equal(one.mean[:, : at + 1], two.mean[:, : at + 1])
    np.testing.assert_array_equal(one.spread[:, : at + 1], two.spread[:, : at + 1])


def test_spread_is_never_less_than_that_of_poisson_counts() -> None:
    steady = np.where(OPEN, 30, 0)
    seen = expected(evidence_of(steady).grids[0])
    assert np.nanmin(seen.spread) == np.nanmax(seen.spread) == 1.0
    assert np.isnan(seen.mean[0, :FEWEST]).all()
    assert not np.isnan(seen.mean[0, FEWEST:]).any()
    assert WINDOW > FEWEST


def test_weekday_pattern_is_expected_and_no_alarm() -> None:
    weekday = (DAYS + 3) % 7
    weekly = np.where(OPEN, np.array([80, 60, 50, 40, 20, 0, 0])[weekday], 0)
    seen = expected(evidence_of(weekly).grids[0])
    late = slice(100, None)
    assert np.abs(seen.mean[0, late] / seen.counts[0, late] - 1).max() < 0.2
    assert failed(volume.findings(evidence_of(weekly))) == []


@pytest.mark.parametrize(("times", "word"), [(0.0, "too few"), (3.0, "too many")])
def test_day_without_records_and_day_with_three_times_as_many_are_found(times: float, word: str) -> None:
    for seed in SEEDS:
        year = poisson(30, seed)
        year[place(TUESDAY)] = 30 * times
        found = failed(volume.findings(evidence_of(year)))
        assert [(item.days, word in item.detail) for item in found] == [((TUESDAY, TUESDAY), True)]


def test_quiet_day_of_a_small_region_is_no_alarm() -> None:
    for seed in SEEDS:
        year = poisson(4, seed)
        year[place(TUESDAY)] = 0
        assert failed(volume.findings(evidence_of(year))) == []


def test_holidays_are_neither_judged_nor_a_silence() -> None:
    year = poisson(30, 1)
    first, last = IDUL_FITRI
    assert not year[place(first) : place(last) + 1].any()
    for monitor in (volume, sustained, silence):
        assert failed(monitor.findings(evidence_of(year))) == []


@pytest.mark.parametrize(("mean", "within", "least"), [(30, 15, 0.95), (20, 20, 0.95), (10, 25, 0.75)])
def test_lasting_drop_by_two_fifths_is_found_within_the_working_days_that_are_stated(
    mean: int, within: int, least: float
) -> None:
    """In this share of the seeds, with only the days up to then known."""
    start = place(TUESDAY)
    end = np.flatnonzero(OPEN & (np.arange(len(DAYS)) >= start))[within - 1]
    found = 0
    for seed in SEEDS:
        year = poisson(mean, seed)
        year[start:] = poisson(0.6 * mean, seed + 1000)[start:]
        known = evidence_of(year, last=TUESDAY + dt.timedelta(days=int(end) - start))
        found += bool(failed(sustained.findings(known)))
    assert found >= least * len(SEEDS)


def test_one_bad_day_is_no_lasting_drop() -> None:
    year = poisson(30, 3)
    year[place(TUESDAY)] = 0
    assert failed(sustained.findings(evidence_of(year))) == []


def test_silence_is_counted_in_working_hours_of_the_region() -> None:
    year = poisson(30, 1)
    first, last = dt.date(2025, 9, 15), dt.date(2025, 9, 19)
    year[place(first) : place(last) + 3] = 0
    (item,) = failed(silence.findings(evidence_of(year)))
    assert item.days == (dt.date(2025, 9, 13), dt.date(2025, 9, 21))
    assert item.value == pytest.approx(5 * 7.5)


def test_daily_probe_that_stays_away_for_two_days_is_found() -> None:
    year = np.ones(len(DAYS))
    year[place(TUESDAY)] = 0
    assert failed(silence.findings(evidence_of(year, "probes"))) == []
    year[place(TUESDAY) + 1] = 0
    (item,) = failed(silence.findings(evidence_of(year, "probes")))
    assert item.days == (TUESDAY, TUESDAY + dt.timedelta(days=1))


def test_silence_after_few_records_is_learning() -> None:
    year = np.zeros(len(DAYS))
    year[:10] = 1
    (item,) = silence.findings(evidence_of(year))
    assert (item.outcome, item.cause) == (Outcome.ERROR, Cause.LEARNING)


def test_only_days_that_are_asked_about_are_judged() -> None:
    year = poisson(30, 1)
    year[place(TUESDAY)] = 0
    evidence = evidence_of(year)
    later = Evidence(
        first=dt.date(2025, 10, 1),
        last=evidence.last,
        regions=evidence.regions,
        calendars=CALENDARS,
        counts=evidence.counts,
    )
    assert failed(volume.findings(later)) == []


def together(*years: np.ndarray, dataset: str = "transactions") -> Evidence:
    """Evidence of several regions."""
    single = [evidence_of(year, dataset) for year in years]
    codes = [f"32.{number:02d}" for number in range(1, len(years) + 1)]

    def as_region(frame: pl.DataFrame, code: str) -> pl.DataFrame:
        return frame.with_columns(region=pl.lit(code))

    return replace(
        single[0],
        regions=pl.concat(as_region(one.regions, code) for one, code in zip(single, codes, strict=True)),
        counts=pl.concat(as_region(one.counts, code) for one, code in zip(single, codes, strict=True)),
    )


@pytest.mark.parametrize("dataset", ["transactions", "probes"])
@pytest.mark.parametrize("monitor", [volume, sustained, silence])
def test_days_on_which_nobody_was_asked_are_nobodys_fault(monitor: ModuleType, dataset: str) -> None:
    years = [poisson(30, seed) for seed in range(3)]
    for year in years:
        year[place(TUESDAY) : place(TUESDAY) + 40] = 0
    assert failed(monitor.findings(together(*years, dataset=dataset))) == []


def test_days_on_which_all_but_one_delivered_are_the_fault_of_that_one() -> None:
    years = [poisson(30, seed) for seed in range(3)]
    years[1][place(TUESDAY) : place(TUESDAY) + 40] = 0
    assert [item.region for item in failed(silence.findings(together(*years)))] == ["32.02"]


def test_silence_of_two_regions_alone_is_theirs() -> None:
    years = [poisson(30, seed) for seed in range(2)]
    for year in years:
        year[place(TUESDAY) : place(TUESDAY) + 40] = 0
    assert len(failed(silence.findings(together(*years)))) == 2
