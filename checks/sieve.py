"""Parts a chunk into accepted and rejected records. Pure: polars in, polars out, no clock, no books.

A clean chunk costs one pass over its rows; what explains a rejected row is done to rejected rows only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from checks.chunk import ISSUES_SCHEMA, REJECTED_SCHEMA, MappedChunk, Verdict
from checks.contract import Contract, Rule
from checks.errors import ChunkError, GateError
from checks.masking import mask, masked_columns
from checks.payload import payloads
from checks.rules.kind import UNREADABLE, Scope
from metrics.model import Severity

_READABLE = "readable"
_BITS = 63
_NONE_BAD = pl.Schema({"region": pl.String(), "rule": pl.String(), "n": pl.Int64()})
_UNEXPLAINED = pl.Schema({name: kind for name, kind in REJECTED_SCHEMA.items() if name != "payload"})


@dataclass(frozen=True, slots=True)
class Sifted:
    """A verdict, with what was counted on the way to it.

    ``rows``: [region, n] of all rows read. ``bad``: [region, rule, n] of the rows that break a rule,
    whatever its severity. Records of which nothing but their issues is known are of no region.
    """

    verdict: Verdict
    rows: pl.DataFrame
    bad: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows, and which of them break which rule.

    ``frame``: the rows, personal data masked. ``rules``: those that some row breaks. ``broken``: a column
    for each of them, and ``UNREADABLE``. ``reject``: rows that break one that rejects, or could not be read.
    """

    frame: pl.DataFrame
    rules: Sequence[Rule]
    broken: pl.DataFrame
    reject: pl.Series

    def of(self, severity: Severity) -> list[Rule]:
        """Rules of a severity that some row breaks. That a value could not be read its issue tells better."""
        return [rule for rule in self.rules if rule.severity is severity and rule.kind_name != _READABLE]


class Sieve:
    """A contract's rules, bound to a registry, a clock and the key that personal data are masked with."""

    def __init__(self, contract: Contract, scope: Scope, key: bytes) -> None:
        self._contract = contract
        self._scope = scope
        self._key = key
        self._masks = [rule.mask(scope) for rule in contract.rules]
        self._reasons = {rule.id: rule.reason(scope) for rule in contract.rules}

    def sift(self, chunk: MappedChunk) -> Sifted:
        """Part a chunk. Raises ChunkError if its columns are not the contract's."""
        self._verify(chunk)
        issues = _first_issues(chunk.issues)
        judged = self._judged(chunk, issues)
        strays = _strays(judged, issues)
        numbers = pl.concat([chunk.frame["_row"].filter(judged.reject), strays["_row"]])
        with ThreadPoolExecutor(1) as beside:  # half of the work on rejected rows; polars lets go of the lock
            texts = beside.submit(payloads, chunk.raw, numbers, self._key)
            accepted = _accepted(judged)
            rows, bad = _counts(judged, strays.height)
            explained = mask(pl.concat([self._explained(judged, issues), strays]), {"reason": None})
            rejected = explained.with_columns(texts.result()).select(REJECTED_SCHEMA.names())
        if accepted.height + rejected.height != chunk.frame.height + strays.height:
            raise GateError(
                f"{self._contract.name}: {chunk.frame.height + strays.height} records read, but "
                f"{accepted.height} accepted and {rejected.height} rejected. Nothing of this chunk may be "
                "used; report it."
            )
        return Sifted(Verdict(accepted, rejected), rows, bad)

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

    def _judged(self, chunk: MappedChunk, issues: pl.DataFrame) -> _Judged:
        """Apply the rules, and mask personal data meanwhile.

        Where something was masked, the rules about that column are applied again, to what is kept. With
        the key, in columns of the record's own key, two people stay two.
        """
        unreadable = chunk.frame["_row"].is_in(issues["_row"].implode())
        frame = chunk.frame.with_columns(unreadable.alias(UNREADABLE))
        key = self._contract.key
        keys = {name: self._key if name in key else None for name in self._contract.restricted}
        with ThreadPoolExecutor(1) as beside:
            masking = beside.submit(masked_columns, chunk.frame, keys)
            broken = frame.select(self._masks)
            masked = masking.result()
        if masked:
            frame = frame.with_columns(masked)
            broken = broken.with_columns(frame.select(self._masks_of(one.name for one in masked)))
        broken = self._without_consequences(broken, frame["_row"], chunk.issues)
        hit = [rule for rule in self._contract.rules if broken[rule.id].any()]
        flags = pl.DataFrame([unreadable.alias(UNREADABLE), *(broken[rule.id] for rule in hit)])
        rejecting = [rule.id for rule in hit if rule.severity is Severity.CRITICAL]
        reject = flags.select(pl.any_horizontal(UNREADABLE, *rejecting)).to_series()
        return _Judged(frame.drop(UNREADABLE), hit, flags, reject)

    def _masks_of(self, columns: Iterable[str]) -> list[pl.Expr]:
        """Rules about some of these columns."""
        touched = {*columns}
        pairs = zip(self._contract.rules, self._masks, strict=True)
        return [expression for rule, expression in pairs if touched & {*rule.columns}]

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

    def _explained(self, judged: _Judged, issues: pl.DataFrame) -> pl.DataFrame:
        """[_row, region, rule, reason, rules] of the rows to be rejected, in the order read.

        The region is null where the registry does not list it.
        """
        if not judged.reject.any():
            return _UNEXPLAINED.to_frame()
        bad = judged.frame.filter(judged.reject).rechunk()  # polars 2.1 panics on some chunked slices
        critical = judged.of(Severity.CRITICAL)
        registered = pl.when(pl.col("region").is_in(sorted(self._scope.codes))).then(pl.col("region"))
        listed = pl.concat(
            [bad.select("_row", registered.alias("region")), _own(judged)], how="horizontal"
        ).join(issues, on="_row", how="left", maintain_order="left")
        first = listed.select(pl.when(pl.col("rule").is_null()).then(pl.col("_first"))).to_series()
        parts = [
            listed.with_row_index("_at").filter(pl.col("rule").is_not_null()).select("_at", "reason"),
            *(
                bad.select(rule.columns)[at].select(at.alias("_at"), self._reasons[rule.id])
                for rule, at in _places(first, critical)
            ),
        ]
        reasons = pl.concat(parts).sort("_at")
        return listed.with_columns(reasons["reason"]).select(
            "_row",
            "region",
            pl.coalesce("rule", "_first").alias("rule"),
            "reason",
            pl.concat_str("rules", "_own", separator=",", ignore_nulls=True).alias("rules"),
        )


def _own(judged: _Judged) -> pl.DataFrame:
    """[_first, _own] of the rows to be rejected: the first critical rule that each breaks, and all of them.

    Null where there is none. Many rows break the same rules: each such set is written out once.
    """
    critical = [rule.id for rule in judged.of(Severity.CRITICAL)]
    ids = [*critical, *(rule.id for rule in judged.of(Severity.WARNING))]
    words = [ids[begin : begin + _BITS] for begin in range(0, max(len(ids), 1), _BITS)]
    nothing = pl.col(UNREADABLE).cast(pl.UInt64) * 0
    sets = judged.broken.filter(judged.reject).select(
        pl.sum_horizontal(nothing, *(pl.col(name).cast(pl.UInt64) * 2**k for k, name in enumerate(word)))
        .alias(f"_{number}")
        for number, word in enumerate(words)
    )  # fmt: skip
    distinct = sets.unique()
    broken = [
        [name for word, bits in zip(words, row, strict=True) for k, name in enumerate(word) if bits >> k & 1]
        for row in distinct.iter_rows()
    ]
    first = [next((name for name in names if name in critical), None) for names in broken]
    written = distinct.with_columns(
        pl.Series("_first", first, dtype=pl.String),
        pl.Series("_own", [",".join(names) or None for names in broken], dtype=pl.String),
    )
    return sets.join(written, on=sets.columns, how="left", maintain_order="left").select("_first", "_own")


def _places(first: pl.Series, rules: Sequence[Rule]) -> Iterator[tuple[Rule, pl.Series]]:
    """Where each rule is the first, for the rules that are so somewhere."""
    numbers = first.rename("_first").to_frame().with_row_index("_at").lazy()
    grouped = numbers.group_by("_first").agg("_at").collect()
    places = dict(zip(grouped["_first"], grouped["_at"], strict=True))
    for rule in rules:
        if rule.id in places:
            yield rule, places[rule.id]


def _first_issues(issues: pl.DataFrame) -> pl.DataFrame:
    """[_row, rule, reason, rules]: one row for each record with issues: its first, and all ids."""
    first = [
        pl.col("rule").fill_null("values-readable"),
        pl.col("reason").fill_null("a value could not be read"),
        pl.col("rule").fill_null("").alias("rules"),
    ]
    if issues["_row"].n_unique() == issues.height:
        return issues.select("_row", *first)
    return (
        issues.lazy()
        .group_by("_row", maintain_order=True)
        .agg(
            *(column.first() for column in first[:2]),
            pl.col("rule").unique(maintain_order=True).str.join(",").alias("rules"),
        )
        .collect()
    )


def _accepted(judged: _Judged) -> pl.DataFrame:
    """Rows that are not rejected, in the order read, with the warnings that they break."""
    names = [rule.id for rule in judged.of(Severity.WARNING)]
    if not judged.reject.any():
        return judged.frame.with_columns(_warnings(judged.broken, names))
    kept = ~judged.reject
    flags = judged.broken.select(UNREADABLE, *names).filter(kept)
    return judged.frame.filter(kept).with_columns(_warnings(flags, names))


def _warnings(broken: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Ids of the warnings that each row breaks, joined by ","; null if none."""
    texts = pl.Series("warnings", [None], dtype=pl.String).new_from_index(0, broken.height)
    warned = broken.select(pl.any_horizontal(names)).to_series() if names else None
    if warned is None or not warned.any():
        return texts
    ids = (pl.when(pl.col(name)).then(pl.lit(name)) for name in names)
    found = broken.filter(warned).select(pl.concat_str(*ids, separator=",", ignore_nulls=True)).to_series()
    return texts.scatter(warned.arg_true(), found)


def _strays(judged: _Judged, issues: pl.DataFrame) -> pl.DataFrame:
    """Records of which nothing could be read, as rejected ones."""
    unreadable = judged.broken[UNREADABLE]
    if unreadable.sum() == issues.height:
        issues = issues.clear()
    known = judged.frame["_row"].filter(unreadable)
    return issues.filter(~pl.col("_row").is_in(known.implode())).select(
        "_row", pl.lit(None, pl.String).alias("region"), "rule", "reason", "rules"
    )


def _counts(judged: _Judged, strays: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """[region, n] of all rows, [region, rule, n] of those that break a rule. Strays are unreadable."""
    region = judged.frame.select("region")
    rows = region.lazy().group_by("region").agg(pl.len().cast(pl.Int64).alias("n")).collect()
    ids = [rule.id for rule in judged.rules]
    some = judged.broken.select(pl.any_horizontal(UNREADABLE, *ids)).to_series()
    named = judged.broken.select(pl.col(name).alias(f"bad {name}") for name in ids)
    bad = (
        (
            pl.concat([region.filter(some), named.filter(some)], how="horizontal")
            .lazy()
            .group_by("region")
            .agg(pl.exclude("region").sum().cast(pl.Int64))
            .unpivot(index="region", variable_name="rule", value_name="n")
            .filter(pl.col("n") > 0)
            .select("region", pl.col("rule").str.strip_prefix("bad "), "n")
            .collect()
        )
        if ids
        else _NONE_BAD.to_frame()
    )
    if strays:
        rows = pl.concat([rows, pl.DataFrame([(None, strays)], schema=rows.schema, orient="row")])
        bad = pl.concat(
            [bad, pl.DataFrame([(None, "values-readable", strays)], schema=bad.schema, orient="row")]
        )
    return rows, bad
