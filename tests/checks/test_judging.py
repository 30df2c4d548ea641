"""Great Expectations in a process of its own: it says the same, and its end is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import polars as pl
import psutil
import pytest

from checks.errors import GateError
from checks.expectations import judge_here
from checks.judging import JudgingProcess
from checks.rules.kind import Expectation
from checks.suites import Judgement

AT_MOST = Expectation("expect_column_values_to_be_between", {"column": "bad", "max_value": 0.1})
ABSENT = Expectation("expect_column_values_to_be_between", {"column": "absent", "max_value": 0.1})
FRAME = pl.DataFrame({"region": ["11.01", "11.02", "*"], "bad": [0.0, 0.4, 0.2]})
JUDGEMENT = Judgement("test", FRAME, "region", {"few-bad": AT_MOST, "absent": ABSENT})

PARENT = """
import sys
from checks.judging import JudgingProcess
judge = JudgingProcess()
judge.get_ready()
print(judge._process.pid, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def judge() -> Iterator[JudgingProcess]:
    with JudgingProcess() as process:
        yield process


def pid_of(judge: JudgingProcess) -> int:
    assert judge._process is not None
    return judge._process.pid


def test_findings_are_those_of_this_process(judge: JudgingProcess) -> None:
    mine, its = judge_here(JUDGEMENT), judge(JUDGEMENT)
    assert its.keys() == mine.keys()
    for rule, finding in its.items():
        assert (finding.passed, finding.failing, finding.count) == (
            mine[rule].passed,
            mine[rule].failing,
            mine[rule].count,
        )
    assert its["few-bad"].failing == {"11.02", "*"}
    assert its["absent"].error


def test_one_process_judges_one_batch_after_another(judge: JudgingProcess) -> None:
    judge.get_ready()
    first = pid_of(judge)
    judge.get_ready()
    assert judge(JUDGEMENT).keys() == judge(JUDGEMENT).keys()
    assert pid_of(judge) == first


def test_judge_that_is_killed_is_told_and_the_next_judgement_gets_another(judge: JudgingProcess) -> None:
    judge.get_ready()
    os.kill(pid_of(judge), signal.SIGKILL)
    with pytest.raises(GateError, match="Nothing was counted"):
        judge(JUDGEMENT)
    assert judge(JUDGEMENT)["few-bad"].count == 2


def test_judge_ends_with_the_process_that_started_it() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    its = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 60
    while psutil.pid_exists(its) and psutil.Process(its).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until, "the judge outlived its parent by a minute"
        time.sleep(0.1)


def test_closing_ends_the_process() -> None:
    with JudgingProcess() as judge:
        judge.get_ready()
        its = pid_of(judge)
    assert not psutil.pid_exists(its)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_to_the_whole_group_does_not_end_it_before_the_last_delivery(
    judge: JudgingProcess, number: signal.Signals
) -> None:
    judge(JUDGEMENT)
    its = pid_of(judge)
    os.kill(its, number)
    assert judge(JUDGEMENT)["few-bad"].count == 2
    assert pid_of(judge) == its
