"""Ranks: 1 is the best, equal values share the better place."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.figures import BadFigures, Floats, Ints

Direction = Literal["up", "down"]
"""Which way is better: a higher value ("up") or a lower one ("down")."""


def upwards(values: npt.ArrayLike, direction: Direction) -> Floats:
    """Values turned so that more is better."""
    if direction not in {"up", "down"}:
        raise BadFigures(f"direction: {direction!r} is unknown. Write 'up' or 'down'.")
    array = np.asarray(values, dtype=np.float64)
    return array if direction == "up" else -array


def places(values: npt.ArrayLike, direction: Direction = "up") -> Ints:
    """Rank of each value along the last axis: one more than the number of strictly better ones.

    Missing values (NaN) have no place: 0.
    """
    turned = -upwards(values, direction)
    order = np.argsort(turned, axis=-1, kind="stable")
    ordered = np.take_along_axis(turned, order, -1)
    place = np.broadcast_to(np.arange(1, turned.shape[-1] + 1), turned.shape)
    begins = np.ones(turned.shape, dtype=np.bool_)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    shared = np.maximum.accumulate(np.where(begins, place, 0), axis=-1)
    found = np.empty(turned.shape, dtype=np.int64)
    np.put_along_axis(found, order, np.where(np.isnan(ordered), 0, shared), -1)
    return found
