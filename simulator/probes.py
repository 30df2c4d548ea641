"""Probes of the simulated year: one a day and one at each change of state, as uptime monitors log."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.clock import DAY, HOUR, Bools, Ints
from simulator.country import Country
from simulator.services import draw_words

VALID_SECONDS = 90_000.0
"""How long a result stands at most: a day and an hour."""
OUTAGE_SPREAD = 1.0
REASONS = {"timeout": 0.4, "status": 0.3, "refused": 0.14, "dns": 0.08, "tls": 0.08}
PHASES = {
    "dns_seconds": 0.06,
    "connect_seconds": 0.12,
    "tls_seconds": 0.17,
    "first_byte_seconds": 0.5,
    "transfer_seconds": 0.15,
}
"""Phase of a request: its share of the time."""
TIMEOUT_SECONDS = 10.0
UNAVAILABLE, OK = 503, 200


def target(region: pl.Expr) -> pl.Expr:
    """Address of a region's simulated site; the domain is reserved and leads nowhere."""
    return pl.format("https://{}.simulasi.example/", region.str.replace(".", "-", literal=True))


def probes(country: Country) -> pl.DataFrame:
    """Return the results in order of region and time; instants in UTC."""
    rng = country.stream("probes")
    outage_place, began, ended = outages(country, rng)
    place, checked = _rounds(country, rng)
    up = ~_within(place, checked, outage_place, began, ended)
    change = np.concatenate([began, ended])
    states = np.repeat([False, True], len(began))
    place = np.concatenate([place, outage_place, outage_place])
    checked, up = np.concatenate([checked, change]), np.concatenate([up, states])
    inside = checked < country.of_rows(place, "as_of")
    order = np.lexsort((checked, place))
    order = order[inside[order]]
    place, checked, up = place[order], checked[order], up[order]
    frame = pl.DataFrame(
        {
            "place": place,
            "checked": checked,
            "up": up,
            "observed_at": checked,
            **_results(country, rng, place, up),
        }
    )
    frame = country.with_utc(frame, "checked", "observed_at")
    traits = country.traits.select("place", "region", "zone")
    frame = frame.join(traits, on="place", how="left", maintain_order="left")
    return frame.with_columns(target=target(pl.col("region")), valid_seconds=VALID_SECONDS)


def outages(country: Country, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Place, first and last local second of each outage, in order, none touching the next."""
    number = rng.poisson(country.traits["outages"].to_numpy())
    place = np.repeat(np.arange(len(number)), number).astype(np.int64)
    first, last = country.days[0] * DAY + DAY, (country.days[-1] - 5) * DAY
    began = rng.integers(first, last, len(place))
    hours = country.of_rows(place, "outage_hours") * np.exp(OUTAGE_SPREAD * rng.standard_normal(len(place)))
    ended = began + np.clip(hours * HOUR, 60, 4 * DAY).astype(np.int64)
    order = np.lexsort((began, place))
    place, began, ended = place[order], began[order], ended[order]
    latest = np.maximum.accumulate(ended + place * 10 * DAY * 366) - place * 10 * DAY * 366
    clear = np.ones(len(place), dtype=bool)
    clear[1:] = (place[1:] != place[:-1]) | (began[1:] > latest[:-1] + 60)
    return place[clear], began[clear], ended[clear]


def _rounds(country: Country, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Place and local second of the daily probes: each region at its own time of day."""
    moment = rng.integers(0, DAY, len(country.regions))
    days = country.days
    place = np.repeat(np.arange(len(moment)), len(days)).astype(np.int64)
    return place, np.tile(days, len(moment)) * DAY + moment[place]


def _within(place: Ints, checked: Ints, at: Ints, began: Ints, ended: Ints) -> Bools:
    """Whether each instant lies in an outage of its region."""
    span = 10 * DAY * 366 * 100
    index = np.searchsorted(at * span + began, place * span + checked, side="right") - 1
    safe = np.maximum(index, 0)
    inside: Bools = (index >= 0) & (at[safe] == place) & (checked < ended[safe])
    return inside


def _results(country: Country, rng: np.random.Generator, place: Ints, up: Bools) -> dict[str, object]:
    """Reason, status code and seconds of each phase. A failed request has only a total."""
    count = len(place)
    reason = draw_words(rng, REASONS, count).set(pl.Series(up), "none")
    code = np.where(up, OK, UNAVAILABLE)
    median = country.of_rows(place, "latency_seconds")
    phases = {
        name: np.round(median * share * np.exp(0.5 * rng.standard_normal(count)), 3)
        for name, share in PHASES.items()
    }
    total = np.round(np.sum(list(phases.values()), axis=0), 3)
    return {
        "reason": reason,
        "status_code": pl.Series(code).set(pl.Series(~up) & (reason != "status"), None),
        **{name: pl.Series(values).set(pl.Series(~up), None) for name, values in phases.items()},
        "total_seconds": pl.Series(total).set(reason == "timeout", TIMEOUT_SECONDS),
    }
