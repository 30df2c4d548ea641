"""The product reads a simulated year: it finds every planted defect where it is, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import polars as pl
import pytest

from checks.compile import load_contract
from checks.gate import Gate
from exporters.files.file import read_file
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from metrics.model import CheckResult, Outcome
from metrics.regions import indonesia
from simulator.defects import MADE_UP_NIK
from simulator.flavours import FLAVOURS, Flavour
from tests.simulator.conftest import Year

NOW = datetime(2026, 1, 2, tzinfo=UTC)
Finding = tuple[str, str | None, int]


class Import:
    """One file through mapping and gate."""

    def __init__(self, year: Year, flavour: Flavour) -> None:
        registry = indonesia()
        mapping = Mapping.load(year.folder / flavour.mapping)
        contract = load_contract(flavour.dataset)
        mapper = Mapper(mapping, contract, registry, NOW, origin=flavour.file)
        gate = Gate(contract, registry.regions, NOW).open()
        chunks = read_file(year.folder / flavour.file, mapping.format)
        verdicts = [gate.check(mapper.map(chunk)) for chunk in chunks]
        self.accepted = pl.concat([verdict.accepted for verdict in verdicts])
        self.rejected = pl.concat([verdict.rejected for verdict in verdicts])
        self.checks: list[CheckResult] = gate.close()

    def rejections(self) -> set[Finding]:
        """Rule, region and number of the rejected records."""
        counts = self.rejected.group_by("rule", "region").len()
        return {(str(rule), region, int(n)) for rule, region, n in counts.iter_rows()}

    def warnings(self) -> set[Finding]:
        """Rule, region and number of the accepted records with a warning."""
        warned = self.accepted.drop_nulls("warnings").with_columns(rule=pl.col("warnings").str.split(","))
        counts = warned.explode("rule").group_by("rule", "region").len()
        return {(str(rule), region, int(n)) for rule, region, n in counts.iter_rows()}

    def failures(self) -> set[Finding]:
        """Check, region and number of bad records of each region's check that does not pass."""
        bad = [check for check in self.checks if check.region and check.outcome is not Outcome.PASS]
        return {(check.rule, check.region, check.bad) for check in bad}


Imported = Callable[[Year, Flavour], Import]


@pytest.fixture(scope="module")
def imported() -> Imported:
    """Import of a file, made once."""
    return cache(Import)


def planted(year: Year, flavour: Flavour, outcome: str) -> set[Finding]:
    return {
        (str(defect.rule), defect.region, defect.rows)
        for defect in year.manifest.defects
        if defect.file == flavour.file and defect.outcome == outcome
    }


@pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.name)
def test_clean_file_is_accepted_whole_and_without_a_warning(
    clean_year: Year, flavour: Flavour, imported: Imported
) -> None:
    done = imported(clean_year, flavour)
    expected = next(file for file in clean_year.manifest.files if file.file == flavour.file)
    assert done.accepted.height == expected.records
    assert done.rejected.height == 0
    assert done.accepted["warnings"].null_count() == expected.records
    assert [check for check in done.checks if check.outcome is not Outcome.PASS] == []
    assert done.accepted["simulated"].all()


@pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.name)
def test_planted_defects_are_found_where_they_are_and_nowhere_else(
    year: Year, flavour: Flavour, imported: Imported
) -> None:
    done = imported(year, flavour)
    assert done.rejections() == planted(year, flavour, "rejected")
    assert done.warnings() == planted(year, flavour, "warned")
    expected = {
        (defect.check, defect.region, defect.rows)
        for defect in year.manifest.defects
        if defect.file == flavour.file and defect.outcome in {"rejected", "warned"} and defect.region
    }
    assert done.failures() == expected
    assert MADE_UP_NIK not in str(done.accepted.select(pl.col(pl.String)).to_dict(as_series=False))


@pytest.mark.parametrize("dataset", ["transactions", "complaints"])
def test_accepted_records_are_those_of_the_truth(year: Year, dataset: str, imported: Imported) -> None:
    counted, ended = Counter[str](), Counter[str]()
    end = {"transactions": "completed", "complaints": "resolved"}[dataset]
    for flavour in FLAVOURS:
        if flavour.dataset == dataset:
            latest = (
                imported(year, flavour).accepted.sort("observed_at").unique(["region", "id"], keep="last")
            )
            counted.update(latest["region"])
            ended.update(latest.drop_nulls(end)["region"])
    facts = year.truth["regions"]
    assert counted == {code: facts[code][dataset]["received"] for code in facts if dataset in facts[code]}
    assert all(number == facts[code][dataset]["finished"] for code, number in ended.items())


def test_instants_of_all_flavours_come_out_as_the_simulator_meant_them(
    clean_year: Year, imported: Imported
) -> None:
    for flavour in FLAVOURS:
        if flavour.dataset != "transactions":
            continue
        frame = imported(clean_year, flavour).accepted.filter(pl.col("completed").is_not_null())
        elapsed = (pl.col("completed") - pl.col("submitted")).dt.total_microseconds() / 86_400e6
        medians = dict(frame.group_by("region").agg(elapsed.median()).iter_rows())
        for code, median in medians.items():
            facts = clean_year.truth["regions"][code]["transactions"]
            assert median == pytest.approx(facts["median_days_closed"], abs=1e-5)
        hours = {
            hour
            for zone in ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
            for hour in frame.filter(
                pl.col("region").is_in([r.code for r in indonesia().regions.values() if r.timezone == zone])
            )["completed"]
            .dt.convert_time_zone(zone)
            .dt.hour()
        }
        assert hours <= set(range(7, 17))
