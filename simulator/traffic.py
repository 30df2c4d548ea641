"""Traffic of the simulated year: requests, errors and a latency histogram a day of each live platform."""

from __future__ import annotations

import numpy as np
import polars as pl

from simulator.clock import DAY, Floats
from simulator.country import Country
from simulator.probes import target
from simulator.transactions import demand, digital_share

LATENCY_LE = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Upper bounds of the buckets, in seconds; the last one is where the platforms cut off."""
SPREAD = 0.6
REQUESTS_A_CASE = 14.0
VISITS = 20.0
"""Requests of a day on which nobody applies."""
ERROR_SHARE = 0.006


def traffic(country: Country) -> pl.DataFrame:
    """Return one row a region and day from its adoption on, until it falls silent; instants in UTC."""
    rng = country.stream("traffic")
    share, pattern = digital_share(country), demand(country)[1]
    heard = country.days[None, :] * DAY < country.traits["as_of"].to_numpy()[:, None]
    place, day = np.nonzero((share > 0) & heard)
    cases = country.of_rows(place, "cases") * share[place, day] * pattern[day]
    requests = rng.poisson(VISITS + REQUESTS_A_CASE * cases)
    counts = rng.multinomial(requests, _buckets(country)[place])
    started = country.days[day] * DAY
    frame = pl.DataFrame(
        {
            "place": place,
            "started": started,
            "interval_seconds": np.full(len(place), float(DAY)),
            "requests": requests,
            "errors": rng.binomial(requests, ERROR_SHARE),
            "latency_counts": pl.Series(counts, dtype=pl.Array(pl.Int64, len(LATENCY_LE))).cast(
                pl.List(pl.Int64)
            ),
            "latency_sum_seconds": np.round(counts @ _middles(), 3),
            "observed_at": started + DAY,
        }
    )
    frame = country.with_utc(frame, "started", "observed_at")
    traits = country.traits.select("place", "region", "zone")
    frame = frame.join(traits, on="place", how="left", maintain_order="left")
    bounds = pl.concat_list([pl.lit(bound) for bound in LATENCY_LE])
    return frame.with_columns(target=target(pl.col("region")), latency_le=bounds)


def _buckets(country: Country) -> Floats:
    """Chance of each bucket for each region: lognormal around its true latency."""
    median = country.traits["latency_seconds"].to_numpy()[:, None]
    reach = _normal((np.log(LATENCY_LE) - np.log(median)) / SPREAD)
    reach[:, -1] = 1.0
    chances: Floats = np.diff(reach, axis=1, prepend=0.0)
    return chances


def _normal(values: Floats) -> Floats:
    """Distribution function of the normal, by the logistic approximation (error below 0.01)."""
    return 1.0 / (1.0 + np.exp(-1.702 * values))


def _middles() -> Floats:
    """Geometric middle of each bucket: what a request in it counts for in the sum."""
    bounds = np.array(LATENCY_LE)
    lower: Floats = np.concatenate([[bounds[0] / 4.0], bounds[:-1]])
    middles: Floats = np.sqrt(lower * bounds)
    return middles
