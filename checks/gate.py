"""The gate: each batch of mapped records goes through here, or is kept aside with the reason.

What is done, and by whom. Which *rows* are rejected is decided by vectorised masks (polars), which
a contract compiles to. Whether the *batch* is good is decided by Great Expectations, on two small
frames that are computed while the chunks pass: (1) one row a rule and region, the share of the region's
rows that break the rule, which must not exceed the contract's bound; (2) one row a check and column
of the accepted rows: type, nulls, extremes and unknown words, computed from the accepted rows
themselves and not from the masks, so that a mask that lets something pass is found.

Great Expectations is not run on the rows of each chunk, because that costs about ten milliseconds
an expectation whatever the chunk's size, and sixty microseconds a failing row: several seconds a
million rows. ``Gate.audit`` does run it on rows; the tests prove that it counts what the masks count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import polars as pl

from checks import suites
from checks.chunk import MappedChunk, Verdict
from checks.contract import Contract
from checks.errors import GateError
from checks.expectations import Finding, Judge, JudgeHere
from checks.rules.kind import Scope
from checks.sieve import Sieve
from checks.suites import COLUMN_CHECKS, WITHIN, Judgement
from checks.tally import ColumnTally, RegionTally, Sums
from metrics.model import CheckResult, Severity

_BOUNDED = 5
"""Checks of columns that the one expectation ``WITHIN`` judges."""


class Gate:
    """A contract, a registry and a clock; opens once a batch.

    ``key``: secret of the installation, with which personal data in the records' own numbers are
    replaced (see ``checks.masking.mask``). Without one, anybody who tries all numbers finds them.
    ``judge``: who runs Great Expectations, in this process or in one of its own (``checks.judging``).
    """

    def __init__(
        self,
        contract: Contract,
        registry_codes: Iterable[str],
        now: datetime,
        *,
        key: bytes = b"",
        judge: Judge | None = None,
    ) -> None:
        if now.tzinfo is None:
            raise GateError("The gate's clock has no time zone. Give an aware instant, in UTC.")
        self.contract = contract
        self._scope = Scope(frozenset(registry_codes), now, contract.polars_schema)
        self._sieve = Sieve(contract, self._scope, key)
        self._judge = judge or JudgeHere()

    def open(self) -> BatchGate:
        """Begin a batch. Batches do not know of each other."""
        return BatchGate(self.contract, self._sieve, self._scope.codes, self._judge)

    def audit(self, frame: pl.DataFrame) -> dict[str, int]:
        """Count, by Great Expectations itself, the rows of a mapped frame that break each rule.

        For tests and for doubts: slow (seconds a million rows). Rules that rows alone do not tell
        are left out. Raises GateError if a rule could not be run.
        """
        findings = self._judge(suites.of_rows(self.contract, frame, self._scope))
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

    def __init__(self, contract: Contract, sieve: Sieve, codes: frozenset[str], judge: Judge) -> None:
        self._contract = contract
        self._sieve = sieve
        self._codes = codes
        self._judge = judge
        self._regions = RegionTally()
        self._columns = ColumnTally(contract)
        self._rejected = Sums("region", "rule")
        self._warned: Counter[str] = Counter()
        self._closed = False
        self.read = 0
        self.accepted = 0
        self.rejected = 0

    @property
    def rejected_by_region(self) -> dict[tuple[str | None, str], int]:
        """Rejected rows by region (None: not known) and first rule."""
        return {(region, rule): n for region, rule, n in self._rejected.frame.iter_rows()}

    @property
    def accepted_by_region(self) -> dict[str, int]:
        """Accepted rows of each registered region that has rows."""
        rejected: Counter[str | None] = Counter()
        for (region, _), n in self.rejected_by_region.items():
            rejected[region] += n
        rows = dict(self._regions.rows.frame.iter_rows())
        return {region: rows[region] - rejected[region] for region in self._regions.regions(self._codes)}

    @property
    def rejected_by_rule(self) -> dict[str, int]:
        """Rejected rows by first rule."""
        total: Counter[str] = Counter()
        for (_, rule), n in self.rejected_by_region.items():
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
        if verdict.rejected["rule"].null_count():
            raise GateError(f"{self._contract.name}: rejected rows without a rule. Report it.")
        self._regions.rows.add(sifted.rows)
        self._regions.bad.add(sifted.bad)
        self._columns.add(verdict.accepted)
        self._rejected.add(
            verdict.rejected.lazy().group_by("region", "rule").agg(pl.len().alias("n")).collect()
        )
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
        shares = self._regions.shares(self._contract.rules, self._regions.regions(self._codes))
        finding = self._judge(suites.of_shares(self._contract, shares))[WITHIN]
        with ThreadPoolExecutor(1) as beside:  # another process judges while the results are written here
            of_columns = beside.submit(lambda: [*self._column_results()])
            return [*self._region_results(shares, finding), *of_columns.result()]

    def _region_results(self, shares: pl.DataFrame, finding: Finding) -> Iterator[CheckResult]:
        rules = {rule.id: rule for rule in self._contract.rules}
        outcomes = {failed: finding.outcome(failed=failed) for failed in (False, True)}
        milliseconds = finding.milliseconds / max(len(rules), 1)
        for at, (name, region, n, bad, share, bound) in enumerate(shares.iter_rows()):
            rule = rules[name]
            yield CheckResult(
                dataset=self._contract.name,
                rule=name,
                region=region,
                outcome=outcomes[at in finding.failing],
                severity=rule.severity,
                dimension=rule.dimension,
                n=n,
                bad=bad,
                value=share if n else None,
                bound=bound,
                milliseconds=milliseconds,
                detail=finding.error,
            )

    def _column_results(self) -> Iterator[CheckResult]:
        judgement = suites.of_columns(self._contract, self._columns)
        findings = _by_check(judgement, self._judge(judgement))
        n = len(self._contract.properties)
        for check in COLUMN_CHECKS:
            finding = findings[check.id]
            bad = len(finding.failing)
            yield CheckResult(
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


def _by_check(judgement: Judgement, findings: Mapping[str, Finding]) -> dict[str, Finding]:
    """Findings of the judgement of columns, one for each check; failing are the names of columns."""
    places = {row["at"]: (row["check"], row["column"]) for row in judgement.frame.iter_rows(named=True)}
    found = {}
    for check in COLUMN_CHECKS:
        finding = findings.get(check.id, findings[WITHIN])
        failing = frozenset(places[at][1] for at in finding.failing if places[at][0] == check.id)
        passed = finding.passed if check.id in findings else not (failing or finding.error)
        milliseconds = finding.milliseconds if check.id in findings else finding.milliseconds / _BOUNDED
        found[check.id] = replace(finding, passed=passed, failing=failing, milliseconds=milliseconds)
    return found
