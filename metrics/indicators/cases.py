"""Cases (transactions or complaints) out of their roll-up rows, and how long they take.

Open cases are counted up to the last observation of their own region, so that pooled figures
never judge a case by the calendar of another region.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from metrics.indicators.durations import Durations, slot_of
from metrics.indicators.measures import Measured
from metrics.indicators.panel import GROUP, Panel
from metrics.indicators.unpacking import flatten
from metrics.statistics.figures import Floats
from metrics.statistics.intervals import wilson

DAY_SECONDS = 86_400.0
HOUR_SECONDS = 3_600.0
PLACE = ("place", "month")


@dataclass(frozen=True)
class Cases:
    """Roll-up rows of one record set of cases, placed in a panel."""

    dataset: str
    rows: pl.DataFrame
    panel: Panel

    @classmethod
    def of(cls, rollup: pl.DataFrame, dataset: str, panel: Panel) -> Cases:
        """Cases of a record set out of the rows of ``case_rollup``."""
        return cls(dataset, panel.placed(rollup.filter(pl.col("dataset") == dataset)), panel)

    @cached_property
    def as_of(self) -> pl.DataFrame:
        """Last observation of each region: place, as_of_us."""
        return self.rows.group_by("place").agg(as_of_us=pl.col("last_observed_us").max())

    @cached_property
    def present(self) -> pl.DataFrame:
        """Groups that have any record."""
        return self.sums("received").select(GROUP)

    def sums(self, *names: str) -> pl.DataFrame:
        """Sums of columns by group."""
        return self.panel.pooled(self.rows.select([*PLACE, *names]), names)

    def totals(self) -> pl.DataFrame:
        """Exact sums of the ended cases' durations by group: total_us."""
        return self.sums("elapsed_total_us").rename({"elapsed_total_us": "total_us"})

    def durations(self, *, working: bool = False) -> Durations:
        """Durations of ended and open cases by group, in calendar or in working time."""
        column = "working" if working else "elapsed"
        ended = flatten(self.rows, column, ("bucket", "ended"), PLACE).with_columns(left=pl.lit(0, pl.Int64))
        open_cases = self.open.select(PLACE).with_columns(
            bucket=pl.Series(slot_of(self._waited_seconds(working=working)), dtype=pl.Int64),
            ended=pl.lit(0, pl.Int64),
            left=pl.lit(1, pl.Int64),
        )
        together = pl.concat([ended, open_cases])
        return Durations(self.panel.pooled(together, ("ended", "left"), by=("bucket",)))

    @cached_property
    def open(self) -> pl.DataFrame:
        """Open cases, one a row: place, month, start and due (-1: none) in µs UTC, as_of_us."""
        long = flatten(self.rows, "open_cases", ("start_us", "due_us"), PLACE)
        return long.join(self.as_of, on="place", how="left", maintain_order="left")

    def _waited_seconds(self, *, working: bool) -> Floats:
        """How long each open case has waited."""
        place, start = self.open["place"].to_numpy(), self.open["start_us"].to_numpy()
        until = self.open["as_of_us"].to_numpy()
        if working:
            start = self.panel.working_us_before(place, self.panel.local_us(place, start))
            until = self.panel.working_us_before(place, self.panel.local_us(place, until))
        waited: Floats = np.maximum(until - start, 0) / 1e6
        return waited

    def on_time(self) -> pl.DataFrame:
        """Measures of the share finished by the due instant; open and overdue counts as late."""
        overdue = self.open.filter((pl.col("due_us") >= 0) & (pl.col("due_us") < pl.col("as_of_us")))
        late = overdue.select(*PLACE, on_time=pl.lit(0, pl.Int64), n=pl.lit(1, pl.Int64))
        ended = self.rows.select(*PLACE, on_time="on_time", n=pl.col("on_time") + pl.col("late"))
        return proportion(self.panel.pooled(pl.concat([ended, late]), ("on_time", "n")), "on_time")


def proportion(sums: pl.DataFrame, part: str) -> pl.DataFrame:
    """Measures of ``part`` out of ``n``, with Wilson's interval; groups without any are left out."""
    known = sums.filter(pl.col("n") > 0)
    n = known["n"].to_numpy().astype(np.float64)
    ratio = known[part].to_numpy() / n
    low, high = wilson(ratio, n)
    return known.select([*GROUP, "n"]).with_columns(
        pl.Series("value", ratio), pl.Series("low", low), pl.Series("high", high)
    )


def survival(durations: Durations, q: float, unit_seconds: float) -> pl.DataFrame:
    """Measures of a quantile with open cases counted; where it is not reached, the reason."""
    code = "half-open" if q == 0.5 else "tenth-open"  # noqa: PLR2004 - the median
    missing = pl.col("value").is_nan()
    return durations.quantile(q, unit_seconds).with_columns(
        code=pl.when(missing).then(pl.lit(code)),
        detail=pl.when(missing).then(pl.format("open={},n={}", "open", "n")),
    )


def completion(cases: Cases) -> list[Measured]:
    """Time to completion, promises kept and channels of transactions."""
    elapsed = cases.durations()
    found = {
        "completion_days_median": survival(elapsed, 0.5, DAY_SECONDS),
        "completion_days_p90": survival(elapsed, 0.9, DAY_SECONDS),
        "completion_working_hours_median": survival(cases.durations(working=True), 0.5, HOUR_SECONDS),
        "completion_days_median_closed": elapsed.closed_quantile(0.5, DAY_SECONDS),
        "completion_days_mean_closed": elapsed.closed_mean(cases.totals(), DAY_SECONDS),
        "completion_days_p90_closed": elapsed.closed_quantile(0.9, DAY_SECONDS),
    }
    return [
        *(Measured(name, frame, cases.present, "none-finished") for name, frame in found.items()),
        Measured("on_time_ratio", cases.on_time(), cases.present, "no-due"),
        Measured("digital_share", _digital(cases), cases.present, "no-channel"),
    ]


def resolution(cases: Cases) -> list[Measured]:
    """Time to resolution and deadlines kept, of complaints."""
    elapsed = cases.durations()
    found = {
        "complaint_resolution_days_median": survival(elapsed, 0.5, DAY_SECONDS),
        "complaint_resolution_days_median_closed": elapsed.closed_quantile(0.5, DAY_SECONDS),
        "complaint_resolution_days_mean_closed": elapsed.closed_mean(cases.totals(), DAY_SECONDS),
    }
    return [
        *(Measured(name, frame, cases.present, "none-finished") for name, frame in found.items()),
        Measured("complaint_on_time_ratio", cases.on_time(), cases.present, "no-due"),
    ]


def _digital(cases: Cases) -> pl.DataFrame:
    known = cases.rows.filter(pl.col("channel").fill_null("") != "").select(
        *PLACE,
        n="received",
        digital=pl.when(pl.col("channel") == "digital").then(pl.col("received")).otherwise(0),
    )
    return proportion(cases.panel.pooled(known, ("n", "digital")), "digital")
