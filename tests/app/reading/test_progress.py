"""Progress of the two tracks: nothing is merged, nothing is guessed."""

from __future__ import annotations

from app.reading.progress import LINES, standings
from metrics.model import PublishedFigure
from metrics.regions import indonesia
from metrics.store import Store


def figure(
    series: str, as_of: str, value: float | None, authority: str = "a", **more: object
) -> PublishedFigure:
    facts = {"unit": "regions", "denominator": "", "source": "s", "verified": True, **more}
    return PublishedFigure(series=series, as_of=as_of, value=value, authority=authority, **facts)  # type: ignore[arg-type]  # facts of the test


def test_every_line_stands_apart_with_its_own_target(empty_store: Store) -> None:
    figures = empty_store.published_figures()
    found = standings(figures, empty_store.rollout_events(), empty_store.registry())
    assert [one.line.id for one in found] == [line.id for line in LINES]
    for one in found:
        assert one.target is None or one.target.series == one.line.target
        assert one.headline is None or one.headline.series in one.line.series
        assert all(other.series in one.line.series for other in one.others)
        assert one.recorded <= one.regions == 514


def test_headline_is_the_newest_verified_figure_of_the_most_far_reaching_series() -> None:
    figures = [
        figure("mppdn_live", "2025", 190.0),
        figure("mppdn_designated", "2023", 150.0),
        figure("mppdn_designated", "2024", 199.0),
        figure("mppdn_designated", "2026", 999.0, verified=False),
        figure("mppdn_designated", "2027", None),
    ]
    (one,) = standings(figures, [], indonesia())
    assert one.headline == figures[2]
    assert figures[0] in one.others
    assert figures[3] not in one.others
    assert one.blanks == (figures[4],)


def test_share_is_given_for_each_denominator_with_whose_it_is() -> None:
    figures = [
        figure("mpp_physical", "2024", 200.0),
        figure("regions_denominator", "2022", 508.0, "one"),
        figure("regions_denominator", "2025", 514.0, "other"),
    ]
    (one,) = standings(figures, [], indonesia())
    assert [(share.whole, share.authority) for share in one.shares] == [(508, "one"), (514, "other")]
    assert one.shares[0].ratio == 200 / 508


def test_without_figures_and_events_there_is_no_line() -> None:
    assert standings([], [], indonesia()) == []
