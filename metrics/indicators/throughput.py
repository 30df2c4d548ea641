"""Throughput and backlog of transactions, and complaints per 1,000 of them.

A region's window runs from the first to the last local day with an event in its records (never
past its last observation): before and after it nothing is known, so nothing counts as zero.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import polars as pl

from metrics.indicators.cases import PLACE, Cases
from metrics.indicators.measures import Measured
from metrics.indicators.panel import GROUP, at_ends, month_rows
from metrics.indicators.unpacking import flatten
from metrics.packing import Ints
from metrics.statistics.intervals import poisson

FAR = 1 << 32
"""More than any epoch day: keeps the days of one region apart from those of the next."""
PER = 1_000


class Flow:
    """What came in and went out of each region, day by day, and the window it is known for."""

    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.panel = cases.panel

    @cached_property
    def finished_days(self) -> pl.DataFrame:
        """Finished cases of each region by local day, in order: key, place, day, count."""
        return self._days("finished_days")

    @cached_property
    def window(self) -> pl.DataFrame:
        """First and last local day of each region: place, first, last."""
        came, went = self._days("received_days"), self.finished_days
        as_of = self.cases.as_of
        seen = self.panel.local_day(as_of["place"].to_numpy(), as_of["as_of_us"].to_numpy())
        edges = (
            pl.concat([came, went]).group_by("place").agg(first=pl.col("day").min(), last=pl.col("day").max())
        )
        return (
            edges.join(as_of.select("place", seen=pl.Series(seen, dtype=pl.Int64)), on="place")
            .with_columns(last=pl.max_horizontal("first", pl.min_horizontal("last", "seen")))
            .select("place", "first", "last")
            .sort("place")
        )

    @cached_property
    def months(self) -> pl.DataFrame:
        """Months of each region's window: place, month, from, until (local days, both included)."""
        return month_rows(self.window)

    def working_days(self, place: Ints, first: Ints, last: Ints) -> Ints:
        """Working days of each region from a first to a last day, both included."""
        index = self.panel.workday_index
        return index(place, last) - index(place, first - 1)

    def finished_until(self, place: Ints, day: Ints) -> Ints:
        """Cases of each region finished up to and including a day."""
        days = self.finished_days
        keys = days["key"].to_numpy()
        running = np.concatenate([np.zeros(1, np.int64), np.cumsum(days["count"].to_numpy())])
        until = np.searchsorted(keys, place * FAR + day + FAR // 2, side="right")
        before = np.searchsorted(keys, place * FAR, side="left")
        total: Ints = running[until] - running[before]
        return total

    def _days(self, column: str) -> pl.DataFrame:
        long = flatten(self.cases.rows, column, ("day", "count"), ("place",))
        key = pl.col("place") * FAR + pl.col("day") + FAR // 2
        return (
            long.group_by(key.alias("key"))
            .agg(pl.col("place", "day").first(), pl.col("count").sum())
            .sort("key")
        )


def throughput(flow: Flow, window_days: int) -> list[Measured]:
    """Cases received and finished per working day, and the backlog in days of work."""
    cases = flow.cases
    months = flow.months
    place, first, last = (months[name].to_numpy() for name in ("place", "from", "until"))
    finished = flow.finished_until(place, last) - flow.finished_until(place, first - 1)
    received = cases.rows.group_by(PLACE).agg(pl.col("received").sum())
    cells = months.join(received, on=list(PLACE), how="left", maintain_order="left").with_columns(
        pl.col("received").fill_null(0),
        pl.Series("finished", finished, pl.Int64),
        pl.Series("n", flow.working_days(place, first, last), pl.Int64),
    )
    pooled = cases.panel.pooled(cells, ("received", "finished", "n"))
    empty = "no-working-day"
    return [
        Measured("received_per_working_day", _rate(pooled, "received", 1.0), cases.present, empty),
        Measured("finished_per_working_day", _rate(pooled, "finished", 1.0), cases.present, empty),
        Measured("backlog_days", _backlog(flow, window_days), cases.present, empty),
    ]


def complaint_rate(complaints: Flow, transactions: Flow) -> Measured:
    """Complaints per 1,000 transactions, over the months of regions in which both are reported."""
    both = complaints.months.join(transactions.months, on=list(PLACE), how="inner").select(PLACE)
    came = complaints.cases.rows.group_by(PLACE).agg(complaints=pl.col("received").sum())
    base = transactions.cases.rows.group_by(PLACE).agg(n=pl.col("received").sum())
    cells = (
        both.join(came, on=list(PLACE), how="left")
        .join(base, on=list(PLACE), how="left")
        .with_columns(pl.col("complaints", "n").fill_null(0))
    )
    rate = _rate(complaints.panel.pooled(cells, ("complaints", "n")), "complaints", PER)
    return Measured("complaints_per_1000", rate, complaints.cases.present, "no-transactions")


def _rate(sums: pl.DataFrame, count: str, per: float) -> pl.DataFrame:
    """Measures of a count per ``n``, times ``per``; groups whose ``n`` is zero are left out."""
    known = sums.filter(pl.col("n") > 0)
    n, seen = known["n"].to_numpy().astype(np.float64), known[count].to_numpy()
    low, high = poisson(seen)
    return known.select([*GROUP, "n"]).with_columns(
        pl.Series("value", seen / n * per), pl.Series("low", low / n * per), pl.Series("high", high / n * per)
    )


def _backlog(flow: Flow, window_days: int) -> pl.DataFrame:
    """Measures of the backlog at the end of each period, pooled as cases over cases per day."""
    regional = at_ends(_queue(flow, window_days))
    pooled = flow.panel.over_places(regional, (), ("open", "n", "pace"))
    finished, waiting = pooled["n"].to_numpy(), pooled["open"].to_numpy().astype(np.float64)
    low, high = poisson(finished)
    with np.errstate(divide="ignore", invalid="ignore"):
        days = np.where(finished > 0, waiting / pooled["pace"].to_numpy(), np.nan)
        bounds = days * finished / high, days * finished / low
    still = pl.col("n") == 0
    return pooled.select([*GROUP, "n"]).with_columns(
        pl.Series("value", days),
        pl.Series("low", bounds[0]),
        pl.Series("high", np.where(waiting > 0, bounds[1], days)),
        code=pl.when(still).then(pl.lit("nothing-finished")),
        detail=pl.when(still).then(pl.format("days={},open={}", pl.lit(window_days), pooled["open"])),
    )


def _queue(flow: Flow, window_days: int) -> pl.DataFrame:
    """Open cases of each region at the end of each month, and its pace before it.

    Columns: place, month, open, n (finished in the window), pace (finished per working day).
    Cases that ended without a date never stand in the queue: when they left it is not known.
    """
    months = flow.months
    place, until = months["place"].to_numpy(), months["until"].to_numpy()
    entered = flow.cases.rows.group_by(PLACE).agg(entered=pl.col("finished").sum() + pl.col("open").sum())
    cells = months.join(entered, on=list(PLACE), how="left", maintain_order="left").with_columns(
        entered=pl.col("entered").fill_null(0).cum_sum().over("place")
    )
    ended = flow.finished_until(place, until)
    start = flow.window["first"].to_numpy()[np.searchsorted(flow.window["place"].to_numpy(), place)]
    since = np.maximum(until - window_days, start - 1)
    finished = ended - flow.finished_until(place, since)
    days = np.maximum(flow.working_days(place, since + 1, until), 1)
    return cells.select(PLACE).with_columns(
        pl.Series("open", cells["entered"].to_numpy() - ended, pl.Int64),
        pl.Series("n", finished, pl.Int64),
        pl.Series("pace", finished / days, pl.Float64),
    )
