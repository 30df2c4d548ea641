"""Services that every simulated region offers, with invented times and promises.

The names are of kinds that an MPP offers. Times, promises and shares are made up: they are no
region's service standard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from simulator.clock import DAY, HOUR, Floats, Ints, OfficeClock


@dataclass(frozen=True, slots=True)
class Service:
    """A service: share of the cases, median working hours, and what is promised from when on."""

    name: str
    share: float
    median_hours: float
    promise_value: float
    promise_unit: str
    promise_from: str


SERVICES = (
    Service("KTP elektronik", 0.20, 3.0, 1.0, "working_days", "file_complete"),
    Service("Kartu Keluarga", 0.17, 5.0, 1.0, "working_days", "file_complete"),
    Service("Kartu Identitas Anak", 0.09, 4.0, 1.5, "days", "file_complete"),
    Service("Akta Kelahiran", 0.13, 7.0, 2.0, "working_days", "file_complete"),
    Service("Surat Pengantar SKCK", 0.13, 0.6, 90.0, "minutes", "file_complete"),
    Service("Nomor Induk Berusaha", 0.10, 3.5, 36.0, "hours", "submitted"),
    Service("Izin Praktik Dokter", 0.06, 24.0, 6.0, "working_days", "submitted"),
    Service("Izin Reklame", 0.07, 16.0, 5.0, "working_days", "file_complete"),
    Service("Persetujuan Bangunan Gedung", 0.05, 110.0, 28.0, "working_days", "file_complete"),
)

SECONDS = {"minutes": 60, "hours": HOUR, "days": DAY}


def of_services(service: Ints, field: str) -> np.ndarray:
    """A number or short code of the services at these places of the table."""
    return np.array([getattr(entry, field) for entry in SERVICES])[service]


def texts_of_services(service: Ints, field: str) -> pl.Series:
    """A text of the services at these places of the table."""
    return pl.Series([getattr(entry, field) for entry in SERVICES]).gather(pl.Series(service))


def draw_service(rng: np.random.Generator, count: int) -> Ints:
    """Draw places in the table by the services' shares."""
    drawn: Ints = rng.choice(len(SERVICES), count, p=[service.share for service in SERVICES])
    return drawn


def draw_words(rng: np.random.Generator, shares: dict[str, float], count: int) -> pl.Series:
    """Draw words by their shares."""
    drawn = rng.choice(len(shares), count, p=list(shares.values()))
    return pl.Series(list(shares)).gather(pl.Series(drawn))


def due(service: Ints, submitted: Ints, file_complete: Ints, clock: OfficeClock) -> Ints:
    """Promised instant of each case, on the region's clock.

    Minutes, hours and days run on; of working days, the last one counts up to closing time and
    the day on which the promise starts to run does not count.
    """
    unit = of_services(service, "promise_unit")
    value: Floats = of_services(service, "promise_value")
    starts = np.where(of_services(service, "promise_from") == "submitted", submitted, file_complete)
    seconds = np.select([unit == name for name in SECONDS], list(SECONDS.values()), 0)
    running = starts + (value * seconds).astype(np.int64)
    last = clock.workday(clock.workday_index(starts // DAY) + np.where(seconds, 1, value).astype(np.int64))
    return np.where(seconds > 0, running, clock.closing(last))
