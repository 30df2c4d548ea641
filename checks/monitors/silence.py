"""Silence: a region from which nothing came for longer than its own schedule explains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.monitors.evidence import Evidence, Grid
from checks.monitors.kind import About
from checks.monitors.stretches import dates
from checks.monitors.volume import UNCOUNTED
from metrics.model import Severity
from metrics.observation import Cause, Finding

ALWAYS_ON = frozenset({"probes", "traffic"})
"""Record sets that come around the clock; their hours are those of the clock."""
HISTORY = 60
"""Days of history that a rate is from."""
FEWEST = 15
"""Days with records with which a rate may be computed."""
SURPRISE = 14.0
"""Records that should have come and did not: a chance of one in a million."""
SLACK = 1.5
"""How much slower than its mean a region may be in a quiet week."""
MISSED = 1.5
"""Days that a source which delivers daily may be silent for."""
REGULAR = 8.0
"""Days without a record that chance would have made, had the source not been a daily one."""

ABOUT = About(
    id="silence",
    dimension="timeliness",
    severity=Severity.CRITICAL,
    watches="Time without any record, of each region and record set, up to the last day judged.",
    baseline=(
        "The region's own rate in the 60 days before, in working hours of its calendar (probes and traffic: "
        "in hours of the clock); at least 15 days with records, else learning. Holidays are no silence."
    ),
    threshold=(
        "14 records overdue at two thirds of the mean rate, and at least one and a half days. A source that "
        "delivered every day, though chance alone would have left days out: one and a half days. Of 5 "
        "records a day: 5 working days; of a daily probe: 2 days."
    ),
    blind=(
        "Regions that never delivered (see never-delivered); a source of a record a month; days that are not "
        "over; days on which no region at all delivered the record set, which are the collection's."
    ),
    remedy="Look at the source's last fetch, and ask the region whether its system delivers.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each silence that reaches into the days to be judged."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for grid in evidence.grids:
        if grid.dataset in UNCOUNTED:
            continue
        active = (grid.counts > 0).sum(axis=1)
        for row, region in enumerate(grid.regions):
            if active[row] < FEWEST:
                text = f"{active[row]} days with records known, {FEWEST} needed"
                found.append(ABOUT.unchecked(grid.dataset, region, Cause.LEARNING, text))
            else:
                judged[grid.dataset, region] = int(grid.counts[row].sum())
        found += _silences(grid)
    return ABOUT.told(judged, found)


def _silences(grid: Grid) -> Iterator[Finding]:
    hours = np.where(grid.collected, 24.0, 0.0) if grid.dataset in ALWAYS_ON else grid.hours
    elapsed = np.concatenate([[0.0], np.cumsum(hours)])
    usual = float(np.median(hours[hours > 0])) if (hours > 0).any() else 24.0
    counts = np.concatenate([grid.counts, np.ones((len(grid.counts), 1), np.int64)], axis=1)
    sums = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(grid.counts, axis=1)], axis=1)
    rows, columns = np.nonzero(counts)
    after = np.flatnonzero((rows[1:] == rows[:-1]) & (columns[1:] - columns[:-1] > 1))
    row, last, following = rows[after], columns[after], columns[after + 1]
    silent = elapsed[following] - elapsed[last + 1]
    start = np.maximum(last + 1 - HISTORY, grid.began[row])
    known = sums[row, last + 1] - sums[row, start]
    rate = known / np.maximum(elapsed[last + 1] - elapsed[start], usual)
    active = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(grid.counts > 0, axis=1)], axis=1)
    days = active[row, last + 1] - active[row, start]
    bound = np.maximum(SURPRISE * SLACK / np.maximum(rate, 1e-9), MISSED * usual)
    left_out = (last + 1 - start) * np.exp(-known / np.maximum(last + 1 - start, 1))
    daily = (days == last + 1 - start) & (left_out >= REGULAR)
    bound = np.where(daily, MISSED * usual, bound)
    bad = (
        (days >= FEWEST)
        & (silent > bound)
        & (grid.days[np.minimum(following - 1, len(grid.days) - 1)] >= grid.first)
    )
    for at in np.flatnonzero(bad):
        yield ABOUT.fail(
            grid.dataset,
            grid.regions[row[at]],
            None,
            dates(grid.days[[last[at] + 1, following[at] - 1]]),
            f"nothing for {silent[at]:.0f} hours of its schedule, "
            f"about {rate[at] * silent[at]:.0f} records overdue",
            value=float(silent[at]),
            bound=float(bound[at]),
            n=int(known[at]),
        )
