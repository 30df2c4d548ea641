"""Rollout of the simulated country: the steps of each region on the two tracks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from simulator.clock import DAY, epoch_day
from simulator.country import Country

PHYSICAL = ("commitment", "proposal", "preparation", "soft_launch", "inaugurated", "operating")
DIGITAL = ("commitment", "trial", "designated", "live")
AUTHORITY = "Simulasi"


def rollout_events(country: Country) -> pl.DataFrame:
    """Return the steps in order of region and date. The digital track ends on the day of adoption.

    Regions without the digital platform stop part of the way, and a few have not begun.
    """
    rng = country.stream("rollout")
    last = int(country.days[-1])
    rows = []
    for trait in country.traits.iter_rows(named=True):
        opening = int(rng.integers(epoch_day(dt.date(country.year - 5, 1, 1)), last - 60))
        steps = _back(rng, PHYSICAL, opening)[: int(rng.integers(2, 7))]
        rows += [(trait["region"], "physical", stage, day, "none") for stage, day in steps]
        adopted = trait["adopted"]
        if adopted is not None:
            steps = _back(rng, DIGITAL, epoch_day(adopted))
        else:
            steps = _back(rng, DIGITAL, last - 30)[: int(rng.integers(0, 3))]
        rows += [(trait["region"], "digital", stage, day, trait["platform"]) for stage, day in steps]
    frame = pl.DataFrame(
        rows, schema=["region", "track", "stage", "day", "platform"], orient="row"
    ).with_columns(
        occurred=pl.col("day").cast(pl.Int32).cast(pl.Date),
        authority=pl.lit(AUTHORITY),
        source=pl.lit(f"simulator, seed {country.seed}"),
        verified=pl.lit(value=False),
        note=pl.lit("data simulasi"),
        observed_at=pl.from_epoch(pl.col("day") * DAY, time_unit="s").dt.replace_time_zone("UTC"),
    )
    return frame.sort("region", "track", "day", maintain_order=True)


def _back(rng: np.random.Generator, stages: tuple[str, ...], final: int) -> list[tuple[str, int]]:
    """Days of the stages, so that the last one falls on the final day."""
    gaps = rng.integers(20, 120, len(stages) - 1)
    days = final - np.concatenate([np.cumsum(gaps[::-1])[::-1], [0]])
    return list(zip(stages, (int(day) for day in days), strict=True))
