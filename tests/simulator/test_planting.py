"""Planted defects: listed, really there, and nowhere else."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from metrics.model import Region
from simulator import PlantedDefect
from simulator.defects import DEFECTS, MADE_UP_NIK
from tests.simulator.conftest import FLAVOUR, Year, region_of


def rows_with(year: Year, defect: PlantedDefect, text: str) -> list[str]:
    return [line for line in year.lines(defect.file) if text in line]


def test_every_kind_is_planted_once_and_there_are_more_than_fifteen(year: Year) -> None:
    planted = [defect.kind for defect in year.manifest.defects if defect.outcome != "silent"]
    assert planted == [defect.kind for defect in DEFECTS]
    assert len(set(planted)) == len(planted) > 15


def test_clean_year_has_no_defects_but_the_silent_regions(clean_year: Year) -> None:
    assert {defect.kind for defect in clean_year.manifest.defects} <= {"silent-region"}


def test_defects_of_one_record_set_lie_in_different_regions(year: Year) -> None:
    places = Counter(
        (defect.dataset, defect.made_from) for defect in year.manifest.defects if defect.outcome != "silent"
    )
    assert max(places.values()) == 1


@pytest.mark.parametrize("kind", [defect.kind for defect in DEFECTS])
def test_planted_records_are_in_the_file(year: Year, regions: list[Region], kind: str) -> None:
    defect = next(entry for entry in year.manifest.defects if entry.kind == kind)
    assert defect.rows >= 3
    assert defect.first_day <= defect.last_day
    if not defect.keys:
        assert defect.kind == "id-missing"
        return
    assert len(set(defect.keys)) == defect.rows
    title = FLAVOUR[defect.file].columns["id"]
    records = [record for record in year.records(defect.file) if record[title] in defect.keys]
    if defect.kind == "region-unknown":
        assert {region_of(record, defect.file, regions) for record in records} == {"99.99"}
    elif defect.region is not None:
        records = [r for r in records if region_of(r, defect.file, regions) == defect.region]
    assert {record[title] for record in records} == set(defect.keys)


def test_rejected_records_are_further_records(year: Year, clean_year: Year) -> None:
    before = {file.file: file.records for file in clean_year.manifest.files}
    added = Counter[str]()
    for defect in year.manifest.defects:
        if defect.outcome in {"rejected", "superseded"}:
            added[defect.file] += defect.rows
    assert {file.file: file.records - before[file.file] for file in year.manifest.files} == {
        name: added[name] for name in before
    }


def test_unreadable_dates_stand_only_where_they_were_planted(year: Year) -> None:
    for kind, text in (("date-unreadable", "31-02-2025"), ("date-in-words", "kemarin sore")):
        defect = next(entry for entry in year.manifest.defects if entry.kind == kind)
        found = rows_with(year, defect, text)
        assert len(found) == defect.rows
        assert all(any(key in line for key in defect.keys) for line in found)


def test_made_up_nik_stands_only_where_it_was_planted(year: Year, clean_year: Year) -> None:
    planted = Counter({d.file: d.rows for d in year.manifest.defects if d.outcome == "masked"})
    assert len(planted) == 2
    for file in year.manifest.files:
        assert (year.folder / file.file).read_text(encoding="utf-8").count(MADE_UP_NIK) == planted[file.file]
        assert MADE_UP_NIK not in (clean_year.folder / file.file).read_text(encoding="utf-8")


def test_missing_ids_are_counted(year: Year) -> None:
    defect = next(entry for entry in year.manifest.defects if entry.kind == "id-missing")
    rows = [line for line in year.lines("simulated-transactions-own.csv") if not line.split(",")[2]]
    assert defect.keys == ()
    assert len(rows) == defect.rows


def test_newer_version_has_the_id_of_an_older_one(year: Year) -> None:
    defect = next(entry for entry in year.manifest.defects if entry.kind == "newer-version")
    for key in defect.keys:
        versions = [
            record
            for record in map(json.loads, year.lines("simulated-transactions-mppi.jsonl"))
            if (record["regionCode"], record["applicationId"]) == (defect.region, key)
        ]
        assert len(versions) == 2
        assert len({version["updatedAt"] for version in versions}) == 2
        assert len({version["service"] for version in versions}) == 2


def test_key_that_is_there_twice_has_one_instant_and_two_contents(year: Year) -> None:
    defect = next(entry for entry in year.manifest.defects if entry.kind == "key-twice")
    for key in defect.keys:
        rows = [
            record
            for record in year.records(defect.file)
            if (record["kode_wilayah"], record["nomor"]) == (defect.region, key)
        ]
        assert len(rows) == 2
        assert len({row["diperbarui"] for row in rows}) == 1
        assert len({row["layanan"] for row in rows}) == 2


def test_warnings_are_frequent_enough_to_fail_a_check(year: Year) -> None:
    for defect in year.manifest.defects:
        if defect.outcome == "warned":
            received = year.truth["regions"][defect.region][defect.dataset]["received"]
            assert defect.rows / received > 0.03
