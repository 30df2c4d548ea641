"""A result as a record: the columns and the words of the contract."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.compile import load_contract
from checks.gate import Gate
from exporters.probing import Address, Reason, Result, probe, probe_record
from exporters.probing.record import CONTRACT_REASONS
from tests.checks.records import chunk_of
from tests.exporters.probing.servers import OK, answers, module, probed

CONTRACT = Path(__file__).parents[3] / "checks" / "contracts" / "probes.yaml"


def columns() -> dict[str, Any]:
    """Columns of the contract, by name."""
    properties = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["schema"][0]["properties"]
    return {column["name"]: column for column in properties}


def refused() -> Result:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return asyncio.run(probe(Address("127.0.0.1", bound.getsockname()[1], "http"), module()))


def record(result: Result) -> dict[str, object]:
    return probe_record(result, region="11.10", target="portal", simulated=True)


def test_record_has_the_columns_of_the_contract() -> None:
    assert list(record(probed(answers(OK)))) == list(columns())


def test_record_says_all_that_the_contract_requires() -> None:
    required = {name for name, column in columns().items() if column.get("required")}
    for result in (probed(answers(OK)), refused()):
        made = record(result)
        assert {name for name in required if made[name] is None} == set()


def test_every_reason_has_a_word_of_the_contract() -> None:
    words = columns()["reason"]["quality"][0]["arguments"]["validValues"]
    assert set(CONTRACT_REASONS) == set(Reason)
    assert set(CONTRACT_REASONS.values()) <= set(words)
    assert [reason for reason, word in CONTRACT_REASONS.items() if word == "none"] == [Reason.NONE]


@pytest.mark.parametrize("word", ["dns", "refused", "timeout", "tls", "status", "body", "redirect", "reset"])
def test_word_of_the_contract_means_itself(word: str) -> None:
    assert CONTRACT_REASONS[Reason(word)] == word


def test_gate_accepts_the_record_of_every_reason_without_a_warning() -> None:
    contract = load_contract("probes")
    succeeded = probed(answers(OK))
    results = [replace(succeeded, reason=reason, up=reason is Reason.NONE) for reason in Reason]
    records = [{**record(result), "id": str(row), "_row": row} for row, result in enumerate(results)]
    gate = Gate(contract, ["11.10"], datetime.now(UTC)).open()
    verdict = gate.check(chunk_of(contract, records))
    assert verdict.rejected.to_dicts() == []
    assert verdict.accepted["warnings"].drop_nulls().to_list() == []
    assert verdict.accepted.height == len(Reason)


def test_record_of_a_failure_says_why_and_how_far_it_came() -> None:
    made = record(refused())
    assert (made["up"], made["reason"], made["status_code"]) == (False, "refused", 0)
    assert made["connect_seconds"] is None
    assert isinstance(made["total_seconds"], float)


def test_records_of_one_target_differ_in_their_id() -> None:
    first, second = probed(answers(OK)), probed(answers(OK))
    assert record(first)["id"] != record(second)["id"]
    assert first.checked.tzinfo is UTC
