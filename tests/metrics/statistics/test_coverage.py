"""The table of coverage: its machinery with few seeds, and the whole of it before a release."""

import re

import pytest

from tests.architecture.checkout import ROOT
from tests.metrics.statistics.coverage import EXPERIMENTS, SEEDS, Row, rows, table


def test_every_experiment_runs_and_has_a_line() -> None:
    found = rows(3)
    assert all(0 < row.coverage <= 1 for row in found)
    lines = [line for line in table(found).splitlines() if line.startswith("| ")]
    assert len(lines) == len(EXPERIMENTS) + 2


def test_method_that_falls_short_is_said_to() -> None:
    assert Row("x", "y", 0.95, 950, 1000, 1000, 0.0).holds
    assert not Row("x", "y", 0.95, 900, 1000, 1000, 0.0).holds
    assert "**no**" in table([Row("x", "y", 0.95, 900, 1000, 1000, 0.0)])


def test_published_table_is_of_these_experiments_and_all_hold() -> None:
    text = (ROOT / "docs/reference/coverage.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [\d.]+ % \|.*\| (yes|\*\*no\*\*) \|$", text, re.MULTILINE)
    assert [line[:2] for line in lines] == [experiment[:2] for experiment in EXPERIMENTS]
    assert {line[2] for line in lines} == {"yes"}
    assert f"with {SEEDS} seeds" in text


@pytest.mark.slow
def test_every_interval_and_rank_set_holds_its_level_over_500_seeds() -> None:
    assert [f"{row.method}, {row.truth}: {row.coverage:.3f}" for row in rows() if not row.holds] == []
