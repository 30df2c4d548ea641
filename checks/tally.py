"""Books of a batch: what was counted, by region and rule and by column, over all its chunks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import polars as pl

from checks.contract import Contract, Rule
from checks.rules.order import NotEarlier
from checks.rules.values import Range
from metrics.model import Severity

Region = str | None
_MOST_ROWS = 200_000
"""So many rows of sums wait to be added up, at the most."""
_FEW_WORDS = 12
"""Up to so many, comparing with each is cheaper than collecting the distinct ones."""


class Sums:
    """Numbers of rows by some keys, added up over the chunks of a batch: [*keys, n]."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys
        self._parts = [pl.DataFrame(schema={**dict.fromkeys(keys, pl.String), "n": pl.Int64})]
        self._rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add [*keys, n] of a chunk."""
        self._parts.append(frame.select(*self._keys, pl.col("n").cast(pl.Int64)))
        self._rows += frame.height
        if self._rows > _MOST_ROWS:
            self._add_up()

    @property
    def frame(self) -> pl.DataFrame:
        """[*keys, n], n at least 1, in the order in which the keys came up."""
        if len(self._parts) > 1:
            self._add_up()
        return self._parts[0]

    def _add_up(self) -> None:
        every = pl.concat(self._parts).lazy()
        self._parts = [every.group_by(self._keys, maintain_order=True).agg(pl.col("n").sum()).collect()]
        self._rows = 0


@dataclass(slots=True)
class RegionTally:
    """Rows read, and rows that break a rule, by region. A null region: rows of no known region."""

    rows: Sums = field(default_factory=lambda: Sums("region"))
    bad: Sums = field(default_factory=lambda: Sums("region", "rule"))

    def regions(self, codes: frozenset[str]) -> list[str]:
        """Registered regions that have rows, in order of their codes."""
        return sorted({*self.rows.frame["region"].drop_nulls()} & codes)

    def shares(self, rules: Sequence[Rule], regions: Sequence[str]) -> pl.DataFrame:
        """[rule, region, n, bad, share, bound]: each rule on the whole batch (a null region), then by region.

        ``n`` rows, of which ``bad`` break the rule: ``share``, 0 where there are no rows.
        """
        rows, bad = self.rows.frame, self.bad.frame
        whole = [
            rows.select(pl.lit(None, pl.String).alias("region"), pl.col("n").sum()),
            bad.group_by("rule").agg(pl.lit(None, pl.String).first().alias("region"), pl.col("n").sum()),
        ]
        known = pl.col("region").is_in(regions)
        rows = pl.concat([whole[0], rows.filter(known)])
        bad = pl.concat([whole[1].select("region", "rule", "n"), bad.filter(known)])
        each = pl.DataFrame(
            {"rule": [rule.id for rule in rules], "bound": [rule.bound for rule in rules]},
            schema={"rule": pl.String, "bound": pl.Float64},
        )
        order = pl.DataFrame({"region": [None, *regions]}, schema={"region": pl.String})
        return (
            each.join(order, how="cross", maintain_order="left_right")
            .join(rows, on="region", how="left", nulls_equal=True, maintain_order="left")
            .join(
                bad.rename({"n": "bad"}),
                on=["region", "rule"], how="left", nulls_equal=True, maintain_order="left",
            )
            .select(
                "rule", "region", "n",
                pl.col("bad").fill_null(0),
                pl.when(pl.col("n") > 0).then(pl.col("bad") / pl.col("n")).fill_null(0.0).alias("share"),
                "bound",
            )
        )  # fmt: skip


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
        found = (
            accepted.lazy()
            .select(
                *(_number(name, accepted.schema[name]).min().alias(f"min {name}") for name in self._bounds),
                *(_number(name, accepted.schema[name]).max().alias(f"max {name}") for name in self._bounds),
                *(
                    _outside(name, allowed).implode().alias(f"words {name}")
                    for name, allowed in self._contract.domains.items()
                ),
                *(pl.col(name).null_count().alias(f"nulls {name}") for name in self._columns),
            )
            .collect()
            .row(0, named=True)
        )
        for name, column in self._columns.items():
            column.type = str(accepted.schema[name])
            column.rows += accepted.height
            column.nulls += found[f"nulls {name}"]
            column.outside.update(found.get(f"words {name}") or ())
            if name in self._bounds and found[f"min {name}"] is not None:
                column.minimum = _least(column.minimum, found[f"min {name}"])
                column.maximum = -_least(-column.maximum, -found[f"max {name}"])

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


def _outside(name: str, allowed: Sequence[str]) -> pl.Expr:
    """Distinct words of a column that are not allowed. By comparing, which the masks do not do."""
    word = pl.col(name)
    if len(allowed) > _FEW_WORDS:
        words = word.unique().drop_nulls()
        return words.filter(~words.is_in(list(allowed)))
    return word.filter(pl.all_horizontal(word != one for one in allowed)).unique()


def _number(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    return column.cast(pl.Datetime("us")).cast(pl.Int64) if kind.is_temporal() else column


def _or_nan(bound: float | None) -> float:
    return math.nan if bound is None else bound


def _least(known: float, found: float) -> float:
    return found if math.isnan(known) else min(known, found)
