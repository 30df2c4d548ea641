"""What the checks say of the regions: now, over time, and what rests on data that fail them.

"Now" is the latest outcome of each check of a region and record set. A check that passes, one that
fails and one that could not be made are three things, and a region nobody has looked at is a fourth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

import polars as pl

from metrics.model import Outcome, Severity
from metrics.observation import FEWEST_ROWS, LEAST_SHARE, Cause, Finding, Hold, Incident


class Mark(StrEnum):
    """How a record set of a region stands, the worst first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    BROKEN = "broken"
    PASSED = "passed"
    LEARNING = "learning"
    NONE = "none"


FAILING = frozenset({Mark.CRITICAL, Mark.WARNING, Mark.INFO})
"""Marks of a check that fails."""
_WORST = {mark: place for place, mark in enumerate(Mark)}


@dataclass(frozen=True, slots=True)
class Cell:
    """A record set of a region. ``days``: behind the latest record of anybody; ``None``: no record ever.

    ``failing``: number of checks that fail now.
    """

    days: int | None
    silent: bool
    mark: Mark
    failing: int

    @property
    def in_trouble(self) -> bool:
        """Whether a check fails or broke, or records come no more and no check has judged that."""
        unjudged = self.mark in (Mark.LEARNING, Mark.NONE)
        stopped = self.silent and self.days is not None and unjudged
        return self.mark in FAILING or self.mark is Mark.BROKEN or stopped


@dataclass(frozen=True, slots=True)
class Row:
    """A region with a cell for each record set. ``held``: record sets that are kept out of the ranking."""

    region: str
    province: str
    cells: Mapping[str, Cell]
    held: tuple[str, ...]

    @property
    def reports(self) -> bool:
        """Whether any record of it has come."""
        return any(cell.days is not None for cell in self.cells.values())

    @property
    def worst(self) -> Mark:
        """The worst of its marks."""
        return min((cell.mark for cell in self.cells.values()), key=_WORST.__getitem__, default=Mark.NONE)

    @property
    def in_trouble(self) -> bool:
        """Whether it needs somebody's eye."""
        return bool(self.held) or any(cell.in_trouble for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Sum:
    """Regions of a province, or of all: how many report, fail a critical check, or fail another alone."""

    regions: int
    reporting: int
    critical: int
    warned: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Checks by their latest outcome: one for each check, record set and region."""

    passed: int
    failed: int
    learning: int
    broken: int

    @property
    def all(self) -> int:
        """All checks, made or not."""
        return self.passed + self.failed + self.learning + self.broken


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch over which a check of a region came out the same way, as ``metrics.observation.Standing``."""

    check: str
    dataset: str
    mark: Mark
    since: datetime
    until: datetime
    runs: int
    n: int
    bad: int
    value: float | None
    bound: float | None
    detail: str


def marked(standings: pl.DataFrame, monitors: Collection[str]) -> pl.DataFrame:
    """Standings with the column mark. A rule that fails for a few rows only is marked as information.

    ``monitors``: ids of the checks that are no rules.
    """
    few = (pl.col("bad") < FEWEST_ROWS) | (pl.col("bad") <= LEAST_SHARE * pl.col("n"))
    slip = ~pl.col("check").is_in(list(monitors)) & few
    fails = pl.when(slip).then(pl.lit(Mark.INFO.value)).otherwise(pl.col("severity"))
    undone = (
        pl.when(pl.col("cause") == Cause.BROKEN.value)
        .then(pl.lit(Mark.BROKEN.value))
        .otherwise(pl.lit(Mark.LEARNING.value))
    )
    mark = (
        pl.when(pl.col("outcome") == Outcome.FAIL.value)
        .then(fails)
        .when(pl.col("outcome") == Outcome.PASS.value)
        .then(pl.lit(Mark.PASSED.value))
        .otherwise(undone)
    )
    return standings.with_columns(mark.alias("mark"))


def matrix(cover: pl.DataFrame, now: pl.DataFrame, holds: Iterable[Hold]) -> list[Row]:
    """Return a row for every region, by province and code.

    ``cover``: of ``app.reading.quality.coverage``, the record sets that are to be shown. ``now``: the
    current standings, marked.
    """
    worst: dict[tuple[str, str], Mark] = {}
    failing: Counter[tuple[str, str]] = Counter()
    for region, dataset, word in now.select("region", "dataset", "mark").iter_rows():
        mark = Mark(word)
        place = (region, dataset)
        worst[place] = min(worst.get(place, Mark.NONE), mark, key=_WORST.__getitem__)
        failing[place] += mark in FAILING
    held = _held(holds)
    cells: dict[tuple[str, str], dict[str, Cell]] = {}
    columns = ("province", "region", "dataset", "days", "silent")
    for province, region, dataset, days, silent in cover.select(columns).iter_rows():
        place = (region, dataset)
        cell = Cell(days, silent, worst.get(place, Mark.NONE), failing[place])
        cells.setdefault((province, region), {})[dataset] = cell
    return [
        Row(region, province, found, held.get(region, ()))
        for (province, region), found in sorted(cells.items())
    ]


def _held(holds: Iterable[Hold]) -> dict[str, tuple[str, ...]]:
    """Record sets that are held, by region."""
    held: dict[str, set[str]] = {}
    for hold in holds:
        held.setdefault(hold.region, set()).add(hold.dataset)
    return {region: tuple(sorted(datasets)) for region, datasets in held.items()}


def chosen(rows: Iterable[Row], *, province: str | None, trouble: bool) -> list[Row]:
    """Return the regions of a province (``None``: of all), ``trouble``: those alone that are in trouble."""
    return [row for row in rows if province in (None, row.province) and (row.in_trouble or not trouble)]


def summed(rows: Iterable[Row]) -> Sum:
    """Sum regions up. One that fails a critical check is not counted again for what else it fails."""
    known = list(rows)
    worst = Counter(row.worst for row in known)
    return Sum(
        regions=len(known),
        reporting=sum(row.reports for row in known),
        critical=worst[Mark.CRITICAL],
        warned=worst[Mark.WARNING] + worst[Mark.INFO],
    )


def by_province(rows: Iterable[Row]) -> dict[str, Sum]:
    """Return the sum of each province, by code."""
    members: dict[str, list[Row]] = {}
    for row in rows:
        members.setdefault(row.province, []).append(row)
    return {province: summed(found) for province, found in members.items()}


def outcomes(now: pl.DataFrame) -> Outcomes:
    """Count the checks by their latest outcome. ``now``: the current standings, marked."""
    counted = Counter(Mark(mark) for mark in now["mark"])
    failed = sum(counted[mark] for mark in FAILING)
    return Outcomes(counted[Mark.PASSED], failed, counted[Mark.LEARNING], counted[Mark.BROKEN])


def frequent(now: pl.DataFrame) -> list[tuple[str, int]]:
    """Return the checks that fail critically now with the number of their regions, the most first."""
    failing = now.filter(pl.col("mark") == Mark.CRITICAL.value)
    counted = failing.group_by("check").agg(pl.col("region").n_unique().alias("n"))
    return [(check, n) for check, n in counted.sort(["n", "check"], descending=[True, False]).iter_rows()]


def stretches(history: pl.DataFrame) -> list[Stretch]:
    """Return the history of a region's checks: by record set and check, the earliest stretch first.

    ``history``: standings of the region, marked.
    """
    names = [field.name for field in fields(Stretch)]
    rows = history.select(names).sort("dataset", "check", "since").iter_rows(named=True)
    return [Stretch(**{**row, "mark": Mark(row["mark"])}) for row in rows]


def eventful(history: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches of the checks that failed or broke at any time."""
    bad = FAILING | {Mark.BROKEN}
    told = {(one.dataset, one.check) for one in history if one.mark in bad}
    return [one for one in history if (one.dataset, one.check) in told]


def checks_in(history: Iterable[Stretch]) -> int:
    """Return the number of checks that stretches are of, each once a record set."""
    return len({(one.dataset, one.check) for one in history})


def found(findings: pl.DataFrame) -> list[Finding]:
    """Return findings of a region, those of the latest days first; of the same days the gravest."""
    gravity = {severity: place for place, severity in enumerate(Severity)}
    known = [
        Finding(
            monitor=row["check"],
            days=(row["first_day"], row["last_day"]) if row["first_day"] else None,
            outcome=Outcome(row["outcome"]),
            severity=Severity(row["severity"]),
            cause=Cause(row["cause"]),
            **{name: row[name] for name in _PLAIN},
        )
        for row in findings.iter_rows(named=True)
    ]
    known.sort(key=lambda one: (gravity[one.severity], one.order))
    return sorted(known, key=lambda one: one.days[1] if one.days else date.max, reverse=True)


_PLAIN = ("dataset", "region", "field", "dimension", "value", "bound", "n", "bad", "detail", "remedy")
"""Fields of a finding that are columns of their own name."""


def latest_first(incidents: Iterable[Incident]) -> list[Incident]:
    """Return incidents: those that are present first, and of these the latest to be opened."""
    return sorted(incidents, key=lambda one: (not one.present, -one.opened.timestamp(), one.id))


def holds_of(holds: Iterable[Hold], region: str) -> list[Hold]:
    """Return what is held of a region."""
    return [hold for hold in holds if hold.region == region]
