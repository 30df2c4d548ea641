"""A drop that lasts: a cumulated sum of log-likelihood ratios for "only 60 % of the records come".

Page's procedure for Poisson counts: each working day adds n ln 0.6 + 0.4 m (n records, m expected),
never below zero, and an alarm is due above the bound. The spread beyond Poisson's divides it. One
day adds at most a quarter of the bound, so that a run of days is needed. The window that m is
from ends three weeks before the day, so that the drop itself does not pull it down at once.
Source: Page (1954), Biometrika 41, 100-115; Lucas (1985), Technometrics 27, 129-144.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from checks.monitors.evidence import Evidence, Grid
from checks.monitors.kind import About
from checks.monitors.seasonal import Expected, expected
from checks.monitors.stretches import dates
from checks.monitors.volume import UNCOUNTED, records_of, to_judge
from metrics.model import Severity
from metrics.observation import Finding

LEFT = 0.6
"""Share of the records that are left in the drop that is looked for."""
BOUND = 10.0
SHORTEST = 4
"""Working days of which a run has at least."""
NOISE = 0.35
"""How much larger than one a spread of 40 Poisson counts may come out by chance (two standard errors)."""
LAG = 15
"""Working days between a window and the day that it is compared with."""
LARGEST = 0.75
"""Share of the expected records that a run may have at most, to be called a drop."""

ABOUT = About(
    id="sustained",
    dimension="volume",
    severity=Severity.CRITICAL,
    watches="Records over a run of working days of each region and record set (of traffic: requests).",
    baseline=(
        "As volume, but the window of 40 working days ends 15 working days before the day, so that the drop "
        "does not become its own baseline."
    ),
    threshold=(
        "A cumulated log-likelihood ratio of 10 for a drop to 60 %, over at least 4 working days, with at "
        "most 75 % of the expected records. A lasting drop by 40 % is found within 15 working days where 30 "
        "records a day are expected, within 20 where 20 are; where 10 are, four in five within 25."
    ),
    blind=(
        "A drop by less than a quarter; every second lasting drop by 40 % where only 5 records a day are "
        "expected: after seven weeks it has become the baseline; a slow decline over months."
    ),
    remedy="Ask which counter, channel or application no longer delivers, and fetch the days again.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each run of days with too few records."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for grid in evidence.grids:
        if grid.dataset in UNCOUNTED:
            continue
        seen = expected(grid, LAG)
        due = to_judge(grid, seen)
        found += _runs(grid, seen, due)
        judged |= records_of(grid, seen, due)
    return ABOUT.told(judged, found)


def _runs(grid: Grid, seen: Expected, due: np.ndarray) -> Iterator[Finding]:
    """Walk through the days, all regions at once. A run ends where its sum is back at zero, or highest."""
    number = len(grid.regions)
    total, peak, peak_at, began = (
        np.zeros(number),
        np.zeros(number),
        np.zeros(number, int),
        np.zeros(number, int),
    )
    step = seen.counts * math.log(LEFT) + (1.0 - LEFT) * seen.mean
    over = np.isnan(step) | (seen.columns[None, :] > grid.ended[:, None])
    step = np.where(over, 0.0, np.minimum(step / np.maximum(seen.spread - NOISE, 1.0) ** 2, BOUND / SHORTEST))
    for day in range(step.shape[1] + 1):
        total = np.maximum(total + step[:, day], 0.0) if day < step.shape[1] else np.zeros(number)
        done = (total == 0.0) | (peak - total > BOUND)
        for row in np.flatnonzero(done & (peak > BOUND)):
            yield from _run(grid, seen, due, int(row), int(began[row]), int(peak_at[row]))
        total[done] = 0.0
        peak[done], began[done] = 0.0, day + 1
        higher = total > peak
        peak[higher], peak_at[higher] = total[higher], day


def _run(grid: Grid, seen: Expected, due: np.ndarray, row: int, first: int, last: int) -> Iterator[Finding]:
    part = slice(first, last + 1)
    number, mean = np.nansum(seen.counts[row, part]), np.nansum(seen.mean[row, part])
    if not due[row, part].any() or number > LARGEST * mean:
        return
    yield ABOUT.fail(
        grid.dataset,
        grid.regions[row],
        None,
        dates(grid.days[seen.columns[[first, last]]]),
        f"{number:.0f} records in {last - first + 1} working days where about {mean:.0f} were to be expected",
        value=float(number / mean),
        bound=LARGEST,
        n=int(number),
        bad=int(number),
    )
