"""Values that rest on data with critical faults are withheld: the gate between checks and ranking.

Held days count as a share of the days that a region's records reach over, in the period. A hold that goes
on after the last record (a region that fell silent) stretches that reach: what is missing at the end is
held as well. Records of held regions stay in the figures of provinces and of the nation, up to a
share: without them a pooled figure would be one of other regions.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from metrics.calendar import epoch_day
from metrics.catalogue import CATALOGUE
from metrics.indicators.reasons import REASONS, detail_of, reason_text
from metrics.indicators.settings import IndicatorSettings
from metrics.model import IndicatorValue, ValueStatus
from metrics.observation import Hold
from metrics.regions import Registry

Key = tuple[str, str]
"""Record set and region."""
Span = tuple[int, int]
"""First and last epoch day, both included."""


@dataclass(frozen=True)
class Held:
    """A region's records of one set in one period that are on hold; ``detail`` is that of its reason."""

    hold: Hold
    code: str
    detail: str


class Gate:
    """Holds by region and record set. ``spans``: which days the records of each reach over."""

    def __init__(self, holds: Iterable[Hold], spans: Mapping[Key, Span], share: float) -> None:
        self._holds: dict[Key, list[Hold]] = {}
        for hold in holds:
            self._holds.setdefault((hold.dataset, hold.region), []).append(hold)
        self._spans = spans
        self._share = share
        self._known: dict[tuple[str, str, str], Held | None] = {}

    def held(self, value: IndicatorValue) -> Held | None:
        """What keeps a region's value back: the first of its record sets that is on hold."""
        found = (self._of(name, value.region, value.period) for name in CATALOGUE[value.indicator].needed)
        return next((one for one in found if one is not None), None)

    def _of(self, dataset: str, region: str, period: str) -> Held | None:
        if (dataset, region) not in self._holds:
            return None
        key = (dataset, region, period)
        if key not in self._known:
            self._known[key] = self._judged(dataset, region, period)
        return self._known[key]

    def _judged(self, dataset: str, region: str, period: str) -> Held | None:
        holds = self._holds[dataset, region]
        for hold in holds:
            if hold.days is None:
                facts = {"dataset": dataset, "check": hold.check, "remedy": hold.remedy}
                return Held(hold, "on-hold-always", detail_of(**facts))
        if (dataset, region) not in self._spans:
            return None
        first, last = self._spans[dataset, region]
        last = max(last, *(epoch_day(hold.days[1]) for hold in holds if hold.days))
        begin, end = period_days(period, (first, last))
        within = [(hold, _meeting(hold, (begin, end))) for hold in holds]
        days = set().union(*(part for _, part in within))
        if not days or len(days) <= self._share * (end - begin + 1):
            return None
        gravest, _ = max(within, key=lambda one: len(one[1]))
        return Held(gravest, "on-hold", _detail(gravest, len(days), end - begin + 1))


def withheld(
    values: Sequence[IndicatorValue],
    holds: Iterable[Hold],
    spans: Mapping[Key, Span],
    registry: Registry,
    settings: IndicatorSettings,
) -> list[IndicatorValue]:
    """Values in the same order, without those that rest on data that are on hold.

    What has no value for another reason keeps that reason. A pooled value that stands says in its
    ``reason`` how many regions on hold are in it.
    """
    gate = Gate(holds, spans, settings.hold_days_share)
    found = {
        place: one
        for place, value in enumerate(values)
        if value.level == "region" and (one := gate.held(value)) is not None
    }
    pools = _pools([(values[place], one) for place, one in found.items()], registry)
    result = []
    for place, value in enumerate(values):
        pool = pools.get((value.level, value.region, value.indicator, value.period))
        if value.value is None:
            result.append(value)
        elif place in found:
            result.append(_without(value, found[place].code, found[place].detail))
        elif pool is not None:
            result.append(pool.applied(value, settings.hold_pooled_share))
        else:
            result.append(value)
    return result


@dataclass(frozen=True)
class Pool:
    """What regions on hold bring into one value of a province or of the nation."""

    members: list[tuple[IndicatorValue, Held]]
    registry: Registry

    def applied(self, value: IndicatorValue, share: float) -> IndicatorValue:
        """The value withheld, or with a word on the regions in it."""
        held = sum(member.n for member, _ in self.members)
        facts: dict[str, object] = {"regions": len(self.members), "held": held, "n": value.n}
        if held <= share * value.n:
            return replace(value, reason=reason_text("regions-on-hold", detail_of(**facts)))
        largest, one = max(self.members, key=lambda pair: pair[0].n)
        region = self.registry.regions[largest.region]
        facts |= {
            "largest": f"{region.full_name} {region.code}",
            "dataset": one.hold.dataset,
            "check": one.hold.check,
            "remedy": one.hold.remedy,
        }
        return _without(value, "pooled-on-hold", detail_of(**facts))


def _pools(
    members: Iterable[tuple[IndicatorValue, Held]], registry: Registry
) -> dict[tuple[str, str, str, str], Pool]:
    """Regions on hold by the level, place, indicator and period into which their records are pooled."""
    found: dict[tuple[str, str, str, str], Pool] = {}
    for value, held in members:
        if not value.n:
            continue
        province = registry.regions[value.region].province.code
        for level, place in (("province", province), ("nation", "*")):
            key = (level, place, value.indicator, value.period)
            found.setdefault(key, Pool([], registry)).members.append((value, held))
    return found


def _without(value: IndicatorValue, code: str, detail: str) -> IndicatorValue:
    status: ValueStatus = REASONS[code].status
    return replace(value, value=None, low=None, high=None, status=status, reason=reason_text(code, detail))


def period_days(period: str, span: Span) -> Span:
    """First and last epoch day of a period within a span; where they do not meet, the last comes first."""
    if period == "all":
        return span
    year, _, month = period.partition("-")
    last_month = int(month or 12)
    begin = date(int(year), int(month or 1), 1)
    end = date(int(year), last_month, calendar.monthrange(int(year), last_month)[1])
    return max(span[0], epoch_day(begin)), min(span[1], epoch_day(end))


def _meeting(hold: Hold, span: Span) -> range:
    """Days of a hold within a span."""
    if hold.days is None:
        return range(0)
    return range(max(epoch_day(hold.days[0]), span[0]), min(epoch_day(hold.days[1]), span[1]) + 1)


def _detail(hold: Hold, days: int, span: int) -> str:
    first, last = hold.days or ("", "")
    return detail_of(
        dataset=hold.dataset,
        check=hold.check,
        first=first,
        last=last,
        days=days,
        span=span,
        remedy=hold.remedy,
    )
