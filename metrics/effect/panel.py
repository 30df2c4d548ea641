"""The panel of an indicator, from the store's values and the rollout's events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from metrics.model import RolloutEvent, ValueStatus
from metrics.rollout.stages import track_of
from metrics.statistics.figures import BadFigures

TRACK, LIVE = "digital", "live"
MONTHLY = r"^\d{4}-\d{2}$"


@dataclass(frozen=True, slots=True)
class Starts:
    """Month in which each region went live. ``frame``: region, start (null: no start is known).

    ``withdrawn``: regions that were live and are no longer; they are in no frame, because the method
    knows no way back. ``unverified``: regions whose start no verified event tells.
    """

    frame: pl.DataFrame
    withdrawn: tuple[str, ...]
    unverified: tuple[str, ...]
    simulated: bool


def starts(
    events: Iterable[RolloutEvent],
    regions: Iterable[str],
    as_of: date,
    *,
    verified_only: bool = False,
    platform: str | None = None,
) -> Starts:
    """Starts known on a day: the first event at or past "live" on the digital track, for each region.

    A region counts as live for the whole month of that event. ``platform``: of this one alone.
    A later stage without "live" (migrated) is a start too: the region was live then at the latest.
    """
    known: dict[str, RolloutEvent] = {}
    withdrawn = set()
    track = track_of(TRACK)
    wanted = (
        event
        for event in events
        if event.track == TRACK
        and event.date <= as_of
        and (event.verified or not verified_only)
        and platform in (None, event.platform)
    )
    for event in sorted(wanted, key=lambda one: (one.date, track.stage(one.stage).order, one.id)):
        if event.stage == "none" and event.region in known:
            withdrawn.add(event.region)
        elif track.stage(event.stage).order >= track.stage(LIVE).order:
            known.setdefault(event.region, event)
    rows = [
        (region, f"{known[region].date:%Y-%m}" if region in known else None)
        for region in sorted(set(regions) - withdrawn)
    ]
    of_these = [known[region] for region, start in rows if start is not None]
    return Starts(
        pl.DataFrame(rows, schema={"region": pl.String, "start": pl.String}, orient="row"),
        tuple(sorted(withdrawn & set(regions))),
        tuple(event.region for event in of_these if not event.verified),
        any(event.simulated for event in of_these),
    )


def panel(values: pl.DataFrame, indicator: str, known: Starts, as_of: date) -> pl.DataFrame:
    """Region, period, value, n of one indicator, from the store's indicator values.

    Months that are over on ``as_of``, values with status "ok", regions of the starts' frame. Raises
    ``BadFigures`` where two versions of the indicator's definition are mixed: the change of
    definition would look like an effect.
    """
    month = (as_of + timedelta(days=1)).strftime("%Y-%m")
    rows = values.filter(
        pl.col("indicator") == indicator,
        pl.col("level") == "region",
        pl.col("status") == ValueStatus.OK.value,
        pl.col("value").is_not_null(),
        pl.col("period").str.contains(MONTHLY),
        pl.col("period") < month,
        pl.col("region").is_in(known.frame["region"].to_list()),
    )
    versions = sorted(set(rows["version"]))
    if len(versions) > 1:
        raise BadFigures(
            f"indicator {indicator}: versions {', '.join(versions)} are mixed. Compute all months with one."
        )
    return rows.select("region", "period", "value", "n").sort("region", "period")
