"""What Great Expectations is to judge, as plain data: frames of figures and the expectations on them.

Two frames a batch, small whatever the batch's size (see ``checks.gate`` for why): one row for each
region, with the share of rows that break each rule; and one row for each column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import polars as pl
from polars import selectors

from checks.contract import Contract
from checks.rules.kind import Expectation, Scope
from checks.tally import ColumnTally, RegionTally

REGION = "region"
WHOLE = "*"
"""Stands for the whole batch in the frame of regions."""


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


def of_regions(contract: Contract, tally: RegionTally, regions: Sequence[str]) -> Judgement:
    """Share of bad rows by region and rule; the whole batch is a row of its own."""
    rows = [sum(tally.rows.values()), *(tally.rows[region] for region in regions)]
    frame = pl.DataFrame(
        {
            REGION: [WHOLE, *regions],
            **{
                rule.id: [
                    bad / n if n else 0.0
                    for n, bad in zip(
                        rows,
                        [tally.whole(rule.id), *(tally.bad[region, rule.id] for region in regions)],
                        strict=True,
                    )
                ]
                for rule in contract.rules
            },
        },
        schema={REGION: pl.String, **{rule.id: pl.Float64 for rule in contract.rules}},
    )
    expectations = {
        rule.id: Expectation(
            "expect_column_values_to_be_between", {"column": rule.id, "max_value": rule.bound}
        )
        for rule in contract.rules
    }
    return Judgement(f"{contract.name}-regions", frame, REGION, expectations)


def of_columns(contract: Contract, tally: ColumnTally) -> Judgement:
    """Figures of each column of the accepted rows against the contract."""
    figures = [asdict(figure) for figure in tally.figures()]
    frame = pl.DataFrame(figures, infer_schema_length=None)
    names = contract.polars_schema.names()
    expectations = {
        "batch-not-empty": Expectation(
            "expect_column_values_to_be_between", {"column": "rows", "min_value": 1}
        ),
        "batch-columns": Expectation(
            "expect_column_distinct_values_to_equal_set", {"column": "column", "value_set": names}
        ),
        "batch-types": Expectation(
            "expect_column_pair_values_to_be_equal",
            {"column_A": "type", "column_B": "contract_type", "ignore_row_if": "neither"},
        ),
        "batch-required": _at_least("most_nulls", "nulls"),
        "batch-words": Expectation(
            "expect_column_values_to_be_between", {"column": "outside", "max_value": 0}
        ),
        "batch-minimum": _at_least("minimum", "lowest"),
        "batch-maximum": _at_least("highest", "maximum"),
    }
    return Judgement(f"{contract.name}-columns", frame, "column", expectations)


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


def _at_least(larger: str, smaller: str) -> Expectation:
    """Pass over rows in which either is not a number: no bound, or no value."""
    return Expectation(
        "expect_column_pair_values_a_to_be_greater_than_b",
        {
            "column_A": larger,
            "column_B": smaller,
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    )
