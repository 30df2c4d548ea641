"""Parts a chunk into accepted and rejected records. Pure: polars in, polars out, no clock, no books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from checks.chunk import ISSUES_SCHEMA, REJECTED_SCHEMA, MappedChunk, Verdict
from checks.contract import Contract, Rule
from checks.errors import ChunkError, GateError
from checks.masking import mask
from checks.payload import payloads
from checks.rules.kind import UNREADABLE, Scope
from metrics.model import Severity

_READABLE = "readable"


@dataclass(frozen=True, slots=True)
class Sifted:
    """A verdict, with what was counted on the way to it.

    ``rows``: [region, n] of all rows read. ``bad``: [region, rule, n] of the rows that break a rule,
    whatever its severity. ``strays``: records read of which nothing but their issues is known.
    """

    verdict: Verdict
    rows: pl.DataFrame
    bad: pl.DataFrame
    strays: int


class Sieve:
    """A contract's rules, bound to a registry, a clock and the key that personal data are masked with."""

    def __init__(self, contract: Contract, scope: Scope, key: bytes) -> None:
        self._contract = contract
        self._scope = scope
        self._key = key
        self._masks = [rule.mask(scope) for rule in contract.rules]

    def sift(self, chunk: MappedChunk) -> Sifted:
        """Part a chunk. Raises ChunkError if its columns are not the contract's."""
        self._verify(chunk)
        frame = self._without_personal_data(chunk.frame)
        issues = _first_issues(chunk.issues)
        unreadable = frame["_row"].is_in(issues["_row"].implode())
        broken = frame.with_columns(unreadable.alias(UNREADABLE)).select(self._masks)
        broken = self._without_consequences(broken, frame["_row"], chunk.issues)
        hit = [rule for rule in self._contract.rules if broken[rule.id].any()]
        rejecting = [rule for rule in hit if rule.severity is Severity.CRITICAL]
        warning = [rule for rule in hit if rule.severity is Severity.WARNING]
        reject = (
            broken.select(
                pl.any_horizontal(pl.lit(value=False), *(pl.col(rule.id) for rule in rejecting))
            ).to_series()
            | unreadable
        )
        accepted = _accepted(frame, broken, reject, warning)
        rejected = self._rejected(frame.filter(reject), broken.filter(reject), [*rejecting, *warning], issues)
        strays = issues.join(frame.select("_row"), on="_row", how="anti")
        rejected = pl.concat([rejected, _stray(strays)]) if strays.height else rejected
        rejected = mask(rejected, {"reason": None}).with_columns(
            payloads(chunk.raw, rejected["_row"], self._key)
        )
        if accepted.height + rejected.height != frame.height + strays.height:
            raise GateError(
                f"{self._contract.name}: {frame.height + strays.height} records read, but {accepted.height} "
                f"accepted and {rejected.height} rejected. Nothing of this chunk may be used; report it."
            )
        return Sifted(
            verdict=Verdict(accepted, rejected.select(REJECTED_SCHEMA.names())),
            rows=frame.group_by("region").len("n"),
            bad=_bad(frame["region"], broken, hit, strays.height),
            strays=strays.height,
        )

    def _verify(self, chunk: MappedChunk) -> None:
        expected = pl.Schema({**self._contract.polars_schema, "_row": pl.Int64()})
        for name, kind in expected.items():
            actual = chunk.frame.schema.get(name)
            if actual != kind:
                raise ChunkError(
                    f"{self._contract.name}: the column '{name}' is {actual or 'missing'}, the contract says "
                    f"{kind}. The mapping must fill in every column of the contract, with its type."
                )
        for name, kind in ISSUES_SCHEMA.items():
            if chunk.issues.schema.get(name) != kind:
                raise ChunkError(
                    f"{self._contract.name}: the issues' column '{name}' is "
                    f"{chunk.issues.schema.get(name) or 'missing'}, and must be {kind}."
                )
        if chunk.frame["_row"].n_unique() != chunk.frame.height or chunk.frame["_row"].null_count():
            raise ChunkError(
                f"{self._contract.name}: the numbers in '_row' are not unique. Number each record once."
            )

    def _without_personal_data(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Mask the restricted columns: those of the key so that two people stay two."""
        keyed = self._contract.key
        return mask(frame, {name: self._key if name in keyed else None for name in self._contract.restricted})

    def _without_consequences(
        self, broken: pl.DataFrame, rows: pl.Series, issues: pl.DataFrame
    ) -> pl.DataFrame:
        """Take back verdicts about values that could not be read: a bad date is not a missing date too."""
        for field in issues["field"].drop_nulls().unique():
            touched = [rule.id for rule in self._contract.rules if field in rule.columns]
            if touched:
                numbers = issues.filter(pl.col("field") == field)["_row"]
                unread = rows.is_in(numbers.implode())
                broken = broken.with_columns(pl.col(name) & ~unread for name in touched)
        return broken

    def _rejected(
        self, bad: pl.DataFrame, broken: pl.DataFrame, hit: Sequence[Rule], issues: pl.DataFrame
    ) -> pl.DataFrame:
        """[_row, region, rule, reason, rules] of the rows to be rejected, in the order read.

        The region is null where the registry does not list it.
        """
        own = [rule for rule in hit if rule.kind_name != _READABLE]
        critical = [rule for rule in own if rule.severity is Severity.CRITICAL]
        ids = {rule.id: pl.when(pl.col(rule.id)).then(pl.lit(rule.id)) for rule in own}
        none = pl.lit(None, pl.String)
        listed = (
            bad.select("_row", "region", *broken)
            .with_columns(
                pl.coalesce(none, *(ids[rule.id] for rule in critical)).alias("_first"),
                pl.concat_str(none, *ids.values(), separator=",", ignore_nulls=True).alias("_own"),
            )
            .with_row_index("_at")
            .join(issues, on="_row", how="left", maintain_order="left")
        )
        parts = [listed.filter(pl.col("rule").is_not_null()).select("_at", "reason")]
        numbered = bad.with_columns(listed["_at"])
        for rule in critical:
            first = (listed["_first"] == rule.id) & listed["rule"].is_null()
            chosen = numbered.filter(first).rechunk()  # polars 2.1 panics on some chunked slices
            parts.append(chosen.select("_at", self._reason(rule)))
        reasons = pl.concat(parts).sort("_at")
        own_ids = pl.when(pl.col("_own") != "").then(pl.col("_own"))
        return (
            listed.drop("reason")
            .with_columns(reasons["reason"])
            .select(
                "_row",
                pl.when(pl.col("region").is_in(sorted(self._scope.codes)))
                .then(pl.col("region"))
                .alias("region"),
                pl.coalesce("rule", "_first").alias("rule"),
                "reason",
                pl.concat_str("rules", own_ids, separator=",", ignore_nulls=True).alias("rules"),
            )
        )

    def _reason(self, rule: Rule) -> pl.Expr:
        return rule.reason(self._scope)


def _first_issues(issues: pl.DataFrame) -> pl.DataFrame:
    """[_row, rule, reason, rules]: one row for each record with issues: its first, and all ids."""
    return issues.group_by("_row", maintain_order=True).agg(
        pl.col("rule").first().fill_null("values-readable"),
        pl.col("reason").first().fill_null("a value could not be read"),
        pl.col("rule").unique(maintain_order=True).str.join(",").alias("rules"),
    )


def _accepted(
    frame: pl.DataFrame, broken: pl.DataFrame, reject: pl.Series, warning: Sequence[Rule]
) -> pl.DataFrame:
    if not warning:
        return frame.filter(~reject).with_columns(pl.lit(None, pl.String).alias("warnings"))
    texts = broken.select(
        pl.concat_str(
            *(pl.when(pl.col(rule.id)).then(pl.lit(rule.id)) for rule in warning),
            separator=",",
            ignore_nulls=True,
        ).alias("warnings")
    ).with_columns(pl.when(pl.col("warnings") != "").then(pl.col("warnings")).alias("warnings"))
    return frame.with_columns(texts).filter(~reject)


def _stray(issues: pl.DataFrame) -> pl.DataFrame:
    """Records of which nothing could be read, as rejected ones."""
    return issues.select("_row", pl.lit(None, pl.String).alias("region"), "rule", "reason", "rules")


def _bad(regions: pl.Series, broken: pl.DataFrame, hit: Sequence[Rule], strays: int) -> pl.DataFrame:
    """[region, rule, n] of the rows that break each rule. Strays are unreadable, and of no region."""
    parts = [
        regions.filter(broken[rule.id])
        .to_frame("region")
        .group_by("region")
        .agg(pl.lit(rule.id).first().alias("rule"), pl.len().alias("n").cast(pl.Int64))
        for rule in hit
    ]
    empty = pl.DataFrame(schema={"region": pl.String, "rule": pl.String, "n": pl.Int64})
    if strays:
        parts.append(pl.DataFrame([(None, "values-readable", strays)], schema=empty.schema, orient="row"))
    return pl.concat([empty, *parts])
