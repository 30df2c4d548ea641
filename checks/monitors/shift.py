"""A shifted clock: the region's day looks as it did, but whole hours earlier or later."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from checks.monitors.blocks import compared, days_of
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import HOUR
from metrics.model import Severity
from metrics.observation import Cause, Finding

HOURS = 24
FEWEST, FEWEST_BEFORE = 40, 150
GAIN = 20.0
"""Log-likelihood that the best shift must explain more than no shift, in all."""
EACH = 0.1
"""The same, per record."""
LEFT = 0.4
"""Part of the difference to the usual day that may remain after the shift."""

ABOUT = About(
    id="shift",
    dimension="accuracy",
    severity=Severity.CRITICAL,
    watches="Hours of the day at which records begin, over four weeks of each region and record set.",
    baseline=(
        "The region's hours in the twelve weeks before, at the same mix of working days and closed days."
    ),
    threshold=(
        "A shift by whole hours explains the hours better than none by 20 in log-likelihood and 0.1 a "
        "record, and takes away at least 60 % of the difference. At least 40 records, and 150 before, else "
        "learning. Shifts by 1, 7, 8 and 9 hours of 60 records are found."
    ),
    blind=(
        "A clock that was wrong from the beginning; a shift of minutes; dates without hours; a region whose "
        "opening hours really moved."
    ),
    remedy="Compare one record with the source's own screen; set the time zone of the mapping.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each block whose hours are shifted."""
    frame = compared(evidence, pl.col("field") == HOUR)
    frame = frame.filter(pl.col("value").is_not_null())
    heads = frame.group_by("dataset", "region", "block").agg(pl.col("total", "was_total", "from_day").first())
    enough = (pl.col("total") >= FEWEST) & (pl.col("was_total") >= FEWEST_BEFORE)
    done = heads.filter(enough).sort("dataset", "region", "block").with_row_index("row")
    sums = done.group_by("dataset", "region").agg(pl.col("total").sum())
    judged = {(dataset, region): n for dataset, region, n in sums.iter_rows()}
    learning = [
        ABOUT.unchecked(
            dataset, region, Cause.LEARNING, f"fewer than {FEWEST} records in four weeks, or no history"
        )
        for dataset, region in heads.select("dataset", "region").unique().iter_rows()
        if (dataset, region) not in judged
    ]
    placed = frame.join(done.select("dataset", "region", "block", "row"), on=["dataset", "region", "block"])
    return ABOUT.told(judged, [*_shifts(done, *_matrices(placed, done.height)), *learning])


def _matrices(placed: pl.DataFrame, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Records by hour, [block, hour]: now, and in the reference."""
    at = (placed["row"].to_numpy(), placed["value"].cast(pl.Int64).to_numpy())
    now, was = np.zeros((rows, HOURS)), np.zeros((rows, HOURS))
    now[at], was[at] = placed["n"].to_numpy(), placed["was"].to_numpy()
    return now, was


def _shifts(done: pl.DataFrame, now: np.ndarray, was: np.ndarray) -> Iterator[Finding]:
    usual = (was + 0.5) / (was.sum(axis=1, keepdims=True) + 0.5 * HOURS)
    fit = np.stack(
        [(now * np.log(np.roll(usual, hours, axis=1))).sum(axis=1) for hours in range(HOURS)], axis=1
    )
    total = np.maximum(now.sum(axis=1), 1.0)
    share = now / total[:, None]
    own = (now * np.log(np.where(share > 0, share, 1.0))).sum(axis=1)
    best = fit.argmax(axis=1)
    gain = fit.max(axis=1) - fit[:, 0]
    apart = own - fit[:, 0]
    bad = (best > 0) & (gain > np.maximum(GAIN, EACH * total)) & (apart - gain <= LEFT * apart)
    for at in np.flatnonzero(bad):
        row = done.row(int(at), named=True)
        hours = int(best[at]) - (HOURS if best[at] > HOURS // 2 else 0)
        yield ABOUT.fail(
            row["dataset"],
            row["region"],
            HOUR,
            days_of(row),
            f"the day of {row['total']} records is shifted by {hours:+d} hours",
            value=float(hours),
            bound=0.0,
            n=row["total"],
            bad=row["total"],
        )
