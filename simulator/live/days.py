"""One day's new records of one region: drawn anew from the seed whenever they are asked for.

Nothing is stored, so a record looks the same however often and in whatever order days are drawn.
Instants are seconds since 1970 in UTC. A live country is busier and quicker than a real one: at
volume 1.0 every region has an application in every minute, and what takes days takes hours, so that
somebody who watches sees cases end.
"""

from __future__ import annotations

import zlib
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from simulator.clock import Floats, Ints
from simulator.complaints import CATEGORIES, CHANNELS, CLASSES, ENDS, REOPENED, WAITS
from simulator.country import Country
from simulator.live.timeline import DAY
from simulator.services import SERVICES, draw_service
from simulator.surveys import ANSWERING, ELEMENTS
from simulator.transactions import COMPLETE_AT_ONCE, DIGITAL_HOURS, OUTCOMES

Codes = npt.NDArray[np.int8]

NEVER = -1
LIFE_DAYS = 3
"""Whatever has not happened so many days after the day on which a record began never happens."""
MINUTES = 1_440
BUSY_SHARE = 0.25
"""Applications beyond one in each minute in a region of ordinary size; most of them by day."""
HEAVIEST = 4.0
QUICKER = 12.0
"""How many times quicker than ``simulator.services`` and ``simulator.complaints`` say a live case goes."""
MARKS = tuple(ELEMENTS)
LEFT_OUT = 0.015


@dataclass(frozen=True, slots=True)
class Place:
    """A region as its days are drawn. ``weight``: its size, 1.0 for the ordinary one."""

    code: str
    name: str
    kind: str
    province: str
    zone: str
    system: str
    weight: float
    speed: float
    spread: float
    digital_share: float
    complaints_per_1000: float
    complaint_speed: float
    satisfaction: float
    latency_seconds: float


@dataclass(frozen=True, slots=True)
class Births:
    """Records that began on a day, in order.

    ``steps``: instants (or ``NEVER``), a column a step, the first one the beginning. ``codes``: what
    was drawn besides, a column for each, as the functions that draw a day list them.
    """

    steps: Ints
    codes: Codes


def places(country: Country) -> dict[str, Place]:
    """Each region with its true parameters, by code."""
    mean = float(country.traits["cases"].to_numpy().mean())
    provinces = {region.code: region.province.code for region in country.regions}
    return {
        trait["region"]: Place(
            code=trait["region"],
            name=trait["name"],
            kind=trait["kind"],
            province=provinces[trait["region"]],
            zone=trait["zone"],
            system=trait["system"],
            weight=min(HEAVIEST, trait["cases"] / mean),
            speed=trait["speed"],
            spread=trait["spread"],
            digital_share=trait["digital_ceiling"],
            complaints_per_1000=trait["complaints_per_1000"],
            complaint_speed=trait["complaint_speed"],
            satisfaction=trait["satisfaction"],
            latency_seconds=trait["latency_seconds"],
        )
        for trait in country.traits.iter_rows(named=True)
    }


def stream(seed: int, purpose: str, place: Place, number: int) -> np.random.Generator:
    """Stream of random numbers of its own for each purpose, region and day (or hour)."""
    return np.random.default_rng(
        [seed, zlib.crc32(purpose.encode()), zlib.crc32(place.code.encode()), number]
    )


def transactions(place: Place, day: int, volume: float, rng: np.random.Generator) -> Births:
    """Applications: submitted, file complete, completed; codes service, channel, outcome."""
    submitted = _arrivals(place, day, volume, rng)
    count = len(submitted)
    service = draw_service(rng, count)
    median = np.array([entry.median_hours for entry in SERVICES])[service] * 3600.0 / QUICKER
    worked = median * place.speed * np.exp(place.spread * rng.standard_normal(count))
    wait = np.where(rng.random(count) < COMPLETE_AT_ONCE, 0.0, rng.beta(2.0, 5.0, count))
    steps = _within_life(day, submitted, submitted + worked * wait, submitted + worked)
    channel = rng.random(count) < place.digital_share
    outcome = _drawn(rng, OUTCOMES, count)
    return Births(steps, np.stack([service, channel, outcome], axis=1).astype(np.int8))


def complaints(place: Place, day: int, volume: float, rng: np.random.Generator) -> Births:
    """Complaints: received, verified, responded, resolved.

    Codes class, channel, category, service, reopened, and the status at its end and while it waits.
    """
    expected = place.complaints_per_1000 / 1000.0 * MINUTES * volume * (1.0 + BUSY_SHARE * place.weight)
    received = _scattered(day, rng.poisson(expected), rng)
    count = len(received)
    kind = _drawn(rng, {name: share for name, (share, _) in CLASSES.items()}, count)
    median = np.array([days for _, days in CLASSES.values()])[kind] * DAY / 3.0 / QUICKER
    worked = median * place.complaint_speed * np.exp(0.6 * rng.standard_normal(count))
    first, second = np.sort(rng.beta(1.2, 4.0, (2, count)), axis=0)
    steps = _within_life(day, received, *(received + worked * part for part in (first, second, 1.0)))
    codes = [
        kind,
        _drawn(rng, CHANNELS, count),
        _drawn(rng, CATEGORIES, count),
        draw_service(rng, count),
        rng.random(count) < REOPENED,
        _drawn(rng, ENDS, count),
        _drawn(rng, WAITS, count),
    ]
    return Births(steps, np.stack(codes, axis=1).astype(np.int8))


def surveys(place: Place, day: int, volume: float, rng: np.random.Generator) -> Births:
    """Survey answers: answered; codes service, channel and nine marks, 0 for one that is left out."""
    expected = ANSWERING * MINUTES * volume * (1.0 + BUSY_SHARE * place.weight)
    answered = _scattered(day, rng.poisson(expected), rng)
    count = len(answered)
    mean = place.satisfaction + np.array(list(ELEMENTS.values()))
    felt = mean + rng.normal(0.0, 0.35, (count, 1)) + rng.normal(0.0, 0.5, (count, len(MARKS)))
    marks = np.clip(np.rint(felt), 1, 4) * (rng.random(felt.shape) >= LEFT_OUT)
    marks[:, 0] = np.maximum(marks[:, 0], 1)
    channel = rng.random(count) < place.digital_share
    codes = np.column_stack([draw_service(rng, count), channel, marks]).astype(np.int8)
    return Births(answered[:, None], codes)


Draw = Callable[[Place, int, float, np.random.Generator], Births]
DRAWS: dict[str, Draw] = {"transactions": transactions, "complaints": complaints, "surveys": surveys}
"""How a day of each record set that has records with versions is drawn."""


def _arrivals(place: Place, day: int, volume: float, rng: np.random.Generator) -> Ints:
    """One in each stretch of the day, of equal length, and more by day in a large region."""
    base = max(1, round(MINUTES * volume))
    steady = (np.arange(base) + rng.random(base)) * (DAY / base)
    extra = rng.poisson(base * BUSY_SHARE * place.weight)
    hour = rng.choice(24, extra, p=DIGITAL_HOURS / DIGITAL_HOURS.sum()) - _hours_ahead(place, day)
    by_day = (hour * 3600 + rng.integers(0, 3600, extra)) % DAY
    return day * DAY + np.sort(np.concatenate([steady, by_day])).astype(np.int64)


def _hours_ahead(place: Place, day: int) -> int:
    """Whole hours that the region's clock is ahead of UTC."""
    offset = datetime.fromtimestamp(day * DAY, UTC).astimezone(zoneinfo.ZoneInfo(place.zone)).utcoffset()
    return round(offset.total_seconds() / 3600) if offset else 0


def _scattered(day: int, count: int, rng: np.random.Generator) -> Ints:
    return day * DAY + np.sort(rng.integers(0, DAY, count))


def _within_life(day: int, begin: Ints, *later: Floats | Ints) -> Ints:
    """Steps in order, each at least as late as the one before; what would be too late never happens."""
    steps = np.maximum.accumulate(
        np.stack([begin, *(step.astype(np.int64) for step in later)], axis=1), axis=1
    )
    return np.where(steps < (day + 1 + LIFE_DAYS) * DAY, steps, NEVER)


def _drawn(rng: np.random.Generator, shares: dict[str, float], count: int) -> Ints:
    """Places in a table by the table's shares."""
    drawn: Ints = rng.choice(len(shares), count, p=list(shares.values()))
    return drawn
