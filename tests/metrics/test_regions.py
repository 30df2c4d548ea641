"""The registry: Indonesia's facts, any other registry, and errors that say what to mend."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from metrics.errors import PantauError, RegistryError, UnknownName, UsageError
from metrics.regions import DATA, AmbiguousRegion, Registry, UnknownRegion, indonesia

MINIMAL = "code,name,timezone\n"


def written(folder: Path, text: str, name: str = "places.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def message(folder: Path, text: str) -> str:
    with pytest.raises(RegistryError) as caught:
        Registry.load(written(folder, text))
    return str(caught.value)


def test_indonesia_has_514_regions_in_38_provinces() -> None:
    registry = indonesia()
    assert len(registry.regions) == 514
    assert len(registry.provinces) == 38
    assert Counter(r.kind for r in registry.regions.values()) == {"kabupaten": 416, "kota": 98}


def test_national_population_is_the_sum_of_the_regions() -> None:
    regions = indonesia().regions.values()
    assert sum(r.population or 0 for r in regions) == 284_973_643
    assert {(r.population_date, r.population_source) for r in regions} == {("2024-12", "Dukcapil Kemendagri")}


def test_time_zones_are_301_wib_150_wita_63_wit() -> None:
    counts = Counter(r.timezone for r in indonesia().regions.values())
    assert counts == {"Asia/Jakarta": 301, "Asia/Makassar": 150, "Asia/Jayapura": 63}


def test_every_region_has_its_facts() -> None:
    for region in indonesia().regions.values():
        assert region.code[:2] == region.province.code
        assert None not in (region.latitude, region.longitude, region.area_km2, region.old_code, region.seat)
        assert region.calendar == "id-gov"


def test_provinces_are_displayed_as_dki_jakarta_and_di_yogyakarta() -> None:
    provinces = indonesia().provinces
    assert (provinces["31"].name, provinces["34"].name) == ("DKI Jakarta", "DI Yogyakarta")


def test_codes_stay_text() -> None:
    assert indonesia().regions["11.10"].name == "Aceh Singkil"
    assert "11.1" not in indonesia().regions


def test_each_province_has_a_tile_of_its_own() -> None:
    cells = {(p.tile_row, p.tile_column) for p in indonesia().provinces.values()}
    assert len(cells) == 38
    assert all(p.tile_label for p in indonesia().provinces.values())


def test_the_papua_split_keeps_old_codes() -> None:
    registry = indonesia()
    moved = [r for r in registry.regions.values() if r.old_code != r.code]
    assert len(moved) == 26
    assert registry.regions["93.01"].old_code == "91.01"


def test_26_names_belong_to_a_kabupaten_and_a_kota_and_none_is_guessed() -> None:
    registry = indonesia()
    names = Counter(r.name for r in registry.regions.values())
    shared = [name for name, n in names.items() if n > 1]
    assert len(shared) == 26
    for name in shared:
        with pytest.raises(AmbiguousRegion) as caught:
            registry.find(name)
        assert {r.kind for r in caught.value.candidates} == {"kabupaten", "kota"}
        assert registry.find(f"Kab. {name}").kind == "kabupaten"
        assert registry.find(name, kind="Kota").kind == "kota"


def test_every_region_is_found_by_its_full_name_and_by_kind() -> None:
    registry = indonesia()
    for region in registry.regions.values():
        assert registry.find(region.full_name.upper()) is region
        assert registry.find(region.name, kind=region.kind) is region
        assert registry.find(region.name, kind=region.kind, province=region.province.name) is region
        assert registry.find(f"{region.name}, {region.kind}") is region


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KAB. BANDUNG", "32.04"),
        ("kab bandung", "32.04"),
        ("Kota  Bandung ", "32.73"),
        ("Bandung (Kota)", "32.73"),
        ("Kotamadya Bandung", "32.73"),
        ("Kota Adm. Jakarta Selatan", "31.74"),
        ("Kota Administrasi Jakarta Pusat", "31.71"),
        ("Kabupaten Administrasi Kepulauan Seribu", "31.01"),
        ("Tanjungpinang", "21.72"),
        ("toli toli", "72.04"),
        ("Lima Puluh Kota", "13.07"),
        ("Kab. Lima Puluh Kota", "13.07"),
        ("Kotawaringin Timur", "62.02"),
        ("Kota Kotamobagu", "71.74"),
        ("Kab. Kotabaru", "63.02"),
    ],
)
def test_spellings_are_tolerated(text: str, code: str) -> None:
    assert indonesia().find(text).code == code


@pytest.mark.parametrize("province", ["32", "Jawa Barat", "PROVINSI JAWA BARAT", "prov. jawa-barat"])
def test_the_province_decides_between_two_of_a_name(province: str) -> None:
    assert indonesia().find("Banjar", province=province).code == "32.79"


def test_the_decrees_names_of_jakarta_and_yogyakarta_are_found() -> None:
    registry = indonesia()
    assert registry.find("Jakarta Barat", province="Daerah Khusus Ibukota Jakarta").code == "31.73"
    assert registry.find("Bantul", province="Daerah Istimewa Yogyakarta").code == "34.02"


@pytest.mark.parametrize(
    "text", ["Kabupaten Mataram", "Kabupaten Bengkulu", "Regency of Aceh", "Kotawaringin", "", "Kota"]
)
def test_a_region_that_does_not_exist_is_unknown_never_the_nearest(text: str) -> None:
    with pytest.raises(UnknownRegion):
        indonesia().find(text)


def test_an_unknown_region_lists_those_that_look_alike() -> None:
    with pytest.raises(UnknownRegion, match=r"Kota Mataram \(52\.71, Nusa Tenggara Barat\)"):
        indonesia().find("Kabupaten Mataram")


def test_a_kind_argument_against_the_text_is_unknown() -> None:
    with pytest.raises(UnknownRegion, match="kind 'kabupaten'"):
        indonesia().find("Kota Magelang", kind="kabupaten")


def test_name_errors_are_errors_of_use() -> None:
    assert issubclass(AmbiguousRegion, UsageError)
    assert issubclass(UnknownRegion, UnknownName)
    assert issubclass(RegistryError, PantauError)


def test_three_columns_make_a_registry(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        MINIMAL + "1,Municipality 1,Europe/Amsterdam\n2,Municipality 2,Europe/Amsterdam\n",
        "dutch.csv",
    )
    registry = Registry.load(path)
    region = registry.regions["1"]
    assert registry.name == "dutch"
    assert (region.full_name, region.kind, region.population, region.calendar) == (
        "Municipality 1",
        "",
        None,
        "mon-fri",
    )
    assert [(p.code, p.name, p.tile_row, p.tile_column) for p in registry.provinces.values()] == [
        ("dutch", "dutch", 0, 0)
    ]
    assert registry.find("municipality 2").code == "2"


def test_provinces_without_a_tile_file_lie_in_a_square(tmp_path: Path) -> None:
    rows = "".join(f"d{i:02},District {i},Europe/Budapest,p{i}\n" for i in range(5))
    registry = Registry.load(written(tmp_path, "code,name,timezone,province\n" + rows))
    cells = [(p.tile_row, p.tile_column) for p in registry.provinces.values()]
    assert cells == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]


def test_kinds_of_another_registry_are_words_before_a_name(tmp_path: Path) -> None:
    text = (
        "code,name,kind,timezone\na,Leiden,Gemeente,Europe/Amsterdam\nb,Leiden,Waterschap,Europe/Amsterdam\n"
    )
    registry = Registry.load(written(tmp_path, text))
    assert registry.find("gemeente leiden").code == "a"
    with pytest.raises(AmbiguousRegion):
        registry.find("Leiden")


def test_a_file_with_semicolons_a_byte_order_mark_and_other_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text(
        "Code;NAME;Timezone;iso\r\n01;I. kerület;Europe/Budapest;x\r\n", encoding="utf-8-sig", newline=""
    )
    assert Registry.load(path).regions["01"].name == "I. kerület"


def test_the_digest_follows_the_content_and_not_the_order_or_the_name(tmp_path: Path) -> None:
    one = Registry.load(written(tmp_path, MINIMAL + "a,A,UTC\nb,B,UTC\n", "one.csv"), name="x")
    shuffled = Registry.of("y", reversed(one.regions.values()))
    changed = Registry.of("x", [replace(one.regions["a"], population=1), one.regions["b"]])
    assert shuffled == one
    assert shuffled.digest == one.digest
    assert changed.digest != one.digest


def test_a_registry_put_together_from_its_parts_has_the_same_digest() -> None:
    registry = indonesia()
    again = Registry(registry.name, dict(registry.regions), dict(registry.provinces))
    assert again.digest == registry.digest


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["empty"]),
        ("code,name,timezone\n", ["no rows"]),
        ("code,name\na,A\n", ["'timezone'", "missing"]),
        ("code,name,time_zone\na,A,UTC\n", ["Rename 'time_zone' to 'timezone'"]),
        ("code,name,timezone,popluation\na,A,UTC,1\n", ["'popluation'", "'population'"]),
        ("code,name,timezone,name\na,A,UTC,B\n", ["'name' occurs twice"]),
        (MINIMAL + "a,A,UTC\na,B,UTC\n", ["row 2", "'code'", "'a'", "row 1"]),
        (MINIMAL + ",A,UTC\n", ["row 1", "'code'", "blank"]),
        (MINIMAL + "a,,UTC\n", ["row 1", "'name'", "blank"]),
        (MINIMAL + "a,A,Asia/Jakrta\n", ["row 1", "'timezone'", "'Asia/Jakrta'", "'Asia/Jakarta'"]),
        (MINIMAL + "a,A,WIB\n", ["row 1", "unknown time zone"]),
        (MINIMAL + "a,A\n", ["row 1", "2 fields under a header of 3"]),
        (MINIMAL + 'a,"A,UTC\n', ["row 1", "not CSV"]),
        ("code,name,timezone,latitude\na,A,UTC,106.8\n", ["row 1", "'latitude'", "'106.8'", "-90 to 90"]),
        ("code,name,timezone,latitude\na,A,UTC,nan\n", ["'latitude'", "not a number"]),
        ("code,name,timezone,longitude\na,A,UTC,east\n", ["'longitude'", "not a number"]),
        ("code,name,timezone,population\na,A,UTC,1.234\n", ["'population'", "'1.234'", "whole number"]),
        ("code,name,timezone,population\na,A,UTC,-5\n", ["'population'", "'-5'"]),
        ("code,name,timezone,area_km2\na,A,UTC,-5\n", ["'area_km2'", "out of range"]),
        (
            "code,name,timezone,province_code,province\na,A,UTC,1,X\nb,B,UTC,1,Y\n",
            ["row 2", "'Y'", "'X' in row 1"],
        ),
    ],
)
def test_a_bad_registry_names_row_field_value_and_remedy(tmp_path: Path, text: str, parts: list[str]) -> None:
    said = message(tmp_path, text)
    for part in ["places.csv", *parts]:
        assert part in said


@pytest.mark.parametrize(
    ("codes", "bad"),
    [
        (["11.09", "11.1", "11.11"], "'11.1'"),
        (["11.1", "11.10", "11.11"], "'11.1'"),
        (["02", "1", "03"], "'1'"),
        (["01", "1"], "'1'"),
        (["1.0", "2.0"], "'1.0'"),
        (["1.1e+01", "x"], "'1.1e+01'"),
    ],
)
def test_codes_that_a_spreadsheet_took_for_numbers_are_refused(
    tmp_path: Path, codes: list[str], bad: str
) -> None:
    said = message(tmp_path, MINIMAL + "".join(f"{code},Name {code},UTC\n" for code in codes))
    assert f"field 'code', value {bad}" in said
    assert "as text" in said


@pytest.mark.parametrize("codes", [["1", "2", "10"], ["d1", "d10"], ["363", "1101"], ["11", "11.01"]])
def test_codes_without_padding_are_codes_too(tmp_path: Path, codes: list[str]) -> None:
    path = written(tmp_path, MINIMAL + "".join(f"{code},Name {code},UTC\n" for code in codes))
    assert sorted(Registry.load(path).regions) == sorted(codes)


def test_a_file_that_is_not_utf8_or_not_there_says_so(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes((MINIMAL + "a,kerület,UTC\n").encode("latin-1"))
    with pytest.raises(RegistryError, match=r"latin\.csv is not UTF-8"):
        Registry.load(latin)
    with pytest.raises(RegistryError, match="cannot be read"):
        Registry.load(tmp_path / "absent.csv")
    with pytest.raises(RegistryError, match="cannot be read"):
        Registry.load(tmp_path)


@pytest.mark.parametrize(
    ("tiles", "part"),
    [
        ("province_code,row,column\np1,0,0\n", "'p2' has no cell"),
        ("province_code,row,column\np1,0,0\np2,0,0\n", "taken by province 'p1'"),
        ("province_code,row,column\np1,0,0\np1,0,1\np2,1,1\n", "has a cell already"),
        ("province_code,row,column\np1,x,0\np2,0,0\n", "not a whole number"),
        ("province_code,row\np1,0\n", "'column' is missing"),
    ],
)
def test_a_bad_tile_file_names_what_is_wrong(tmp_path: Path, tiles: str, part: str) -> None:
    path = written(tmp_path, "code,name,timezone,province\na,A,UTC,p1\nb,B,UTC,p2\n")
    with pytest.raises(RegistryError) as caught:
        Registry.load(path, written(tmp_path, tiles, "tiles.csv"))
    assert part in str(caught.value)


def test_part_of_the_registry_uses_the_whole_tile_file(tmp_path: Path) -> None:
    lines = (DATA / "regions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    part = written(tmp_path, "".join(line for line in lines if line.startswith(("code,", "33."))))
    registry = Registry.load(part, DATA / "tiles.csv")
    assert len(registry.regions) == 35
    assert registry.provinces["33"] == indonesia().provinces["33"]


def test_the_facts_carry_a_source() -> None:
    text = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    for name in ("regions.csv", "tiles.csv", "rollout_seed.csv", "published_figures.csv"):
        assert f"## {name}" in text
        assert (DATA / name).exists()
