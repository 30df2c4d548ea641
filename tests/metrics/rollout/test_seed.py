"""The seed of rollout events: the 21 of 20 June 2023, by code, and the traps around them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from metrics.errors import RegistryError
from metrics.regions import Registry, indonesia
from metrics.rollout.progress import current_stage, progress, repeats
from metrics.rollout.seed import SEED, seed_events

LAUNCH = date(2023, 6, 20)
PILOTS = [
    "11.71",
    "13.75",
    "16.05",
    "18.72",
    "21.71",
    "21.72",
    "33.02",
    "33.14",
    "33.15",
    "33.29",
    "33.71",
    "33.72",
    "34.71",
    "35.10",
    "35.20",
    "35.23",
    "35.76",
    "62.02",
    "63.06",
    "64.72",
    "74.71",
]


def pilots() -> list[str]:
    return sorted(e.region for e in seed_events(indonesia()) if e.platform == "MPPDN" and e.date == LAUNCH)


def test_the_21_regions_of_20_june_2023_are_these_codes() -> None:
    assert pilots() == PILOTS
    counted = progress(seed_events(indonesia()), indonesia(), "digital", LAUNCH, verified_only=True)
    assert (counted.at_or_past("live"), counted.regions) == (21, 514)


def test_the_day_before_none_was_live() -> None:
    assert (
        progress(seed_events(indonesia()), indonesia(), "digital", date(2023, 6, 19)).at_or_past("live") == 0
    )


def test_the_21_are_6_11_3_and_1_by_island_group() -> None:
    groups = Counter(indonesia().regions[code].province.group for code in pilots())
    assert groups == {"Sumatera": 6, "Jawa": 11, "Kalimantan": 3, "Sulawesi": 1}


def test_magelang_and_mojokerto_are_the_kota() -> None:
    assert {"33.71", "35.76"} <= set(pilots())
    assert not {"33.08", "35.16"} & set(pilots())


def test_kotawaringin_is_timur_and_on_western_time() -> None:
    region = indonesia().regions["62.02"]
    assert "62.02" in pilots()
    assert "62.01" not in pilots()
    assert (region.name, region.timezone) == ("Kotawaringin Timur", "Asia/Jakarta")


def test_sinjai_is_not_one_of_the_21_and_runs_its_own() -> None:
    assert "73.07" not in pilots()
    held = current_stage(seed_events(indonesia()), "digital", date(2025, 1, 1))["73.07"]
    assert (held.stage.id, held.event.platform, held.event.date) == ("live", "own", date(2024, 2, 27))


def test_mppi_was_tried_in_bengkulu_tengah_and_sinjai() -> None:
    tried = {e.region for e in seed_events(indonesia()) if e.platform == "MPPI" and e.stage == "trial"}
    assert {indonesia().regions[code].full_name for code in tried} == {
        "Kabupaten Bengkulu Tengah",
        "Kabupaten Sinjai",
    }


def test_inaugurations_are_as_many_as_the_announcements_name() -> None:
    days = Counter(e.date.isoformat() for e in seed_events(indonesia()) if e.track == "physical")
    assert days == {
        "2017-10-06": 1,
        "2023-09-26": 12,
        "2023-10-31": 8,
        "2024-06-24": 17,
        "2024-12-12": 42,
        "2025-09-24": 7,
        "2025-12-15": 9,
    }


def test_no_region_is_inaugurated_twice() -> None:
    assert repeats(seed_events(indonesia())) == []
    again = {e.region: e.note for e in seed_events(indonesia()) if "list of 22" in e.note}
    assert set(again) == {"13.10", "32.76"}


def test_no_inauguration_lies_in_the_five_provinces_said_to_have_none_on_12_december_2024() -> None:
    without = {"Maluku", "Papua Barat Daya", "Papua Pegunungan", "Papua Selatan", "Papua Tengah"}
    held = current_stage(seed_events(indonesia()), "physical", date(2024, 12, 12))
    assert not without & {indonesia().regions[code].province.name for code in held}


def test_every_event_has_evidence_and_none_is_simulated() -> None:
    listed = seed_events(indonesia())
    assert len({e.id for e in listed}) == len(listed) == 120
    assert all(e.authority and e.source and not e.simulated for e in listed)
    assert [e.region for e in listed if not e.verified] == ["35.06"]


def test_another_registry_has_no_seed(tmp_path: Path) -> None:
    path = tmp_path / "dutch.csv"
    path.write_text(
        "code,name,timezone\n33.71,Leiden,Europe/Amsterdam\n1,Delft,Europe/Amsterdam\n", encoding="utf-8"
    )
    assert seed_events(Registry.load(path)) == ()


def test_part_of_the_country_has_its_part_of_the_seed() -> None:
    part = Registry.of("jateng", (r for r in indonesia().regions.values() if r.province.code == "33"))
    assert sorted(e.region for e in seed_events(part) if e.platform == "MPPDN") == [
        p for p in PILOTS if p < "34" and p > "33"
    ]


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("33.71,Magelang,kota", "33.08,Magelang,kota", "'Kabupaten Magelang' under code 33.08"),
        ("33.71,Magelang,kota", "33.71,Magelan,kota", "'Kota Magelang' under code 33.71"),
        ("digital,live,2023-06-20", "digital,launched,2023-06-20", "no stage 'launched'"),
        ("digital,live,2023-06-20", "virtual,live,2023-06-20", "no track 'virtual'"),
        ("2023-06-20", "20/06/2023", "no date"),
        (",true,MPPDN", ",yes,MPPDN", "neither true nor false"),
        (",true,MPPDN", ",true,MPPD", "unknown platform"),
        ("13.75,Bukittinggi", "11.71,Banda Aceh", "listed twice"),
    ],
)
def test_a_bad_seed_names_row_field_and_remedy(tmp_path: Path, old: str, new: str, part: str) -> None:
    text = SEED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "seed.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"seed\.csv, row \d+, field") as caught:
        seed_events(indonesia(), path)
    assert part in str(caught.value)
