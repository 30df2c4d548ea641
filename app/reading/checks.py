"""What each check is and how it comes out: now, over time, and at what cost.

A check is a monitor, which judges a region's records together, or a rule of a contract, which judges each
row of a batch. Of a region that a check judges in several record sets, the worst outcome counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

import polars as pl

from app.reading.observation import FAILING, Mark
from metrics.model import Severity
from metrics.observation import Watch
from metrics.regions import Registry

DAYS_OF_YEAR = 365.25

DIMENSIONS = {
    "volume": "volume",
    "sustained": "volume",
    "silence": "timeliness",
    "never-delivered": "coverage",
    "drift": "accuracy",
    "schema": "conformity",
    "ratios": "consistency",
    "contradictions": "consistency",
    "totals": "completeness",
    "clock": "timeliness",
    "shift": "accuracy",
    "impossible-speed": "plausibility",
    "identical-durations": "plausibility",
    "batch-closing": "plausibility",
    "repeated-days": "plausibility",
    "copied-regions": "plausibility",
    "round-numbers": "plausibility",
    "digit-preference": "plausibility",
    "constant-values": "plausibility",
    "straight-lining": "plausibility",
    "twins": "uniqueness",
    "personal-data": "privacy",
    "completeness": "completeness",
    "referential": "consistency",
    "placeholder-times": "accuracy",
    "left-open": "completeness",
    "uneven-sampling": "accuracy",
}
"""Dimension of quality of each monitor. The dimension of a rule stands in the results of its batches."""

GROUPS: dict[str, frozenset[Mark]] = {
    "failing": FAILING,
    "passed": frozenset({Mark.PASSED}),
    "undone": frozenset({Mark.BROKEN, Mark.LEARNING}),
}
"""Marks by the three ways in which a check comes out."""

_ORDER = {mark: place for place, mark in enumerate(Mark)}
_GRAVITY = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run takes on average, on a day or on all days: milliseconds, and records looked at."""

    runs: int
    milliseconds: float
    rows: float


@dataclass(frozen=True, slots=True)
class Check:
    """A check. ``regions``: how many there are of each mark. ``cost``: ``None`` where it never ran.

    ``severity``: the gravest that it gives, ``None`` where it is not known. ``datasets``: record sets that
    it has judged.
    """

    id: str
    monitor: bool
    severity: Severity | None
    dimension: str
    datasets: tuple[str, ...]
    regions: Mapping[Mark, int]
    cost: Cost | None

    def among(self, group: str) -> int:
        """How many regions come out in one of the three ways."""
        return sum(self.regions.get(mark, 0) for mark in GROUPS[group])

    @property
    def judged(self) -> int:
        """How many regions it has looked at."""
        return sum(self.regions.values())


@dataclass(frozen=True, slots=True)
class Judged:
    """How a check comes out now in a record set of a region."""

    region: str
    dataset: str
    mark: Mark
    since: datetime
    until: datetime
    runs: int
    n: int
    bad: int
    value: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class Moment:
    """How many regions fail from an instant on, critically or else not."""

    at: datetime
    critical: int
    warned: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Findings in the days of the latest run. ``yearly``: for each region judged and year."""

    found: int
    regions: int
    days: int
    judged: int

    @property
    def yearly(self) -> float:
        """Findings for each region that was judged, and year."""
        return self.found / self.judged / (self.days / DAYS_OF_YEAR)


def listed(
    now: pl.DataFrame, rules: pl.DataFrame, costs: pl.DataFrame, monitors: Collection[str]
) -> list[Check]:
    """Return all checks: those that fail critically in most regions first, those never run last.

    ``now``: the current standings, marked. ``rules``: rule, dataset, dimension and severity of the rules
    of the latest batches. ``costs``: of ``Store.costs``. ``monitors``: ids of the checks that are no rules.
    """
    regions, severities, datasets = _regions(now), _severities(now, rules), _datasets(now, rules)
    dimensions = dict(rules.select("rule", "dimension").iter_rows()) | DIMENSIONS
    paid = {check: _cost(own) for (check,), own in costs.group_by("check")}
    names = {*monitors, *regions, *paid, *rules["rule"]}
    found = [
        Check(
            name,
            name in monitors,
            severities.get(name),
            dimensions.get(name, ""),
            datasets.get(name, ()),
            regions.get(name, {}),
            paid.get(name),
        )
        for name in names
    ]
    return sorted(found, key=_worst_first)


def chosen(
    checks: Iterable[Check], *, kind: str | None = None, dataset: str | None = None, group: str | None = None
) -> list[Check]:
    """Return the checks of a kind ("monitor" or "rule"), a record set, and a way in which any comes out."""
    return [
        check
        for check in checks
        if kind in (None, "monitor" if check.monitor else "rule")
        and (dataset is None or dataset in check.datasets)
        and (group is None or check.among(group) > 0)
    ]


def judged(now: pl.DataFrame, check: str) -> list[Judged]:
    """Return how a check comes out now, the worst first. ``now``: the current standings, marked."""
    names = [field.name for field in fields(Judged)]
    own = now.filter(pl.col("check") == check).select(names)
    found = [Judged(**{**row, "mark": Mark(row["mark"])}) for row in own.iter_rows(named=True)]
    return sorted(found, key=lambda one: (_ORDER[one.mark], -one.bad, one.region, one.dataset))


def of_choice(
    found: Iterable[Judged],
    registry: Registry,
    *,
    group: str | None = None,
    province: str | None = None,
    dataset: str | None = None,
) -> list[Judged]:
    """Return the outcomes of one of the three ways, of a province and of a record set."""
    regions = registry.regions
    return [
        one
        for one in found
        if (group is None or one.mark in GROUPS[group])
        and (province is None or (one.region in regions and regions[one.region].province.code == province))
        and dataset in (None, one.dataset)
    ]


def over_time(history: pl.DataFrame) -> list[Moment]:
    """Return how many regions fail from each instant on at which that changes, and at the last run.

    ``history``: standings of one check, marked. What a region's data were last said to be holds until
    something else is said of them.
    """
    told: defaultdict[datetime, list[tuple[str, str, Mark]]] = defaultdict(list)
    for region, dataset, since, mark in history.select("region", "dataset", "since", "mark").iter_rows():
        told[since].append((region, dataset, Mark(mark)))
    marks: defaultdict[str, dict[str, Mark]] = defaultdict(dict)
    worst: dict[str, Mark] = {}
    moments: list[Moment] = []
    for at in sorted(told):
        for region, dataset, mark in told[at]:
            marks[region][dataset] = mark
            worst[region] = min(marks[region].values(), key=_ORDER.__getitem__)
        counted = Counter(worst.values())
        moment = Moment(at, counted[Mark.CRITICAL], counted[Mark.WARNING] + counted[Mark.INFO])
        if not moments or (moment.critical, moment.warned) != (moments[-1].critical, moments[-1].warned):
            moments.append(moment)
    last = history["until"].max()
    if moments and isinstance(last, datetime) and last > moments[-1].at:
        moments.append(Moment(last, moments[-1].critical, moments[-1].warned))
    return moments


def daily(costs: pl.DataFrame, check: str) -> dict[date, Cost]:
    """Return what a run of a check took on average, by day (UTC), the earliest first."""
    own = costs.filter(pl.col("check") == check).sort("day")
    return {day: _cost(rows) for (day,), rows in own.group_by("day", maintain_order=True)}


def rate(findings: pl.DataFrame, watch: Watch | None, regions: int) -> Rate | None:
    """Return how often a monitor fails. ``regions``: that it judges; ``None`` where nothing was judged.

    ``findings``: failures of the monitor. Those are counted that reach into the days of the latest run.
    """
    if watch is None or not regions:
        return None
    own = findings.filter(pl.col("last_day").is_null() | (pl.col("last_day") >= watch.first))
    return Rate(own.height, own["region"].n_unique(), (watch.last - watch.first).days + 1, regions)


def _regions(now: pl.DataFrame) -> dict[str, dict[Mark, int]]:
    """How many regions of each check have each mark, the worst of a region's record sets."""
    worst = (
        now.with_columns(order=pl.col("mark").replace_strict({mark.value: n for mark, n in _ORDER.items()}))
        .group_by("check", "region")
        .agg(pl.col("order").min())
        .group_by("check", "order")
        .len()
    )
    counted: defaultdict[str, dict[Mark, int]] = defaultdict(dict)
    marks = list(Mark)
    for check, order, n in worst.iter_rows():
        counted[check][marks[order]] = n
    return counted


def _severities(now: pl.DataFrame, rules: pl.DataFrame) -> dict[str, Severity]:
    told = now.select("check", "severity").unique().rows() + rules.select("rule", "severity").unique().rows()
    gravest: dict[str, Severity] = {}
    for check, word in told:
        gravest[check] = min(gravest.get(check, Severity.INFO), Severity(word), key=_GRAVITY.__getitem__)
    return gravest


def _datasets(now: pl.DataFrame, rules: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    pairs = {*now.select("check", "dataset").unique().rows(), *rules.select("rule", "dataset").rows()}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for check, dataset in sorted(pairs):
        found[check].append(dataset)
    return {check: tuple(names) for check, names in found.items()}


def _cost(rows: pl.DataFrame) -> Cost:
    runs = int(rows["runs"].sum())
    return Cost(runs, float(rows["milliseconds"].sum()) / runs, float(rows["rows"].sum()) / runs)


def _worst_first(check: Check) -> tuple[bool, int, int, bool, str]:
    critical = check.regions.get(Mark.CRITICAL, 0)
    return (
        check.cost is None and not check.judged,
        -critical,
        -check.among("failing"),
        not check.monitor,
        check.id,
    )
