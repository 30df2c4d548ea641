"""Mutants of the contracts are noticed: a rule that is taken away, and a bound that is moved by one step.

That each rule fires on the row that breaks it, and on no other, is in ``test_gate_rules``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from checks.compile import CONTRACTS, load_contract
from checks.contract import Contract, Rule
from checks.gate import Gate
from checks.rules.order import NotEarlier, NotFuture, NotLess
from checks.rules.values import Range
from metrics.model import Outcome
from tests.checks.records import CODES, DAY, NOW, SEEN, broken, chunk_of, frame_of, gate_of, good, issue

ROW_RULES = [
    (name, rule) for name in CONTRACTS for rule in load_contract(name).rules if rule.kind_name != "readable"
]
BOUNDED = [case for case in ROW_RULES if isinstance(case[1].kind, Range | NotFuture | NotEarlier | NotLess)]
MICROSECOND = dt.timedelta(microseconds=1)


def named(part: str | Rule) -> str:
    """Name of a case in the list of tests."""
    return part if isinstance(part, str) else part.id


def lacking(contract: Contract, rule: Rule) -> Contract:
    """The contract without the rule."""
    return replace(contract, rules=tuple(other for other in contract.rules if other.id != rule.id))


@pytest.mark.parametrize(("name", "rule"), ROW_RULES, ids=named)
def test_row_passes_once_the_rule_that_it_breaks_is_taken_away(name: str, rule: Rule) -> None:
    contract = load_contract(name)
    record = broken(contract, rule, 1)
    kept, mutant = (
        Gate(each, CODES, NOW, key=b"secret").open().check(chunk_of(each, [record]))
        for each in (contract, lacking(contract, rule))
    )
    assert kept.rejected.height + kept.accepted["warnings"].count() == 1
    assert mutant.rejected.height + mutant.accepted["warnings"].count() == 0


@pytest.mark.parametrize("name", CONTRACTS)
def test_record_that_could_not_be_read_fails_its_rule_in_its_region(name: str) -> None:
    contract = load_contract(name)
    gate = gate_of(contract).open()
    gate.check(chunk_of(contract, [good(contract, 1), good(contract, 2, CODES[1])], [issue(2)]))
    failing = {(item.rule, item.region) for item in gate.close() if item.outcome is Outcome.FAIL}
    assert failing == {("values-readable", CODES[1]), ("values-readable", None)}


@pytest.mark.parametrize(("name", "rule"), BOUNDED, ids=named)
def test_value_on_the_bound_keeps_the_rule_and_one_step_beyond_breaks_it(name: str, rule: Rule) -> None:
    contract = load_contract(name)
    inside, outside = _either_side(rule, broken(contract, rule, 1))
    frame = frame_of(contract, [broken(contract, rule, 1) | inside, broken(contract, rule, 2) | outside])
    scope = gate_of(contract)._scope
    assert frame.select(rule.mask(scope)).to_series().to_list() == [False, True]


def _either_side(rule: Rule, record: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The column just on the bound, and just beyond it."""
    column, bound, step = _bound(rule, record)
    return {column: bound}, {column: bound + step}


def _bound(rule: Rule, record: dict[str, Any]) -> tuple[str, Any, Any]:
    """Column, its last good value, and the step to its first bad one."""
    match rule.kind:
        case Range(column=column, above=float(above)):
            return column, above + 1e-9, -1e-9
        case Range(column=column, minimum=float(minimum)):
            return column, type(record[column])(minimum), -1
        case NotFuture(column=column, reference=reference, tolerance_seconds=tolerance):
            limit = (NOW if reference == "now" else SEEN) + dt.timedelta(seconds=tolerance)
            exact = isinstance(record[column], dt.datetime)
            return (column, limit, MICROSECOND) if exact else (column, limit.date(), DAY)
        case NotEarlier(column=column, earliest=earliest):
            first = dt.datetime.combine(earliest, dt.time(), dt.UTC)
            exact = isinstance(record[column], dt.datetime)
            return (column, first, -MICROSECOND) if exact else (column, earliest, -DAY)
        case NotLess(column=column, than=than):
            other = record[than]
            return column, other, -MICROSECOND if isinstance(other, dt.datetime) else -1
    raise AssertionError(f"{rule.id} has no bound")
