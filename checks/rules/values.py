"""Rules about the value of one column: there, in a list, in a range, in the registry."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, ClassVar, Self

import polars as pl
from pydantic import Field, model_validator

from checks.rules.kind import ANY, LISTS, NUMBERS, Expectation, Kind, Scope, Words, shown


class Required(Kind):
    """A value must be there. An empty text is none."""

    column: str
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": ANY}
    decisive: ClassVar[bool] = True

    def judges_without(self, absent: Collection[str]) -> bool:  # noqa: ARG002 - absence is what it judges
        """Yes: that it is absent breaks it."""
        return True

    def mask(self, scope: Scope) -> pl.Expr:
        """Break where null or empty."""
        column = pl.col(self.column)
        return (
            column.is_null() | (column == "") if scope.schema[self.column] == pl.String else column.is_null()
        )

    def reason(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the same for every type
        """Name the field."""
        return pl.lit(f"{self.column} is missing")

    def expectation(self, scope: Scope) -> Expectation:
        """Not null, after an empty text has become null."""
        if scope.schema[self.column] != pl.String:
            return Expectation("expect_column_values_to_not_be_null", {"column": self.column})
        text = pl.col(self.column)
        derived = {f"_{self.column}_text": pl.when(text != "").then(text)}
        return Expectation("expect_column_values_to_not_be_null", {"column": f"_{self.column}_text"}, derived)


class Domain(Kind):
    """A value must be one of a list."""

    column: str
    values: Words = Field(min_length=1)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": frozenset({"string"})}

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the list is the rule's own
        """Break where not in the list."""
        return ~pl.col(self.column).is_in(self.values)

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the value and the list."""
        return pl.format(
            "{} '{}' is not one of {}",
            pl.lit(self.column), shown(self.column, scope), pl.lit(", ".join(self.values)),
        )  # fmt: skip

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """In set."""
        arguments = {"column": self.column, "value_set": list(self.values)}
        return Expectation("expect_column_values_to_be_in_set", arguments)


class DomainBy(Kind):
    """A value must be one of the list that belongs to the value of another column.

    A word that is in none of the lists is for ``domain`` to judge.
    """

    column: str
    by: str
    values: dict[str, Annotated[Words, Field(min_length=1)]] = Field(min_length=1)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {
        "column": frozenset({"string"}),
        "by": frozenset({"string", "boolean"}),
    }

    @model_validator(mode="after")
    def _lists_differ(self) -> Self:
        if len({frozenset(values) for values in self.values.values()}) == 1:
            raise ValueError("all lists are the same, so no row breaks this rule. Give lists that differ")
        return self

    def words(self) -> Iterator[tuple[str, str]]:
        """Values of the other column, and the words of their lists."""
        yield from ((self.by, key) for key in self.values)
        yield from ((self.column, word) for word in self._words())

    def _words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for values in self.values.values() for word in values))

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the lists are the rule's own
        """Break where the value is in the list of another value of the other column only."""
        by = pl.col(self.by).cast(pl.String)
        return pl.any_horizontal(
            (by == key) & pl.col(self.column).is_in([word for word in self._words() if word not in values])
            for key, values in self.values.items()
        )

    def reason(self, scope: Scope) -> pl.Expr:
        """Give both values."""
        return pl.format(
            "{} '{}' does not go with {} '{}'",
            pl.lit(self.column), shown(self.column, scope), pl.lit(self.by), shown(self.by, scope),
        )  # fmt: skip

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """Pair in set; a value that has no list, or is in none, makes no pair to judge."""
        by, word = pl.col(self.by).cast(pl.String), pl.col(self.column)
        arguments = {
            "column_A": f"_{self.by}_text",
            "column_B": f"_{self.column}_word",
            "value_pairs_set": [(key, value) for key, values in self.values.items() for value in values],
            "ignore_row_if": "either_value_is_missing",
        }
        derived = {
            f"_{self.by}_text": pl.when(by.is_in(list(self.values))).then(by),
            f"_{self.column}_word": pl.when(word.is_in(self._words())).then(word),
        }
        return Expectation("expect_column_pair_values_to_be_in_set", arguments, derived)


class Registered(Kind):
    """A region must be one that the registry lists."""

    column: str
    decisive: ClassVar[bool] = True
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": frozenset({"string"})}

    def mask(self, scope: Scope) -> pl.Expr:
        """Break where the code is not in the registry."""
        return ~pl.col(self.column).is_in(sorted(scope.codes))

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the code."""
        return pl.format("{} '{}' is not in the registry", pl.lit(self.column), shown(self.column, scope))

    def expectation(self, scope: Scope) -> Expectation:
        """In set."""
        arguments = {"column": self.column, "value_set": sorted(scope.codes)}
        return Expectation("expect_column_values_to_be_in_set", arguments)


_Bound = Annotated[float | None, Field(strict=True, allow_inf_nan=False)]


class Bounded(Kind):
    """At most and at least, or more than. Not a number, and infinity unless allowed, are in no range."""

    column: str
    minimum: _Bound = None
    above: _Bound = None
    maximum: _Bound = None

    @model_validator(mode="after")
    def _some_value_passes(self) -> Self:
        if self.minimum is None and self.above is None and self.maximum is None:
            raise ValueError("give at least one of minimum, above and maximum")
        if self.minimum is not None and self.above is not None:
            raise ValueError("minimum and above are both lower bounds. Keep one")
        lowest, highest = self.span(whole=False)
        if lowest > highest:
            raise ValueError(f"no value is {self._bounds()}. Correct one of the bounds")
        return self

    def span(self, *, whole: bool) -> tuple[float, float]:
        """Lowest and highest value that pass; the lowest is above the highest where none does.

        ``whole``: of whole numbers only.
        """
        lowest = -math.inf if self.minimum is None else self.minimum
        highest = math.inf if self.maximum is None else self.maximum
        if self.above is not None:
            lowest = math.floor(self.above) + 1 if whole else math.nextafter(self.above, math.inf)
        if whole:
            lowest = math.ceil(lowest) if math.isfinite(lowest) else lowest
            highest = math.floor(highest) if math.isfinite(highest) else highest
        return lowest, highest

    def _outside(self, value: pl.Expr) -> pl.Expr:
        broken = [
            *([value < self.minimum] if self.minimum is not None else []),
            *([value <= self.above] if self.above is not None else []),
            *([value > self.maximum] if self.maximum is not None else []),
        ]
        return reduce(or_, broken)  # element by element also inside a list, which any_horizontal is not

    def _bounds(self) -> str:
        bounds = [
            *([f"at least {self.minimum:g}"] if self.minimum is not None else []),
            *([f"more than {self.above:g}"] if self.above is not None else []),
            *([f"at most {self.maximum:g}"] if self.maximum is not None else []),
        ]
        return " and ".join(bounds)

    def _between(self, column: str, derived: Mapping[str, pl.Expr]) -> Expectation:
        arguments = {
            "column": column,
            "min_value": self.minimum if self.above is None else self.above,
            "max_value": self.maximum,
            "strict_min": self.above is not None,
        }
        return Expectation("expect_column_values_to_be_between", arguments, derived)


class Range(Bounded):
    """A number must lie in a range."""

    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": NUMBERS}

    def mask(self, scope: Scope) -> pl.Expr:
        """Break where outside, not a number, or infinite."""
        value = pl.col(self.column)
        outside = self._outside(value)
        return outside | ~value.is_finite() if scope.schema[self.column].is_float() else outside

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the value and the bounds."""
        return pl.format(
            "{} {} is not {}", pl.lit(self.column), shown(self.column, scope), pl.lit(self._bounds())
        )

    def expectation(self, scope: Scope) -> Expectation:
        """Between; what is no finite number stands in as one below the lowest."""
        if not scope.schema[self.column].is_float():
            return self._between(self.column, {})
        value = pl.col(self.column)
        lowest = min(bound for bound in (self.minimum, self.above, self.maximum) if bound is not None)
        outside = lowest - 1 if self.minimum is not None or self.above is not None else lowest + 1
        finite = pl.when(value.is_finite()).then(value).when(value.is_not_null()).then(pl.lit(outside))
        return self._between(f"_{self.column}_finite", {f"_{self.column}_finite": finite})


class ItemsRange(Bounded):
    """Each number of a list must be there and lie in a range; infinity is a number here."""

    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": LISTS}

    def _broken_items(self, scope: Scope) -> pl.Expr:
        item = pl.element()
        broken = item.is_null() | self._outside(item)
        inner = getattr(scope.schema[self.column], "inner", None)
        if isinstance(inner, pl.DataType) and inner.is_float():
            broken |= item.is_nan()
        return pl.col(self.column).list.eval(broken).list.sum()

    def mask(self, scope: Scope) -> pl.Expr:
        """Break where an item is outside, null or not a number."""
        return self._broken_items(scope) > 0

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the list and the bounds."""
        return pl.format(
            "{} {} has items that are not {}",
            pl.lit(self.column), shown(self.column, scope), pl.lit(self._bounds()),
        )  # fmt: skip

    def expectation(self, scope: Scope) -> Expectation:
        """No broken items."""
        name = f"_{self.column}_broken"
        arguments = {"column": name, "max_value": 0}
        return Expectation("expect_column_values_to_be_between", arguments, {name: self._broken_items(scope)})
