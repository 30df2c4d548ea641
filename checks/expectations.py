"""Great Expectations judges what ``checks.suites`` asks, and answers in plain data.

This is the only module that imports Great Expectations: when it is first used, not before, for
that takes seconds. It is not safe in threads (it then mixes results up without an error), so there
is one ephemeral context a process and every use of it holds a lock.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

import polars as pl

from checks.errors import GateError
from checks.suites import Judgement
from metrics.model import Outcome

if TYPE_CHECKING:  # only named here; importing it takes seconds
    from types import ModuleType

    from great_expectations import ExpectationSuite, ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent.interfaces import Batch

_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class Finding:
    """What Great Expectations says of one rule. ``failing``: the rows' names. ``error``: could not run."""

    passed: bool
    failing: frozenset[Any]
    count: int
    error: str
    milliseconds: float

    def outcome(self, *, failed: bool) -> Outcome:
        """Outcome of the rule for a row that failed it or not."""
        if self.error:
            return Outcome.ERROR
        return Outcome.FAIL if failed else Outcome.PASS


class Judge(Protocol):
    """Runs Great Expectations, in this process or in another (``checks.judging``)."""

    def get_ready(self) -> None:
        """Say that there will be something to judge."""

    def __call__(self, judgement: Judgement) -> Mapping[str, Finding]:
        """One finding for each rule. Raises GateError."""


class JudgeHere:
    """Runs Great Expectations in this process, which imports it for its first judgement."""

    def get_ready(self) -> None:
        """Nothing: importing would only hold this process up."""

    def __call__(self, judgement: Judgement) -> Mapping[str, Finding]:
        """See ``judge_here``."""
        return judge_here(judgement)


def get_ready() -> None:
    """Import Great Expectations and set it up, which takes seconds."""
    with _LOCK:
        _batch_definition()


def judge_here(judgement: Judgement) -> Mapping[str, Finding]:
    """Run Great Expectations on a frame; one finding for each rule. Holds the lock.

    Once for all rules, in its cheapest form, which tells success only; and once more, in its fullest, for
    those that did not succeed. Raises GateError if it breaks down, or does not answer for each rule.
    """
    begun = time.perf_counter()
    with _LOCK, _told_as_gate_error(judgement):
        batch = _batch(judgement)
        results = _run(batch, judgement, [*judgement.expectations], "BOOLEAN_ONLY")
        failed = [rule for rule, result in results.items() if not result.success]
        if failed:
            results |= _run(batch, judgement, failed, "COMPLETE")
    share = (time.perf_counter() - begun) * 1000 / max(len(results), 1)
    names = judgement.frame[judgement.index]
    return {rule: _finding(result, names, share) for rule, result in results.items()}


def pages(judgement: Judgement, told: Mapping[str, str]) -> Mapping[str, str]:
    """Great Expectations' own pages on a frame, as its Data Docs have them: "validation" and "suite", HTML.

    ``told``: what a rule says, in words that stand in the place of Great Expectations'. The pages show
    values of the frame, and ask for scripts, styles and pictures of other hosts: see ``checks.datadocs``.
    Raises GateError if it breaks down.
    """
    with _LOCK, _told_as_gate_error(judgement):
        great_expectations()
        from great_expectations.render.renderer import (  # noqa: PLC0415 - as great_expectations
            ExpectationSuitePageRenderer,
            ValidationResultsPageRenderer,
        )
        from great_expectations.render.view import DefaultJinjaPageView  # noqa: PLC0415 - as above

        batch = _batch(judgement)
        suite = _suite(judgement, [*judgement.expectations], told)
        result = batch.validate(suite, result_format={"result_format": "SUMMARY"})
        parts = {
            "validation": ValidationResultsPageRenderer().render(result),
            "suite": ExpectationSuitePageRenderer().render(suite),
        }
        return {name: str(DefaultJinjaPageView().render(part)) for name, part in parts.items()}


@contextmanager
def _told_as_gate_error(judgement: Judgement) -> Iterator[None]:
    try:
        yield
    except GateError:
        raise
    except Exception as error:  # whatever it raises, nothing has been judged
        raise GateError(f"{judgement.name}: Great Expectations broke down: {error}. Report it.") from error


def _batch(judgement: Judgement) -> Batch:
    return _batch_definition().get_batch(batch_parameters={"dataframe": judgement.frame.to_pandas()})


def _run(
    batch: Batch, judgement: Judgement, rules: Sequence[str], detail: Literal["BOOLEAN_ONLY", "COMPLETE"]
) -> dict[str, ExpectationValidationResult]:
    result_format = {"result_format": detail, "return_unexpected_index_query": False}
    results = batch.validate(_suite(judgement, rules), result_format=result_format).results
    by_rule = {str(result.expectation_config.meta["rule"]): result for result in results}
    if len(results) != len(rules) or by_rule.keys() != {*rules}:
        raise GateError(
            f"{judgement.name}: {len(rules)} rules went to Great Expectations, {len(results)} results came "
            "back. None of them can be trusted; report it."
        )
    return by_rule


def _finding(result: ExpectationValidationResult, names: pl.Series, milliseconds: float) -> Finding:
    """Read a result: three states, because what could not run is only "not successful" there.

    Failing rows come by their position; asking for them by a column's value costs three times as much.
    """
    if result.success:
        return Finding(passed=True, failing=frozenset(), count=0, error="", milliseconds=milliseconds)
    details = result.result or {}
    failing = frozenset(names[int(position)] for position in details.get("unexpected_index_list") or ())
    count = int(details.get("unexpected_count", 0))
    error = _raised(result.exception_info) or ("" if details else "no result")
    return Finding(passed=False, failing=failing, count=count, error=error, milliseconds=milliseconds)


def _raised(info: Mapping[str, Any] | None) -> str:
    """Message of what was raised. The information is flat, or keyed by the metric that failed."""
    if not info:
        return ""
    entries: Sequence[Any] = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if isinstance(entry, Mapping) and entry.get("raised_exception"):
            return str(entry.get("exception_message") or "an error without a message")
    return ""


def _suite(
    judgement: Judgement, rules: Sequence[str], told: Mapping[str, str] | None = None
) -> ExpectationSuite:
    """Build in one go: adding one by one drops an expectation that equals another but for its rule."""
    gx = great_expectations()
    return gx.ExpectationSuite(
        name=judgement.name,
        expectations=[
            {
                "type": judgement.expectations[rule].type,
                "kwargs": judgement.expectations[rule].arguments,
                "meta": {"rule": rule},
                **({"description": told[rule]} if told else {}),
            }
            for rule in rules
        ],
    )


@contextmanager
def _main_module_with_a_file() -> Iterator[None]:
    """PySpark, which Great Expectations imports where it is there, must not end the process.

    It takes a main module without a file (``python -c``, a worker) for a run of its own doctests.
    """
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = __file__
    try:
        yield
    finally:
        del main.__file__


@cache
def great_expectations() -> ModuleType:
    """Import it, silently: what it warns of on import concerns its own dependencies."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings(), _main_module_with_a_file():
        warnings.simplefilter("ignore")
        import great_expectations as gx  # noqa: PLC0415 - takes seconds: only when a batch is judged
    module: ModuleType = gx
    return module


@cache
def _batch_definition() -> BatchDefinition:
    """Return the way in for frames, in the one ephemeral context. Only called while the lock is held."""
    gx = great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415 - as above

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("gate").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
