"""What Great Expectations is to judge, as plain data: frames of figures and the expectations on them.

Two frames a batch, small whatever the batch's size (see ``checks.gate`` for why): one row for each rule
and region, with the share of the region's rows that break the rule and the largest share allowed; and
one row for each check and column, with two figures of which the first must not exceed the second.

An expectation costs about six milliseconds however small the frame is. So all that says "at most"
is one expectation on two columns of a long frame, and not one a rule on a wide one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl
from polars import selectors

from checks.contract import Contract
from checks.rules.kind import Expectation, Scope
from checks.tally import ColumnFigures, ColumnTally

WITHIN = "within-bounds"
"""Name of the expectation that the smaller of two figures is not the larger one."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Something for Great Expectations to judge. ``expectations`` by rule id; ``index`` names a row."""

    name: str
    frame: pl.DataFrame
    index: str
    expectations: Mapping[str, Expectation]


@dataclass(frozen=True, slots=True)
class ColumnCheck:
    """A check of all columns of the accepted rows. ``dimension`` as in a contract."""

    id: str
    dimension: str
    description: str


COLUMN_CHECKS: tuple[ColumnCheck, ...] = (
    ColumnCheck("batch-not-empty", "coverage", "At least one row is accepted."),
    ColumnCheck("batch-columns", "conformity", "The columns are those of the contract."),
    ColumnCheck("batch-types", "conformity", "Each column has the contract's type."),
    ColumnCheck("batch-required", "completeness", "No accepted row lacks a required value."),
    ColumnCheck("batch-words", "conformity", "No accepted row has a word that its column does not allow."),
    ColumnCheck("batch-minimum", "accuracy", "No accepted value is below the lowest allowed."),
    ColumnCheck("batch-maximum", "accuracy", "No accepted value is above the highest allowed."),
)


def of_shares(contract: Contract, shares: pl.DataFrame) -> Judgement:
    """Judge shares of bad rows (``RegionTally.shares``) against their bounds; a row's name is its number."""
    frame = shares.select(smaller="share", larger="bound").with_row_index("at")
    return Judgement(f"{contract.name}-regions", frame, "at", {WITHIN: _WITHIN})


def of_columns(contract: Contract, tally: ColumnTally) -> Judgement:
    """Judge figures of the accepted rows' columns against the contract; a row's name is its number.

    [at, check, column, smaller, larger, type, contract_type]: a row for each check and column.
    """
    rows = [row for figures in tally.figures() for row in _bounded(figures)]
    frame = pl.DataFrame(rows, schema=_COLUMNS, orient="row").with_row_index("at")
    names = contract.polars_schema.names()
    expectations = {
        WITHIN: _WITHIN,
        "batch-columns": Expectation(
            "expect_column_distinct_values_to_equal_set", {"column": "column", "value_set": names}
        ),
        "batch-types": Expectation(
            "expect_column_pair_values_to_be_equal",
            {
                "column_A": "type",
                "column_B": "contract_type",
                "ignore_row_if": "both_values_are_missing",
            },
        ),
    }
    return Judgement(f"{contract.name}-columns", frame, "at", expectations)


_WITHIN = Expectation(
    "expect_column_pair_values_a_to_be_greater_than_b",
    {
        "column_A": "larger",
        "column_B": "smaller",
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    },
)
_COLUMNS = {
    "check": pl.String,
    "column": pl.String,
    "smaller": pl.Float64,
    "larger": pl.Float64,
    "type": pl.String,
    "contract_type": pl.String,
}


def _bounded(of: ColumnFigures) -> Iterator[tuple[object, ...]]:
    """Rows of a column. One whose figures are not both numbers is passed over: no bound, or no value."""
    for check, smaller, larger in (
        ("batch-not-empty", 1, of.rows),
        ("batch-required", of.nulls, of.most_nulls),
        ("batch-words", of.outside, 0),
        ("batch-minimum", of.lowest, of.minimum),
        ("batch-maximum", of.maximum, of.highest),
    ):
        yield check, of.column, float(smaller), float(larger), None, None
    yield "batch-types", of.column, None, None, of.type, of.contract_type


def of_rows(contract: Contract, frame: pl.DataFrame, scope: Scope) -> Judgement:
    """Judge the rows themselves: slow, for audits. Rules that rows alone do not tell are left out."""
    expectations = {
        rule.id: _apart(rule.id, expectation)
        for rule in contract.rules
        if (expectation := rule.expectation(scope)) is not None
    }
    derived = {name: expr for item in expectations.values() for name, expr in item.derived.items()}
    columns = [pl.col(name) for name, kind in contract.polars_schema.items() if not kind.is_nested()]
    rows = frame.select(*columns, "_row", *(expr.alias(name) for name, expr in derived.items()))
    rows = rows.with_columns(
        selectors.datetime().dt.replace_time_zone(None)
    )  # all UTC; pandas compares these
    return Judgement(f"{contract.name}-rows", rows, "_row", expectations)


def _apart(rule: str, expectation: Expectation) -> Expectation:
    """Give the derived columns names of the rule's own, so that no two rules share one by accident."""
    names = {name: f"{rule} {name}" for name in expectation.derived}
    arguments = {
        key: names.get(value, value) if isinstance(value, str) else value
        for key, value in expectation.arguments.items()
    }
    derived = {names[name]: expr for name, expr in expectation.derived.items()}
    return Expectation(expectation.type, arguments, derived)
