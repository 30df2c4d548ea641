"""Contracts: those that are delivered agree with the core, and bad ones are refused with a remedy."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from checks.compile import CONTRACTS, compile_contract, load_contract
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
    assert {path.name for path in CONTRACTS["probes"].parent.glob("*")} == {
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


BAD = {
    "no yaml": ("kind: DataContract", "kind: [", r"not YAML"),
    "another kind": ("kind: DataContract", "kind: Dashboard", r"line 4, kind: .*'DataContract'"),
    "another standard": ("apiVersion: v3.1.0", "apiVersion: v2.2.2", r"line 3, apiVersion"),
    "unknown key": (
        "status: active",
        "status: active\nowner: me",
        r"line 9, owner: .*Remove it, or use one of",
    ),
    "unknown key of a column": (
        "        classification: restricted",
        "        clasification: restricted",
        r"line \d+, schema\[0\]\.properties\[1\]\.clasification: .*one of: name, logicalType",
    ),
    "unknown key of a rule": (
        "            severity: critical",
        "            severity: critical\n            seferity: info",
        r"quality\[0\]\.seferity: .*one of: id, description, dimension",
    ),
    "key twice": (
        "status: active",
        "status: active\nstatus: draft",
        r"line 9: the key 'status' stands here twice",
    ),
    "no owner": ("[{property: owner, value: regional-data-source}]", "[]", r"customProperties"),
    "no severity": ("            severity: critical\n", "", r"severity: Field required\. Add it"),
    "unknown severity": (
        "severity: critical",
        "severity: fatal",
        r"severity: .*'critical', 'warning' or 'info'",
    ),
    "unknown dimension": ("dimension: completeness", "dimension: beauty", r"dimension: .*'completeness'"),
    "identifier that is not kebab-case": ("id: region-known", "id: Region_known", r"id: .*pattern"),
    "bound over a hundred": (
        "mustBeLessOrEqualTo: 0",
        "mustBeLessOrEqualTo: 101",
        r"less than or equal to 100",
    ),
    "column twice": ("- name: simulated", "- name: region", r"the column 'region' stands here twice"),
    "unknown type": (
        "physicalType: bool",
        "physicalType: boolean",
        r"'boolean' is no type\. Use one of: string, bool",
    ),
    "another logical type": ("logicalType: boolean", "logicalType: string", r"'bool' is logically 'boolean'"),
    "half a key": ("        primaryKeyPosition: 1\n", "", r"primaryKeyPosition go together"),
    "rule twice": ("- id: region-known", "- id: values-readable", r"'values-readable' stands here twice"),
    "unknown kind of rule": (
        "rule: registered",
        "rule: recognised",
        r"'recognised' is no kind of rule\. Use one of: any-of",
    ),
    "unknown argument": (
        "column: completed\n",
        "colum: completed\n",
        r"arguments\.column: Field required\. Add it",
    ),
    "argument of another type": (
        "earliest: 2000-01-01",
        "earliest: tomorrow",
        r"arguments\.earliest: .*valid date",
    ),
    "unknown column": (
        "            than: submitted",
        "            than: submited",
        r"no column 'submited'\. Use one of: region",
    ),
    "column of another type": (
        "            column: promise_value\n            minimum: 0",
        "            column: service\n            minimum: 0",
        r"'service' is a string; this rule takes integer or number",
    ),
    "columns of different types": (
        "            than: submitted",
        "            than: promise_value",
        r"columns completed and promise_value are of different types",
    ),
    "reference that is no instant": (
        "reference: observed_at",
        "reference: service",
        r"'service' is a string; this rule takes date or timestamp",
    ),
    "range without a bound": ("            minimum: 0\n", "", r"at least one of minimum, above and maximum"),
    "required without a rule": (
        "        required: false",
        "        required: true",
        r"'file_complete' is required but has no rule",
    ),
    "rule without required": (
        "        required: true",
        "        required: false",
        r"'region' has a rule 'required-region' but is not required",
    ),
    "rule of another name": (
        "- id: required-region",
        "- id: needs-region",
        r"is called 'required-region'\. Rename it",
    ),
    "no list of words": (
        "arguments: {validValues: [submitted, file_complete]}",
        "arguments: {}",
        r"'validValues' must be a list of words",
    ),
    "unknown argument of a metric": (
        "arguments: {validValues:",
        "arguments: {pattern: x, validValues:",
        r"unknown: pattern",
    ),
    "unknown metric": ("metric: invalidValues", "metric: oddValues", r"metric: .*'nullValues'"),
    "no bound": (
        "            mustBeLessOrEqualTo: 0\n            unit: percent\n",
        "",
        r"the bound is missing",
    ),
    "another engine": ("engine: pantau", "engine: soda", r"engine: .*'pantau'"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_contract_is_refused_with_file_entry_and_remedy(case: str) -> None:
    old, new, message = BAD[case]
    text = CONTRACTS["transactions"].read_text()
    assert old in text
    with pytest.raises(ContractError, match=message) as refused:
        compile_contract(text.replace(old, new, 1), "mine.yaml")
    assert str(refused.value).startswith("mine.yaml")
    assert refused.value.exit_status == 2


def test_line_of_the_message_is_the_line_of_the_fault() -> None:
    text = CONTRACTS["transactions"].read_text()
    line = text[: text.index("rule: registered")].count("\n") + 1
    with pytest.raises(ContractError, match=rf"mine\.yaml line {line}, "):
        compile_contract(text.replace("rule: registered", "rule: recognised"), "mine.yaml")
