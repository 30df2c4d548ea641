"""How long cases take, of many groups at once, from merged histograms and open cases.

Two views of the same table. The closed one looks at ended cases only: quantiles linear between
order statistics, as ``Histogram.quantile_seconds``. The other counts the open cases too
(Kaplan-Meier), because leaving them out flatters a slow region: its long cases are the open
ones. Sources: ``metrics.statistics.survival``; Conover 1999 (order statistics).
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import numpy as np
import polars as pl

from metrics.histogram import RELATIVE_ERROR, ZERO, bucket_of, estimate_of
from metrics.indicators.panel import GROUP
from metrics.packing import Ints
from metrics.statistics.figures import Floats
from metrics.statistics.intervals import order_statistics, student
from metrics.statistics.survival import Curves

Numbers = TypeVar("Numbers", Ints, Floats)


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
    def curves(self) -> Curves:
        """Product-limit curves of the groups."""
        return Curves(self.seconds, self.ended, self.left, self.starts)

    def quantile(self, q: float, unit_seconds: float) -> pl.DataFrame:
        """Measures of the time by which the share ``q`` of all cases has ended, and ``open`` of each group.

        ``value`` is NaN where the curve does not fall so far: that many are still open. ``low``
        may stand without it; ``high`` may be missing: the interval is then open above. Where the
        curve runs level at exactly the share, the value is the middle of that stretch, as for an
        even number of ended cases.
        """
        found = self.curves.quantile(q)
        open_cases = self.groups["left"].to_numpy()
        measures = self._measures(found.value, found.low, found.high, unit_seconds, self.n + open_cases)
        return measures.with_columns(pl.Series("open", open_cases))

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
