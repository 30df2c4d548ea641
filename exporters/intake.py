"""Take a delivery in: gate, archive, roll-up, store. Every source ends here, files and pushes alike.

In this order, so that a process may die at any point and lose no accepted record: rejected rows
are committed to the archive, then accepted ones together with the batch's own account, then the
roll-ups, the account and the watermark to the store, in one transaction. What was not committed
is read again; what was is found in the archive's log (``metrics.rollup.catch_up``).
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from checks.chunk import REJECTED_SCHEMA, MappedChunk
from checks.contract import Contract
from checks.expectations import Judge, JudgeHere
from checks.gate import BatchGate, Gate
from exporters.shapes import Shapes
from metrics.archive import Archive
from metrics.errors import AccountError
from metrics.model import Batch, CheckResult, Outcome, Severity
from metrics.quarantine import OF_A_ROW, Provenance, Quarantine, RejectedStaging
from metrics.regions import Registry
from metrics.rollup import RollUp
from metrics.rollup.catch_up import Arrival
from metrics.staging import Staging
from metrics.versioning import Account, Comparison, connect

CONFLICT_RULE = "key-unique"
"""Rule of the intake itself: one key, seen at one instant, with one content."""
_TOLD = ("_row", "region", "rule", "reason")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Mapped records of one record set from one source, and what is known of their origin.

    ``observed``: when the source gave them, for records that do not say it themselves.
    """

    contract: Contract
    source: str
    origin: str
    chunks: Iterable[MappedChunk]
    observed: datetime
    simulated: bool = False
    mapping_hash: str = ""
    seen_on_arrival: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery, row by row; ``_row`` is a row's number in the delivery.

    ``rejected``: ``_row``, region, rule and reason of the rows set aside, in the order read. ``updated``
    and ``unchanged``: numbers of the accepted rows that were that; the others were new.
    """

    batch: Batch
    rejected: pl.DataFrame
    updated: pl.Series
    unchanged: pl.Series


class Intake:
    """The way in, for one archive and one store. One process at a time (see ``pantau.home``)."""

    def __init__(
        self,
        archive: Archive,
        rollup: RollUp,
        registry: Registry,
        scratch: Path,
        *,
        clock: Callable[[], datetime],
        masking_key: bytes = b"",
        judge: Judge | None = None,
    ) -> None:
        self._archive = archive
        self._rollup = rollup
        self._registry = registry
        self._scratch = scratch
        self._clock = clock
        self._masking_key = masking_key
        self._judge = judge or JudgeHere()
        self._zones = {code: region.timezone for code, region in registry.regions.items()}
        self.quarantine = Quarantine(archive, scratch / "spill")
        self.shapes = Shapes()

    def get_ready(self) -> None:
        """Say that something will be taken in: what takes long to get ready begins to."""
        self._judge.get_ready()

    def gate(self, contract: Contract) -> BatchGate:
        """Open a gate for one batch."""
        gate = Gate(contract, self._registry.regions, self._clock(), key=self._masking_key, judge=self._judge)
        return gate.open()

    def take(self, delivery: Delivery) -> Batch:
        """Take a delivery in, rejected rows into quarantine, and return its account.

        Raises what reading raises (``SourceError``), and ``StoreError`` where archive or store
        fail; then nothing of the delivery is counted, or all of it is on the next run.
        """
        return self._take_in(delivery, lambda _: None)[0]

    def take_telling(self, delivery: Delivery) -> Taken:
        """Take a delivery in as ``take`` does, and tell what became of each row: for those of few rows."""
        rejected = [REJECTED_SCHEMA.to_frame().select(_TOLD)]
        batch, comparison = self._take_in(delivery, lambda rows: rejected.append(rows.select(_TOLD)))
        return Taken(batch, pl.concat(rejected), comparison.updated, comparison.unchanged)

    def retake(self, delivery: Delivery) -> tuple[Batch, pl.DataFrame]:
        """Take a delivery of rows in that are in quarantine; returns the account and the rows rejected."""
        rejected: list[pl.DataFrame] = [REJECTED_SCHEMA.to_frame()]
        batch, _ = self._take(self._batch(delivery), delivery, rejected.append, lambda: None)
        return batch, pl.concat(rejected)

    def _take_in(self, delivery: Delivery, tell: Callable[[pl.DataFrame], None]) -> tuple[Batch, Comparison]:
        batch = self._batch(delivery)
        with RejectedStaging(self._scratch / "rejected" / batch.id) as staged:

            def set_aside(rejected: pl.DataFrame) -> None:
                staged.add(rejected)
                tell(rejected)

            return self._take(
                batch,
                delivery,
                set_aside,
                lambda: self.quarantine.keep(staged, _provenance(batch, delivery), now=batch.started),
            )

    def _batch(self, delivery: Delivery) -> Batch:
        started = self._clock()
        return Batch(
            id=f"{started:%Y%m%dT%H%M%S}-{delivery.contract.name}-{secrets.token_hex(4)}",
            dataset=delivery.contract.name,
            source=delivery.source,
            origin=delivery.origin,
            started=started,
            simulated=delivery.simulated,
            contract_version=delivery.contract.version,
            mapping_hash=delivery.mapping_hash,
        )

    def _take(
        self,
        batch: Batch,
        delivery: Delivery,
        set_aside: Callable[[pl.DataFrame], None],
        commit_rejected: Callable[[], object],
    ) -> tuple[Batch, Comparison]:
        self.get_ready()
        gate = self.gate(delivery.contract)
        with self._staging(batch, delivery) as staging:
            for chunk in delivery.chunks:
                verdict = gate.check(chunk)
                self.shapes.look(batch.dataset, batch.source, batch.mapping_hash, chunk, batch.started)
                staging.add(_traced(verdict.accepted, chunk.origins, delivered_by="source"))
                set_aside(_traced(verdict.rejected, chunk.origins, **{name: name for name in OF_A_ROW}))
            checks = gate.close()
            commit_rejected()
            return self._commit(batch, staging, gate, checks)

    def _staging(self, batch: Batch, delivery: Delivery) -> Staging:
        provenance: dict[str, str | int] = {
            "batch": batch.id,
            "delivered_by": batch.source,
            "contract_version": batch.contract_version,
            "sequence": self._archive.version(batch.dataset) + 1,
        }
        return Staging(
            self._scratch / "accepted" / batch.id,
            batch.dataset,
            delivery.contract.arrow_schema,
            self._zones,
            provenance,
            seen_on_arrival=delivery.seen_on_arrival,
        )

    def _commit(
        self, batch: Batch, staging: Staging, gate: BatchGate, checks: list[CheckResult]
    ) -> tuple[Batch, Comparison]:
        con = connect(self._scratch / "spill")
        comparison = Comparison(staging, self._archive, con)
        done = _balanced(batch, gate, comparison.account, self._clock())
        if done.new + done.updated:
            account = {**dataclasses.asdict(done), "rejections": _listed(gate.rejected_by_region)}
            version = self._archive.append(
                batch.dataset, comparison.changes(), months=comparison.account.months, batch=account
            )
            done = dataclasses.replace(done, archive_version=version)
        con.close()
        results = [*_told(checks), *_conflicts(done, comparison.account, gate.accepted_by_region)]
        self._rollup.catch_up(batch.dataset, [Arrival(done, results, checks, gate.rejected_by_region)])
        return done, comparison


def _traced(rows: pl.DataFrame, origins: pl.DataFrame | None, **columns: str) -> pl.DataFrame:
    """Rows with columns of the table that says where each is from, under other names."""
    if origins is None:
        return rows
    wanted = origins.select("_row", *(pl.col(name).alias(alias) for alias, name in columns.items()))
    return rows.join(wanted, on="_row", how="left", maintain_order="left")


def _provenance(batch: Batch, delivery: Delivery) -> Provenance:
    return Provenance(
        batch=batch.id,
        dataset=batch.dataset,
        source=batch.source,
        origin=batch.origin,
        contract_version=batch.contract_version,
        mapping_hash=batch.mapping_hash,
        simulated=batch.simulated,
        seen_at=delivery.observed,
    )


def _balanced(batch: Batch, gate: BatchGate, account: Account, now: datetime) -> Batch:
    """Batch with its counts, which must add up. Raises ``AccountError``."""
    if gate.accepted + gate.rejected != gate.read:
        raise AccountError(f"{batch.origin}: {gate.accepted} + {gate.rejected} rows are not {gate.read} read")
    if account.new + account.updated + account.unchanged != gate.accepted:
        raise AccountError(f"{batch.origin}: {account} does not account for {gate.accepted} accepted rows")
    return dataclasses.replace(
        batch,
        finished=now,
        read=gate.read,
        accepted=gate.accepted,
        rejected=gate.rejected,
        new=account.new,
        updated=account.updated,
        unchanged=account.unchanged,
        rejected_by_rule=gate.rejected_by_rule,
        warned_by_rule=gate.warned_by_rule,
    )


def _listed(rejections: Mapping[tuple[str | None, str], int]) -> list[list[Any]]:
    """Rejections as JSON can hold them."""
    return [[region, rule, n] for (region, rule), n in sorted(rejections.items(), key=str)]


def _told(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """Return what the store keeps: each rule on the whole batch, and each region that does not pass."""
    return [check for check in checks if check.region is None or check.outcome is not Outcome.PASS]


def _conflicts(batch: Batch, account: Account, accepted: Mapping[str, int]) -> list[CheckResult]:
    """Results of ``CONFLICT_RULE``: for the whole batch, and for each region that breaks it."""
    counts: list[tuple[str | None, int, int]] = [
        (None, batch.accepted, sum(account.conflicts.values())),
        *((region, accepted[region], bad) for region, bad in account.conflicts.items()),
    ]
    return [
        CheckResult(
            dataset=batch.dataset,
            rule=CONFLICT_RULE,
            region=region,
            outcome=Outcome.FAIL if bad else Outcome.PASS,
            severity=Severity.WARNING,
            dimension="uniqueness",
            n=n,
            bad=bad,
            value=bad / n if n else None,
            bound=0.0,
            detail="the later row of the file was kept" if bad else "",
        )
        for region, n, bad in counts
    ]
