"""Each seeded defect is found in its region, field and days, and nobody else is alarmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.compile import CONTRACTS, load_contract
from checks.monitors import MONITORS
from tests.checks.defects.catalogue import CATALOGUE
from tests.checks.defects.kind import Defect
from tests.checks.defects.table import BANDS, SEEDS, by_band, false_alarms, measured
from tests.checks.defects.trial import try_out

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "seeded-defects.md"
SEED = 1
RECALL = 0.95
ONE_A_YEAR = 1.0
BY_CHANCE = [defect for defect in CATALOGUE if defect.anomaly]


@pytest.mark.parametrize("defect", CATALOGUE, ids=lambda defect: defect.id)
def test_defect_is_found_where_it_is_and_no_other_region_is_alarmed(defect: Defect) -> None:
    trial = try_out(defect, SEED)
    assert trial.found, f"{defect.found_by} does not see it; seen instead: {trial.seen}"
    assert trial.false == ()


def test_catalogue_has_sixty_kinds_at_least_each_with_a_name_of_its_own() -> None:
    assert len({defect.id for defect in CATALOGUE}) == len(CATALOGUE) >= 60


def test_each_monitor_has_a_defect_that_it_must_find() -> None:
    assert set(MONITORS) <= {defect.found_by for defect in CATALOGUE}


def test_what_finds_a_defect_is_a_monitor_or_a_rule_of_its_record_set() -> None:
    rules = {name: {rule.id for rule in load_contract(name).rules} for name in CONTRACTS}
    strange = [d.id for d in CATALOGUE if d.found_by not in MONITORS and d.found_by not in rules[d.dataset]]
    assert strange == []


def test_published_table_lists_each_defect_as_it_is_planted() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    listed = [tuple(cell.strip() for cell in line.split("|")[1:4]) for line in lines if line.count("|") == 10]
    assert listed[2:] == [(d.id, d.dataset, d.effect) for d in CATALOGUE]


@pytest.mark.slow
def test_anomalies_of_regions_with_thirty_cases_a_day_are_found_in_nineteen_of_twenty_trials() -> None:
    trials = by_band(measured(BY_CHANCE, SEEDS))[BANDS[-1]]
    missed = [(trial.defect.id, trial.seed) for trial in trials if not trial.found]
    assert len(trials) - len(missed) >= RECALL * len(trials), missed


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1.0, 8.0])
def test_clean_data_raise_at_most_one_alarm_a_region_and_year(scale: float) -> None:
    told, years = false_alarms(SEEDS, scale)
    assert sum(told.values()) <= ONE_A_YEAR * years
