"""Official indices as published: word for word, on their own scale, never across a break."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from metrics.errors import RegistryError
from metrics.indices import Agreement, IndexValue, Scales, agreement, index_values, official_scales, stretches
from metrics.regions import indonesia
from tests.architecture.checkout import ROOT

HEADER = "index,version,period,region,value,category,authority,source,verified,note\n"
GOOD = "ombudsman,2022,2024,33.71,88.51,A,Ombudsman RI,letter 7,true,\n"
HOWTO = ROOT / "docs/howto/official-indices.md"


def read(tmp_path: Path, *rows: str, scales: Scales | None = None) -> tuple[IndexValue, ...]:
    path = tmp_path / "indices.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return index_values(path, indonesia(), scales or official_scales())


def agrees(value: IndexValue) -> Agreement:
    return agreement(value, official_scales().of(value.index, value.version))


def test_a_value_is_kept_as_printed(tmp_path: Path) -> None:
    [one] = read(tmp_path, GOOD.replace("88.51", "88.510"))
    assert one == IndexValue(
        "ombudsman",
        "2022",
        "2024",
        "33.71",
        Decimal("88.510"),
        "A",
        "Ombudsman RI",
        "letter 7",
        verified=True,
        breaks=True,
    )
    assert str(one.value) == "88.510"


def test_a_category_without_a_value_is_recorded(tmp_path: Path) -> None:
    [one] = read(tmp_path, "iid,2023,2020,33.71,,Tidak dapat dinilai,BSKDN Kemendagri,list,true,\n")
    assert (one.value, one.category) == (None, "Tidak dapat dinilai")
    assert agrees(one) is Agreement.UNTOLD


def test_a_province_may_have_a_value(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD.replace("33.71", "33"))[0].region == "33"


def test_two_authorities_or_two_sources_may_say_different_things(tmp_path: Path) -> None:
    rows = (GOOD, GOOD.replace("letter 7,", "newspaper,").replace("88.51", "88.15"))
    assert [one.value for one in read(tmp_path, *rows)] == [Decimal("88.51"), Decimal("88.15")]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (GOOD, Agreement.AGREES),
        (GOOD.replace("88.51,A", "88.51,a"), Agreement.AGREES),
        (GOOD.replace("88.51", "87.99"), Agreement.UNTOLD),
        (GOOD.replace("88.51,A", "31.99,A"), Agreement.DIFFERS),
        (GOOD.replace("88.51,A", "88.51,"), Agreement.UNTOLD),
        ("ombudsman,2025,2025,33.71,88.51,Baik,Ombudsman RI,s,true,\n", Agreement.UNTOLD),
        ("ipp,2022,2024,33.71,4.67,C,KemenPANRB,s,true,\n", Agreement.UNTOLD),
    ],
    ids=["same", "case", "unverified band", "other band", "no category", "no bounds", "all unverified"],
)
def test_a_published_category_is_checked_only_against_bounds_seen_in_print(
    tmp_path: Path, row: str, expected: Agreement
) -> None:
    assert agrees(read(tmp_path, row)[0]) is expected


def test_60_56_called_inovatif_differs_from_the_bounds_and_stands(tmp_path: Path) -> None:
    [one] = read(
        tmp_path, "iid,2023,2022,36.73,60.56,inovatif,BSKDN Kemendagri,gatra.com/news-565910,true,\n"
    )
    assert indonesia().regions["36.73"].full_name == "Kota Serang"
    assert (one.category, agrees(one)) == ("inovatif", Agreement.DIFFERS)


def test_no_line_runs_across_a_series_break(tmp_path: Path) -> None:
    rows = [
        GOOD.replace("2022,2024", f"{version},{year}") for version, year in (("2021", 2021), ("2022", 2022))
    ]
    rows += [GOOD.replace("2022,2024", "2022,2023"), GOOD.replace("2022,2024", "2025,2025")]
    found = stretches(read(tmp_path, *reversed(rows)), official_scales())
    assert [[one.period for one in stretch] for stretch in found] == [["2021"], ["2022", "2023"], ["2025"]]


def test_a_break_counts_where_its_own_version_has_no_value(tmp_path: Path) -> None:
    scales = official_scales()
    [first, second, third] = [scale for scale in scales.all if scale.index == "ombudsman"]
    kind = Scales((first, second, replace(third, break_before=False)))
    rows = [GOOD.replace("2022,2024", "2021,2021"), GOOD.replace("2022,2024", "2025,2025")]
    assert len(stretches(read(tmp_path, *rows, scales=kind), kind)) == 2


def test_regions_and_authorities_have_lines_of_their_own(tmp_path: Path) -> None:
    rows = (GOOD, GOOD.replace("33.71", "33.72"), GOOD.replace("Ombudsman RI", "Perwakilan"))
    assert len(stretches(read(tmp_path, *rows), official_scales())) == 3
    assert stretches([], official_scales()) == []


@pytest.mark.parametrize(
    ("field", "old", "new", "part"),
    [
        ("index", "ombudsman", "ikkd", "Write one of ipp, ombudsman, spbe, iid"),
        ("version", "2022,", "2019,", "Write one of 2021, 2022, 2025"),
        ("period", "2024", "2025", "scale 2022 is of 2022 to 2024"),
        ("period", "2024", "March 2024", "Write the year"),
        ("region", "33.71", "33.99", "Write a code such as"),
        ("value", "88.51", "188.51", "outside the scale ombudsman 2022 (0 to 100)"),
        ("value", "88.51", "about 88", "no number"),
        ("value", "88.51,A", ",", "neither value nor category"),
        ("authority", "Ombudsman RI", "", "Fill in 'authority'"),
        ("source", "letter 7", "", "Fill in 'source'"),
        ("verified", "true", "1", "Write true or false"),
    ],
)
def test_a_bad_row_names_file_row_field_and_remedy(
    tmp_path: Path, field: str, old: str, new: str, part: str
) -> None:
    with pytest.raises(RegistryError, match=rf"indices\.csv, row 2, field '{field}'") as caught:
        read(tmp_path, GOOD.replace("33.71", "33.72"), GOOD.replace(old, new, 1))
    assert part in str(caught.value)


def test_one_source_cannot_say_two_things(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"row 2, field 'region'.*twice"):
        read(tmp_path, GOOD, GOOD.replace("88.51", "88.52"))


def test_bounds_of_a_scale_that_were_not_seen_refuse_nothing(tmp_path: Path) -> None:
    [one] = read(tmp_path, "iid,2023,2023,33.71,101.5,Sangat Inovatif,BSKDN Kemendagri,s,true,\n")
    assert one.value == Decimal("101.5")


def test_the_guide_names_every_column_index_and_scale_and_its_example_can_be_read(tmp_path: Path) -> None:
    text = HOWTO.read_text(encoding="utf-8")
    for scale in official_scales().all:
        assert f"| `{scale.index}` | `{scale.version}` |" in text
    example = text.split("```csv\n")[1].split("```")[0]
    path = tmp_path / "example.csv"
    path.write_text(example, encoding="utf-8")
    read_back = index_values(path, indonesia(), official_scales())
    assert len(read_back) == 2
    assert not any(one.verified for one in read_back)
