"""What a kind of rule is.

A kind says which rows break it, vectorised; what to tell about such a row; and, so that Great
Expectations can count the same rows by its own code, the expectation that means the same. A null
breaks no rule but ``required``; a rule about two columns passes over rows in which one is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import polars as pl
from pydantic import BaseModel, ConfigDict

INSTANTS = frozenset({"timestamp", "date"})
NUMBERS = frozenset({"number", "integer"})
ORDERED = INSTANTS | NUMBERS
LISTS = frozenset({"array"})
ANY = frozenset({"string", "boolean"}) | ORDERED | LISTS
UNREADABLE = "_unreadable"
"""Column that the gate adds: whether a value of the record could not be read."""
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule may know besides the row: the registry's codes, the time, the columns' types."""

    codes: frozenset[str]
    now: datetime
    schema: Mapping[str, pl.DataType]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A Great Expectations expectation as plain data.

    ``derived``: columns that it needs beside the contract's, because it compares columns only.
    """

    type: str
    arguments: dict[str, Any]
    derived: Mapping[str, pl.Expr] = field(default_factory=dict)


class Kind(BaseModel):
    """A kind of rule with its arguments.

    ``takes``: the logical types each column argument may have. ``alike``: they must be the same.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {}
    alike: ClassVar[bool] = False

    def columns(self) -> tuple[str, ...]:
        """Columns that the rule reads."""
        named: list[str] = []
        for argument in self.takes:
            value = getattr(self, argument)
            named.extend([value] if isinstance(value, str) else value)
        return tuple(named)

    def mask(self, scope: Scope) -> pl.Expr:
        """True where a row breaks the rule, null or false elsewhere."""
        raise NotImplementedError

    def reason(self, scope: Scope) -> pl.Expr:
        """What is wrong with a row that breaks the rule, with the value that is wrong."""
        raise NotImplementedError

    def expectation(self, scope: Scope) -> Expectation | None:
        """Give the expectation that counts the same rows; none where rows alone do not tell."""
        raise NotImplementedError


def shown(column: str, scope: Scope) -> pl.Expr:
    """Text of a value as a reason quotes it: an instant to the second in UTC, a long text cut."""
    value, kind = pl.col(column), scope.schema[column]
    if isinstance(kind, pl.Datetime):
        text = value.dt.to_string("%Y-%m-%d %H:%M:%S")
    elif isinstance(kind, pl.List):
        text = pl.format("[{}]", value.cast(pl.List(pl.String)).list.join(", ", ignore_nulls=True))
    else:
        text = value.cast(pl.String)
    return text.str.slice(0, _SHOWN_CHARACTERS).fill_null("(nothing)")
