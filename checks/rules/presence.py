"""Rules about what must be there together, and about what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import polars as pl
from pydantic import Field

from checks.rules.kind import ANY, INSTANTS, LISTS, UNREADABLE, Expectation, Kind, Scope, shown


class AnyOf(Kind):
    """At least one of several values must be there."""

    columns_: tuple[str, ...] = Field(alias="columns", min_length=1)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"columns_": ANY}

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the columns are the rule's own
        """Break where all are null."""
        return pl.all_horizontal(pl.col(name).is_null() for name in self.columns_)

    def reason(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - there is no value to give
        """Name the fields."""
        return pl.lit(f"none of {', '.join(self.columns_)} is there")

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """One or more that are not null."""
        there = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in self.columns_)
        arguments = {"column": "_there", "min_value": 1}
        return Expectation("expect_column_values_to_be_between", arguments, {"_there": there})


class Together(Kind):
    """Two values must be there both, or neither."""

    column: str
    other: str
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": ANY, "other": ANY}

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - both sides are in the row
        """Break where one is null and the other is not."""
        return pl.col(self.column).is_null() != pl.col(self.other).is_null()

    def reason(self, scope: Scope) -> pl.Expr:
        """Give both values."""
        return pl.format(
            "{} {} comes without its counterpart: {} {}",
            pl.lit(self.column), shown(self.column, scope), pl.lit(self.other), shown(self.other, scope),
        )  # fmt: skip

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """Equally there."""
        derived = {f"_{name}_there": pl.col(name).is_not_null() for name in (self.column, self.other)}
        left, right = derived
        return _equal(left, right, derived)


class SameLength(Kind):
    """Two lists must have the same length."""

    column: str
    other: str
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": LISTS, "other": LISTS}

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - both sides are in the row
        """Break where the lengths differ."""
        return pl.col(self.column).list.len() != pl.col(self.other).list.len()

    def reason(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - lengths show alike for every type
        """Give both lengths."""
        return pl.format(
            "{} has {} items, {} has {}",
            pl.lit(self.column), pl.col(self.column).list.len(),
            pl.lit(self.other), pl.col(self.other).list.len(),
        )  # fmt: skip

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """Equal lengths."""
        derived = {f"_{name}_length": pl.col(name).list.len() for name in (self.column, self.other)}
        left, right = derived
        return _equal(left, right, derived)


class DatedStatus(Kind):
    """A status and the date of its event must agree.

    ``dated``: statuses that have a date. ``undated``: statuses that have none yet. ``either``:
    statuses that may or may not.
    """

    column: str
    date: str
    dated: tuple[str, ...] = Field(min_length=1)
    undated: tuple[str, ...] = Field(min_length=1)
    either: tuple[str, ...] = ()
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": frozenset({"string"}), "date": INSTANTS}

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - both sides are in the row
        """Break where the status has a date and should not, or should and has none."""
        status, missing = pl.col(self.column), pl.col(self.date).is_null()
        return (status.is_in(self.dated) & missing) | (status.is_in(self.undated) & ~missing)

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the status and the date."""
        return pl.format(
            "{} '{}' contradicts {} {}",
            pl.lit(self.column), shown(self.column, scope), pl.lit(self.date), shown(self.date, scope),
        )  # fmt: skip

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """Pair of status and whether there is a date, in the set of those that agree."""
        known = (*self.dated, *self.undated, *self.either)
        status = f"_{self.column}_known"
        there = f"_{self.date}_there"
        agreeing = [
            *((value, "yes") for value in (*self.dated, *self.either)),
            *((value, "no") for value in (*self.undated, *self.either)),
        ]
        arguments = {
            "column_A": status,
            "column_B": there,
            "value_pairs_set": agreeing,
            "ignore_row_if": "either_value_is_missing",
        }
        derived = {
            status: pl.when(pl.col(self.column).is_in(known)).then(pl.col(self.column)),
            there: pl.when(pl.col(self.date).is_not_null()).then(pl.lit("yes")).otherwise(pl.lit("no")),
        }
        return Expectation("expect_column_pair_values_to_be_in_set", arguments, derived)


class Readable(Kind):
    """Every value of a record must be readable: a known region, a date in the format announced."""

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the mapping has told
        """Break where the mapping could not read a value."""
        return pl.col(UNREADABLE)

    def reason(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the mapping gives its own, better one
        """Say so; the mapping's own reason stands in front of this one."""
        return pl.lit("a value of the record could not be read")

    def expectation(self, scope: Scope) -> None:
        """None: only the mapping knows."""


def _equal(left: str, right: str, derived: Mapping[str, pl.Expr]) -> Expectation:
    arguments = {"column_A": left, "column_B": right, "ignore_row_if": "either_value_is_missing"}
    return Expectation("expect_column_pair_values_to_be_equal", arguments, derived)
