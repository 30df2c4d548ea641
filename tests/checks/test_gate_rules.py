"""Every rule of every contract is able to fail, on the row that breaks it and on no other."""

from __future__ import annotations

import polars as pl
import pytest

from checks.compile import CONTRACTS, load_contract
from checks.contract import Rule
from checks.expectations import judge_here
from checks.rules.kind import Expectation
from checks.suites import Judgement
from metrics.model import Outcome, Severity
from tests.checks.records import CODES, broken, chunk_of, frame_of, gate_of, good, issue

ROW_RULES = [
    pytest.param(name, rule, id=f"{name}-{rule.id}")
    for name in CONTRACTS
    for rule in load_contract(name).rules
    if rule.kind_name != "readable"
]


@pytest.mark.parametrize(("name", "rule"), ROW_RULES)
def test_rule_fires_on_the_row_that_breaks_it_alone_and_on_no_other(name: str, rule: Rule) -> None:
    contract = load_contract(name)
    records = [good(contract, 1), broken(contract, rule, 2), good(contract, 3)]
    gate = gate_of(contract).open()
    verdict = gate.check(chunk_of(contract, records))
    if rule.severity is Severity.CRITICAL:
        assert verdict.rejected.select("_row", "rule", "rules").rows() == [(2, rule.id, rule.id)]
        assert verdict.accepted["_row"].to_list() == [1, 3]
        assert verdict.accepted["warnings"].null_count() == 2
        assert gate.rejected_by_rule == {rule.id: 1}
    else:
        assert verdict.rejected.is_empty()
        assert verdict.accepted["warnings"].to_list() == [None, rule.id, None]
        assert gate.warned_by_rule == {rule.id: 1}


@pytest.mark.parametrize(("name", "rule"), ROW_RULES)
def test_reason_quotes_the_offending_value(name: str, rule: Rule) -> None:
    contract = load_contract(name)
    record = broken(contract, rule, 1)
    scope = gate_of(contract)._scope
    reason = frame_of(contract, [record]).select(rule.reason(scope)).item()
    assert any(column in reason for column in rule.columns)
    value = record.get(rule.columns[0])
    if isinstance(value, str):
        assert f"'{value}'" in reason
    elif isinstance(value, bool | int | float):
        assert str(value) in reason
    elif value is not None and not isinstance(value, list):
        assert f"{value:%Y-%m-%d}" in reason


@pytest.mark.parametrize("name", CONTRACTS)
def test_record_with_only_what_is_required_breaks_no_rule(name: str) -> None:
    contract = load_contract(name)
    verdict = gate_of(contract).open().check(chunk_of(contract, [good(contract, 1)]))
    assert verdict.accepted.height == 1
    assert verdict.accepted["warnings"].to_list() == [None]


@pytest.mark.parametrize("name", CONTRACTS)
def test_each_planted_defect_is_found_in_its_region_and_nowhere_else(name: str) -> None:
    """One region a rule: Great Expectations must find that rule there, and nothing in any other."""
    contract = load_contract(name)
    planted = {
        region: rule
        for region, rule in zip(CODES, contract.rules, strict=False)
        if rule.columns != ("region",) and rule.kind_name != "readable"
    }
    records = [good(contract, number, region) for number, region in enumerate(CODES, 1)]
    records += [
        broken(contract, rule, number, region)
        for number, (region, rule) in enumerate(planted.items(), len(records) + 1)
    ]
    unread = len(records) + 1
    records.append(good(contract, unread, CODES[-1]))
    gate = gate_of(contract).open()
    gate.check(chunk_of(contract, records, [issue(unread)]))
    results = gate.close()
    failed = {(item.rule, item.region) for item in results if item.outcome is Outcome.FAIL}
    expected = {(rule.id, region) for region, rule in planted.items()} | {("values-readable", CODES[-1])}
    assert failed == expected | {(rule, None) for rule, _ in expected}
    assert not [item for item in results if item.outcome is Outcome.ERROR]


@pytest.mark.parametrize("name", CONTRACTS)
def test_great_expectations_counts_what_the_masks_count(name: str) -> None:
    contract = load_contract(name)
    rules = [rule for rule in contract.rules if rule.kind_name != "readable"]
    records = [
        record
        for number, rule in enumerate(rules, 1)
        for record in (
            good(contract, number),
            *[broken(contract, rule, 1000 * number + k) for k in range(number)],
        )
    ]
    frame = frame_of(contract, records).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_row")
    )
    gate = gate_of(contract)
    masks = frame.select(rule.mask(gate._scope).sum() for rule in rules).row(0, named=True)
    assert gate.audit(frame) == masks
    assert all(n == number for number, n in enumerate(masks.values(), 1))


@pytest.mark.parametrize("name", CONTRACTS)
def test_one_expectation_for_all_rules_fails_where_an_expectation_for_each_rule_fails(name: str) -> None:
    contract = load_contract(name)
    rules = [rule for rule in contract.rules if rule.kind_name != "readable"]
    records = [good(contract, number, CODES[number % 5]) for number in range(1, 500)]
    records += [
        broken(contract, rule, 1000 * number + k, CODES[number % 5])
        for number, rule in enumerate(rules)
        for k in range(number % 3)
    ]
    gate = gate_of(contract).open()
    gate.check(chunk_of(contract, records))
    shares = gate._regions.shares(contract.rules, CODES[:5])
    results = {(item.rule, item.region or "*"): item.outcome for item in gate.close()}
    wide = shares.with_columns(pl.col("region").fill_null("*")).pivot("rule", index="region", values="share")
    each = {
        rule.id: Expectation(
            "expect_column_values_to_be_between", {"column": rule.id, "max_value": rule.bound}
        )
        for rule in contract.rules
    }
    for rule, finding in judge_here(Judgement("wide", wide, "region", each)).items():
        for region in ("*", *CODES[:5]):
            assert results[rule, region] is finding.outcome(failed=region in finding.failing)


def test_row_that_breaks_many_rules_lists_them_all_however_they_are_packed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contract = load_contract("transactions")
    records = [
        broken(contract, rule, number) | ({"status": "?", "channel": "?"} if number % 2 else {})
        for number, rule in enumerate(contract.rules)
        if rule.kind_name != "readable"
    ]
    chunk = chunk_of(contract, records, [issue(3), issue(900)])
    at_once = gate_of(contract).open().check(chunk)
    monkeypatch.setattr("checks.sieve._BITS", 2)
    in_pairs = gate_of(contract).open().check(chunk)
    assert at_once.rejected.equals(in_pairs.rejected)
    assert at_once.rejected["rules"].str.contains("domain-status,domain-channel").any()
