"""The gate: each batch of mapped records goes through here, or is kept aside with the reason.

What is done, and by whom. Which *rows* are rejected is decided by vectorised masks (polars), which
a contract compiles to. Whether the *batch* is good is decided by Great Expectations, on two small
frames that are computed while the chunks pass: (1) one row a region, one column a rule, the share
of the region's rows that break it, which must not exceed the contract's bound; (2) one row a
column of the accepted rows, with its type, nulls, extremes and unknown words, computed from the
accepted rows themselves and not from the masks, so that a mask that lets something pass is found.

Great Expectations is not run on the rows of each chunk, because that costs about ten milliseconds
an expectation whatever the chunk's size, and sixty microseconds a failing row: several seconds a
million rows. ``Gate.audit`` does run it on rows; the tests prove that it counts what the masks count.

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
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from checks import suites
from checks.chunk import MappedChunk, Verdict
from checks.contract import Contract
from checks.errors import GateError
from checks.rules.kind import Scope
from checks.sieve import Sieve
from checks.suites import COLUMN_CHECKS, Judgement
from checks.tally import ColumnTally, RegionTally
from metrics.model import CheckResult, Outcome, Severity

if TYPE_CHECKING:  # only named here; importing it takes seconds
    from types import ModuleType

    from great_expectations import ExpectationSuite, ExpectationValidationResult
    from great_expectations.core.batch_definition import BatchDefinition
    from great_expectations.datasource.fluent.interfaces import Batch

_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class _Finding:
    """What Great Expectations says of one rule. ``failing``: the rows' names. ``error``: could not run."""

    passed: bool
    failing: frozenset[Any]
    count: int
    error: str
    milliseconds: float

    def outcome(self, *, failed: bool) -> Outcome:
        if self.error:
            return Outcome.ERROR
        return Outcome.FAIL if failed else Outcome.PASS


class Gate:
    """A contract, a registry and a clock; opens once a batch.

    ``key``: secret of the installation, with which personal data in the records' own numbers are
    replaced (see ``checks.masking.mask``). Without one, anybody who tries all numbers finds them.
    """

    def __init__(
        self, contract: Contract, registry_codes: Iterable[str], now: datetime, *, key: bytes = b""
    ) -> None:
        if now.tzinfo is None:
            raise GateError("The gate's clock has no time zone. Give an aware instant, in UTC.")
        self.contract = contract
        self._scope = Scope(frozenset(registry_codes), now, contract.polars_schema)
        self._sieve = Sieve(contract, self._scope, key)

    def open(self) -> BatchGate:
        """Begin a batch. Batches do not know of each other."""
        return BatchGate(self.contract, self._sieve, self._scope.codes)

    def audit(self, frame: pl.DataFrame) -> dict[str, int]:
        """Count, by Great Expectations itself, the rows of a mapped frame that break each rule.

        For tests and for doubts: slow (seconds a million rows). Rules that rows alone do not tell
        are left out. Raises GateError if a rule could not be run.
        """
        findings = _judge(suites.of_rows(self.contract, frame, self._scope))
        for rule, finding in findings.items():
            if finding.error:
                raise GateError(f"{self.contract.name}: the rule '{rule}' could not be run: {finding.error}")
        return {rule: finding.count for rule, finding in findings.items()}


class BatchGate:
    """One batch on its way through the gate: ``check`` each chunk, then ``close``.

    After each chunk: ``read`` = ``accepted`` + ``rejected``; ``rejected_by_rule`` counts a rejected
    row once, under its first rule; ``rejected_by_region`` does so by (region or None, rule);
    ``warned_by_rule`` counts accepted rows.
    """

    def __init__(self, contract: Contract, sieve: Sieve, codes: frozenset[str]) -> None:
        self._contract = contract
        self._sieve = sieve
        self._codes = codes
        self._regions = RegionTally()
        self._columns = ColumnTally(contract)
        self._by_region: Counter[tuple[str | None, str]] = Counter()
        self._warned: Counter[str] = Counter()
        self._closed = False
        self.read = 0
        self.accepted = 0
        self.rejected = 0

    @property
    def rejected_by_region(self) -> dict[tuple[str | None, str], int]:
        """Rejected rows by region (None: not known) and first rule."""
        return dict(self._by_region)

    @property
    def rejected_by_rule(self) -> dict[str, int]:
        """Rejected rows by first rule."""
        total: Counter[str] = Counter()
        for (_, rule), n in self._by_region.items():
            total[rule] += n
        return dict(total)

    @property
    def warned_by_rule(self) -> dict[str, int]:
        """Accepted rows by warning; a row with two warnings counts under both."""
        return dict(self._warned)

    def check(self, chunk: MappedChunk) -> Verdict:
        """Part a chunk into accepted and rejected records.

        Raises ChunkError if its columns are not the contract's, GateError if the books do not
        balance or the gate is closed; then nothing of the chunk is counted.
        """
        if self._closed:
            raise GateError(f"{self._contract.name}: the gate is closed. Open another for another batch.")
        sifted = self._sieve.sift(chunk)
        verdict = sifted.verdict
        rejected = verdict.rejected.group_by("region", "rule").len()
        if rejected["len"].sum() != verdict.rejected.height:
            raise GateError(f"{self._contract.name}: rejected rows without a rule. Report it.")
        self._regions.add(sifted.rows, sifted.bad, sifted.strays)
        self._columns.add(verdict.accepted)
        for region, rule, n in rejected.iter_rows():
            self._by_region[region, rule] += n
        warned = verdict.accepted["warnings"].drop_nulls().value_counts()
        for rules, n in warned.iter_rows():
            self._warned.update(dict.fromkeys(rules.split(","), n))
        self.read += verdict.read
        self.accepted += verdict.accepted.height
        self.rejected += verdict.rejected.height
        return verdict

    def close(self) -> list[CheckResult]:
        """Have the batch judged, once, after its last chunk.

        One result for each rule and registered region that has rows, one for each rule and the
        whole batch (region None), and one for each of ``COLUMN_CHECKS`` (region None, ``n``
        columns looked at, ``bad`` columns that fail, named in ``detail``).
        """
        if self._closed:
            raise GateError(
                f"{self._contract.name}: the gate is closed already. Its results were given then."
            )
        self._closed = True
        return [*self._region_results(), *self._column_results()]

    def _region_results(self) -> list[CheckResult]:
        regions = self._regions.regions(self._codes)
        findings = _judge(suites.of_regions(self._contract, self._regions, regions))
        results = []
        for rule in self._contract.rules:
            finding = findings[rule.id]
            for region in (None, *regions):
                n = sum(self._regions.rows.values()) if region is None else self._regions.rows[region]
                bad = self._regions.whole(rule.id) if region is None else self._regions.bad[region, rule.id]
                name = suites.WHOLE if region is None else region
                results.append(
                    CheckResult(
                        dataset=self._contract.name,
                        rule=rule.id,
                        region=region,
                        outcome=finding.outcome(failed=name in finding.failing),
                        severity=rule.severity,
                        dimension=rule.dimension,
                        n=n,
                        bad=bad,
                        value=bad / n if n else None,
                        bound=rule.bound,
                        milliseconds=finding.milliseconds,
                        detail=finding.error,
                    )
                )
        return results

    def _column_results(self) -> list[CheckResult]:
        judgement = suites.of_columns(self._contract, self._columns)
        findings = _judge(judgement)
        n = judgement.frame.height
        results = []
        for check in COLUMN_CHECKS:
            finding = findings[check.id]
            bad = finding.count if not finding.passed else 0
            results.append(
                CheckResult(
                    dataset=self._contract.name,
                    rule=check.id,
                    region=None,
                    outcome=finding.outcome(failed=not finding.passed),
                    severity=Severity.CRITICAL,
                    dimension=check.dimension,
                    n=n,
                    bad=bad,
                    value=bad / n,
                    bound=0.0,
                    milliseconds=finding.milliseconds,
                    detail=finding.error or ", ".join(sorted(map(str, finding.failing))),
                )
            )
        return results


def _judge(judgement: Judgement) -> Mapping[str, _Finding]:
    """Run Great Expectations on a frame; one finding for each rule. Holds the lock.

    Once for all rules, in its cheapest form, which tells success only; and once more, in its fullest, for
    those that did not succeed. Raises GateError if it breaks down, or does not answer for each rule.
    """
    begun = time.perf_counter()
    try:
        with _LOCK:
            batch = _batch_definition().get_batch(batch_parameters={"dataframe": judgement.frame.to_pandas()})
            results = _run(batch, judgement, [*judgement.expectations], "BOOLEAN_ONLY")
            failed = [rule for rule, result in results.items() if not result.success]
            if failed:
                results |= _run(batch, judgement, failed, "COMPLETE")
    except GateError:
        raise
    except Exception as error:  # whatever it raises, the batch has not been judged
        raise GateError(f"{judgement.name}: Great Expectations broke down: {error}. Report it.") from error
    share = (time.perf_counter() - begun) * 1000 / max(len(results), 1)
    names = judgement.frame[judgement.index]
    return {rule: _finding(result, names, share) for rule, result in results.items()}


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


def _finding(result: ExpectationValidationResult, names: pl.Series, milliseconds: float) -> _Finding:
    """Read a result: three states, because what could not run is only "not successful" there.

    Failing rows come by their position; asking for them by a column's value costs three times as much.
    """
    if result.success:
        return _Finding(passed=True, failing=frozenset(), count=0, error="", milliseconds=milliseconds)
    details = result.result or {}
    failing = frozenset(names[int(position)] for position in details.get("unexpected_index_list") or ())
    count = int(details.get("unexpected_count", 0))
    error = _raised(result.exception_info) or ("" if details else "no result")
    return _Finding(passed=False, failing=failing, count=count, error=error, milliseconds=milliseconds)


def _raised(info: Mapping[str, Any] | None) -> str:
    """Message of what was raised. The information is flat, or keyed by the metric that failed."""
    if not info:
        return ""
    entries: Sequence[Any] = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if isinstance(entry, Mapping) and entry.get("raised_exception"):
            return str(entry.get("exception_message") or "an error without a message")
    return ""


def _suite(judgement: Judgement, rules: Sequence[str]) -> ExpectationSuite:
    """Build in one go: adding one by one drops an expectation that equals another but for its rule."""
    gx = _great_expectations()
    return gx.ExpectationSuite(
        name=judgement.name,
        expectations=[
            {
                "type": judgement.expectations[rule].type,
                "kwargs": judgement.expectations[rule].arguments,
                "meta": {"rule": rule},
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
def _great_expectations() -> ModuleType:
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
    gx = _great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415 - as above

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("gate").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")
