"""A contract, compiled: what the columns of a record set are, and which rules its rows must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from checks.rules.kind import Expectation, Kind, Scope
from checks.rules.values import Domain
from metrics.model import Severity

INSTANT = pl.Datetime("us", "UTC")

TYPES: dict[str, tuple[str, pl.DataType, pa.DataType]] = {
    "string": ("string", pl.String(), pa.string()),
    "bool": ("boolean", pl.Boolean(), pa.bool_()),
    "int64": ("integer", pl.Int64(), pa.int64()),
    "double": ("number", pl.Float64(), pa.float64()),
    "date32": ("date", pl.Date(), pa.date32()),
    "timestamp[us, tz=UTC]": ("timestamp", INSTANT, pa.timestamp("us", tz="UTC")),
    "list<int64>": ("array", pl.List(pl.Int64()), pa.list_(pa.int64())),
    "list<double>": ("array", pl.List(pl.Float64()), pa.list_(pa.float64())),
}
"""Physical types that a contract may use: name in Arrow's spelling -> logical type, polars, Arrow."""

RESTRICTED = "restricted"
"""Classification of a column in which people's data may turn up: the gate masks it."""


@dataclass(frozen=True, slots=True)
class Property:
    """A column: its name, types and meaning. ``key_position``: its place in the natural key, from 1."""

    name: str
    logical_type: str
    physical_type: str
    required: bool
    key_position: int | None
    classification: str
    description: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a contract.

    ``bound``: the largest share of rows that may break it, 0 to 1. ``kind_name``: its kind's name in
    ``checks.rules.RULES``.
    """

    id: str
    dimension: str
    severity: Severity
    owner: str
    business_impact: str
    description: str
    bound: float
    kind_name: str
    kind: Kind

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the rule reads."""
        return self.kind.columns()

    def mask(self, scope: Scope) -> pl.Expr:
        """Boolean, never null: true where the row breaks the rule. Named after the rule."""
        return self.kind.mask(scope).fill_null(value=False).alias(self.id)

    def reason(self, scope: Scope) -> pl.Expr:
        """Text, with the offending value in it, for rows that break the rule."""
        return self.kind.reason(scope).cast(pl.String).alias("reason")

    def expectation(self, scope: Scope) -> Expectation | None:
        """Give the same rule as an expectation on rows; None for what rows alone do not tell."""
        return self.kind.expectation(scope)


@dataclass(frozen=True, slots=True)
class Contract:
    """A record set's contract. ``rules`` in order of precedence; ``digest``: SHA-256 of its text."""

    id: str
    name: str
    version: str
    description: str
    properties: tuple[Property, ...]
    rules: tuple[Rule, ...]
    digest: str

    @property
    def arrow_schema(self) -> pa.Schema:
        """The contract's columns in their order; required ones not nullable."""
        return pa.schema(
            pa.field(item.name, TYPES[item.physical_type][2], nullable=not item.required)
            for item in self.properties
        )

    @property
    def polars_schema(self) -> pl.Schema:
        """The contract's columns in their order, as polars types."""
        return pl.Schema({item.name: TYPES[item.physical_type][1] for item in self.properties})

    @property
    def key(self) -> tuple[str, ...]:
        """Columns of the natural key, in order."""
        placed = {item.key_position: item.name for item in self.properties if item.key_position is not None}
        return tuple(placed[position] for position in sorted(placed))

    @property
    def restricted(self) -> tuple[str, ...]:
        """Columns in which personal data are masked."""
        return tuple(item.name for item in self.properties if item.classification == RESTRICTED)

    @property
    def domains(self) -> Mapping[str, tuple[str, ...]]:
        """Words that a column allows, for the columns that have such a list."""
        return {rule.kind.column: rule.kind.values for rule in self.rules if isinstance(rule.kind, Domain)}

    def rule(self, identifier: str) -> Rule:
        """Return one rule by its id. Raises KeyError."""
        return next(rule for rule in self.rules if rule.id == identifier)
