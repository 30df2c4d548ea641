"""Mergeable histograms of durations: fixed logarithmic buckets, relative error at most 1 %.

Bucket ``i >= 0`` holds the values in ``(FLOOR * GAMMA**(i-1), FLOOR * GAMMA**i]``; bucket
``ZERO`` holds zero (and what is under ``FLOOR``). Merging is adding counts, which is exact,
so a percentile of any set of regions and days is taken once, from the merged counts. Source:
Masson, Rim and Lee, "DDSketch", PVLDB 12(12), 2019.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.packing import Ints, pack, unpack

RELATIVE_ERROR = 0.01
GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
FLOOR_SECONDS = 1e-6
"""Durations are whole microseconds: nothing positive lies under the first bucket."""
ZERO = -1


def bucket_of(seconds: npt.NDArray[np.float64]) -> Ints:
    """Bucket of each duration in seconds, shape as given. Only finite durations from zero on are accepted."""
    if not np.all((seconds >= 0) & np.isfinite(seconds)):
        msg = "a duration is negative, endless or not a number: reject such rows before they are counted"
        raise ValueError(msg)
    scaled = np.maximum(seconds / FLOOR_SECONDS, 1.0)
    index = np.ceil(np.log(scaled) / math.log(GAMMA)).astype(np.int64)
    return np.where(seconds < FLOOR_SECONDS, ZERO, index)


def estimate_of(bucket: Ints) -> npt.NDArray[np.float64]:
    """Duration in seconds that stands for each bucket, within ``RELATIVE_ERROR`` of all in it."""
    centre = 2.0 * FLOOR_SECONDS * GAMMA ** bucket.astype(np.float64) / (GAMMA + 1)
    return np.where(bucket == ZERO, 0.0, centre)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts by bucket, in rising order of bucket, with the exact sum beside them."""

    buckets: Ints
    counts: Ints
    total_microseconds: int = 0

    @classmethod
    def of(cls, seconds: npt.ArrayLike) -> Histogram:
        """Histogram of durations in seconds."""
        values = np.asarray(seconds, dtype=np.float64)
        buckets, counts = np.unique(bucket_of(values), return_counts=True)
        return cls(buckets, counts.astype(np.int64), int(np.rint(values * 1e6).astype(np.int64).sum()))

    @classmethod
    def unpack(cls, data: bytes | None, total_microseconds: int = 0) -> Histogram:
        """Histogram from the bytes of ``pack`` and the exact sum kept beside them."""
        buckets, counts = unpack(data, 2)
        return cls(buckets, counts, total_microseconds)

    @classmethod
    def merge(cls, parts: Iterable[Histogram]) -> Histogram:
        """Sum of histograms: exact, associative, commutative; of none, the empty one."""
        listed = list(parts)
        if not listed:
            return cls(np.empty(0, np.int64), np.empty(0, np.int64))
        buckets, where = np.unique(np.concatenate([p.buckets for p in listed]), return_inverse=True)
        counts = np.zeros(len(buckets), np.int64)
        np.add.at(counts, where, np.concatenate([p.counts for p in listed]))
        return cls(buckets, counts, sum(p.total_microseconds for p in listed))

    def pack(self) -> bytes:
        """Bytes of the counts (not of the sum)."""
        return pack(self.buckets, self.counts)

    @property
    def n(self) -> int:
        """How many durations are in it."""
        return int(self.counts.sum())

    @property
    def mean_seconds(self) -> float | None:
        """Exact mean, ``None`` of nothing."""
        return self.total_microseconds / self.n / 1e6 if self.n else None

    def quantile_seconds(self, q: float) -> float | None:
        """Quantile ``q`` in 0..1 (linear between order statistics), ``None`` of nothing.

        Each order statistic is within ``RELATIVE_ERROR``, so the quantile is too.
        """
        if not self.n:
            return None
        rank = q * (self.n - 1)
        cumulative = np.cumsum(self.counts)
        below, above = np.searchsorted(cumulative, [math.floor(rank), math.ceil(rank)], side="right")
        low, high = estimate_of(self.buckets[[below, above]])
        return float(low + (high - low) * (rank - math.floor(rank)))
