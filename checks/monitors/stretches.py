"""Runs of days: consecutive columns in which something is so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from metrics.calendar import EPOCH
from metrics.observation import Days


def stretches(broken: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Row, first and last column of each run of true columns."""
    padded = np.pad(broken.astype(np.int8), ((0, 0), (1, 1)))
    edges = np.diff(padded, axis=1)
    rows, firsts = np.nonzero(edges == 1)
    lasts = np.nonzero(edges == -1)[1] - 1
    for row, first, last in zip(rows, firsts, lasts, strict=True):
        yield int(row), int(first), int(last)


def date_of(day: int) -> dt.date:
    """Date of an epoch day."""
    return EPOCH + dt.timedelta(days=int(day))


def dates(days: np.ndarray) -> Days:
    """First and last of these epoch days, as dates."""
    return date_of(int(days.min())), date_of(int(days.max()))
