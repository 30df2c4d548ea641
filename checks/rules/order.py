"""Rules about order: instants that lie in the future or before all records, one column before another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import ClassVar

import polars as pl
from pydantic import Field

from checks.rules.kind import INSTANTS, LISTS, ORDERED, Expectation, Kind, Named, Scope, shown


class NotFuture(Kind):
    """An instant must not be later than another column, or the gate's clock, by more than a tolerance."""

    column: str
    reference: str = "now"
    tolerance_seconds: int = Field(ge=0, strict=True)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": INSTANTS, "reference": INSTANTS}

    def named(self) -> Iterator[Named]:
        """Leave out the clock."""
        return (named for named in super().named() if named.column != "now")

    def ordered(self) -> tuple[str, str] | None:
        """Reference before column; not with a tolerance, which lets both go before each other."""
        return None if self.reference == "now" or self.tolerance_seconds else (self.reference, self.column)

    def _limit(self, scope: Scope) -> pl.Expr:
        reference = pl.lit(scope.now) if self.reference == "now" else pl.col(self.reference)
        return _instant(reference) + pl.duration(seconds=self.tolerance_seconds)

    def mask(self, scope: Scope) -> pl.Expr:
        """Break where later than the limit."""
        return _instant(pl.col(self.column)) > self._limit(scope)

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the instant and what it was compared with."""
        reference = (
            pl.lit(f"now, {scope.now.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
            if self.reference == "now"
            else pl.format("{} {}", pl.lit(self.reference), shown(self.reference, scope))
        )
        return pl.format(
            "{} {} lies in the future of {}", pl.lit(self.column), shown(self.column, scope), reference
        )

    def expectation(self, scope: Scope) -> Expectation:
        """Limit at or after the instant."""
        instant = f"_{self.column}_instant"
        limit = f"_{self.column}_limit"
        derived = {instant: _instant(pl.col(self.column)), limit: self._limit(scope)}
        return _not_less(limit, instant, derived)


class NotEarlier(Kind):
    """An instant must not be earlier than a date: what was never typed in comes out as 1900 or 1970."""

    column: str
    earliest: date = Field(strict=True)
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": INSTANTS}

    def _earliest(self) -> datetime:
        return datetime(self.earliest.year, self.earliest.month, self.earliest.day, tzinfo=UTC)

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the date is the rule's own
        """Break where earlier."""
        return _instant(pl.col(self.column)) < pl.lit(self._earliest())

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the instant."""
        return pl.format(
            "{} {} is before {}", pl.lit(self.column), shown(self.column, scope), pl.lit(str(self.earliest))
        )

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """At or after the date."""
        instant, earliest = f"_{self.column}_instant", f"_{self.column}_earliest"
        derived = {instant: _instant(pl.col(self.column)), earliest: _instant(pl.lit(self._earliest()))}
        return _not_less(instant, earliest, derived)


class NotLess(Kind):
    """A column must not be less than, or before, another."""

    column: str
    than: str
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": ORDERED, "than": ORDERED}
    alike: ClassVar[bool] = True

    def ordered(self) -> tuple[str, str]:
        """Both columns."""
        return self.column, self.than

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - both sides are in the row
        """Break where less."""
        return pl.col(self.column) < pl.col(self.than)

    def reason(self, scope: Scope) -> pl.Expr:
        """Give both values."""
        word = "before" if scope.schema[self.column].is_temporal() else "less than"
        return pl.format(
            "{} {} is {} {} {}",
            pl.lit(self.column), shown(self.column, scope), pl.lit(word),
            pl.lit(self.than), shown(self.than, scope),
        )  # fmt: skip

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """Greater or equal."""
        return _not_less(self.column, self.than, {})


class Ascending(Kind):
    """Each item of a list must be greater than the one before it."""

    column: str
    takes: ClassVar[Mapping[str, frozenset[str]]] = {"column": LISTS}

    def _descents(self) -> pl.Expr:
        """Steps that do not go up. From infinity to infinity is one; it comes out as not a number."""
        steps = pl.col(self.column).list.diff(null_behavior="drop").cast(pl.List(pl.Float64))
        return steps.list.eval((pl.element() <= 0) | pl.element().is_nan()).list.sum()

    def mask(self, scope: Scope) -> pl.Expr:  # noqa: ARG002 - the list is in the row
        """Break where an item is not greater than the one before it."""
        return self._descents() > 0

    def reason(self, scope: Scope) -> pl.Expr:
        """Give the list."""
        return pl.format("{} {} does not ascend", pl.lit(self.column), shown(self.column, scope))

    def expectation(self, scope: Scope) -> Expectation:  # noqa: ARG002 - as mask
        """No step that does not go up."""
        name = f"_{self.column}_descents"
        arguments = {"column": name, "max_value": 0}
        return Expectation("expect_column_values_to_be_between", arguments, {name: self._descents()})


def _instant(value: pl.Expr) -> pl.Expr:
    """UTC instant of a date or an instant; a date is its first moment."""
    return value.cast(pl.Datetime("us", "UTC"))


def _not_less(larger: str, smaller: str, derived: Mapping[str, pl.Expr]) -> Expectation:
    arguments = {
        "column_A": larger,
        "column_B": smaller,
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    }
    return Expectation("expect_column_pair_values_a_to_be_greater_than_b", arguments, derived)
