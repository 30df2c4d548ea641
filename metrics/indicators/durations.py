"""How long cases take, of many groups at once, from merged histograms and open cases.

Two views of the same table. The closed one looks at ended cases only: quantiles linear between
order statistics, as ``Histogram.quantile_seconds``. The other counts the open cases too
(Kaplan-Meier), because leaving them out flatters a slow region: its long cases are the open
ones. Sources: Kaplan & Meier 1958; Greenwood 1926; Brookmeyer & Crowley 1982 with the log-log
transformation of Kalbfleisch & Prentice; Conover 1999 (order statistics).
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import numpy as np
import polars as pl

from metrics.histogram import RELATIVE_ERROR, ZERO, bucket_of, estimate_of
from metrics.indicators.intervals import Floats, Z, order_statistics, student
from metrics.indicators.panel import GROUP
from metrics.packing import Ints

Numbers = TypeVar("Numbers", Ints, Floats)

NEARLY = 1e-9
"""Rounding of a product of many factors: a curve this near to a share has reached it."""


def slot_of(seconds: Floats) -> Ints:
    """Last bucket whose estimate is not above each duration: a case open for so long is at risk there."""
    bucket = bucket_of(seconds)
    return np.where(estimate_of(bucket) <= seconds, bucket, np.maximum(bucket - 1, ZERO))


class Durations:
    """Ended and open cases of each group by bucket.

    ``table``: sorted rows of place, period, bucket, ended (in the bucket), left (open cases by
    ``slot_of``). ``groups``: one row a group, in the same order, with ended and left.
    """

    def __init__(self, table: pl.DataFrame) -> None:
        self.groups = table.group_by(GROUP, maintain_order=True).agg(
            pl.col("ended", "left").sum(), rows=pl.len().cast(pl.Int64)
        )
        self.ended: Ints = table["ended"].to_numpy()
        self.left: Ints = table["left"].to_numpy()
        self.seconds: Floats = estimate_of(table["bucket"].to_numpy())
        rows = self.groups["rows"].to_numpy()
        self.group = np.repeat(np.arange(len(rows)), rows)
        self.starts: Ints = np.cumsum(rows) - rows
        self.n: Ints = self.groups["ended"].to_numpy()

    # the closed view

    @cached_property
    def _cumulated(self) -> Ints:
        return np.cumsum(self.ended)

    def ordered(self, place: Ints) -> Floats:
        """Duration at the place (from 0) of the ordered ended cases of each group; NaN where none."""
        found: Floats = np.full(len(self.n), np.nan)
        known = (place >= 0) & (place < self.n)
        wanted = (np.cumsum(self.n) - self.n + place)[known]
        found[known] = self.seconds[np.searchsorted(self._cumulated, wanted, side="right")]
        return found

    def closed_quantile(self, q: float, unit_seconds: float) -> pl.DataFrame:
        """Measures of the quantile ``q`` of the ended cases, in units of so many seconds."""
        rank = q * (self.n - 1)
        below = np.floor(rank).astype(np.int64)
        value, above = self.ordered(below), self.ordered(np.ceil(rank).astype(np.int64))
        value += (above - value) * (rank - below)
        first, last = order_statistics(self.n, q)
        low = np.where(first > 0, self.ordered(first - 1), 0.0)
        return self._measures(value, low, self.ordered(last - 1), unit_seconds).filter(pl.col("n") > 0)

    def closed_mean(self, totals: pl.DataFrame, unit_seconds: float) -> pl.DataFrame:
        """Measures of the mean of the ended cases: exact from ``total_us``, bounds from the buckets."""
        joined = self.groups.select(GROUP).join(totals, on=list(GROUP), how="left", maintain_order="left")
        size = np.maximum(self.n, 1)
        mean = joined["total_us"].cast(pl.Float64).to_numpy() / 1e6 / size
        centre = self._sum(self.ended * self.seconds) / size
        variance = self._sum(self.ended * (self.seconds - centre[self.group]) ** 2) / np.maximum(size - 1, 1)
        low, high = student(mean, variance, self.n.astype(np.float64))
        measures = joined.select(GROUP).with_columns(
            n=pl.Series(self.n),
            value=pl.Series(mean / unit_seconds),
            low=pl.Series(np.maximum(low, 0) / unit_seconds),
            high=pl.Series(high / unit_seconds),
        )
        return measures.filter(pl.col("n") > 0)

    # the view with open cases

    @cached_property
    def survival(self) -> Floats:
        """Share of the cases that last longer than each row's bucket."""
        at_risk = self._at_risk
        factor = (at_risk - self.ended) / at_risk
        steps = pl.DataFrame({"group": self.group, "factor": factor})
        return steps.select(pl.col("factor").cum_prod().over("group")).to_series().to_numpy()

    @cached_property
    def _at_risk(self) -> Ints:
        gone = self.ended + self.left
        later: Ints = self._sum(gone)[self.group] - _within(gone, self.starts, self.group) + gone
        return later

    @cached_property
    def _bounds(self) -> tuple[Floats, Floats]:
        """Log-log 95 % bounds of the curve; at one and at zero they are unknown (NaN above, 0 below)."""
        remain = self._at_risk - self.ended
        term = np.where(remain > 0, self.ended / (self._at_risk * np.maximum(remain, 1)), 0.0)
        greenwood = _within(term, self.starts, self.group)
        inside = (self.survival > 0) & (self.survival < 1)
        curve = np.where(inside, self.survival, 0.5)
        spread = np.exp(Z * np.sqrt(np.maximum(greenwood, 0)) / np.abs(np.log(curve)))
        lower = np.where(inside, curve**spread, np.where(self.survival <= 0, 0.0, np.nan))
        return lower, np.where(inside, curve ** (1 / spread), np.nan)

    def quantile(self, q: float, unit_seconds: float) -> pl.DataFrame:
        """Measures of the time by which the share ``q`` of all cases has ended, and ``open`` of each group.

        ``value`` is NaN where the curve does not fall so far: that many are still open. ``low``
        may stand without it; ``high`` may be missing: the interval is then open above. Where the
        curve runs level at exactly the share, the value is the middle of that stretch, as for an
        even number of ended cases.
        """
        share = 1 - q
        ends = self.ended > 0
        reached = self._first(ends & (self.survival <= share + NEARLY))
        beyond = self._first(ends & (self.survival < share - NEARLY))
        level = np.zeros(len(reached), dtype=np.bool_)
        level[self.group[np.abs(self.survival - share) <= NEARLY]] = True
        value = np.where(level & ~np.isnan(beyond), (reached + beyond) / 2, reached)
        lower, upper = self._bounds
        low, high = (self._first(ends & (bound <= share + NEARLY)) for bound in (lower, upper))
        open_cases = self.groups["left"].to_numpy()
        measures = self._measures(value, low, high, unit_seconds, self.n + open_cases)
        return measures.with_columns(pl.Series("open", open_cases))

    def _first(self, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
        """Duration of the first row of each group that is wanted; NaN where none is."""
        if not len(wanted):
            return np.empty(0)
        row = np.minimum.reduceat(np.where(wanted, np.arange(len(wanted)), len(wanted)), self.starts)
        return np.append(self.seconds, np.nan)[row]

    def _sum(self, values: Numbers) -> Numbers:
        return np.add.reduceat(values, self.starts) if len(values) else values

    def _measures(
        self, value: Floats, low: Floats, high: Floats, unit_seconds: float, n: Ints | None = None
    ) -> pl.DataFrame:
        """Measures of quantiles; the bounds take in what a bucket does not tell (1 %)."""
        return self.groups.select(GROUP).with_columns(
            n=pl.Series(self.n if n is None else n),
            value=pl.Series(value / unit_seconds),
            low=pl.Series(low / (1 + RELATIVE_ERROR) / unit_seconds),
            high=pl.Series(high / (1 - RELATIVE_ERROR) / unit_seconds),
        )


def _within(values: Numbers, starts: Ints, group: Ints) -> Numbers:
    """Return running sums that begin anew in each group."""
    running = np.cumsum(values)
    if not len(values):
        return values
    return running - (running[starts] - values[starts])[group]
