"""A file tried against its contract, without an installation: what would be accepted, and what would not.

Nothing is stored or sent. Values that are kept for examples have their personal data masked, with a
key that nobody keeps.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
import polars as pl

from checks.chunk import MappedChunk, Verdict
from checks.contract import Contract, Rule
from checks.gate import Gate
from checks.masking import mask_text
from checks.payload import payloads
from exporters.deliver import deliver_file
from exporters.errors import SourceError
from exporters.mapping import Mapping, ValueMapping
from metrics.model import CheckResult, Outcome, Severity
from metrics.regions import Registry

EXAMPLES = 5
"""Rows shown for each rule."""

_LONGEST = 80
Place = tuple[str, str]
"""Id of a rule, and the field it is about: "" for a rule of the contract, which has its columns."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row that breaks a rule: its number in the file, and columns of the file with their values."""

    row: int
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that rows break. ``rule``: the contract's; ``None`` for one of reading, about ``field``.

    ``regions``: those in which more rows break it than the contract allows; "" for the whole file.
    """

    id: str
    field: str
    rule: Rule | None
    owner: str
    rejects: bool
    rows: int
    examples: tuple[Example, ...]
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a file. ``error``: why it could not be read to its end, ``None`` where it was.

    ``read`` = ``accepted`` + ``rejected``; ``warned``: accepted rows with a warning. ``checks``: those of
    the file as a whole that failed.
    """

    path: Path
    size: int
    digest: str
    mapping: Mapping
    contract: Contract
    tested: datetime
    read: int
    accepted: int
    rejected: int
    warned: int
    broken: tuple[Broken, ...]
    checks: tuple[CheckResult, ...]
    error: SourceError | None

    @property
    def is_accepted(self) -> bool:
        """Whether the file was read to its end and every row accepted."""
        return self.error is None and not self.rejected


def try_file(path: Path, mapping: Mapping, registry: Registry, *, now: datetime) -> Trial:
    """Read, map and check a file. Raises ``MappingError`` where the mapping cannot be used."""
    key = secrets.token_bytes(32)
    delivery = deliver_file(path, mapping, registry, now=now)
    gate = Gate(delivery.contract, registry.regions, now, key=key).open()
    tally = _Tally(delivery.contract, mapping, key)
    error = None
    try:
        for chunk in delivery.chunks:
            tally.add(chunk, gate.check(chunk))
    except SourceError as caught:
        error = caught
    failed = [result for result in gate.close() if result.outcome is Outcome.FAIL] if error is None else []
    size, digest = _fingerprint(path)
    return Trial(
        path=path,
        size=size,
        digest=digest,
        mapping=mapping,
        contract=delivery.contract,
        tested=now,
        read=gate.read,
        accepted=gate.accepted,
        rejected=gate.rejected,
        warned=tally.warned,
        broken=tuple(tally.broken(failed)),
        checks=tuple(one for one in failed if one.rule.startswith("batch-")),
        error=error,
    )


def _fingerprint(path: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of a file; 0 and "" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return 0, ""


class _Tally:
    """Rows that break each rule, and the first few of them."""

    def __init__(self, contract: Contract, mapping: Mapping, key: bytes) -> None:
        self._rules = {rule.id: rule for rule in contract.rules}
        self._reading = next(rule.owner for rule in contract.rules if rule.kind_name == "readable")
        self._mapping = mapping
        self._key = key
        self._rows: Counter[Place] = Counter()
        self._examples: dict[Place, list[Example]] = {}
        self.warned = 0

    def add(self, chunk: MappedChunk, verdict: Verdict) -> None:
        """Count a chunk."""
        warned = verdict.accepted.filter(pl.col("warnings").is_not_null())
        self.warned += warned.height
        found = pl.concat(
            [
                verdict.rejected.select("_row", "rules"),
                warned.select("_row", pl.col("warnings").alias("rules")),
            ]
        )
        broken = found.select("_row", pl.col("rules").str.split(",").alias("rule")).explode("rule")
        broken = broken.filter(pl.col("rule").is_in([*self._rules])).sort("_row")
        for (rule,), rows in broken.group_by("rule", maintain_order=True):
            self._count((str(rule), ""), rows["_row"], chunk)
        unread = chunk.issues.unique(["_row", "rule", "field"]).sort("_row")
        for (rule, field), rows in unread.group_by("rule", "field", maintain_order=True):
            self._count((str(rule), str(field)), rows["_row"], chunk)

    def broken(self, failed: Sequence[CheckResult]) -> Iterator[Broken]:
        """Rules that rows break: those that reject come first, then those that more rows break."""
        for place in sorted(
            self._rows, key=lambda place: (not self._rejects(place), -self._rows[place], place)
        ):
            yield Broken(
                id=place[0],
                field=place[1],
                rule=self._rules.get(place[0]),
                owner=self._rules[place[0]].owner if place[0] in self._rules else self._reading,
                rejects=self._rejects(place),
                rows=self._rows[place],
                examples=tuple(self._examples[place]),
                regions=tuple(one.region or "" for one in failed if one.rule == place[0]),
            )

    def _rejects(self, place: Place) -> bool:
        rule = self._rules.get(place[0])
        return rule is None or rule.severity is Severity.CRITICAL

    def _count(self, place: Place, rows: pl.Series, chunk: MappedChunk) -> None:
        self._rows[place] += len(rows)
        kept = self._examples.setdefault(place, [])
        chosen = rows.head(EXAMPLES - len(kept))
        texts = payloads(chunk.raw, chosen, self._key)
        kept.extend(
            Example(row, tuple(self._values(place, text))) for row, text in zip(chosen, texts, strict=True)
        )

    def _values(self, place: Place, payload: str) -> Iterator[tuple[str, str]]:
        """Columns of a rule with what the file has in them, or the mapping states. A broken line has none."""
        rule, field = place
        for name in self._rules[rule].columns if rule in self._rules else filter(None, [field]):
            stated = self._mapping.observed_at if name == "observed_at" else self._mapping.fields.get(name)
            if isinstance(stated, ValueMapping) and stated.constant is not None:
                yield name, stated.constant
            for source in source_columns(self._mapping, name):
                yield source, _value(payload, source)


def source_columns(mapping: Mapping, field: str) -> tuple[str, ...]:
    """Columns of the file from which a field of the contract comes; none where the mapping states it."""
    return next((columns for name, columns, _ in mapping.picked() if name == field), ())


def _value(payload: str, column: str) -> str:
    """A value of a record, cut; several where several lines made one record. "" where there is none."""
    content = orjson.loads(payload)
    records = content if isinstance(content, list) else [content]
    texts = dict.fromkeys(str(one[column]) for one in records if one.get(column) is not None)
    text = mask_text("; ".join(texts))  # once more: two pieces may be a number together
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
