"""Rules about what must be there together, and about what could not be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar, Self

import polars as pl
from pydantic import Field, model_validator

from checks.rules.kind import ANY, INSTANTS, LISTS, UNREADABLE, Expectation, Kind, Scope, Words, shown


class AnyOf(Kind):
    """At least one of several values must be there."""

    columns_: tuple[str, ...] = Field(alias="columns", min_length=1)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"columns_": ANY}

    def judges_without(self, absent: Collection[str]) -> bool:  # noqa: ARG002 - absence is what it judges
        """Yes: that all are absent breaks it."""
        return True

    def vain(self, required: Collection[str]) -> str | None:
        """One that is always there is enough."""
        there = [name for name in self.columns_ if name in required]
        return f"'{there[0]}' is required, so no row breaks this rule" if there else None

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

    def judges_without(self, absent: Collection[str]) -> bool:
        """Yes, but for two that are both absent."""
        return not {self.column, self.other} <= {*absent}

    def vain(self, required: Collection[str]) -> str | None:
        """Of two that are always there, neither comes alone; beside one, the other is required too."""
        there = [name for name in (self.column, self.other) if name in required]
        if len(there) == len(self.columns()):
            return "both columns are required, so no row breaks this rule"
        if there:
            return f"'{there[0]}' is required, which makes its counterpart required without saying so"
        return None

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
    dated: Words = Field(min_length=1)
    undated: Words = Field(min_length=1)
    either: Words = ()
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": frozenset({"string"}), "date": INSTANTS}

    @model_validator(mode="after")
    def _each_status_once(self) -> Self:
        statuses = self._statuses()
        twice = [status for place, status in enumerate(statuses) if status in statuses[:place]]
        if twice:
            raise ValueError(f"'{twice[0]}' stands in two of dated, undated and either. Keep one")
        return self

    def judges_without(self, absent: Collection[str]) -> bool:
        """Yes, but for rows without a status."""
        return self.column not in absent

    def _statuses(self) -> tuple[str, ...]:
        return (*self.dated, *self.undated, *self.either)

    def words(self) -> Iterator[tuple[str, str]]:
        """Statuses."""
        return ((self.column, status) for status in self._statuses())

    def vain(self, required: Collection[str]) -> str | None:
        """A date that is always there contradicts statuses without one."""
        return (
            f"'{self.date}' is required, so every row with the status '{self.undated[0]}' breaks this rule"
            if self.date in required
            else None
        )

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
        known = self._statuses()
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

    decisive: ClassVar[bool] = True

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
