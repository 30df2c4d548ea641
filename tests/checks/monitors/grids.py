"""Made-up counts of one region for the monitors of volume: Poisson around a level on working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl

from checks.monitors.evidence import COUNTS, Evidence
from metrics.calendar import Calendar, calendars_of, epoch_day

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
REGION = "32.73"
CALENDARS: Mapping[str, Calendar] = calendars_of(["id-gov"])
DAYS = np.arange(epoch_day(FIRST), epoch_day(LAST) + 1, dtype=np.int64)
OPEN = CALENDARS["id-gov"].is_working(DAYS)


def evidence_of(counts: np.ndarray, dataset: str = "transactions", last: dt.date = LAST) -> Evidence:
    """Evidence of one region from a count for each day of 2025."""
    frame = pl.DataFrame(
        {
            "dataset": [dataset] * len(DAYS),
            "region": [REGION] * len(DAYS),
            "day": pl.Series(DAYS).cast(pl.Int32).cast(pl.Date),
            "n": pl.Series(counts.astype(np.int64)),
        }
    ).cast(COUNTS)
    regions = pl.DataFrame({"region": [REGION], "calendar": ["id-gov"], "zone": ["Asia/Jakarta"]})
    return Evidence(first=FIRST, last=last, regions=regions, calendars=CALENDARS, counts=frame)


def poisson(mean: float, seed: int) -> np.ndarray:
    """Counts around a mean on working days, none on others."""
    return np.where(OPEN, np.random.default_rng(seed).poisson(mean, len(DAYS)), 0)


def place(day: dt.date) -> int:
    """Place of a day in the year."""
    return epoch_day(day) - int(DAYS[0])
