"""Complaints of the simulated year: received, verified, answered, resolved."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.clock import DAY, Bools, Floats, Ints
from simulator.country import Country
from simulator.services import draw_service, draw_words, texts_of_services
from simulator.transactions import DIGITAL_HOURS, demand

CLASSES = {
    "information": (0.30, 2.0),
    "non_supervisory": (0.45, 7.0),
    "supervisory": (0.08, 30.0),
    "aspiration": (0.12, 8.0),
    "other": (0.05, 6.0),
}
"""Class of a complaint: share, and median working days to its end."""
WORKDAY = 7.5 * 3600.0
SPREAD = 0.6
CHANNELS = {"digital": 0.52, "phone": 0.17, "counter": 0.21, "email": 0.08, "post": 0.02}
CATEGORIES = {
    "Waktu penyelesaian": 0.3,
    "Persyaratan": 0.16,
    "Perilaku petugas": 0.12,
    "Biaya": 0.06,
    "Aplikasi": 0.22,
    "Sarana dan prasarana": 0.14,
}
ENDS = {"resolved": 0.86, "closed": 0.06, "unresolved": 0.03, "out_of_scope": 0.05}
WAITS = {"in_process": 0.8, "awaiting_reporter": 0.12, "awaiting_confirmation": 0.08}
REOPENED = 0.03
DEADLINES = {"information": 5, "non_supervisory": 14, "supervisory": 60, "aspiration": 14, "other": 14}
"""Working days that the systems of the regions' own promise. LAPOR's export gives no due instant."""


def complaints(country: Country, cases: pl.DataFrame) -> pl.DataFrame:
    """Return the complaints in order of region and receipt; instants in UTC.

    Their number follows each region's true rate per 1,000 of its ``cases``.
    """
    rng = country.stream("complaints")
    clock = country.clock
    place, received = _receipts(country, rng, cases)
    kind = rng.choice(len(CLASSES), len(place), p=[share for share, _ in CLASSES.values()])
    start = clock.worked(received).astype(np.float64)
    worked = _working_time(country, rng, place, kind)
    first, second = np.sort(rng.beta(1.2, 4.0, (2, len(place))), axis=0)
    verified, responded, end = (
        np.maximum(clock.at(start + worked * part), received) for part in (first, second, np.ones(len(place)))
    )
    as_of: Ints = country.of_rows(place, "as_of")
    promised = np.array([DEADLINES[name] for name in CLASSES])[kind]
    known = [instant < as_of for instant in (verified, responded, end)]
    frame = pl.DataFrame(
        {
            "place": place,
            "received": received,
            "verified": _known(verified, known[0]),
            "responded": _known(responded, known[1]),
            "resolved": _known(end, known[2]),
            "class": pl.Series(list(CLASSES)).gather(pl.Series(kind)),
            "status": _statuses(rng, known[0], known[2]),
            "channel": draw_words(rng, CHANNELS, len(place)),
            "category": draw_words(rng, CATEGORIES, len(place)),
            "service": texts_of_services(draw_service(rng, len(place)), "name"),
            "reopened": rng.random(len(place)) < REOPENED,
            "due": _due(country, received, promised),
            "observed_at": np.select(known[::-1], [end, responded, verified], received),
            "elapsed_seconds": end - received,
        }
    )
    frame = country.with_utc(frame, "received", "verified", "responded", "resolved", "due", "observed_at")
    traits = country.traits.select("place", "region", "name", "kind", "zone", "system")
    frame = frame.join(traits, on="place", how="left", maintain_order="left")
    return frame.with_columns(due=pl.when(pl.col("system") == "own").then("due"))


def _receipts(country: Country, rng: np.random.Generator, cases: pl.DataFrame) -> tuple[Ints, Ints]:
    """Place and local second of each complaint, in order: after demand, before the region is silent."""
    count = np.bincount(cases["place"].to_numpy(), minlength=len(country.regions))
    number = rng.poisson(country.traits["complaints_per_1000"].to_numpy() / 1000.0 * count)
    place = np.repeat(np.arange(len(number)), number).astype(np.int64)
    reach = np.cumsum(demand(country)[1])
    days = (country.of_rows(place, "as_of") // DAY - country.days[0]).astype(np.int64)
    day = np.searchsorted(reach, rng.random(len(place)) * reach[days - 1], side="right")
    day = np.minimum(day, days - 1)
    hour = rng.choice(24, len(place), p=DIGITAL_HOURS / DIGITAL_HOURS.sum())
    received = country.days[day] * DAY + hour * 3600 + rng.integers(0, 3600, len(place))
    return place, received[np.lexsort((received, place))]


def _working_time(country: Country, rng: np.random.Generator, place: Ints, kind: Ints) -> Floats:
    """Working seconds to the end: lognormal around the class's median times the region's speed."""
    median = np.array([days for _, days in CLASSES.values()])[kind] * WORKDAY
    worked: Floats = median * country.of_rows(place, "complaint_speed")
    return worked * np.exp(SPREAD * rng.standard_normal(len(place)))


def _known(instant: Ints, known: Bools) -> pl.Series:
    return pl.Series(instant).set(pl.Series(~known), None)


def _due(country: Country, received: Ints, promised: Ints) -> Ints:
    """Closing time of the last working day promised; the day of receipt does not count."""
    clock = country.clock
    return clock.closing(clock.workday(clock.workday_index(received // DAY) + promised))


def _statuses(rng: np.random.Generator, verified: Bools, ended: Bools) -> pl.Series:
    """Ended: one of the final words; verified: one of the waiting ones; else just received."""
    ends, waits = draw_words(rng, ENDS, len(ended)), draw_words(rng, WAITS, len(ended))
    return waits.set(pl.Series(~verified), "received").zip_with(pl.Series(~ended), ends)
