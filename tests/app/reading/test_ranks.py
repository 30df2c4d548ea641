"""A ranking as a page reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.reading.ranks import apart, changes, not_ranked, province_of, ranked, reasons, row_of, unlisted
from metrics.indicators.reasons import code_of
from metrics.model import Ranking, RankRow
from metrics.regions import indonesia
from metrics.store import Store
from tests.services.command import Installed


def ranking(*rows: RankRow, version: str = "1") -> Ranking:
    return Ranking("made-up", version, "all", datetime(2025, 7, 1, tzinfo=UTC), {}, rows)


def row(region: str, rank: int, low: int | None, high: int | None) -> RankRow:
    return RankRow(region, ranked=True, rank=rank, rank_low=low, rank_high=high)


def test_rows_are_those_the_command_line_prints(some: Installed, some_store: Store) -> None:
    printed = some("rank")["rows"]
    held = some_store.latest_ranking()
    placed = ranked(held)
    assert [(one.region, one.rank, one.rank_low, one.rank_high, one.score) for one in placed] == [
        (one["region"], one["rank"], one["rank_low"], one["rank_high"], one["score"])
        for one in sorted(printed, key=lambda one: (one["rank"] or 0, one["region"]))
        if one["ranked"]
    ]
    assert len(placed) == 5
    rest = not_ranked(held)
    assert len(placed) + len(rest) == len(printed) == 514
    assert [one.region for one in rest] == sorted(one.region for one in rest)
    assert all(one.reasons for one in rest)
    mine = row_of(held, placed[0].region)
    assert mine == placed[0]


def test_reasons_of_a_kind_are_counted_once_a_region(some_store: Store) -> None:
    rest = not_ranked(some_store.latest_ranking())
    counted = reasons(rest)
    assert [n for _, n in counted] == sorted((n for _, n in counted), reverse=True)
    assert code_of(counted[0][0])
    assert counted[0][1] == len(rest)


def test_reasons_with_other_figures_are_one_kind_and_about_other_indicators_are_not() -> None:
    rows = [
        RankRow("a", ranked=False, reasons=("coverage-too-low(share=10,minimum=50): x",)),
        RankRow("b", ranked=False, reasons=("coverage-too-low(share=20,minimum=50): y",)),
        RankRow("c", ranked=False, reasons=("coverage-too-low(share=20,minimum=50): y",)),
        RankRow("d", ranked=False, reasons=("required-missing(indicator=ikm,cause=too-few): z",)),
        RankRow("e", ranked=False, reasons=("required-missing(indicator=nps,cause=too-few): z",)),
        RankRow("f", ranked=False),
    ]
    counted = dict(reasons(rows))
    assert counted["coverage-too-low(share=20,minimum=50): y"] == 3
    assert sorted(counted.values()) == [1, 1, 1, 3]
    assert counted[""] == 1


def test_without_a_ranking_everything_is_empty_and_nothing_fails(empty_store: Store) -> None:
    held = empty_store.latest_ranking()
    assert held is None
    assert ranked(held) == not_ranked(held) == []
    assert reasons([]) == []
    assert row_of(held, "32.73") is None
    assert changes(held, empty_store.previous_ranking()) is None


def test_region_that_no_ranking_lists_is_not_ranked() -> None:
    assert not unlisted("32.73").ranked
    assert province_of(unlisted("32.73"), indonesia().regions) == "32"
    assert province_of(unlisted("99.99"), indonesia().regions) == ""


@pytest.mark.parametrize(
    ("one", "other", "are_apart"),
    [
        ((1, 3), (4, 6), True),
        ((4, 6), (1, 3), True),
        ((1, 4), (4, 6), False),
        ((2, 3), (1, 6), False),
        ((None, 3), (4, 6), False),
        ((1, 3), (4, None), False),
    ],
)
def test_ranges_are_apart_only_when_they_share_no_place(
    one: tuple[int | None, int], other: tuple[int, int | None], *, are_apart: bool
) -> None:
    assert apart(row("a", 1, *one), row("a", 5, *other)) is are_apart


def test_a_move_is_only_called_one_where_the_ranges_do_not_meet() -> None:
    before = ranking(row("a", 9, 8, 10), row("b", 2, 1, 5), row("gone", 3, 1, 9))
    now = ranking(row("a", 2, 1, 4), row("b", 4, 3, 6), row("new", 1, 1, 9))
    found = changes(now, before)
    assert found is not None
    assert [(move.region, move.places) for move in found.moves] == [("a", 7)]
    assert (found.within, found.entered, found.left, found.comparable) == (1, ("new",), ("gone",), True)


def test_rankings_of_two_methods_are_not_compared() -> None:
    found = changes(ranking(row("a", 1, 1, 1), version="2"), ranking(row("a", 9, 9, 9)))
    assert found is not None
    assert not found.comparable
    assert found.moves == ()
