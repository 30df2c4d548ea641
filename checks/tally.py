"""Books of a batch: what was counted, by region and rule and by column, over all its chunks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import polars as pl

from checks.contract import Contract
from checks.rules.order import NotEarlier
from checks.rules.values import Range
from metrics.model import Severity

Region = str | None


@dataclass(slots=True)
class RegionTally:
    """Rows read, and rows that break a rule, by region. ``None``: rows of no known region."""

    rows: Counter[Region] = field(default_factory=Counter)
    bad: Counter[tuple[Region, str]] = field(default_factory=Counter)

    def add(self, rows: pl.DataFrame, bad: pl.DataFrame, strays: int) -> None:
        """Add one chunk: [region, n], [region, rule, n], records of which nothing is known."""
        self.rows.update(dict(rows.iter_rows()))
        self.rows[None] += strays
        for region, rule, n in bad.iter_rows():
            self.bad[region, rule] += n

    def regions(self, codes: frozenset[str]) -> list[str]:
        """Registered regions that have rows, in order of their codes."""
        return sorted(
            region for region, n in self.rows.items() if region is not None and region in codes and n
        )

    def whole(self, rule: str) -> int:
        """Rows of the batch that break a rule."""
        return sum(n for (_, broken), n in self.bad.items() if broken == rule)


@dataclass(slots=True)
class _Column:
    type: str = ""
    rows: int = 0
    nulls: int = 0
    minimum: float = math.nan
    maximum: float = math.nan
    outside: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ColumnFigures:
    """What a column of the accepted rows is like, beside what the contract says it must be.

    Not a number where the contract sets no bound. ``outside``: words that are not in its list.
    """

    column: str
    type: str
    contract_type: str
    rows: int
    nulls: int
    most_nulls: int
    minimum: float
    lowest: float
    maximum: float
    highest: float
    outside: int


class ColumnTally:
    """Figures of each column over the accepted rows, computed from them and not from the masks."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._bounds = _bounds(contract)
        self._columns = {item.name: _Column() for item in contract.properties}

    def add(self, accepted: pl.DataFrame) -> None:
        """Add the accepted rows of one chunk."""
        extremes = (
            accepted.select(
                *(_number(name, accepted.schema[name]).min().alias(f"min {name}") for name in self._bounds),
                *(_number(name, accepted.schema[name]).max().alias(f"max {name}") for name in self._bounds),
            ).row(0, named=True)
            if self._bounds
            else {}
        )
        words = (
            accepted.lazy()
            .select(pl.col(name).unique().implode() for name in self._contract.domains)
            .collect()
        )
        for name, column in self._columns.items():
            column.type = str(accepted.schema[name])
            column.rows += accepted.height
            column.nulls += accepted[name].null_count()
            if name in self._bounds and extremes[f"min {name}"] is not None:
                column.minimum = _least(column.minimum, extremes[f"min {name}"])
                column.maximum = -_least(-column.maximum, -extremes[f"max {name}"])
        for name, allowed in self._contract.domains.items():
            self._columns[name].outside.update(
                {word for word in words[name][0] if word is not None} - {*allowed}
            )

    def figures(self) -> Iterator[ColumnFigures]:
        """One for each column of the contract."""
        schema = self._contract.polars_schema
        for item in self._contract.properties:
            column = self._columns[item.name]
            lowest, highest = self._bounds.get(item.name, (math.nan, math.nan))
            yield ColumnFigures(
                column=item.name,
                type=column.type,
                contract_type=str(schema[item.name]),
                rows=column.rows,
                nulls=column.nulls,
                most_nulls=0 if item.required else column.rows,
                minimum=column.minimum,
                lowest=lowest,
                maximum=column.maximum,
                highest=highest,
                outside=len(column.outside),
            )


def _bounds(contract: Contract) -> dict[str, tuple[float, float]]:
    """Lowest and highest value of a column that a row may have and be accepted."""
    bounds: dict[str, tuple[float, float]] = {}
    for rule in contract.rules:
        if rule.severity is not Severity.CRITICAL:
            continue
        if isinstance(rule.kind, Range):
            kind = rule.kind
            lowest = kind.minimum if kind.above is None else math.nextafter(kind.above, math.inf)
            bounds[kind.column] = (_or_nan(lowest), _or_nan(kind.maximum))
        elif isinstance(rule.kind, NotEarlier):
            first = datetime.combine(rule.kind.earliest, time(), UTC)
            bounds[rule.kind.column] = (first.timestamp() * 1_000_000, math.nan)
    return bounds


def _number(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    return column.cast(pl.Datetime("us")).cast(pl.Int64) if kind.is_temporal() else column


def _or_nan(bound: float | None) -> float:
    return math.nan if bound is None else bound


def _least(known: float, found: float) -> float:
    return found if math.isnan(known) else min(known, found)
