"""What a target by a date asks: the pace it needs against the pace seen, and how likely it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics.rollout.forecast import DRAWS, SEED, NoForecast, futures, refusal
from metrics.rollout.outlook import Outlook, Pace, fact, recent_pace, word
from metrics.rollout.series import CountSeries, Denominator, Point
from metrics.statistics.figures import BadFigures


@dataclass(frozen=True, slots=True)
class Prospect:
    """A target by a day. ``asked``: the pace from the last count to it; ``recent``: the pace seen.

    ``probability`` and ``asked`` are ``None`` where the outlook is a fact, ``recent`` where the
    points span less than a year. In words: ``metrics.rollout.words``.
    """

    series: CountSeries
    denominator: Denominator
    target: int
    by: date
    outlook: Outlook
    recent: Pace | None
    asked: Pace | None = None
    probability: float | None = None


def prospect(
    series: CountSeries,
    denominator: Denominator,
    target: int,
    by: date,
    *,
    seed: int = SEED,
    draws: int = DRAWS,
) -> Prospect | NoForecast:
    """Whether the series reaches a target by the end of a day.

    ``NoForecast`` where neither the points nor a model can say. Raises ``BadFigures`` for a target
    that is not from 1 to the denominator.
    """
    if not 1 <= target <= denominator.whole:
        raise BadFigures(
            f"{series.name} ({series.authority}): target {target} is not from 1 to {denominator.whole} "
            f"({denominator.authority}). Correct it, or choose another denominator."
        )
    points = series.points
    told = fact(points, target, by)
    if told:
        return Prospect(series, denominator, target, by, told, recent_pace(points))
    refused = refusal(series, denominator)
    if refused:
        return refused
    reached = int((futures(series, denominator, [by], seed=seed, draws=draws) >= target).sum())
    return Prospect(
        series,
        denominator,
        target,
        by,
        word(reached, draws),
        recent_pace(points),
        Pace(points[-1], Point(by, target)),
        reached / draws,
    )
