"""Published figures: as printed, contradictions side by side, blanks blank."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from metrics.errors import RegistryError
from metrics.model import PublishedFigure
from metrics.rollout.figures import FIGURES, Share, conflicts, latest, published_figures
from metrics.rollout.stages import TRACKS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "published-figures.md"


def series(name: str) -> list[PublishedFigure]:
    return [figure for figure in published_figures() if figure.series == name]


def values(name: str, as_of: str) -> list[float | None]:
    return [figure.value for figure in series(name) if figure.as_of == as_of]


def test_year_ends_2018_to_2021_are_blank_not_zero() -> None:
    blank = [f for f in series("mpp_physical") if f.value is None]
    assert [f.as_of for f in blank] == ["2018-12-31", "2019-12-31", "2020-12-31", "2021-12-31"]
    assert not any(f.verified for f in blank)
    assert all(f.value != 0 for f in published_figures())


def test_the_series_of_physical_mpps_is_as_published() -> None:
    panrb = {f.as_of: f.value for f in series("mpp_physical") if f.authority == "KemenPANRB" and f.verified}
    assert panrb == {
        "2017-12-31": 3,
        "2022-09": 67,
        "2023-02": 111,
        "2023-02-20": 103,
        "2023-06-20": 120,
        "2023-09-26": 152,
        "2024-03-05": 175,
        "2024": 230,
        "2024-06-24": 208,
        "2024-12-12": 272,
        "2025-09-24": 296,
        "2025-12-15": 305,
    }


def test_what_we_derived_is_not_marked_as_verified() -> None:
    derived = {
        (f.as_of, f.value) for f in published_figures() if "Derived by us" in f.note or "Our sum" in f.note
    }
    assert derived == {("2022-09", 68), ("2023-10-31", 162), ("2024-03-07", 191)}
    assert not any(f.verified for f in published_figures() if (f.as_of, f.value) in derived)


def test_the_two_targets_of_200_are_two_series() -> None:
    mppdn, mppi = series("mppdn_target"), series("mppi_target")
    assert [(f.value, f.authority) for f in mppdn] == [(200, "KemenPANRB")]
    assert [(f.value, f.authority) for f in mppi] == [(200, "Plan C Institute")]


def test_199_by_decree_is_a_designation_and_not_a_count_of_running_ones() -> None:
    [figure] = series("mppdn_designated")
    assert figure.value == 199
    assert "457/2024" in figure.note
    assert [f.value for f in series("mppdn_live")] == [21, None]


def test_216_of_508_is_42_and_a_half_percent_and_292_is_57_and_a_half() -> None:
    whole = 508
    assert Share(216, whole, "kabupaten/kota").percent == Decimal("42.5")
    assert Share(292, whole, "kabupaten/kota").percent == Decimal("57.5")
    assert values("mpp_physical", "2024-05-02") == [216]
    assert values("mpp_physical_without", "2024-05-02") == [292]


def test_the_printed_64_percent_is_kept_and_flagged() -> None:
    [printed] = [f for f in series("mpp_physical_without_share") if f.as_of == "2024-05-02"]
    assert printed.value == 64
    assert "57.5 %" in printed.contradiction
    assert printed in conflicts(published_figures())


@pytest.mark.parametrize(
    ("name", "as_of", "both"),
    [
        ("mpp_physical", "2022-09", [67, 68]),
        ("mpp_physical", "2022-06", [57, 59]),
        ("mpp_physical_without", "2022-06-28", [449, 499]),
        ("mpp_physical_added", "2023-09-26", [12, 14]),
        ("regions_denominator", "2022-06", [508]),
        ("regions_denominator", "2025", [514]),
    ],
)
def test_contradicting_figures_stand_side_by_side(name: str, as_of: str, both: list[float]) -> None:
    assert values(name, as_of) == both
    assert any(f.contradiction for f in series(name) if f.as_of == as_of)


def test_two_authorities_are_not_one_series() -> None:
    figures = published_figures()
    newest = latest(figures, "mpp_physical", "KemenPANRB")
    ministry = latest(figures, "mpp_physical", "BSKDN Kemendagri")
    assert newest is not None
    assert ministry is not None
    assert (newest.value, newest.as_of) == (305, "2025-12-15")
    assert (ministry.value, ministry.as_of) == (216, "2024-05-02")
    assert latest(figures, "mpp_physical", "nobody") is None


def test_no_percentage_is_without_a_denominator() -> None:
    percentages = [f for f in published_figures() if f.unit == "percent"]
    assert len(percentages) >= 8
    assert all(f.denominator for f in percentages)


def test_a_share_shows_its_denominator() -> None:
    assert str(Share(272, 514, "kabupaten/kota")) == "52.9 % (272 of 514 kabupaten/kota)"
    with pytest.raises(ValueError, match="name of that whole"):
        Share(1, 508, " ")
    with pytest.raises(ValueError, match="above zero"):
        Share(1, 0, "kabupaten/kota")


def test_every_value_has_an_authority_and_a_source() -> None:
    for figure in published_figures():
        assert figure.value is None or (figure.authority and figure.source)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("2024-05-02,216", "May 2024,216", "no date"),
        ("2018-12-31,,MPP,,,,false", "2018-12-31,,MPP,,,,true", "cannot be verified"),
        ("2025-12-15,305", "2025-12-15,about 305", "not a number"),
        (
            "11,percent,508 kabupaten/kota (without the six administrative units of DKI Jakarta)",
            "11,percent,",
            "denominator",
        ),
        ("2023-06-20,120,MPP,,KemenPANRB", "2023-06-20,120,MPP,,", "blank"),
    ],
)
def test_a_bad_figure_names_row_field_and_remedy(tmp_path: Path, old: str, new: str, part: str) -> None:
    text = FIGURES.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "figures.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"figures\.csv, row \d+, field") as caught:
        published_figures(path)
    assert part in str(caught.value)


def test_the_page_explains_every_series_and_every_stage() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for figure in published_figures():
        assert f"`{figure.series}`" in page
    for track in TRACKS.values():
        for stage in track.stages:
            assert f"`{stage.id}`" in page
