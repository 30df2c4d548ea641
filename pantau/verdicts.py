"""What the latest batches say of a contract's rules, as verdicts for the incidents and as holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from checks.compile import CONTRACTS, load_contract
from checks.contract import Contract, Rule
from metrics.indicators import remedies
from metrics.model import Outcome, Severity
from metrics.observation import FEWEST_ROWS, LEAST_SHARE, Cause, Finding, Hold
from metrics.quality import Verdicts
from metrics.quarantine import Quarantine
from metrics.store import Store

HOLDING = frozenset({"silence", "totals", "schema", "shift", "contradictions", "impossible-speed"})
"""Monitors whose critical findings keep figures back: they show that records are missing or wrong.

Fewer records than usual (sustained) may be a quiet month, and days or regions that are alike (repeated-days,
copied-regions) prove nothing where instants are dates without a time. These call somebody; they hold nothing.
"""
HELD_SHARE, HELD_FEWEST = 0.05, 30
"""Share of rows that were set aside under a rule above which figures of the rest are withheld, and the
fewest rows of which a share is taken."""


@dataclass(frozen=True)
class Told:
    """What figures must not rest on, and what is known of the quality of their records."""

    holds: list[Hold]
    verdicts: Verdicts

    @property
    def digest(self) -> str:
        """The same for the same content."""
        frames = [self.verdicts.rejections, self.verdicts.findings]
        content = [repr(self.holds), *(frame.write_csv() for frame in frames if frame is not None)]
        return hashlib.sha256("\n".join(content).encode()).hexdigest()


def told_of(store: Store, quarantine: Quarantine) -> Told:
    """What rules and monitors say of the records, for the figures that are computed from them.

    Rejected rows count once, however often they were delivered, and no more once they are mended.
    """
    contracts = {name: load_contract(name) for name in CONTRACTS}
    standings = store.standings(current=True)
    found = [hold for hold in store.critical_findings() if hold.check in HOLDING]
    holds = [*found, *rule_holds(standings, contracts)]
    rejections = _set_aside(quarantine)
    if not store.watches(1):
        return Told(holds, Verdicts(rejections))
    rules = {rule.id for contract in contracts.values() for rule in contract.rules}
    undated = pl.lit(None, pl.Date)
    passed = standings.filter(
        pl.col("outcome") == Outcome.PASS.value, ~pl.col("check").is_in([*rules])
    ).with_columns(first_day=undated, last_day=undated)
    names = ["dataset", "region", "check", "severity", "outcome", "first_day", "last_day"]
    findings = pl.concat([store.findings(outcome=Outcome.FAIL.value).select(names), passed.select(names)])
    return Told(holds, Verdicts(rejections, findings))


def _set_aside(quarantine: Quarantine) -> pl.DataFrame:
    """Rejected rows that are not mended: dataset, region, rule, n."""
    keys = ["dataset", "region", "rule"]
    groups = quarantine.groups().group_by(keys).agg(pl.col("open").sum().alias("n"))
    return groups.filter(pl.col("n") > 0).sort(keys)


def rule_verdicts(standings: pl.DataFrame, contracts: Mapping[str, Contract]) -> list[Finding]:
    """One verdict for each rule and region, from the region's latest batch."""
    return [_verdict(row, rule) for row, rule in _of_rules(standings, contracts)]


def rule_holds(standings: pl.DataFrame, contracts: Mapping[str, Contract]) -> list[Hold]:
    """Holds on regions of whose latest batch too large a part was set aside."""
    return [
        Hold(row["dataset"], row["region"], None, rule.id, _detail(row, rule), _remedy(rule))
        for row, rule in _of_rules(standings, contracts)
        if row["outcome"] == Outcome.FAIL.value
        and rule.severity is Severity.CRITICAL
        and row["n"] >= HELD_FEWEST
        and row["bad"] > HELD_SHARE * row["n"]
    ]


def _of_rules(
    standings: pl.DataFrame, contracts: Mapping[str, Contract]
) -> list[tuple[Mapping[str, Any], Rule]]:
    rules = {(name, rule.id): rule for name, contract in contracts.items() for rule in contract.rules}
    return [
        (row, rules[row["dataset"], row["check"]])
        for row in standings.iter_rows(named=True)
        if (row["dataset"], row["check"]) in rules
    ]


def _verdict(row: Mapping[str, Any], rule: Rule) -> Finding:
    outcome = Outcome(row["outcome"])
    n, bad = row["n"], row["bad"]
    if outcome is Outcome.FAIL and (bad < FEWEST_ROWS or bad <= LEAST_SHARE * n):
        outcome = Outcome.PASS
    return Finding(
        rule.id,
        row["dataset"],
        row["region"],
        rule.columns[0] if len(rule.columns) == 1 else None,
        None,
        outcome,
        rule.severity,
        rule.dimension,
        bad / n if n else None,
        rule.bound,
        n,
        bad,
        _detail(row, rule) if outcome is Outcome.FAIL else "",
        _remedy(rule),
        Cause(row["cause"]),
    )


def _detail(row: Mapping[str, Any], rule: Rule) -> str:
    return f"{row['bad']} of {row['n']} rows of the latest batch: {rule.description}"


def _remedy(rule: Rule) -> str:
    return f"{rule.owner}: {remedies.RULE}"
