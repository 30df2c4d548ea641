"""The back-test of the forecast: what it holds out, and the page that says how it did."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from tests.architecture.checkout import ROOT
from tests.metrics.rollout import backtest_page
from tests.metrics.rollout.backtest import (
    NAIVE,
    SEEDS,
    Held,
    held_out,
    published,
    simulated,
    stated,
)
from tests.metrics.rollout.truths import TRUTHS

PAGE = (ROOT / "docs/reference/rollout-forecast.md").read_text(encoding="utf-8")
LOWEST = {80: 0.65, 95: 0.88}
"""Share of simulated held-out points that must lie in the intervals where a model can know the truth."""


@cache
def held() -> tuple[Held, ...]:
    return tuple(held_out(published(), stated()[0]))


def test_six_origins_hold_out_everything_after_them() -> None:
    steps = [one.step for one in held()]
    assert steps.count(1) == 6
    assert len(steps) == 6 + 5 + 4 + 3 + 2 + 1
    assert all(one.origin.day < one.truth.day for one in held())


def test_the_intervals_held_as_often_as_they_say_within_what_so_few_points_can_tell() -> None:
    for inside, level in ((sum(one.in80 for one in held()), 0.8), (sum(one.in95 for one in held()), 0.95)):
        assert inside / len(held()) >= level - 0.05


def test_the_model_errs_less_than_every_naive_rule() -> None:
    for chosen in ([one for one in held() if one.step == 1], list(held())):
        model = np.mean([abs(one.expected.median - one.truth.count) for one in chosen])
        for rule in NAIVE:
            assert model < np.mean([abs(one.naive[rule] - one.truth.count) for one in chosen]), rule


def test_the_page_has_the_back_test_of_today() -> None:
    assert backtest_page.backtest(held()) in PAGE


def test_the_page_has_the_forecasts_and_the_refusals_of_today() -> None:
    assert backtest_page.ahead() in PAGE
    assert backtest_page.refused() in PAGE


def test_the_page_has_every_simulated_truth_with_its_coverage() -> None:
    lines = re.findall(r"^\| ([^|]+) \| (\d+) \| ([\d.]+) % \| ([\d.]+) % \|$", PAGE, re.MULTILINE)
    assert [line[0] for line in lines] == list(TRUTHS)
    for name, points, in80, in95 in lines:
        assert int(points) == 3 * SEEDS
        if "no model can know" not in name:
            assert float(in80) / 100 >= LOWEST[80]
            assert float(in95) / 100 >= LOWEST[95]


def test_every_truth_draws_twelve_rising_points_within_the_bound() -> None:
    for truth in TRUTHS.values():
        points = truth(np.random.default_rng(3), 508)
        counts = [point.count for point in points]
        assert len(points) == 12
        assert counts == sorted(counts)
        assert counts[-1] <= 508
        assert [p.day for p in points] == sorted({p.day for p in points})


@pytest.mark.slow
def test_the_page_has_the_simulated_coverage_of_today() -> None:
    assert backtest_page.coverage(simulated()) in PAGE
