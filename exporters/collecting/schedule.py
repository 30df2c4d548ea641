"""When a source is due: its place in its period, or its cron expression on its region's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from exporters.collecting.sourceconfig import CollectedSource

CRON_SPREAD = timedelta(seconds=60)
"""Sources that are due in the same minute are asked at places within it that follow from their names."""


def next_due(source: CollectedSource, zone: str, now: datetime, *, last: datetime | None) -> datetime:
    """Next instant at which a source is due, not before ``now``; in UTC.

    ``last``: when it was last asked. One that was never asked, or missed its time while nothing ran,
    is due at its place in the minute or period that begins now, whichever is shorter.
    """
    if source.cron is not None:
        return _next_by_cron(source, source.cron, zone, now, last)
    period = timedelta(seconds=source.every_seconds)
    place = _placed(source, now, period)
    missed = last is None or now - last >= period
    return _placed(source, now, min(period, CRON_SPREAD)) if missed else place


def _placed(source: CollectedSource, now: datetime, period: timedelta) -> datetime:
    """First instant from ``now`` on at the source's place in a period that began at a multiple of it."""
    begun = (now - datetime.fromtimestamp(0, UTC)) % period
    wait = (period * source.share - begun) % period
    return now + wait


def _next_by_cron(
    source: CollectedSource, cron: str, zone: str, now: datetime, last: datetime | None
) -> datetime:
    offset = CRON_SPREAD * source.share
    begin = (last if last is not None else now) - offset
    due: datetime = next(CronSim(cron, begin.astimezone(ZoneInfo(zone)))).astimezone(UTC) + offset
    return max(due, now)
