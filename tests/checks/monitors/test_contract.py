"""Every monitor keeps the same promises."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest

from checks.monitors import MONITORS
from checks.monitors.evidence import Evidence
from checks.monitors.judging import judge
from checks.monitors.kind import Monitor
from metrics.datasets import DATASETS
from metrics.model import Outcome
from metrics.observation import Cause, Finding
from tests.checks.defects.trial import clean

SEED = 1
NOTHING = Evidence(
    first=dt.date(2025, 1, 1),
    last=dt.date(2025, 12, 31),
    regions=pl.DataFrame(schema={"region": pl.String, "calendar": pl.String, "zone": pl.String}),
    calendars={},
)


def shuffled(evidence: Evidence) -> Evidence:
    """The same evidence, its rows in another order."""

    def mixed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.sample(fraction=1.0, shuffle=True, seed=7)

    return replace(
        evidence,
        counts=mixed(evidence.counts),
        shares=mixed(evidence.shares),
        totals=mixed(evidence.totals),
        columns=mixed(evidence.columns),
        regions=mixed(evidence.regions),
        records={name: mixed(rows) for name, rows in evidence.records.items()},
    )


def without(evidence: Evidence, region: str) -> Evidence:
    """Evidence of all regions but one."""
    others = pl.col("region") != region
    return replace(
        evidence,
        regions=evidence.regions.filter(others),
        counts=evidence.counts.filter(others),
        shares=evidence.shares.filter(others),
        totals=evidence.totals.filter(others),
        expected=evidence.expected.filter(others),
        records={name: rows.filter(others) for name, rows in evidence.records.items()},
    )


@pytest.mark.parametrize("name", MONITORS)
def test_monitor_says_what_it_watches_and_what_it_cannot_see(name: str) -> None:
    about = MONITORS[name].about
    assert about.id == name
    sentences = (about.watches, about.baseline, about.threshold, about.blind, about.remedy)
    assert all(text.endswith(".") for text in sentences)


@pytest.mark.parametrize("monitor", MONITORS.values(), ids=MONITORS)
def test_without_evidence_nobody_is_alarmed(monitor: Monitor) -> None:
    assert [item for item in monitor.run(NOTHING) if item.failed] == []


@pytest.mark.parametrize("monitor", MONITORS.values(), ids=MONITORS)
def test_order_of_the_records_does_not_matter(monitor: Monitor) -> None:
    evidence = clean(SEED).evidence
    assert monitor.run(shuffled(evidence)) == monitor.run(evidence)


@pytest.mark.parametrize("monitor", MONITORS.values(), ids=MONITORS)
def test_further_region_changes_no_verdict_on_the_others(monitor: Monitor) -> None:
    world = clean(SEED)
    others = [item for item in monitor.run(world.evidence) if item.region != world.loudest]
    assert monitor.run(without(world.evidence, world.loudest)) == others


@pytest.mark.parametrize("monitor", MONITORS.values(), ids=MONITORS)
def test_finding_is_complete_and_what_could_not_be_checked_says_why(monitor: Monitor) -> None:
    found = monitor.run(clean(SEED).evidence)
    assert found
    for item in found:
        assert item.monitor == monitor.about.id
        assert item.dataset in DATASETS
        assert (
            (item.outcome is Outcome.ERROR)
            == (item.cause is not Cause.NONE)
            == (item.bound is None and bool(item.detail))
        )
        if item.failed:
            assert item.remedy
            assert item.detail


@pytest.mark.parametrize("monitor", MONITORS.values(), ids=MONITORS)
def test_young_history_is_learning_and_no_alarm(monitor: Monitor) -> None:
    evidence = clean(SEED).evidence
    young = replace(
        evidence,
        last=dt.date(2025, 1, 14),
        counts=evidence.counts.filter(pl.col("day") <= dt.date(2025, 1, 14)),
        shares=evidence.shares.filter(pl.col("week") <= dt.date(2025, 1, 13)),
        records={},
    )
    assert [item for item in monitor.run(young) if item.failed] == []


def test_monitor_that_breaks_could_not_be_checked_and_the_others_still_run() -> None:
    def broken(evidence: Evidence) -> list[Finding]:
        raise ValueError(f"no day after {evidence.last}")

    steps = iter(range(100))
    silence = MONITORS["silence"]
    monitors = {"broken": Monitor(silence.about, broken), "silence": silence}
    first, second = judge(clean(SEED).evidence, monitors, lambda: float(next(steps)))
    assert [(item.outcome, item.cause) for item in first.findings] == [(Outcome.ERROR, Cause.BROKEN)]
    assert "no day after 2025-12-31" in first.findings[0].detail
    assert second.findings == tuple(silence.run(clean(SEED).evidence))
    assert second.seconds == 1.0
    assert second.rows > 0
