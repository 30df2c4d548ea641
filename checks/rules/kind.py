"""What a kind of rule is.

A kind says which rows break it, vectorised; what to tell about such a row; and, so that Great
Expectations can count the same rows by its own code, the expectation that means the same. A null
breaks no rule but ``required``; a rule about two columns passes over rows in which one is null.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict

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


@dataclass(frozen=True, slots=True)
class Named:
    """A column that a rule names: where below its arguments, and the logical types that it may have."""

    place: tuple[str | int, ...]
    column: str
    types: frozenset[str]


def _distinct(words: tuple[str, ...]) -> tuple[str, ...]:
    for place, word in enumerate(words):
        if not word or word != word.strip():
            raise ValueError(f"the word {word!r} is empty or has blanks at its ends. Write it without")
        if word in words[:place]:
            raise ValueError(f"the word '{word}' stands here twice. Remove one of the two")
    return words


Words = Annotated[tuple[str, ...], AfterValidator(_distinct)]
"""Words of a list, each once."""


class Kind(BaseModel):
    """A kind of rule with its arguments.

    ``takes``: the logical types each column argument may have. ``alike``: they must be the same.
    ``decisive``: a row that breaks it cannot be kept, so it is critical or nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {}
    alike: ClassVar[bool] = False
    decisive: ClassVar[bool] = False

    def named(self) -> Iterator[Named]:
        """Columns that the rule reads, and where its arguments name them."""
        for argument, types in self.takes.items():
            key = type(self).model_fields[argument].alias or argument
            value = getattr(self, argument)
            if isinstance(value, str):
                yield Named((key,), value, types)
            else:
                yield from (Named((key, place), name, types) for place, name in enumerate(value))

    def columns(self) -> tuple[str, ...]:
        """Columns that the rule reads."""
        return tuple(named.column for named in self.named())

    def judges_without(self, absent: Collection[str]) -> bool:
        """Whether a row may break the rule that has nothing in these columns."""
        return not any(column in absent for column in self.columns())

    def words(self) -> Iterator[tuple[str, str]]:
        """Columns, with the words that the rule expects in them and that their domains must allow."""
        return iter(())

    def ordered(self) -> tuple[str, str] | None:
        """Two columns of which the first must not come before the second, if that is what the rule says."""
        return None

    def vain(self, required: Collection[str]) -> str | None:  # noqa: ARG002 - for kinds that judge absence
        """Why no row, or every row, breaks the rule where these columns are always there; else ``None``."""
        return None

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
