"""What the simulator planted comes to light in a whole installation: there, as promised, and nowhere else."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from app.reading.quality import SILENT_DAYS, coverage
from metrics.archive import Archive
from metrics.datasets import DATASETS
from metrics.regions import indonesia
from metrics.store import Store
from simulator import Manifest, PlantedDefect, write_year
from simulator.defects import DEFECTS, MADE_UP_NIK, MASKED, REJECTED, SILENT, SUPERSEDED, WARNED
from tests.services.command import Installed, install
from tests.simulator.conftest import FLAVOUR

SCALE = 0.05
COUNTED = {  # record set: what the truth calls the number of its records
    "transactions": "received",
    "complaints": "received",
    "surveys": "respondents",
    "probes": "probes",
    "traffic": "requests",
    "rollout_events": "events",
}


@dataclass(frozen=True, eq=False)
class Nation:
    """A simulated year of 514 regions, and the installation that took it in, file by file."""

    folder: Path
    manifest: Manifest
    installed: Installed
    accounts: dict[str, dict[str, Any]]
    store: Store

    def planted(self, *outcomes: str) -> list[PlantedDefect]:
        return [defect for defect in self.manifest.defects if defect.outcome in outcomes]

    def of_kind(self, kind: str) -> PlantedDefect:
        (defect,) = [defect for defect in self.manifest.defects if defect.kind == kind]
        return defect

    @property
    def truth(self) -> dict[str, dict[str, Any]]:
        content = json.loads((self.folder / self.manifest.truth).read_text(encoding="utf-8"))
        regions: dict[str, dict[str, Any]] = content["regions"]
        return regions

    def archived(self, dataset: str) -> pl.DataFrame:
        records = Archive(self.installed.home / "archive").records(dataset)
        assert records is not None
        return pl.DataFrame(records.to_table())

    def archived_of(self, defect: PlantedDefect) -> pl.DataFrame:
        """Every version of the records that a defect was written into."""
        records = self.archived(defect.dataset)
        return records.filter(pl.col("region") == defect.region, pl.col("id").is_in(defect.keys))


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nation]:
    folder, home = tmp_path_factory.mktemp("year"), tmp_path_factory.mktemp("nation") / "home"
    manifest = write_year(folder, list(indonesia().regions.values()), scale=SCALE)
    installed = install(home)
    accounts = {
        file.file: installed("import", folder / file.file, "--mapping", folder / file.mapping)
        for file in manifest.files
    }
    with Store.open(f"sqlite:///{home / 'store.sqlite3'}") as store:
        yield Nation(folder, manifest, installed, accounts, store)


@pytest.fixture(scope="module")
def rejected(nation: Nation) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = nation.installed("rejected", "--limit", "100000")
    return rows


def placed(defects: list[PlantedDefect], *, by: str) -> Counter[tuple[str | None, ...]]:
    """Planted records by file, region and rule (or check)."""
    return Counter({(d.file, d.region, getattr(d, by)): d.rows for d in defects})


def test_every_kind_of_defect_is_planted_and_no_two_in_one_record_set_of_one_region(nation: Nation) -> None:
    planted = nation.planted(REJECTED, WARNED, MASKED, SUPERSEDED)
    assert [defect.kind for defect in planted] == [defect.kind for defect in DEFECTS]
    assert max(Counter((defect.dataset, defect.made_from) for defect in planted).values()) == 1
    assert len(nation.planted(SILENT)) > 10


def test_records_are_rejected_where_they_were_planted_and_nowhere_else(
    nation: Nation, rejected: list[dict[str, Any]]
) -> None:
    found = Counter((row["origin"], row["region"], row["rule"]) for row in rejected)
    assert found == placed(nation.planted(REJECTED), by="rule")


def test_rejected_record_breaks_no_other_rule_than_the_planted_one(rejected: list[dict[str, Any]]) -> None:
    """But that the clock of a region that is not known cannot be read either."""
    more = {row["rules"] for row in rejected if row["rules"] != row["rule"]}
    assert more == {"region-ambiguous,date-unreadable"}


@pytest.mark.parametrize("kind", [defect.kind for defect in DEFECTS if defect.outcome == REJECTED])
def test_rejected_record_is_kept_with_its_own_number_and_a_reason(
    nation: Nation, rejected: list[dict[str, Any]], kind: str
) -> None:
    defect = nation.of_kind(kind)
    rows = [
        row
        for row in rejected
        if (row["origin"], row["region"], row["rule"]) == (defect.file, defect.region, defect.rule)
    ]
    payloads = [json.loads(row["payload"]) for row in rows]
    title = FLAVOUR[defect.file].columns["id"]
    if kind == "line-malformed":
        assert all(any(key in payload["_line"] for key in defect.keys) for payload in payloads)
    elif kind == "id-missing":
        assert all(not payload[title] for payload in payloads)
    else:
        assert sorted(payload[title] for payload in payloads) == sorted(defect.keys)
    assert len(rows) == defect.rows
    assert all(row["reason"] for row in rows)


def test_store_counts_rejected_records_by_region_and_rule_as_planted(nation: Nation) -> None:
    expected: Counter[tuple[str, str | None, str | None]] = Counter()
    for defect in nation.planted(REJECTED):
        expected[defect.dataset, defect.region, defect.rule] += defect.rows
    found = nation.store.rejections().select("dataset", "region", "rule", "n").rows()
    assert {(dataset, region, rule): n for dataset, region, rule, n in found} == expected


def test_checks_fail_where_a_defect_was_planted_and_nowhere_else(nation: Nation) -> None:
    """A warning, a key that is there twice and a rejected record are each a failed check of their region."""
    origin = {account["files"][0]["batch"]: file for file, account in nation.accounts.items()}
    results = nation.store.check_results()
    failed = results.filter(pl.col("region").is_not_null()).to_dicts()
    assert {row["outcome"] for row in failed} == {"fail"}
    found = Counter({(origin[row["batch"]], row["region"], row["rule"]): row["bad"] for row in failed})
    told = [d for d in nation.planted(REJECTED, WARNED, SUPERSEDED) if d.check and d.region]
    assert found == placed(told, by="check")


def test_checks_of_whole_files_count_what_was_planted_in_them_and_nothing_else(nation: Nation) -> None:
    origin = {account["files"][0]["batch"]: file for file, account in nation.accounts.items()}
    whole = nation.store.check_results().filter(pl.col("region").is_null())
    assert set(whole["outcome"]) == {"pass", "fail"}
    found = {(origin[row["batch"]], row["rule"]): row["bad"] for row in whole.to_dicts() if row["bad"]}
    expected: Counter[tuple[str, str]] = Counter()
    for defect in nation.planted(REJECTED, WARNED, SUPERSEDED):
        if defect.check:
            expected[defect.file, defect.check] += defect.rows
    assert found == expected


def test_share_of_a_region_that_fails_is_of_its_own_records(nation: Nation) -> None:
    received = nation.truth
    for row in nation.store.check_results().filter(pl.col("region").is_not_null()).to_dicts():
        counted = received[row["region"]][row["dataset"]]
        good = counted["rows"] if row["dataset"] == "traffic" else counted[COUNTED[row["dataset"]]]
        assert good <= row["n"] <= good + row["bad"], row
        assert row["value"] == row["bad"] / row["n"]


def test_records_are_warned_of_where_it_was_planted_and_nowhere_else(nation: Nation) -> None:
    by_file = {file: account["warned_by_rule"] for file, account in nation.accounts.items()}
    planted = nation.planted(WARNED)
    assert by_file == {
        file: {defect.rule: defect.rows for defect in planted if defect.file == file} for file in by_file
    }
    for dataset in DATASETS:
        warned = nation.archived(dataset).filter(pl.col("warnings").is_not_null())
        found = Counter(warned.select("region", "warnings", "id").rows())
        mine = [defect for defect in planted if defect.dataset == dataset]
        assert found == Counter((d.region, d.rule, key) for d in mine for key in d.keys)


def test_nobodys_nik_is_readable_anywhere_in_the_installation(nation: Nation) -> None:
    for defect in nation.planted(MASKED):
        column = "service" if defect.dataset == "transactions" else "category"
        texts = nation.archived_of(defect)[column].to_list()
        assert len(texts) == defect.rows
        assert all("[nik" in text for text in texts)
    for dataset in (*DATASETS, "rejected"):
        frame = nation.archived(dataset).select(pl.col(pl.String))
        assert not frame.select(pl.any_horizontal(pl.all().str.contains(MADE_UP_NIK)).any()).item(), dataset
    files = [path for path in nation.installed.home.rglob("*") if path.is_file()]
    assert [path for path in files if MADE_UP_NIK.encode() in path.read_bytes()] == []


def test_later_version_and_repeated_key_replace_a_record_and_are_no_further_one(nation: Nation) -> None:
    for file, account in nation.accounts.items():
        replaced = sum(d.rows for d in nation.planted(SUPERSEDED) if d.file == file)
        assert (account["updated"], account["unchanged"]) == (replaced, 0)
    cases = nation.store.rollup("case_rollup")
    mended = cases.filter(pl.col("service").str.ends_with("(diperbaiki)"))
    defect = nation.of_kind("newer-version")
    assert set(mended["region"]) == {defect.region}
    assert mended["received"].sum() == defect.rows


def test_every_region_has_the_records_that_are_true_of_it_and_none_of_the_planted_ones(
    nation: Nation,
) -> None:
    counted = {
        (dataset, region): row[dataset][name]
        for region, row in nation.truth.items()
        for dataset, name in COUNTED.items()
        if dataset in row
    }
    found = nation.store.freshness().select("dataset", "region", "records").rows()
    assert {(dataset, region): n for dataset, region, n in found} == counted


@pytest.mark.parametrize("name", ["finished", "rejected", "withdrawn", "open"])
def test_what_became_of_the_applications_of_every_region_is_as_the_truth_says(
    nation: Nation, name: str
) -> None:
    """The planted warnings contradict a status or a time of observation, and change none of these counts."""
    rows = nation.store.rollup("case_rollup").filter(pl.col("dataset") == "transactions")
    found = dict(rows.group_by("region").agg(pl.col(name).sum()).rows())
    assert found == {
        region: row["transactions"][name] for region, row in nation.truth.items() if "transactions" in row
    }


def test_regions_that_fell_silent_are_those_that_are_reported_silent(nation: Nation) -> None:
    """By their probes, of which every other region has one a day."""
    end = dt.date.fromisoformat(nation.manifest.as_of)
    cover = coverage(nation.store.freshness(), indonesia(), ["probes"])
    long_ago = {
        defect.region
        for defect in nation.planted(SILENT)
        if (end - dt.date.fromisoformat(defect.first_day)).days > SILENT_DAYS
    }
    assert set(cover.filter("silent")["region"]) == long_ago
    all_year = {d.region for d in nation.planted(SILENT) if d.first_day == f"{end.year}-01-01"}
    assert set(cover.filter(pl.col("records") == 0)["region"]) == all_year


def test_nothing_is_known_of_a_region_from_the_day_on_which_it_fell_silent(nation: Nation) -> None:
    last = dict(
        nation.store.freshness()
        .filter(pl.col("dataset") != "rollout_events")
        .group_by("region")
        .agg(pl.col("last_anchor").max())
        .rows()
    )
    for defect in nation.planted(SILENT):
        midnight = dt.datetime.fromisoformat(f"{defect.first_day}T00:00:00+09:00")
        assert defect.region not in last or last[defect.region] < midnight + dt.timedelta(hours=2)


def test_region_that_was_silent_all_year_is_in_the_ranking_unranked_and_with_the_reason(
    nation: Nation,
) -> None:
    rows = {row["region"]: row for row in nation.installed("rank")["rows"]}
    assert rows.keys() == indonesia().regions.keys()
    for defect in nation.planted(SILENT):
        if defect.first_day.endswith("-01-01"):
            row = rows[str(defect.region)]
            assert (row["ranked"], row["rank"], bool(row["reasons"])) == (False, None, True)
            assert (
                nation.installed.figure("completion_days_median", str(defect.region))["status"] == "no_data"
            )


def test_delivered_once_more_nothing_is_counted_again(nation: Nation, tmp_path: Path) -> None:
    """Least of all a record that stands in its file in two versions, or twice in one."""
    shutil.copytree(nation.installed.home, tmp_path / "home")
    again = Installed(tmp_path / "home")
    for file in nation.manifest.files:
        if file.dataset == "transactions":
            first = nation.accounts[file.file]
            second = again("import", nation.folder / file.file, "--mapping", nation.folder / file.mapping)
            assert (second["new"], second["updated"]) == (0, 0), file.file
            assert second["rejected_by_rule"] == first["rejected_by_rule"]
    assert len(again("rejected", "--limit", "100000")) == sum(d.rows for d in nation.planted(REJECTED))
    with Store.open(f"sqlite:///{tmp_path / 'home' / 'store.sqlite3'}") as store:
        assert store.rollup_digest() == nation.store.rollup_digest()


def test_later_version_in_a_file_of_its_own_counts_even_if_that_file_comes_first(
    nation: Nation, tmp_path: Path
) -> None:
    defect = nation.of_kind("newer-version")
    lines = (nation.folder / defect.file).read_text(encoding="utf-8").splitlines(keepends=True)
    newer, older = tmp_path / "newer.jsonl", tmp_path / "older.jsonl"
    newer.write_text("".join(line for line in lines if "(diperbaiki)" in line), encoding="utf-8")
    older.write_text("".join(line for line in lines if "(diperbaiki)" not in line), encoding="utf-8")
    home = install(tmp_path / "home")
    home("import", newer, older, "--mapping", nation.folder / FLAVOUR[defect.file].mapping)
    with Store.open(f"sqlite:///{tmp_path / 'home' / 'store.sqlite3'}") as store:
        cases = store.rollup("case_rollup")
    whole = nation.store.rollup("case_rollup").filter(pl.col("dataset") == "transactions")
    assert cases.equals(whole.filter(pl.col("region").is_in(cases["region"].unique().to_list())))
    assert cases.filter(pl.col("service").str.ends_with("(diperbaiki)"))["received"].sum() == defect.rows
