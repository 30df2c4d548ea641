"""Contracts: those that are delivered agree with the core, and bad ones are refused with a remedy."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from checks.compile import CONTRACTS, load_contract
from checks.contract import TYPES
from checks.errors import ContractError
from checks.rules import RULES
from metrics.datasets import DATASETS, KEY, VERSION
from metrics.model import Severity

COMMON = ["region", "id", "observed_at", "simulated"]
ELEMENTS = [
    "requirements", "procedure", "completion_time", "cost", "product", "competence", "conduct", "facilities",
    "complaint_handling",
]  # fmt: skip
SECONDS = [f"{phase}_seconds" for phase in ("dns", "connect", "tls", "first_byte", "transfer", "total")]
COLUMNS = {
    "transactions": [
        *COMMON, "submitted", "file_complete", "completed", "status", "channel", "service", "promise_value",
        "promise_unit", "promise_from", "due",
    ],
    "complaints": [
        *COMMON, "received", "verified", "responded", "resolved", "class", "status", "channel", "category",
        "service", "reopened", "due",
    ],
    "surveys": [*COMMON, "answered", "service", "channel", *ELEMENTS],
    "probes": [*COMMON, "target", "checked", "up", "valid_seconds", "status_code", "reason", *SECONDS],
    "traffic": [
        *COMMON, "started", "interval_seconds", "target", "requests", "errors", "latency_le",
        "latency_counts", "latency_sum_seconds",
    ],
    "rollout_events": [
        *COMMON, "occurred", "track", "stage", "authority", "source", "verified", "platform", "note",
    ],
}  # fmt: skip


def test_each_record_set_has_a_contract() -> None:
    assert [*CONTRACTS] == [*DATASETS] == [*COLUMNS]
    assert {path.name for path in CONTRACTS["probes"].parent.glob("*.yaml")} == {
        f"{name}.yaml" for name in CONTRACTS
    }


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract_agrees_with_the_core(name: str) -> None:
    contract, dataset = load_contract(name), DATASETS[name]
    required = {item.name for item in contract.properties if item.required}
    assert contract.name == dataset.name
    assert contract.key == KEY
    assert {*KEY, VERSION, "simulated", dataset.anchor} <= required
    instants = [item.name for item in contract.properties if item.logical_type in {"timestamp", "date"}]
    assert instants == [VERSION, *dataset.instants]


@pytest.mark.parametrize("name", CONTRACTS)
def test_schemas_have_the_columns_in_their_order_and_agree(name: str) -> None:
    contract = load_contract(name)
    assert contract.polars_schema.names() == contract.arrow_schema.names == COLUMNS[name]
    empty = pl.DataFrame(schema=contract.polars_schema).to_arrow()
    assert empty.cast(contract.arrow_schema).schema == contract.arrow_schema
    assert contract.arrow_schema.field("observed_at").type == pa.timestamp("us", tz="UTC")
    assert not contract.arrow_schema.field("region").nullable
    assert pl.DataFrame(empty.cast(contract.arrow_schema)).schema == contract.polars_schema


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_rule_says_whose_it_is_and_what_it_is_for(name: str) -> None:
    for rule in load_contract(name).rules:
        assert rule.owner
        assert rule.business_impact.endswith(".")
        assert rule.description.endswith(".")
        assert rule.severity in {Severity.CRITICAL, Severity.WARNING}
        assert 0 <= rule.bound <= 1
        assert (rule.bound == 0) == (rule.severity is Severity.CRITICAL)


def test_every_kind_of_rule_and_every_type_is_used() -> None:
    contracts = [load_contract(name) for name in CONTRACTS]
    assert {rule.kind_name for contract in contracts for rule in contract.rules} == {*RULES}
    assert {item.physical_type for contract in contracts for item in contract.properties} == {*TYPES}


def test_words_of_a_column_are_those_of_its_rule() -> None:
    domains = load_contract("transactions").domains
    assert domains["status"] == ("open", "completed", "rejected", "withdrawn")
    assert "service" not in domains


def test_free_text_and_the_records_own_number_are_restricted() -> None:
    assert load_contract("complaints").restricted == ("id", "category", "service")
    assert load_contract("rollout_events").restricted == ("id", "note")


def test_contract_can_be_loaded_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "probes.yaml"
    path.write_text(CONTRACTS["probes"].read_text())
    assert load_contract(path) == load_contract(str(path)) == load_contract("probes")


def test_contract_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"no contract 'permits'.*transactions"):
        load_contract("permits")
    with pytest.raises(ContractError, match=r"cannot be read.*Check the path"):
        load_contract(tmp_path / "absent.yaml")
