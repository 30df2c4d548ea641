"""Where two results differ first."""

from __future__ import annotations

from typing import Any

from metrics.publishing.differences import first_differences


def results(*, value: float = 2.5, digest: str = "aa", rank: int = 1) -> dict[str, Any]:
    """Results of two regions with one indicator."""
    figure = {"value": 1.0, "n": 10}
    return {
        "rollups": {"transactions": {"2025-01": "00", "2025-02": digest}},
        "figures": {"11.01": {"ikm": figure}, "11.02": {"ikm": {"value": value, "n": 12}}},
        "ranking": {"11.01": {"rank": 2}, "11.02": {"rank": rank}},
        "detail": {"seed": 1, "regions": [{"region": "11.01"}, {"region": "11.02", "place": {"rank": rank}}]},
    }


def test_equal_results_do_not_differ() -> None:
    assert first_differences(results(), results()) == []


def test_figure_that_differs_is_named_by_region_and_indicator() -> None:
    (found,) = first_differences(results(), results(value=2.6))
    assert (found.section, found.path) == ("figures", ("11.02", "ikm", "value"))
    assert str(found) == "figures of 11.02, ikm, value: published 2.5, computed again 2.6"


def test_each_part_that_differs_is_told_once_from_the_records_up() -> None:
    found = first_differences(results(), results(digest="bb", rank=3))
    assert [(one.section, one.path) for one in found] == [
        ("rollups", ("transactions", "2025-02")),
        ("ranking", ("11.02", "rank")),
        ("detail", ("regions", "11.02", "place", "rank")),
    ]
    assert "the records counted are not those that were published" in str(found[0])


def test_place_that_came_or_went_is_named() -> None:
    without = results()
    del without["figures"]["11.01"]
    (gone,) = first_differences(results(), without)
    (come,) = first_differences(without, results())
    assert (gone.path, gone.computed) == (("11.01",), "absent")
    assert (come.path, come.published) == (("11.01",), "absent")
