"""Faults that come by themselves: by a schedule in a file, or at random by seed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from simulator.live.days import Place
from simulator.live.faults import KINDS, FaultError

AFTER = "after_seconds"
HOUR = 3_600.0
MEDIAN_SECONDS = 45.0
LONGEST_SECONDS = 300.0
LONGEST_WAIT = 1.0
PROVINCE_CHANCE = 0.1
"""Chance that a random fault is one of a whole province."""

Order = dict[str, Any]
Inject = Callable[[Order], object]


def scheduled(path: Path) -> list[tuple[float, Order]]:
    """Orders of a schedule with the real seconds after the start at which they are given, in order.

    A YAML list; each entry is an order as ``POST /control/faults`` takes it, and ``after_seconds``.
    All in it is text, so that the code 11.10 stays one. Raises ``FaultError`` for what is none.
    """
    try:
        entries = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - makes texts only
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FaultError(f"{path}: it cannot be read: {error}. Correct it.") from error
    if not isinstance(entries, list):
        raise FaultError(f"{path}: it is no list. Begin each fault with '- {AFTER}:'.")
    orders = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or AFTER not in entry:
            raise FaultError(f"{path}: entry {number} has no {AFTER}. Add it.")
        try:
            after = float(entry[AFTER])
        except (TypeError, ValueError) as error:
            raise FaultError(f"{path}: {AFTER} of entry {number} is no number. Correct it.") from error
        orders.append((after, {key: value for key, value in entry.items() if key != AFTER}))
    return sorted(orders, key=lambda one: one[0])


def at_random(places: Mapping[str, Place], per_hour: float, seed: int) -> Iterator[tuple[float, Order]]:
    """Orders without end: so many in an hour of real time on average, the same ones for the same seed.

    What needs a page over TLS is left out, because most regions have none.
    """
    rng = np.random.default_rng([seed, len(places)])
    kinds = [kind for kind in KINDS if kind not in {"province_loss", "expired_certificate"}]
    codes, at = list(places), 0.0
    provinces = sorted({place.province for place in places.values()})
    while True:
        at += float(rng.exponential(HOUR / per_hour))
        lasts = min(LONGEST_SECONDS, float(MEDIAN_SECONDS * np.exp(0.6 * rng.standard_normal())))
        region, kind = codes[rng.integers(len(codes))], kinds[rng.integers(len(kinds))]
        order: Order = {"kind": kind, "region": region}
        if rng.random() < PROVINCE_CHANCE:
            order = {"kind": "province_loss", "province": provinces[rng.integers(len(provinces))]}
        yield at, {**order, "seconds": round(lasts, 1)}


async def give(
    orders: Sequence[tuple[float, Order]] | Iterator[tuple[float, Order]],
    inject: Inject,
    elapsed: Callable[[], float],
) -> None:
    """Give each order when its time has come. None is given while time stands still."""
    for at, order in orders:
        while (wait := at - elapsed()) > 0:  # noqa: ASYNC110 - a clock has no event to wait for
            await asyncio.sleep(min(wait, LONGEST_WAIT))
        inject(order)
