"""Days that incidents are about: which are present, which overlap, which are beyond others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from metrics.observation import Days, Incident

PRESENT_DAYS = 7
"""A failure is present while its last day is one of so many last days judged."""
DAY = timedelta(days=1)


def window(last: date) -> Days:
    """The last days judged, which a failure must reach to be present."""
    return last - (PRESENT_DAYS - 1) * DAY, last


def overlap(one: Days, other: Days) -> bool:
    """Whether they have a day in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def hull(several: Iterable[Days | None]) -> Days | None:
    """From the first day of all to the last; ``None`` where none of them knows days."""
    known = [days for days in several if days is not None]
    return (min(days[0] for days in known), max(days[1] for days in known)) if known else None


def beyond(days: Days | None, known: Days | None) -> bool:
    """Whether there are days that were not known, or days where none were known."""
    if days is None or known is None:
        return days != known
    return days[0] < known[0] or days[1] > known[1]


def span(incidents: Iterable[Incident], last: date) -> Days:
    """Days of incidents; one that knows none is taken to be about the last days judged."""
    return hull(incident.days or window(last) for incident in incidents) or window(last)


def chained(incidents: Iterable[Incident], last: date) -> list[list[Incident]]:
    """Incidents in groups: within a group days overlap or adjoin, between groups there is a gap."""
    groups: list[list[Incident]] = []
    end = date.min
    for incident in sorted(incidents, key=lambda one: (span([one], last), one.id)):
        first, final = span([incident], last)
        if groups and first <= end + DAY:
            groups[-1].append(incident)
            end = max(end, final)
        else:
            groups.append([incident])
            end = final
    return groups


def over_since(days: Days | None, past: Sequence[Days]) -> date | None:
    """First day without failure, where a failure that is past is the one that these days are about."""
    ends = [one[1] for one in past if days is not None and overlap(one, days)]
    return max(ends) + DAY if ends else None
