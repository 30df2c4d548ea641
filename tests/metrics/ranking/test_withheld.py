"""Regions whose data are on hold: not ranked, with what failed and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metrics.indicators.reasons import code_of, detail_of, reason_text
from metrics.model import IndicatorValue, RankRow, ValueStatus
from metrics.ranking import explain
from tests.metrics.ranking.figures import METHOD, figures, method, ranking, rows

REMEDY = "Fetch again from the first page; too many: look for pages that were read twice."
TRANSLATED = "Ambil ulang dari halaman pertama; bila terlalu banyak, cari halaman yang terbaca dua kali."
FULL: dict[str, tuple[float | None, float]] = {
    "completion_days_median": (10.0, 1.0),
    "on_time_ratio": (0.8, 0.05),
    "ikm": (70.0, 2.0),
}


def held(value: IndicatorValue, dataset: str = "transactions", check: str = "totals") -> IndicatorValue:
    text = reason_text("on-hold-always", detail_of(dataset=dataset, check=check, remedy=REMEDY))
    return replace(value, value=None, low=None, high=None, status=ValueStatus.WITHHELD, reason=text)


def ranked_with(*indicators: str, text: str = METHOD) -> RankRow:
    """Row of region B when these figures of it are withheld; region A has them all."""
    values = [
        held(value) if value.region == "B" and value.indicator in indicators else value
        for value in figures({"A": FULL, "B": FULL})
    ]
    return rows(ranking(values, ["A", "B"], method(text)))["B"]


def codes(row: RankRow) -> list[str]:
    return [code_of(reason) for reason in row.reasons]


def test_region_whose_required_figure_is_withheld_is_not_ranked_and_told_the_remedy() -> None:
    row = ranked_with("completion_days_median", "on_time_ratio")
    assert (row.ranked, row.score) == (False, None)
    assert codes(row) == ["required-withheld", "coverage-too-low", "on-hold-always"]
    english, indonesian = (
        " ".join(explain(one, language) for one in row.reasons) for language in ("en", "id")
    )
    assert "Median time to completion (days) is required and its value is withheld." in english
    assert "the applications from here fail the critical check 'totals'" in english
    assert REMEDY in english
    assert "Median waktu penyelesaian (hari) wajib ada tetapi nilainya ditahan." in indonesian
    assert "pemeriksaan kritis 'totals'" in indonesian
    assert TRANSLATED in indonesian


def test_withheld_figure_is_in_no_score() -> None:
    row = ranked_with("on_time_ratio")
    assert row.ranked
    assert row.parts["on_time_ratio"] is None
    assert row.score == pytest.approx((2 * 80 + 60) / 3)
    assert codes(row) == ["not-told-apart", "partial-coverage", "on-hold-always"]
    assert TRANSLATED in explain(row.reasons[-1], "id")


def test_region_with_nothing_but_withheld_figures_is_not_told_to_connect_sources() -> None:
    row = ranked_with(*FULL)
    assert codes(row) == ["nothing-stands", "on-hold-always"]
    assert "Connect" not in " ".join(row.reasons)


def test_coverage_lost_to_a_hold_names_the_hold() -> None:
    row = ranked_with("ikm", text=METHOD.replace("minimum_coverage: 0.5", "minimum_coverage: 0.8"))
    assert codes(row) == ["coverage-too-low", "on-hold-always"]


def test_holds_of_other_record_sets_are_each_told_once() -> None:
    values = [
        held(value, "surveys" if value.indicator == "ikm" else "transactions")
        for value in figures({"A": FULL})
    ]
    row = rows(ranking(values, ["A"]))["A"]
    assert codes(row) == ["nothing-stands", "on-hold-always", "on-hold-always"]
