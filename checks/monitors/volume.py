"""Volume of a day: far too few or far too many records on one working day of a region."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.monitors.evidence import Evidence, Grid
from checks.monitors.kind import About
from checks.monitors.seasonal import FEWEST, Expected, expected
from checks.monitors.stretches import dates, stretches
from metrics.model import Severity
from metrics.observation import Cause, Finding

SCORE = 5.0
"""Spreads away from the expected count: a chance of one in three million a day and direction."""
SURGE, DROP = 2.0, 0.5
"""Multiple of the expected count that a surge must reach, and that a drop must not exceed."""
UNCOUNTED = frozenset({"rollout_events"})
"""Record sets whose records come one by one."""

ABOUT = About(
    id="volume",
    dimension="volume",
    severity=Severity.WARNING,
    watches="Records of each working day of each region and record set (of traffic: requests).",
    baseline=(
        "The region's 40 working days before, by weekday, first day after a holiday and place in the month; "
        "at least 20, else learning. Holidays and other closed days are not judged."
    ),
    threshold=(
        "5 spreads on Anscombe's scale (never less than Poisson's own) and at most half or at least twice "
        "the expected count. Of 30 expected: 8 and fewer, or 64 and more."
    ),
    blind=(
        "A day without records where fewer than 10 are expected (see silence and sustained); what comes "
        "slowly; a day on which the region was closed for a reason that its calendar does not know, which "
        "it takes for a drop."
    ),
    remedy="Ask the source how many records it has of these days, and fetch the days again.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each run of days that are too few or too many."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for grid in evidence.grids:
        if grid.dataset in UNCOUNTED:
            continue
        seen = expected(grid)
        due = to_judge(grid, seen)
        found += _learning(grid, due)
        found += _runs(grid, seen, due)
        judged |= records_of(grid, seen, due)
    return ABOUT.told(judged, found)


def to_judge(grid: Grid, seen: Expected) -> np.ndarray:
    """Which working days of which regions are to be judged: from the first record to the last.

    What ended altogether is for the monitor of silence.
    """
    inside = (seen.columns[None, :] >= grid.began[:, None]) & (seen.columns[None, :] <= grid.ended[:, None])
    asked: np.ndarray = inside & (grid.days[seen.columns] >= grid.first)[None, :]
    return asked


def records_of(grid: Grid, seen: Expected, due: np.ndarray) -> dict[tuple[str, str], int]:
    """Records looked at, of the regions of which a day could be judged."""
    done = due & ~np.isnan(seen.mean)
    number = np.where(done, np.nan_to_num(seen.counts), 0.0).sum(axis=1)
    return {(grid.dataset, grid.regions[row]): int(number[row]) for row in np.flatnonzero(done.any(axis=1))}


def _learning(grid: Grid, due: np.ndarray) -> Iterator[Finding]:
    days = (due.shape[1] - np.searchsorted(np.flatnonzero(grid.open), grid.began)).astype(int)
    for row in np.flatnonzero(days <= FEWEST):
        yield ABOUT.unchecked(
            grid.dataset,
            grid.regions[row],
            Cause.LEARNING,
            f"{max(days[row], 0)} working days known, more than {FEWEST} needed",
        )


def _runs(grid: Grid, seen: Expected, due: np.ndarray) -> Iterator[Finding]:
    with np.errstate(invalid="ignore"):
        surge = due & (seen.score > SCORE) & (seen.counts >= SURGE * seen.mean)
        drop = due & (seen.score < -SCORE) & (seen.counts <= DROP * seen.mean)
    for word, broken, limit in (("too many", surge, SURGE), ("too few", drop, DROP)):
        for row, first, last in stretches(broken):
            part = slice(first, last + 1)
            number, mean = seen.counts[row, part].sum(), seen.mean[row, part].sum()
            yield ABOUT.fail(
                grid.dataset,
                grid.regions[row],
                None,
                dates(grid.days[seen.columns[[first, last]]]),
                f"{word}: {number:.0f} records where about {mean:.0f} were to be expected",
                value=number / mean,
                bound=limit,
                n=int(number),
                bad=int(number),
            )
