"""The gate's books, its verdicts and its habits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.chunk import REJECTED_SCHEMA, MappedChunk
from checks.compile import CONTRACTS, load_contract
from checks.errors import ChunkError, GateError
from checks.expectations import judge_here
from checks.gate import BatchGate, Gate
from checks.rules.kind import Expectation
from checks.suites import COLUMN_CHECKS, Judgement
from metrics.model import CheckResult, Outcome, Severity
from tests.checks.records import (
    BEGUN,
    CODES,
    DAY,
    NOW,
    SEEN,
    Record,
    broken,
    chunk_of,
    frame_of,
    gate_of,
    good,
    issue,
)

TRANSACTIONS = load_contract("transactions")
REJECTING = [
    rule for rule in TRANSACTIONS.rules if rule.severity is Severity.CRITICAL and rule.kind_name != "readable"
]
WARNING = [rule for rule in TRANSACTIONS.rules if rule.severity is Severity.WARNING]


def transactions() -> BatchGate:
    return gate_of(TRANSACTIONS).open()


def outcomes(results: list[CheckResult], region: str | None) -> dict[str, Outcome]:
    return {item.rule: item.outcome for item in results if item.region == region}


@st.composite
def chunks(draw: st.DrawFn, contract_name: str) -> MappedChunk:
    """Records, some of which break a rule, some of which could not be read, some not even parsed."""
    contract = load_contract(contract_name)
    rules = [None, None, *[rule for rule in contract.rules if rule.kind_name != "readable"]]
    records = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        region = draw(st.sampled_from(CODES[:3]))
        rule = draw(st.sampled_from(rules))
        records.append(
            good(contract, number, region) if rule is None else broken(contract, rule, number, region)
        )
    unread = draw(st.lists(st.integers(1, len(records) + 3), max_size=4))
    return chunk_of(contract, records, [issue(row) for row in unread])


@pytest.mark.parametrize("name", CONTRACTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_each_record_read_is_either_accepted_or_rejected(name: str, data: st.DataObject) -> None:
    chunk = data.draw(chunks(name))
    gate = gate_of(load_contract(name)).open()
    verdict = gate.check(chunk)
    numbers = {*chunk.frame["_row"], *chunk.issues["_row"]}
    accepted, rejected = verdict.accepted["_row"].to_list(), verdict.rejected["_row"].to_list()
    assert sorted(accepted + rejected) == sorted(numbers)
    assert gate.read == gate.accepted + gate.rejected == len(numbers)
    assert gate.rejected == sum(gate.rejected_by_rule.values()) == sum(gate.rejected_by_region.values())
    assert {region: n for region, n in gate.accepted_by_region.items() if n} == Counter(
        verdict.accepted["region"]
    )
    assert {*chunk.issues["_row"]} <= {*rejected}
    assert verdict.rejected.schema == REJECTED_SCHEMA
    assert verdict.rejected.null_count().sum_horizontal().item() == verdict.rejected["region"].null_count()
    assert verdict.accepted.columns == [*chunk.frame.columns, "warnings"]


def test_row_with_several_faults_counts_once_under_its_first_and_lists_them_all() -> None:
    record = good(TRANSACTIONS, 7) | {
        "status": "selesai", "submitted": SEEN + 3 * DAY, "completed": SEEN + 2 * DAY, "region": CODES[2],
    }  # fmt: skip
    gate = transactions()
    row = gate.check(chunk_of(TRANSACTIONS, [record])).rejected.row(0, named=True)
    assert row["rule"] == "domain-status"
    assert row["rules"] == (
        "domain-status,submitted-not-in-future,completed-not-before-submitted,completed-not-after-observed"
    )
    assert "'selesai'" in row["reason"]
    assert gate.rejected_by_region == {(CODES[2], "domain-status"): 1}
    assert gate.warned_by_rule == {}


def test_row_with_two_warnings_is_accepted_and_counts_under_both() -> None:
    record = good(TRANSACTIONS, 1) | {"completed": SEEN + 2 * DAY, "due": BEGUN - DAY, "status": "open"}
    gate = transactions()
    accepted = gate.check(chunk_of(TRANSACTIONS, [record])).accepted
    ids = ["completed-not-after-observed", "status-agrees-with-dates", "due-not-before-submitted"]
    assert accepted["warnings"].to_list() == [",".join(ids)]
    assert gate.warned_by_rule == dict.fromkeys(ids, 1)


def test_value_that_could_not_be_read_is_not_called_missing_too() -> None:
    record = good(TRANSACTIONS, 1) | {"submitted": None}
    unread = issue(1, field="submitted", value="32-13-2025")
    gate = transactions()
    row = gate.check(chunk_of(TRANSACTIONS, [record], [unread])).rejected.row(0, named=True)
    assert (row["rule"], row["rules"]) == ("date-unreadable", "date-unreadable")
    assert row["reason"] == "submitted '32-13-2025' is no date"
    assert outcomes(gate.close(), CODES[0])["values-readable"] is Outcome.FAIL


def test_line_of_which_nothing_could_be_read_is_rejected_all_the_same() -> None:
    chunk = chunk_of(
        TRANSACTIONS,
        [good(TRANSACTIONS, 1)],
        [issue(2, field="", rule="line-malformed"), issue(2, field="", rule="line-short")],
        pl.DataFrame({"_row": [1, 2], "line": ["a;b", 'c;"d']}),
    )
    gate = transactions()
    verdict = gate.check(chunk)
    row = verdict.rejected.row(0, named=True)
    assert (row["_row"], row["region"], row["rule"]) == (2, None, "line-malformed")
    assert row["rules"] == "line-malformed,line-short"
    assert json.loads(row["payload"]) == {"line": 'c;"d'}
    whole = next(item for item in gate.close() if item.rule == "values-readable" and item.region is None)
    assert (whole.n, whole.bad, whole.outcome) == (2, 1, Outcome.FAIL)


def test_empty_batch_is_no_success() -> None:
    gate = transactions()
    verdict = gate.check(chunk_of(TRANSACTIONS, []))
    assert (verdict.accepted.height, verdict.rejected.height, gate.read) == (0, 0, 0)
    results = gate.close()
    assert {item.region for item in results} == {None}
    assert outcomes(results, None)["batch-not-empty"] is Outcome.FAIL
    assert next(item for item in results if item.rule == "required-id").value is None


def test_batch_of_which_all_rows_are_rejected_fails_as_empty() -> None:
    gate = transactions()
    records = [broken(TRANSACTIONS, REJECTING[number % len(REJECTING)], number) for number in range(1, 41)]
    verdict = gate.check(chunk_of(TRANSACTIONS, records))
    assert (verdict.accepted.height, verdict.rejected.height) == (0, 40)
    assert verdict.accepted.schema["warnings"] == pl.String
    assert outcomes(gate.close(), None)["batch-not-empty"] is Outcome.FAIL


def test_batch_without_a_chunk_can_be_closed() -> None:
    assert outcomes(transactions().close(), None)["batch-not-empty"] is Outcome.FAIL


def test_batches_one_after_another_do_not_know_of_each_other() -> None:
    gate = gate_of(TRANSACTIONS)
    first = gate.open()
    first.check(
        chunk_of(TRANSACTIONS, [broken(TRANSACTIONS, REJECTING[0], 1), broken(TRANSACTIONS, WARNING[0], 2)])
    )
    first.close()
    second = gate.open()
    second.check(chunk_of(TRANSACTIONS, [good(TRANSACTIONS, 1, CODES[4])]))
    results = second.close()
    assert (second.read, second.rejected_by_rule, second.warned_by_rule) == (1, {}, {})
    assert {item.region for item in results} == {None, CODES[4]}
    assert {item.outcome for item in results} == {Outcome.PASS}


def test_chunks_of_a_batch_add_up() -> None:
    records = [
        broken(TRANSACTIONS, REJECTING[k % len(REJECTING)], k, CODES[k % 5])
        if k % 3
        else good(TRANSACTIONS, k)
        for k in range(1, 91)
    ]
    whole, parts = transactions(), transactions()
    whole.check(chunk_of(TRANSACTIONS, records))
    for begin in range(0, 90, 17):
        parts.check(chunk_of(TRANSACTIONS, records[begin : begin + 17]))
    assert parts.rejected_by_region == whole.rejected_by_region
    assert [(r.rule, r.region, r.outcome, r.n, r.bad) for r in parts.close()] == [
        (r.rule, r.region, r.outcome, r.n, r.bad) for r in whole.close()
    ]


def test_region_without_rows_has_no_result() -> None:
    gate = transactions()
    gate.check(chunk_of(TRANSACTIONS, [good(TRANSACTIONS, 1, CODES[3])]))
    assert {item.region for item in gate.close()} == {None, CODES[3]}


def test_share_up_to_the_bound_passes_and_above_it_fails() -> None:
    rule = WARNING[0]
    assert rule.bound == 0.01
    for bad, outcome in ((1, Outcome.PASS), (2, Outcome.FAIL)):
        gate = transactions()
        records: list[Record] = [broken(TRANSACTIONS, rule, k) for k in range(1, bad + 1)]
        records += [good(TRANSACTIONS, k) for k in range(bad + 1, 101)]
        gate.check(chunk_of(TRANSACTIONS, records))
        result = next(item for item in gate.close() if item.rule == rule.id and item.region == CODES[0])
        assert (result.outcome, result.n, result.bad, result.value) == (outcome, 100, bad, bad / 100)


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("batch-required", {"status": None}),
        ("batch-words", {"status": "selesai"}),
        ("batch-minimum", {"promise_value": -1.0}),
        ("batch-minimum", {"submitted": BEGUN.replace(year=1900)}),
    ],
)
def test_row_that_a_mask_let_pass_is_found_in_the_accepted_rows(check: str, change: Record) -> None:
    gate = transactions()
    gate._columns.add(frame_of(TRANSACTIONS, [good(TRANSACTIONS, 1), good(TRANSACTIONS, 2) | change]))
    failed = [item for item in gate.close() if item.outcome is not Outcome.PASS]
    assert [(item.rule, item.bad, item.detail) for item in failed] == [(check, 1, next(iter(change)))]


def test_value_above_the_highest_allowed_is_found_in_the_accepted_rows() -> None:
    contract = load_contract("surveys")
    gate = gate_of(contract).open()
    gate._columns.add(frame_of(contract, [good(contract, 1) | {"conduct": 5}]))
    failed = [item for item in gate.close() if item.outcome is not Outcome.PASS]
    assert [(item.rule, item.detail) for item in failed] == [("batch-maximum", "conduct")]


def test_column_of_another_type_is_found_in_the_accepted_rows() -> None:
    gate = transactions()
    rows = frame_of(TRANSACTIONS, [good(TRANSACTIONS, 1)]).with_columns(
        pl.col("service").cast(pl.Categorical)
    )
    gate._columns.add(rows)
    failed = [item for item in gate.close() if item.outcome is not Outcome.PASS]
    assert [(item.rule, item.detail) for item in failed] == [("batch-types", "service")]


def test_batch_has_a_result_for_each_rule_and_each_check_of_columns() -> None:
    gate = transactions()
    gate.check(chunk_of(TRANSACTIONS, [good(TRANSACTIONS, 1)]))
    rules = [rule.id for rule in TRANSACTIONS.rules]
    assert list(outcomes(gate.close(), None)) == [*rules, *(check.id for check in COLUMN_CHECKS)]


def test_check_that_could_not_run_is_neither_passed_nor_failed() -> None:
    frame = pl.DataFrame({"region": ["a"], "here": [0.0]})
    expectations = {
        name: Expectation("expect_column_values_to_be_between", {"column": name, "max_value": 0.0})
        for name in ("here", "absent")
    }
    findings = judge_here(Judgement("test", frame, "region", expectations))
    assert findings["here"].outcome(failed=False) is Outcome.PASS
    assert findings["absent"].outcome(failed=True) is Outcome.ERROR
    assert "absent" in findings["absent"].error


def test_two_rules_that_mean_the_same_are_both_judged() -> None:
    frame = pl.DataFrame({"region": ["a"], "x": [1.0]})
    same = Expectation("expect_column_values_to_be_between", {"column": "x", "max_value": 0.0})
    findings = judge_here(Judgement("test", frame, "region", {"one": same, "two": same}))
    assert findings["one"].failing == findings["two"].failing == {"a"}


def test_batches_closed_at_the_same_time_get_their_own_results() -> None:
    gates = []
    for bad in range(4):
        gate = transactions()
        rows = [broken(TRANSACTIONS, REJECTING[bad], 1, CODES[bad]), good(TRANSACTIONS, 2)]
        gate.check(chunk_of(TRANSACTIONS, rows))
        gates.append(gate)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(BatchGate.close, gates))
    for bad, found in enumerate(results):
        failed = {item.rule for item in found if item.outcome is Outcome.FAIL}
        assert failed == {REJECTING[bad].id}


def test_gate_that_is_closed_takes_nothing_more() -> None:
    gate = transactions()
    gate.close()
    with pytest.raises(GateError, match="the gate is closed"):
        gate.check(chunk_of(TRANSACTIONS, []))
    with pytest.raises(GateError, match="closed already"):
        gate.close()


def test_clock_without_a_time_zone_is_refused() -> None:
    with pytest.raises(GateError, match="no time zone"):
        Gate(TRANSACTIONS, CODES, NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (lambda f: f.drop("completed"), "'completed' is missing"),
        (lambda f: f.with_columns(pl.col("submitted").cast(pl.String)), "'submitted' is String"),
        (lambda f: f.drop("_row"), "'_row' is missing"),
        (lambda f: pl.concat([f, f]), "not unique"),
    ],
)
def test_chunk_that_is_not_the_contracts_is_refused(frame: object, message: str) -> None:
    chunk = chunk_of(TRANSACTIONS, [good(TRANSACTIONS, 1)])
    assert callable(frame)
    with pytest.raises(ChunkError, match=message):
        transactions().check(MappedChunk(frame(chunk.frame), chunk.issues, chunk.raw))


ROOT = Path(__file__).parents[2]

QUIET = """
import socket, sys
def deny(event, args):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise SystemExit(f"contacts {args}")
sys.addaudithook(deny)
import checks.compile, checks.gate
assert "great_expectations" not in sys.modules, "imported too early"
assert "pandas" not in sys.modules, "imported too early"
from tests.checks.records import *
contract = checks.compile.load_contract("transactions")
gate = gate_of(contract).open()
gate.check(chunk_of(contract, [good(contract, 1)]))
assert "great_expectations" not in sys.modules, "imported for the masks"
results = gate.close()
assert "great_expectations" in sys.modules
assert {str(item.outcome) for item in results} == {"pass"}, results
"""


def test_great_expectations_is_imported_late_and_contacts_nobody() -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUIET], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "Calculating Metrics" not in done.stderr
