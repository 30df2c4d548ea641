"""Scales of the official indices: versions, bounds, and which of them were seen in print."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from metrics.catalogue import CATALOGUE
from metrics.errors import RegistryError, UnknownName
from metrics.indices.scales import BANDS, SCALES, official_scales

OFFICIAL = re.compile(
    r"\b(IPP|PEKPPP|SPBE|IID|IGA|IKKD|Ombudsman|Indeks (Pelayanan Publik|Inovasi|Kepemimpinan))\b"
)


def category(index: str, version: str, value: str) -> str | None:
    band = official_scales().of(index, version).band(Decimal(value))
    return band.category if band else None


def test_the_indices_are_these_four_and_none_is_of_heads_of_region() -> None:
    assert official_scales().indices == ("ipp", "ombudsman", "spbe", "iid")


def test_the_ombudsman_changed_its_scale_twice_and_each_change_breaks_the_series() -> None:
    versions = [scale for scale in official_scales().all if scale.index == "ombudsman"]
    assert [(s.version, s.first_year, s.last_year, s.break_before) for s in versions] == [
        ("2021", None, 2021, False),
        ("2022", 2022, 2024, True),
        ("2025", 2025, None, True),
    ]


@pytest.mark.parametrize(
    ("index", "version", "value", "expected"),
    [
        ("ombudsman", "2021", "80.99", "Kuning"),
        ("ombudsman", "2021", "81", "Hijau"),
        ("ombudsman", "2021", "80.995", "Hijau"),
        ("ombudsman", "2021", "50.99", "Merah"),
        ("ombudsman", "2022", "88.51", "A"),
        ("ombudsman", "2022", "86.2", "B"),
        ("ombudsman", "2022", "76.74", "C"),
        ("ombudsman", "2022", "52.68", "D"),
        ("ombudsman", "2025", "90", None),
        ("ipp", "2022", "4.67", "A"),
        ("ipp", "2022", "4.03", "A-"),
        ("ipp", "2022", "2.18", "C-"),
        ("spbe", "2020", "4.2", "Memuaskan"),
        ("spbe", "2020", "4.19", "Sangat Baik"),
        ("spbe", "2020", "3.5", "Sangat Baik"),
        ("spbe", "2020", "3.39", "Baik"),
        ("spbe", "2020", "2.61", "Baik"),
        ("spbe", "2020", "2.55", "Cukup"),
        ("spbe", "2020", "1.55", "Kurang"),
        ("iid", "2023", "60.00", "Inovatif"),
        ("iid", "2023", "60.01", "Sangat Inovatif"),
        ("iid", "2023", "34.99", "Kurang Inovatif"),
        ("iid", "2023", "35", "Inovatif"),
    ],
)
def test_values_at_the_bounds(index: str, version: str, value: str, expected: str | None) -> None:
    assert category(index, version, value) == expected


def test_bounds_that_were_not_seen_in_print_are_marked() -> None:
    unverified = {
        (scale.index, scale.version): {band.category for band in scale.bands if not band.verified}
        for scale in official_scales().all
    }
    assert unverified["ipp", "2022"] == {"A", "A-", "B", "B-", "C", "C-", "D", "E", "F"}
    assert unverified["ombudsman", "2021"] == set()
    assert unverified["ombudsman", "2022"] == {"B", "C"}
    assert unverified["spbe", "2020"] == {"Sangat Baik", "Baik", "Cukup", "Kurang"}
    assert unverified["iid", "2023"] == set()


def test_every_scale_and_band_has_a_source() -> None:
    for scale in official_scales().all:
        assert scale.source
        assert scale.name_id
        assert scale.name_en
        assert all(band.source for band in scale.bands)


def test_nothing_of_ours_is_called_by_an_official_name() -> None:
    ours = [text for one in CATALOGUE.values() for text in (one.id, one.name_id, one.name_en)]
    assert [text for text in ours if OFFICIAL.search(text)] == []
    assert not set(CATALOGUE) & set(official_scales().indices)


def test_an_unknown_index_or_scale_lists_those_there_are() -> None:
    with pytest.raises(UnknownName, match="ipp, ombudsman, spbe, iid"):
        official_scales().of("ikkd", "2020")
    with pytest.raises(UnknownName, match="2021, 2022, 2025"):
        official_scales().of("ombudsman", "2019")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("Memuaskan,4.20,5.00", "Memuaskan,5.20,5.00", "above high"),
        ("Hijau,81.00,100", "Hijau,81.00,a hundred", "no number"),
        ("Kuning,51.00,80.99", "Kuning,51.00,85.99", "overlap those of 'Hijau'"),
        ("Kuning,51.00,80.99", "Kuning,51.00,", "overlap those of 'Hijau'"),
        ("spbe,2020,Baik", "spbe,2019,Baik", "no such scale"),
        ("C-,2.01,2.50,false", "C-,2.01,2.50,perhaps", "neither true nor false"),
        ("C-,2.01,2.50", "C-,2.01,2.5000001", "no number"),
    ],
)
def test_a_bad_band_names_row_field_and_remedy(tmp_path: Path, old: str, new: str, part: str) -> None:
    text = BANDS.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "bands.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"bands\.csv, row \d+, field") as caught:
        official_scales(bands=path)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("2022,2024,0,100,2", "2024,2022,0,100,2", "after last_year"),
        ("2022,2024,0,100,2", "2022,2024,0,100,7", "no number of decimals"),
        ("2022,2024,0,100,2", "2022,2024,0,100,", "no number of decimals"),
        ("ombudsman,2025", "ombudsman,2022", "listed twice"),
        ("Ombudsman RI,2025", ",2025", "blank"),
    ],
)
def test_a_bad_scale_names_row_field_and_remedy(tmp_path: Path, old: str, new: str, part: str) -> None:
    text = SCALES.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "scales.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"scales\.csv, row \d+, field") as caught:
        official_scales(scales=path)
    assert part in str(caught.value)
