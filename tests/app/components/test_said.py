"""Sentences made from results: none is more certain than what is behind it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.components.sentences import (
    against_nation,
    among_regions,
    changed,
    check_rows,
    figure_row,
    indicator_name,
    place_name,
    reason,
    shade_words,
    value_line,
)
from app.reading.ranks import Changes, Move
from app.reading.values import Place
from app.text import LANGUAGES, Language
from metrics.catalogue import CATALOGUE
from metrics.model import IndicatorValue, PublishedFigure, Ranking, RankRow, ValueStatus
from metrics.regions import indonesia
from metrics.store import Store

ID, EN = LANGUAGES["id"], LANGUAGES["en"]
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
DOWN = "completion_days_median"
NEUTRAL = next(name for name, entry in CATALOGUE.items() if entry.direction == "neutral")
BEFORE = Ranking("m", "1", "all", datetime(2025, 7, 1, tzinfo=UTC), {}, ())
SPREAD = Place(ahead=0.804, regions=493, low=1, tenth=2, median=3, ninetieth=4, high=5)


def days(
    value: float | None, low: float | None = None, high: float | None = None, *, indicator: str = DOWN
) -> IndicatorValue:
    return IndicatorValue(indicator, "region", "32.73", "all", value, "days", 1234, low, high)


def test_value_is_said_with_its_interval_and_n() -> None:
    value = days(12.44, 10.0, 15.06)
    assert value_line(value, ID) == "12,4 hari (10,0–15,1) · n = 1.234"
    assert value_line(value, EN) == "12.4 days (10.0–15.1) · n = 1,234"
    assert value_line(days(12.44, 10.0, None), EN) == "12.4 days (from 10.0) · n = 1,234"
    assert value_line(days(12.44), EN) == "12.4 days · n = 1,234"


@EVERY_LANGUAGE
def test_missing_value_says_why_and_is_never_zero(t: Language) -> None:
    missing = IndicatorValue(
        DOWN, "region", "32.73", "all", None, "days", 3, status=ValueStatus.TOO_FEW,
        reason="too-few(n=3,minimum=10): Only 3 can be counted.",
    )  # fmt: skip
    said = value_line(missing, t)
    assert "3" in said
    assert "10" in said
    assert "0 " not in said.replace("10", "")
    assert value_line(None, t) == t("value.never")


@EVERY_LANGUAGE
def test_reason_that_is_none_of_ours_is_said_as_it_is(t: Language) -> None:
    assert reason("Recorded by hand.", t) == "Recorded by hand."
    assert reason("", t) == t("reason.none")


@pytest.mark.parametrize(
    ("low", "high", "key"),
    [(5.0, 6.0, "worse"), (1.0, 2.0, "better"), (3.0, 5.0, "alike"), (None, None, "unknown")],
)
@EVERY_LANGUAGE
def test_comparison_follows_the_interval(
    t: Language, low: float | None, high: float | None, key: str
) -> None:
    said = against_nation(days(4.5, low, high), days(4.0), t)
    assert said == t(f"compare.{key}", nation=t.value(4.0, "days"))


@EVERY_LANGUAGE
def test_without_a_better_side_nothing_is_called_better_or_worse(t: Language) -> None:
    higher, lower = (
        against_nation(days(5.0, *ends, indicator=NEUTRAL), days(4.0, indicator=NEUTRAL), t)
        for ends in ((4.5, 6.0), (1.0, 2.0))
    )
    assert higher == t("compare.higher", nation=t.value(4.0, "days"))
    assert lower == t("compare.lower", nation=t.value(4.0, "days"))
    assert among_regions(SPREAD, "neutral", t) == t("place.higher", share="80 %", regions=t.number(493))
    assert shade_words(NEUTRAL, t) == t("map.darker_more")
    assert shade_words(DOWN, t) == t("map.darker_better")


def test_nothing_is_compared_without_both_values() -> None:
    for own, nation in (
        (None, days(4.0)),
        (days(None), days(4.0)),
        (days(4.0), None),
        (days(4.0), days(None)),
    ):
        assert against_nation(own, nation, ID) == ""
    assert among_regions(None, "up", ID) == ""


@EVERY_LANGUAGE
def test_changes_are_said_only_where_there_are_some(t: Language) -> None:
    when = t.instant(BEFORE.computed, "Asia/Jakarta")
    row = RankRow("a", ranked=True, rank=1)
    quiet = Changes((), (), (), 0, comparable=True)
    busy = Changes(("b", "c"), ("d",), (Move("a", row, row),), 7, comparable=True)
    other = Changes((), (), (), 3, comparable=False)
    assert changed(None, BEFORE, t, "Asia/Jakarta") == t("changes.first")
    assert changed(quiet, None, t, "Asia/Jakarta") == t("changes.first")
    assert changed(quiet, BEFORE, t, "Asia/Jakarta") == t("changes.none", when=when)
    assert changed(other, BEFORE, t, "Asia/Jakarta") == t("changes.method", when=when)
    assert changed(busy, BEFORE, t, "Asia/Jakarta") == " ".join(
        [
            t("changes.moves", n="1", when=when),
            t("changes.within", n="7"),
            t("changes.entered", n="2"),
            t("changes.left", n="1"),
        ]
    )


@EVERY_LANGUAGE
def test_published_figure_is_said_as_printed(t: Language) -> None:
    figure = PublishedFigure(
        "mpp_physical_share", "2024-12", 41.5, "percent", "514", "KemenPANRB", "s", verified=False
    )
    row = figure_row(figure, t)
    assert row[t("table.value")].endswith(" %")
    assert row[t("table.verified")] == t("verified.no")
    blank = figure_row(
        PublishedFigure("mpp_physical", "2025", None, "regions", "", "a", "s", verified=True), t
    )
    assert blank[t("table.value")] == t.number(None)


@EVERY_LANGUAGE
def test_place_is_named_with_its_code(t: Language) -> None:
    registry = indonesia()
    assert place_name("32.73", registry, t) == "Kota Bandung (32.73)"
    assert place_name("99.99", registry, t) == "99.99"
    assert place_name(None, registry, t) == t("table.unknown_region")


@EVERY_LANGUAGE
def test_indicator_that_the_catalogue_does_not_know_is_named_by_its_id(t: Language) -> None:
    assert indicator_name("of_a_later_version", t) == "of_a_later_version"


@EVERY_LANGUAGE
def test_failed_checks_are_said_with_how_many_and_how_many_may(some_store: Store, t: Language) -> None:
    failed = some_store.check_results(outcome="fail")
    rows = check_rows(failed, t)
    assert len(rows) == failed.height > 0
    assert all(row[t("table.share")].endswith("%") for row in rows)
    assert {row[t("fresh.dataset")] for row in rows} == {t("dataset.transactions")}
