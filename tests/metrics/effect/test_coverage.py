"""The table of the effect's coverage: with few seeds, and the whole of it before a release."""

import re

import pytest

from tests.architecture.checkout import ROOT
from tests.metrics.effect.coverage import (
    ALONE,
    EXPERIMENTS,
    HOLDS,
    SEEDS,
    TIMES,
    Row,
    alone,
    document,
    measured,
    table,
)

QUICK = 5


def test_intervals_hold_the_truth_and_nothing_is_found_where_nothing_is_with_a_few_seeds() -> None:
    rows, means = measured(QUICK)
    share = {(row.experiment, row.measure): row.share for row in rows}
    for (experiment, measure), value in share.items():
        if measure.startswith(("overall interval", "interval of", "band")) and not experiment.startswith("F"):
            assert value >= 0.7, experiment
        elif measure.endswith(("is found", "finds a difference", "finds an effect")) and experiment[0] != "F":
            assert value <= 0.3, experiment
    assert means.two_way < means.truth - 2 * means.spread
    more = alone(QUICK * TIMES)
    assert min(row.share for row in more) >= 0.8
    assert all(line in document(rows, more, means) for line in table(rows) + table(more))


def test_rate_outside_its_range_is_said_to_be() -> None:
    assert Row("x", "y", (0.93, 0.97), 0.95, 200).holds
    assert Row("x", "y", None, 0.5, 200).holds is None
    assert "**no**" in table([Row("x", "y", (0.93, 0.97), 0.92, 200)])[-1]


def test_published_table_is_of_these_experiments_and_all_hold() -> None:
    text = (ROOT / "docs/reference/effect.md").read_text(encoding="utf-8")
    lines = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \| [\d.]+ % \|.*\| (yes|–|\*\*no\*\*) \|$", text, re.MULTILINE
    )
    expected = [(one.name, name) for one in EXPERIMENTS for name, _, _ in one.counted]
    expected += [(name, HOLDS[0]) for name, *_ in ALONE]
    assert [(name, measure) for name, measure, _ in lines] == expected
    assert {verdict for *_, verdict in lines} == {"yes", "–"}
    assert f"with {SEEDS} seeds" in text


@pytest.mark.slow
def test_every_rate_is_in_its_range_over_200_seeds() -> None:
    rows, _ = measured(SEEDS)
    rows += alone(SEEDS * TIMES)
    assert [f"{row.experiment}, {row.measure}: {row.share:.3f}" for row in rows if row.holds is False] == []
