"""Transactions of the simulated year: who applied when, for what, and how it went."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.clock import DAY, EPOCH_WEEKDAY, WORKDAYS, Bools, Floats, Ints
from simulator.country import ADOPTION_EFFECT, Country
from simulator.services import draw_service, draw_words, due, of_services, texts_of_services

WEEKDAYS = (1.25, 1.1, 1.0, 0.95, 0.75, 0.45, 0.35)
"""Relative demand on Monday to Sunday; offices are closed on the last two."""
MONTHS = (1.08, 1.02, 0.85, 0.95, 1.0, 1.08, 1.18, 1.02, 1.0, 1.02, 0.98, 0.82)
HOLIDAY_DEMAND = 0.3
AFTER_CLOSURE = 1.3
"""Rush of the first open day after a day on which the office should have been open."""
GROWTH_DAYS = 180.0
"""Days in which the digital share comes to 63 % of the way to its ceiling."""
FIRST_SHARE = 0.2
"""Part of its ceiling that the digital share has on the first day."""
DIGITAL_HOURS = np.array([0] * 5 + [1, 2, 4, 7, 9, 9, 8, 6, 6, 6, 5, 4, 4, 5, 6, 6, 4, 2, 1], dtype=float)
OUTCOMES = {"completed": 0.93, "rejected": 0.05, "withdrawn": 0.02}
COMPLETE_AT_ONCE = 0.65
RESOLUTION = {"mppdn": 1, "mppi": 1, "own": 60}
"""Seconds to which a system keeps its instants."""


def transactions(country: Country) -> pl.DataFrame:
    """Return the cases in order of region and submission; instants in UTC.

    Besides the contract's columns: ``place`` of the region, ``zone``, ``system``, and what no
    system writes: ``worked_seconds`` and ``elapsed_seconds`` to the end, known or not yet.
    """
    rng = country.stream("transactions")
    place, day, digital = _arrivals(country, rng)
    service = draw_service(rng, len(place))
    systems = country.traits["system"].replace_strict(RESOLUTION, return_dtype=pl.Int64).to_numpy()
    unit = systems[place]
    submitted = _submission(country, rng, day, digital) // unit * unit
    order = np.lexsort((submitted, place))
    place, submitted, digital = place[order], submitted[order], digital[order]
    service, unit = service[order], unit[order]
    start = country.clock.worked(submitted).astype(np.float64)
    worked = _working_time(country, rng, place, service, submitted)
    wait = np.where(rng.random(len(place)) < COMPLETE_AT_ONCE, 0.0, rng.beta(2.0, 5.0, len(place)))
    complete = np.maximum(country.clock.at(start + worked * wait) // unit * unit, submitted)
    end = np.maximum(country.clock.at(start + worked) // unit * unit, complete)
    as_of: Ints = country.of_rows(place, "as_of")
    known, file_known = end < as_of, complete < as_of
    frame = pl.DataFrame(
        {
            "place": place,
            "submitted": submitted,
            "file_complete": pl.Series(complete).set(pl.Series(~file_known), None),
            "completed": pl.Series(end).set(pl.Series(~known), None),
            "status": _statuses(rng, known),
            "channel": _channels(digital),
            "service": texts_of_services(service, "name"),
            "promise_value": of_services(service, "promise_value"),
            "promise_unit": texts_of_services(service, "promise_unit"),
            "promise_from": texts_of_services(service, "promise_from"),
            "due": pl.Series(due(service, submitted, complete, country.clock)).set(
                _undue(service, file_known), None
            ),
            "observed_at": np.where(known, end, np.where(file_known, complete, submitted)),
            "worked_seconds": country.clock.worked(end) - country.clock.worked(submitted),
            "elapsed_seconds": end - submitted,
        }
    )
    return _finished(frame, country)


def _finished(frame: pl.DataFrame, country: Country) -> pl.DataFrame:
    traits = country.traits.select("place", "region", "name", "kind", "zone", "system")
    frame = country.with_utc(frame, "submitted", "file_complete", "completed", "due", "observed_at")
    return frame.join(traits, on="place", how="left", maintain_order="left")


def _undue(service: Ints, file_known: Bools) -> pl.Series:
    """Which cases have no due instant yet: the file that starts the clock is not complete."""
    return pl.Series(~file_known & (of_services(service, "promise_from") == "file_complete"))


def _channels(digital: Bools) -> pl.Series:
    return pl.Series(["counter", "digital"]).gather(pl.Series(digital.astype(np.int64)))


def demand(country: Country) -> tuple[Floats, Floats]:
    """Relative demand on each day of the year at the counters and on the digital channel."""
    clock, days = country.clock, country.days
    weekday = (days + EPOCH_WEEKDAY) % 7
    month = (days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)) % 12
    is_open = clock.open_days[days - clock.first]
    holiday = ~is_open & (weekday < WORKDAYS)
    rush = np.where(np.concatenate([[False], holiday[:-1]]), AFTER_CLOSURE, 1.0)
    wish = np.array(WEEKDAYS)[weekday] * np.array(MONTHS)[month]
    counter = np.where(is_open, wish * rush, 0.0)
    digital = wish * np.where(holiday, HOLIDAY_DEMAND, 1.0)
    return counter / counter.sum(), digital / digital.sum()


def digital_share(country: Country) -> Floats:
    """Expected digital share of each region on each day: 0 before adoption, then growing."""
    adopted = country.traits["adopted"].cast(pl.Int32).cast(pl.Float64).fill_null(np.inf).to_numpy()
    ceiling = country.traits["digital_ceiling"].to_numpy()
    since = country.days[None, :] - adopted[:, None]
    grown = 1.0 - np.exp(-np.maximum(since, 0.0) / GROWTH_DAYS)
    share: Floats = ceiling[:, None] * (FIRST_SHARE + (1.0 - FIRST_SHARE) * grown) * (since >= 0)
    return share


def _arrivals(country: Country, rng: np.random.Generator) -> tuple[Ints, Ints, Bools]:
    """Place, day and channel of every case: Poisson around the expected volume."""
    counter, digital = demand(country)
    share = digital_share(country)
    heard = country.days[None, :] * DAY < country.traits["as_of"].to_numpy()[:, None]
    cases = country.traits["cases"].to_numpy()[:, None] * heard
    expected = np.stack([cases * (1.0 - share) * counter, cases * share * digital], axis=-1)
    counts = rng.poisson(expected)
    place, day, channel = np.nonzero(counts)
    repeats = counts[place, day, channel]
    return (
        np.repeat(place, repeats).astype(np.int64),
        country.days[np.repeat(day, repeats)],
        np.repeat(channel, repeats) == 1,
    )


def _submission(country: Country, rng: np.random.Generator, day: Ints, digital: Bools) -> Ints:
    """Counters within opening hours, most in the morning; digital from five in the morning on."""
    clock, count = country.clock, len(day)
    opened = clock.worked(day * DAY)
    at_counter = clock.at(opened + rng.beta(1.3, 2.0, count) * (7.5 * 3600 - 60))
    hour = rng.choice(24, count, p=DIGITAL_HOURS / DIGITAL_HOURS.sum())
    online = day * DAY + hour * 3600 + rng.integers(0, 3600, count)
    return np.where(digital, online, at_counter)


def _working_time(
    country: Country, rng: np.random.Generator, place: Ints, service: Ints, submitted: Ints
) -> Floats:
    """Working seconds to the end: lognormal around the service's median times the region's speed."""
    adopted = country.traits["adopted"].cast(pl.Int32).cast(pl.Float64).fill_null(np.inf).to_numpy()
    effect = np.where(submitted >= adopted[place] * DAY, ADOPTION_EFFECT, 1.0)
    median = of_services(service, "median_hours") * 3600.0 * country.of_rows(place, "speed") * effect
    worked: Floats = median * np.exp(country.of_rows(place, "spread") * rng.standard_normal(len(place)))
    return worked


def _statuses(rng: np.random.Generator, known: Bools) -> pl.Series:
    return draw_words(rng, OUTCOMES, len(known)).set(pl.Series(~known), "open")
