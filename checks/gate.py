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
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import polars as pl

from checks import suites
from checks.chunk import MappedChunk, Verdict
from checks.contract import Contract
from checks.errors import GateError
from checks.expectations import Judge, JudgeHere
from checks.rules.kind import Scope
from checks.sieve import Sieve
from checks.suites import COLUMN_CHECKS
from checks.tally import ColumnTally, RegionTally
from metrics.model import CheckResult, Severity


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
    def accepted_by_region(self) -> dict[str, int]:
        """Accepted rows of each registered region that has rows."""
        rejected: Counter[str | None] = Counter()
        for (region, _), n in self._by_region.items():
            rejected[region] += n
        regions = self._regions.regions(self._codes)
        return {region: self._regions.rows[region] - rejected[region] for region in regions}

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
        findings = self._judge(suites.of_regions(self._contract, self._regions, regions))
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
        findings = self._judge(judgement)
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
