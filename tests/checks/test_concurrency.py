"""Batches that are validated at the same time get the results that they get one after another."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import polars as pl
import psutil
import pytest

from checks.compile import load_contract
from checks.contract import Contract
from checks.errors import GateError
from checks.expectations import Judge, JudgeHere
from checks.gate import Gate
from checks.judging import JudgingProcess
from checks.rules.kind import Expectation
from checks.suites import Judgement
from metrics.model import CheckResult
from tests.checks.records import CODES, NOW, Record, broken, chunk_of, good, issue

ROOT = Path(__file__).parents[2]
REPETITIONS = 20
CHUNKS = 3

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """All that a batch comes to: its records as text, its books, its results without what they cost."""

    accepted: str
    rejected: str
    books: dict[tuple[str | None, str], int]
    results: tuple[CheckResult, ...]


def validated(name: str, seed: int, judge: Judge) -> Outcome:
    """Take some chunks of made-up records, a third of them with a defect that depends on the seed."""
    contract = load_contract(name)
    batch = Gate(contract, CODES, NOW, key=b"secret", judge=judge).open()
    verdicts = [
        batch.check(chunk_of(contract, records(contract, seed + part), [issue(part + 1)]))
        for part in range(CHUNKS)
    ]
    results = tuple(replace(result, milliseconds=0.0) for result in batch.close())
    return Outcome(
        pl.concat(verdict.accepted for verdict in verdicts).write_ndjson(),
        pl.concat(verdict.rejected for verdict in verdicts).write_ndjson(),
        batch.rejected_by_region,
        results,
    )


def records(contract: Contract, seed: int) -> list[Record]:
    rules = [rule for rule in contract.rules if rule.kind_name != "readable"]
    return [
        broken(contract, rules[(seed + number) % len(rules)], number, CODES[(seed * number) % len(CODES)])
        if (number + seed) % 3 == 0
        else good(contract, number, CODES[number % len(CODES)])
        for number in range(1, 41)
    ]


def at_once(*work: Callable[[], T]) -> list[T]:
    """Run each in a thread of its own, begun together."""
    together = threading.Barrier(len(work))

    def begun(one: Callable[[], T]) -> T:
        together.wait(timeout=60)
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return [*pool.map(begun, work)]


@pytest.fixture(scope="module", params=[JudgingProcess, JudgeHere])
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    judge: Judge = request.param()
    yield judge
    if isinstance(judge, JudgingProcess):
        judge.close()


@pytest.mark.parametrize(
    "batches",
    [
        [("transactions", 1), ("complaints", 2)],
        [("transactions", 1), ("transactions", 2)],
        [("surveys", 3), ("surveys", 3)],
    ],
    ids=["two contracts", "one contract", "the same batch twice"],
)
def test_batches_validated_in_two_threads_get_what_they_get_one_after_another(
    batches: Sequence[tuple[str, int]], judge: Judge
) -> None:
    work = [partial(validated, name, seed, judge) for name, seed in batches]
    alone = [one() for one in work]
    assert any(result.bad for outcome in alone for result in outcome.results)
    for _ in range(REPETITIONS):
        assert at_once(*work) == alone


def test_batches_of_one_gate_that_are_open_at_once_do_not_know_of_each_other(judge: Judge) -> None:
    contract = load_contract("transactions")
    gate = Gate(contract, CODES, NOW, key=b"secret", judge=judge)

    def closed(seed: int) -> list[CheckResult]:
        batch = gate.open()
        for part in range(CHUNKS):
            batch.check(chunk_of(contract, records(contract, seed + part)))
        return [replace(result, milliseconds=0.0) for result in batch.close()]

    alone = [closed(1), closed(2)]
    for _ in range(REPETITIONS):
        assert at_once(lambda: closed(1), lambda: closed(2)) == alone


SCRIPT = """
import sys
from checks.judging import JudgingProcess
from tests.checks.test_concurrency import digest, validated
name, seed, repetitions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with JudgingProcess() as judge:
    judge.get_ready()
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(repetitions):
        print(digest(validated(name, seed, judge)), flush=True)
"""


def digest(outcome: Outcome) -> str:
    return hashlib.sha256(repr(outcome).encode()).hexdigest()


@pytest.mark.parametrize("other", ["complaints", "transactions"])
def test_batches_validated_in_two_processes_get_what_they_get_alone(other: str) -> None:
    batches = [("transactions", 1), (other, 2)]
    alone = [digest(validated(name, seed, JudgeHere())) for name, seed in batches]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, name, str(seed), str(REPETITIONS)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, seed in batches
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:  # both begin together
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=300)[0].split() for process in processes]
    assert said == [[one] * REPETITIONS for one in alone]


def share_of(region: int) -> Judgement:
    """A judgement that fails in one region, told by its number."""
    frame = pl.DataFrame({"at": range(8), "bad": [float(at == region) for at in range(8)]})
    few = Expectation("expect_column_values_to_be_between", {"column": "bad", "max_value": 0.5})
    return Judgement(f"region {region}", frame, "at", {"few-bad": few})


def test_threads_that_share_a_judge_each_get_their_own_findings() -> None:
    with JudgingProcess() as judge:
        work = [partial(judge, share_of(region)) for region in range(8)]
        for _ in range(REPETITIONS):
            assert [found["few-bad"].failing for found in at_once(*work)] == [{one} for one in range(8)]


def test_threads_that_get_a_judge_ready_at_once_start_one_process() -> None:
    before = {child.pid for child in psutil.Process().children()}
    with JudgingProcess() as judge:
        at_once(*[judge.get_ready] * 16)
        assert len({child.pid for child in psutil.Process().children()} - before) == 1
    assert {child.pid for child in psutil.Process().children()} <= before


def test_thread_whose_judge_is_closed_under_it_is_told_and_the_next_judgement_gets_another() -> None:
    with JudgingProcess() as judge:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(judge, share_of(1))
            while judge._process is None:
                pass
            judge.close()
            with pytest.raises(GateError, match="Nothing was counted"):
                waiting.result(timeout=60)
        assert judge(share_of(2))["few-bad"].failing == {2}
