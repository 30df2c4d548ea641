"""A written year: reproducible, marked, and with the counts that its truth tells."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
import yaml

from metrics.model import Province, Region
from simulator import write_year
from simulator.__main__ import main
from tests.simulator.conftest import FLAVOUR, Year, region_of


def digest(folder: Path) -> str:
    content = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        content.update(path.name.encode() + path.read_bytes())
    return content.hexdigest()


def test_same_seed_gives_the_same_bytes(tmp_path: Path, regions: list[Region]) -> None:
    for folder in ("one", "two"):
        write_year(tmp_path / folder, regions[:20], seed=5, scale=0.05)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_another_seed_gives_another_year(tmp_path: Path, regions: list[Region]) -> None:
    for seed in (5, 6):
        write_year(tmp_path / str(seed), regions[:20], seed=seed, scale=0.05)
    for name in ("simulated-probes.csv", "truth.json", "manifest.json"):
        assert (tmp_path / "5" / name).read_bytes() != (tmp_path / "6" / name).read_bytes()


def test_order_of_the_regions_does_not_matter(tmp_path: Path, regions: list[Region]) -> None:
    write_year(tmp_path / "one", regions[:20], scale=0.05)
    write_year(tmp_path / "two", regions[19::-1], scale=0.05)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_defects_leave_the_truth_as_it_is(year: Year, clean_year: Year) -> None:
    assert year.truth == clean_year.truth


def test_every_file_record_and_mapping_says_that_it_is_simulated(clean_year: Year) -> None:
    assert clean_year.manifest.simulated
    assert clean_year.truth["simulated"]
    assert {file.file for file in clean_year.manifest.files} == set(FLAVOUR)
    for file in clean_year.manifest.files:
        assert file.simulated
        assert file.file.startswith("simulated-")
        mapping = yaml.safe_load((clean_year.folder / file.mapping).read_text(encoding="utf-8"))
        assert mapping["simulated"] is True
        title, word = FLAVOUR[file.file].mark
        assert {record[title] for record in clean_year.records(file.file)} == {word}


def test_manifest_counts_the_records_of_each_file(year: Year) -> None:
    for file in year.manifest.files:
        lines = (year.folder / file.file).read_text(encoding="utf-8").splitlines()
        assert len(lines) - (not file.file.endswith(".jsonl")) == file.records


@pytest.mark.parametrize(
    "dataset", ["transactions", "complaints", "surveys", "probes", "traffic", "rollout_events"]
)
def test_files_hold_as_many_records_of_each_region_as_the_truth_tells(
    clean_year: Year, regions: list[Region], dataset: str
) -> None:
    counted: Counter[str | None] = Counter()
    for file in clean_year.manifest.files:
        if file.dataset == dataset:
            counted.update(region_of(record, file.file, regions) for record in clean_year.records(file.file))
    name = {
        "transactions": "received",
        "complaints": "received",
        "surveys": "respondents",
        "probes": "probes",
    }
    expected = {
        code: facts[dataset][name.get(dataset, {"traffic": "rows"}.get(dataset, "events"))]
        for code, facts in clean_year.truth["regions"].items()
        if dataset in facts
    }
    assert counted == expected


def test_statuses_in_the_files_are_as_the_truth_tells(clean_year: Year) -> None:
    done, waiting = Counter[str](), Counter[str]()
    for record in clean_year.records("simulated-transactions-mppdn.csv"):
        code = str(record["kode_wilayah"])
        done[code] += bool(record["tanggal_selesai"])
        waiting[code] += record["status"] == "diproses"
    assert done
    for code, number in done.items():
        facts = clean_year.truth["regions"][code]["transactions"]
        assert (number, waiting[code]) == (facts["finished"], facts["open"])
        assert facts["completed"] + facts["rejected"] + facts["withdrawn"] == facts["finished"]
        assert facts["finished"] + facts["open"] == facts["received"]


def test_regions_of_another_country_have_a_year_too(tmp_path: Path) -> None:
    group = Province("NL", "Nederland", "")
    names = ("Utrecht", "Gouda", "Utrecht")
    regions = [Region(str(n), name, "", group, "Europe/Amsterdam") for n, name in enumerate(names, 1)]
    manifest = write_year(tmp_path, regions, year=2024, scale=0.2)
    assert {file.file for file in manifest.files} >= {
        "simulated-probes.csv",
        "simulated-transactions-mppdn.csv",
    }
    assert not any("own" in file.file for file in manifest.files)
    first = (tmp_path / "simulated-probes.csv").read_text(encoding="utf-8").splitlines()[1]
    assert first.split(",")[3] < "2024-01-02"


def test_year_without_regions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs regions"):
        write_year(tmp_path, [])


def test_command_writes_a_year_and_tells_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = tmp_path / "registry.csv"
    registry.write_text("code,name,timezone\n01,Alfa,Asia/Jakarta\n02,Beta,Asia/Makassar\n", encoding="utf-8")
    out = tmp_path / "out"
    assert main(["--out", str(out), "--registry", str(registry), "--scale", "0.02", "--clean"]) == 0
    assert (out / "manifest.json").exists()
    assert "simulated-probes.csv" in capsys.readouterr().out
