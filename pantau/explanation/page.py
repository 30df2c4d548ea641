"""The explanation as lines of text, for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from app.text import Language
from app.text.monitors import check_name
from metrics.catalogue import CATALOGUE
from metrics.indicators.remedies import remedy_in
from metrics.model import Outcome, RankRow
from metrics.observation import Hold, Standing
from metrics.ranking import explain
from pantau.explanation.facts import BatchPart, IndicatorPart, MonthPart, Snapshot, Trace
from pantau.explanation.sentences import say

SHOWN = 20
"""Batches, sources, checks and holds that are listed of each."""
ZONE = "UTC"
Part = TypeVar("Part")


def lines(found: Trace, t: Language) -> Iterator[str]:
    """Lines from the rank down, each level under a heading of its own."""
    yield say("title", t, name=found.of.name, code=found.of.code)
    if found.head.simulated:
        yield say("simulated", t)
    parts = (
        ("rank", _rank(found, t)),
        ("indicators", _indicators(found.indicators, t)),
        ("rollups", _months(found.months, t)),
        ("batches", _origins(found, t)),
        ("checks", _checks(found, t)),
        ("published", _snapshots(found.snapshots, t)),
    )
    for key, part in parts:
        yield ""
        yield say(key, t)
        yield from (f"   {line}" for line in part)


def _rank(found: Trace, t: Language) -> Iterator[str]:
    head, row, place = found.head, found.row, found.place
    computed = t.instant(head.computed, ZONE)
    yield say(
        "method", t, method=head.method, version=head.method_version, period=head.period, computed=computed
    )
    named = ", ".join(f"{t.word('dataset', name)} {at}" for name, at in sorted(head.archive_versions.items()))
    yield say("versions", t, versions=named)
    if row.ranked:
        yield say("ranked", t, ranked=head.ranked, band=row.band, **_places(row))
        yield say("score", t, **_decimals(t, score=row.score, low=row.score_low, high=row.score_high))
    if place is not None:
        yield say("alone", t, low=place.alone_low, high=place.alone_high)
        if place.choices is not None:
            yield say("choices", t, low=f"{place.choices.low:.0f}", high=f"{place.choices.high:.0f}")
    yield from (explain(reason, t.code) for reason in row.reasons)


def _decimals(t: Language, **numbers: float | None) -> dict[str, str]:
    return {name: t.number(number, 2) for name, number in numbers.items()}


def _indicators(parts: Iterable[IndicatorPart], t: Language) -> Iterator[str]:
    for part in parts:
        definition = CATALOGUE[part.indicator]
        interval = t.interval(part.low, part.high, part.unit)
        yield say(
            "indicator",
            t,
            name=definition.name_id if t.code == "id" else definition.name_en,
            id=part.indicator,
            value=t.value(part.value, part.unit) if part.value is not None else t.word("status", part.status),
            interval=say("interval", t, interval=interval) if interval else "",
            n=t.number(part.n),
            points=t.number(part.points, 1),
            weight=t.percent(part.weight),
        )
        if part.reason:
            yield f"   {explain(part.reason, t.code)}"
        named = ", ".join(t.word("dataset", name) for name in part.datasets)
        yield f"   {say('rests', t, datasets=named)}"


def _months(parts: Sequence[MonthPart], t: Language) -> Iterator[str]:
    if not parts:
        yield say("no_records", t)
    for dataset, months in groupby(parts, key=lambda part: part.dataset):
        records = 0
        for part in months:
            records += part.records
            counts = ", ".join(
                f"{say(f'count.{name}', t)} {t.number(n)}" for name, n in part.counts.items() if n
            )
            yield say(
                "month",
                t,
                dataset=t.word("dataset", dataset),
                month=part.month,
                counts=counts or "0",
                records=t.number(part.records),
                rows=t.number(part.rows),
                files=t.number(part.files),
            )
        yield say("total", t, dataset=t.word("dataset", dataset), records=t.number(records))


def _origins(found: Trace, t: Language) -> Iterator[str]:
    yield from _at_most(found.batches, _batch, t)
    for source in found.sources[:SHOWN]:
        succeeded = t.instant(source.succeeded, ZONE) if source.succeeded else say("never", t)
        reason = f" ({source.reason})" if source.reason else ""
        yield say("source", t, id=source.id, succeeded=succeeded, failures=source.failures, reason=reason)
    yield from _rest(found.sources, t)


def _batch(part: BatchPart, t: Language) -> list[str]:
    numbers = {
        "records": part.records,
        "rejected": sum(part.rejected.values()),
        "read": part.read,
        "accepted": part.accepted,
        "refused": part.refused,
    }
    said = say(
        "batch",
        t,
        batch=part.batch,
        dataset=t.word("dataset", part.dataset),
        started=t.instant(part.started, ZONE) if part.started else say("unknown", t),
        source=part.source or say("unknown", t),
        origin=part.origin or say("unknown", t),
        **{name: t.number(n) for name, n in numbers.items()},
    )
    rules = [f"   {check_name(rule, t.code)} [{rule}]: {t.number(n)}" for rule, n in part.rejected.items()]
    return [said, *rules]


def _checks(found: Trace, t: Language) -> Iterator[str]:
    outcomes = [one.outcome for one in found.checks]
    failed, undone, passed = (
        t.number(outcomes.count(outcome)) for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.PASS)
    )
    yield say("counts", t, failed=failed, undone=undone, passed=passed)
    failing = [one for one in found.checks if one.outcome is Outcome.FAIL]
    yield from _at_most(failing, _check, t)
    yield from _at_most(found.holds, _hold, t)


def _check(one: Standing, t: Language) -> list[str]:
    return [
        say(
            "check",
            t,
            name=check_name(one.check, t.code),
            id=one.check,
            dataset=t.word("dataset", one.dataset),
            region=one.region,
            severity=t.word("severity", one.severity.value),
            since=t.day(one.since),
            bad=t.number(one.bad),
            n=t.number(one.n),
        )
    ]


def _hold(hold: Hold, t: Language) -> list[str]:
    days = f"{t.day(hold.days[0])}–{t.day(hold.days[1])}" if hold.days else say("hold.always", t)
    return [
        say(
            "hold",
            t,
            dataset=t.word("dataset", hold.dataset),
            region=hold.region,
            days=days,
            name=check_name(hold.check, t.code),
            id=hold.check,
        ),
        f"   {say('remedy', t, remedy=remedy_in(t.code, hold.remedy))}",
    ]


def _snapshots(snapshots: Sequence[Snapshot], t: Language) -> Iterator[str]:
    if not snapshots:
        yield say("unpublished", t)
    for one in snapshots:
        publication = one.publication
        yield say(
            "snapshot" if one.row.ranked else "snapshot.unranked",
            t,
            id=publication.id,
            published=t.instant(publication.published, ZONE),
            sha256=publication.sha256,
            **_places(one.row),
        )
        if publication.corrects:
            yield f"   {say('corrects', t, corrects=publication.corrects, reason=publication.reason)}"
        for reply in one.replies:
            said = " ".join(reply.text.split())
            yield f"   {say('reply', t, at=t.instant(reply.at, ZONE), by=reply.by, text=said)}"


def _places(row: RankRow) -> dict[str, int | None]:
    return {"rank": row.rank, "low": row.rank_low, "high": row.rank_high}


def _at_most(
    parts: Sequence[Part], said: Callable[[Part, Language], list[str]], t: Language
) -> Iterator[str]:
    """What is said of the first parts, and how many more there are."""
    for part in parts[:SHOWN]:
        yield from said(part, t)
    yield from _rest(parts, t)


def _rest(parts: Sequence[object], t: Language) -> Iterator[str]:
    if len(parts) > SHOWN:
        yield say("more", t, n=t.number(len(parts) - SHOWN))
