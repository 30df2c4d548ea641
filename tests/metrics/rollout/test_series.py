"""Series of counts: one authority's certain and dated points, the rest listed with the reason."""

from __future__ import annotations

from datetime import date

from metrics.model import PublishedFigure
from metrics.rollout.figures import published_figures
from metrics.rollout.series import (
    Denominator,
    Omission,
    Point,
    authorities,
    certain_series,
    denominators,
)


def figure(
    as_of: str, value: float | None, authority: str = "A", *, verified: bool = True
) -> PublishedFigure:
    return PublishedFigure("mpp", as_of, value, "MPP", "", authority, "s", verified)


def test_the_published_series_of_kemenpanrb_has_eleven_certain_points() -> None:
    series = certain_series(published_figures(), "mpp_physical", "KemenPANRB")
    assert [point.count for point in series.points] == [3, 67, 103, 111, 120, 152, 175, 208, 272, 296, 305]
    assert sorted((f.as_of, reason.value) for f, reason in series.omitted if f.value is not None) == [
        ("2022-09", "unverified"),
        ("2023-10-31", "unverified"),
        ("2024", "no_day"),
        ("2024-03-07", "unverified"),
    ]


def test_unknown_year_ends_are_omitted_not_zero() -> None:
    series = certain_series(published_figures(), "mpp_physical", "KemenPANRB")
    assert [f.as_of for f, reason in series.omitted if reason is Omission.BLANK] == [
        "2018-12-31",
        "2019-12-31",
        "2020-12-31",
        "2021-12-31",
    ]


def test_two_authorities_are_never_joined() -> None:
    figures = published_figures()
    assert authorities(figures, "mpp_physical") == (
        "BSKDN Kemendagri",
        "KemenPANRB",
        "Menko Polhukam",
        "Wakil Presiden",
    )
    ministry = certain_series(figures, "mpp_physical", "BSKDN Kemendagri")
    assert ministry.points == (Point(date(2024, 5, 2), 216),)


def test_a_count_of_a_month_stands_at_its_end() -> None:
    series = certain_series([figure("2024-02", 9)], "mpp", "A")
    assert series.points == (Point(date(2024, 2, 29), 9),)


def test_two_different_counts_of_one_day_are_both_left_out_and_the_same_twice_is_one_point() -> None:
    twice = [
        figure("2024-01-01", 5),
        figure("2024-01-01", 6),
        figure("2024-02-01", 7),
        figure("2024-02-01", 7),
    ]
    series = certain_series(twice, "mpp", "A")
    assert series.points == (Point(date(2024, 2, 1), 7),)
    assert [reason for _, reason in series.omitted] == [Omission.TWO_VALUES, Omission.TWO_VALUES]


def test_both_denominators_are_kept_as_given() -> None:
    assert denominators(published_figures()) == (
        Denominator(508, "Wakil Presiden"),
        Denominator(514, "Kemendagri"),
    )
