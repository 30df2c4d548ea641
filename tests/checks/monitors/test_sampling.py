"""Probes at an uneven pace."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from checks.compile import load_contract
from checks.monitors import sampling
from checks.monitors.evidence import Evidence
from tests.checks.monitors.test_rows import EVIDENCE, REGION, failed
from tests.checks.records import frame_of, good

PROBES = load_contract("probes")
MIDDAY = dt.datetime(2025, 5, 5, 5, 0, tzinfo=dt.UTC)


def probed(*states: tuple[float, bool]) -> Evidence:
    """Evidence of one target, probed at these hours."""
    rows = [
        good(PROBES, number, REGION)
        | {"checked": MIDDAY + dt.timedelta(hours=hours), "up": up, "valid_seconds": 90_000.0, "target": "a"}
        for number, (hours, up) in enumerate(states, 1)
    ]
    return replace(EVIDENCE, records={"probes": frame_of(PROBES, rows)})


def test_outages_that_are_recorded_at_both_ends_are_told() -> None:
    states = [state for day in range(6) for state in ((24.0 * day, True), (24 * day + 9.0, False))]
    states += [(24 * day + 9.1, True) for day in range(6)]
    (item,) = failed(sampling.findings(probed(*states)))
    assert (item.field, item.n, item.bad) == ("up", 18, 6)
    assert "67% of 18 records are up, but 100% of the time" in item.detail


def test_probes_at_an_even_pace_are_not_told_however_often_they_fail() -> None:
    assert failed(sampling.findings(probed(*((float(hour), hour % 3 > 0) for hour in range(60))))) == []


def test_few_probes_are_not_judged() -> None:
    assert failed(sampling.findings(probed((0.0, True), (9.0, False), (9.1, True)))) == []
