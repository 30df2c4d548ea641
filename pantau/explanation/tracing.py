"""Following a rank down, one level after the other."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.catalogue import CATALOGUE
from metrics.errors import StoreError, UnknownName
from metrics.model import Outcome, Ranking, RankRow, Severity
from metrics.observation import Cause, Standing
from metrics.publishing.results import FIGURED
from metrics.publishing.snapshot import ranking_in
from metrics.ranking import Method
from metrics.ranking.detail import PlaceDetail, detail_from
from metrics.rollup.catch_up import RollUpSettings
from metrics.store import Store
from pantau.explanation.counting import Counted
from pantau.explanation.facts import BatchPart, Head, IndicatorPart, MonthPart, Place, Snapshot, Trace
from pantau.installation import Installation
from pantau.publishing import rolling_up

GRAVEST = {Outcome.FAIL: 0, Outcome.ERROR: 1, Outcome.PASS: 2}


def trace(installation: Installation, code: str, level: str) -> Trace:
    """Follow the rank of a region or province down to its records.

    The store is expected to be up to the archive. Raises ``UnknownName`` for a code that is not ranked.
    """
    of = _place(installation, code, level)
    store = installation.store
    ranking = store.latest_ranking(level=level)
    if ranking is None:
        raise StoreError("there is no ranking in the store. Run 'pantau rank'")
    method = installation.method(installation.versions())
    row = next(row for row in ranking.rows if row.region == code)
    indicators = _indicators(store, method, row, of)
    datasets = [
        name
        for name in FIGURED
        if name in installation.versions() and any(name in one.datasets for one in indicators)
    ]
    months, batches = _counted(installation, of, datasets, ranking.period)
    return Trace(
        of=of,
        head=_head(ranking),
        row=row,
        place=_detail(store, code, level),
        indicators=indicators,
        months=months,
        batches=batches,
        sources=tuple(one for one in store.sources() if one.region in of.regions and one.dataset in datasets),
        checks=_checks(store, of, datasets),
        holds=tuple(hold for hold in store.holds(of.regions) if hold.dataset in datasets),
        snapshots=_snapshots(store, of),
    )


def _place(installation: Installation, code: str, level: str) -> Place:
    registry = installation.registry
    if level == "region" and code in registry.regions:
        return Place(code, registry.regions[code].full_name, level, (code,))
    if level == "province" and code in registry.provinces:
        regions = tuple(one.code for one in registry.regions.values() if one.province.code == code)
        return Place(code, registry.provinces[code].name, level, regions)
    other = "province" if level == "region" else "region"
    hint = f"; with --level {other} there is one" if code in {*registry.regions, *registry.provinces} else ""
    raise UnknownName(
        f"{code!r} is no code of a {level} of {registry.name}{hint}. Codes are text, such as 32.11"
    )


def _head(ranking: Ranking) -> Head:
    ranked = sum(row.ranked for row in ranking.rows)
    return Head(
        ranking.method,
        ranking.method_version,
        ranking.period,
        ranking.computed,
        ranking.archive_versions,
        ranking.simulated,
        ranked,
    )


def _detail(store: Store, code: str, level: str) -> PlaceDetail | None:
    known = store.ranking_detail(level)
    if known is None:
        return None
    return next((one.place for one in detail_from(known[1]).regions if one.region == code), None)


def _indicators(store: Store, method: Method, row: RankRow, of: Place) -> tuple[IndicatorPart, ...]:
    names = [component.id for component in method.indicators]
    figures = store.indicator_values(indicator=names, region=of.code, period=method.period, level=of.level)
    by_name = {figure["indicator"]: figure for figure in figures.iter_rows(named=True)}
    total = sum(component.weight for component in method.indicators)
    fields = ("unit", "value", "low", "high", "n", "status", "reason")
    return tuple(
        IndicatorPart(
            indicator=component.id,
            points=row.parts.get(component.id),
            weight=component.weight / total,
            datasets=tuple(dict.fromkeys((CATALOGUE[component.id].dataset, *CATALOGUE[component.id].needed))),
            **{name: by_name[component.id][name] for name in fields},
        )
        for component in method.indicators
        if component.id in by_name
    )


def _counted(
    installation: Installation, of: Place, datasets: Sequence[str], period: str
) -> tuple[tuple[MonthPart, ...], tuple[BatchPart, ...]]:
    with rolling_up(installation) as by:
        rollup = by(installation.registry, installation.calendars, dict(RollUpSettings().complaint_days))
        counted = Counted(installation, rollup, of.regions, period)
        months = tuple(part for dataset in datasets for part in counted.months(dataset))
        return months, tuple(counted.batches(datasets))


def _checks(store: Store, of: Place, datasets: Sequence[str]) -> tuple[Standing, ...]:
    """How each check of the regions stands, the gravest first."""
    rows = store.standings(region=of.regions, dataset=datasets, current=True).drop("current")
    found = [
        Standing(
            **row
            | {
                "outcome": Outcome(row["outcome"]),
                "severity": Severity(row["severity"]),
                "cause": Cause(row["cause"]),
            }
        )
        for row in rows.iter_rows(named=True)
    ]
    return tuple(sorted(found, key=lambda one: (GRAVEST[one.outcome], one.dataset, one.region, one.check)))


def _snapshots(store: Store, of: Place) -> tuple[Snapshot, ...]:
    """Published rankings in which the place stands, the latest first."""
    found = []
    for publication in store.publications(level=of.level):
        rows = ranking_in(store.publication(publication.id)[1])
        if of.code in rows:
            replies = store.publication_replies(publication=publication.id, region=of.code)
            found.append(Snapshot(publication, rows[of.code], tuple(replies)))
    return tuple(found)
