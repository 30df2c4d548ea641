"""The simulated country: the true parameters of every region, drawn by seed.

The names and codes are those of the registry that is passed in; nothing else about a simulated
region has to do with the real one. All parameters are drawn blindly, only the population
scales the volume.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from metrics.model import Region
from simulator.clock import DAY, Floats, Ints, OfficeClock, epoch_day, offsets

CASES = 630_000
"""Transactions of a year in which none of 514 regions is silent, at scale 1.0."""
REGIONS = 514
TYPICAL_POPULATION = 300_000
ADOPTION_EFFECT = 0.75
"""Factor on the working time of every case submitted from the day of adoption on."""
FIRST_ADOPTION = dt.date(2023, 6, 20)

SYSTEMS = ("mppdn", "mppi", "own")
SYSTEM_SHARES = (0.5, 0.15, 0.35)
PACES = {"fast": (0.06, 0.45), "slow": (0.06, 2.2)}
"""Pace of some regions: share of the regions, factor on the working time."""
TINY_SHARE, TINY_CASES = 0.03, 14.0
MUTE_SHARE, HUSHED_SHARE = 0.012, 0.02
"""Share of regions silent all year, and share silent from a day of the year on."""
FEWEST_FOR_SPECIALS = 12


@dataclass(frozen=True)
class Country:
    """Regions of a simulated year, in order of code, with their true parameters (``traits``)."""

    seed: int
    year: int
    scale: float
    regions: tuple[Region, ...]

    @classmethod
    def of(cls, regions: Sequence[Region], *, seed: int, year: int, scale: float) -> Country:
        """Country of these regions."""
        return cls(seed, year, scale, tuple(sorted(regions, key=lambda region: region.code)))

    def stream(self, name: str) -> np.random.Generator:
        """Stream of random numbers of its own for each purpose."""
        return np.random.default_rng([self.seed, self.year, zlib.crc32(name.encode())])

    @cached_property
    def clock(self) -> OfficeClock:
        """Office hours, the same everywhere on the local clock."""
        return OfficeClock.around(self.year)

    @cached_property
    def days(self) -> Ints:
        """Epoch days of the year."""
        first = epoch_day(dt.date(self.year, 1, 1))
        return np.arange(first, epoch_day(dt.date(self.year + 1, 1, 1)), dtype=np.int64)

    @cached_property
    def traits(self) -> pl.DataFrame:
        """True parameters: one row a region. ``docs/reference/simulator.md`` explains the columns."""
        rng = self.stream("traits")
        count = len(self.regions)
        frame = pl.DataFrame(
            {
                "region": [region.code for region in self.regions],
                "name": [region.name for region in self.regions],
                "kind": [region.kind for region in self.regions],
                "zone": [region.timezone for region in self.regions],
                "population": [region.population or TYPICAL_POPULATION for region in self.regions],
            }
        ).with_row_index("place")
        frame = frame.cast({"place": pl.Int64})
        frame = frame.with_columns(**self._adoption(rng, count))
        frame = frame.with_columns(pl.Series("system", self._systems(rng)))
        frame = frame.with_columns(**self._silence(rng, count))
        return frame.with_columns(
            platform=pl.when(pl.col("adopted").is_null())
            .then(pl.lit("none"))
            .otherwise(pl.col("system").replace({"mppdn": "MPPDN", "mppi": "MPPI"})),
            cases=self._cases(rng, frame),
            **_tempers(rng, count),
        )

    def of_rows(self, place: Ints, column: str) -> np.ndarray:
        """Trait (a number) of the regions at these places."""
        values: np.ndarray = self.traits[column].to_numpy()
        return values[place]

    def texts_of_rows(self, place: Ints, column: str) -> pl.Series:
        """Trait (a text) of the regions at these places."""
        return self.traits[column].gather(pl.Series(place))

    @cached_property
    def _offsets(self) -> Ints:
        """Seconds ahead of UTC: a row a region, a column a day of the clock's span."""
        by_zone = {zone: offsets(zone, self.clock.days) for zone in {r.timezone for r in self.regions}}
        return np.stack([by_zone[region.timezone] for region in self.regions])

    def with_utc(self, frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Frame whose named columns, local-naive seconds by ``place``, are UTC instants. Null stays null."""
        place = frame["place"].to_numpy()
        converted = []
        for column in columns:
            local = frame[column].fill_null(int(self.days[0]) * DAY).to_numpy()
            day = np.clip(local // DAY - self.clock.first, 0, len(self.clock.days) - 1)
            instants = pl.Series(column, (local - self._offsets[place, day]) * 1_000_000)
            instants = instants.cast(pl.Datetime("us", "UTC"))
            converted.append(instants.set(frame[column].is_null(), None))
        return frame.with_columns(converted)

    def _adoption(self, rng: np.random.Generator, count: int) -> dict[str, pl.Series]:
        """35 % adopted before the year, 30 % in its course, the rest not at all."""
        before, _within, never = range(3)
        group = _shares(rng, count, (0.35, 0.30))
        start, opening, end = (
            epoch_day(day)
            for day in (
                min(FIRST_ADOPTION, dt.date(self.year - 1, 1, 1)),
                dt.date(self.year, 1, 1),
                dt.date(self.year, 11, 1),
            )
        )
        day = np.where(
            group == before, rng.integers(start, opening, count), rng.integers(opening + 30, end, count)
        )
        adopted = pl.Series(day).cast(pl.Int32).cast(pl.Date)
        return {"adopted": adopted.set(pl.Series(group == never), None)}

    def _systems(self, rng: np.random.Generator) -> list[str]:
        """System of record of each region. One that names regions needs names that are unique."""
        cuts = _shares(rng, len(self.regions), SYSTEM_SHARES[:2])
        names = Counter((region.name, region.kind) for region in self.regions)
        return [
            "mppdn"
            if SYSTEMS[cut] == "own" and (names[region.name, region.kind] > 1 or not region.kind)
            else SYSTEMS[cut]
            for region, cut in zip(self.regions, cuts, strict=True)
        ]

    def _silence(self, rng: np.random.Generator, count: int) -> dict[str, pl.Series]:
        """``as_of``: local second at which the region falls silent, or the end of the year."""
        opening, end = int(self.days[0]), int(self.days[-1]) + 1
        mute, hushed, tiny, plain = range(4)
        special = count >= FEWEST_FOR_SPECIALS
        group = (
            _shares(rng, count, (MUTE_SHARE, HUSHED_SHARE, TINY_SHARE)) if special else np.full(count, plain)
        )
        day = np.full(count, end)
        day[group == mute] = opening
        day[group == hushed] = rng.integers(opening + 120, end - 60, (group == hushed).sum())
        silent = pl.Series(day).cast(pl.Int32).cast(pl.Date).set(pl.Series(day == end), None)
        return {"silent_from": silent, "as_of": pl.Series(day * DAY), "tiny": pl.Series(group == tiny)}

    def _cases(self, rng: np.random.Generator, frame: pl.DataFrame) -> pl.Series:
        """Cases expected in a year in which the region is never silent."""
        people = frame["population"].to_numpy().astype(np.float64)
        weight = people**0.8 * rng.lognormal(0.0, 0.25, len(people))
        expected = weight / weight.sum() * CASES * self.scale * len(people) / REGIONS
        return pl.Series(np.where(frame["tiny"].to_numpy(), np.minimum(expected, TINY_CASES), expected))


def _shares(rng: np.random.Generator, count: int, shares: tuple[float, ...]) -> Ints:
    """Group of each of ``count`` regions: exact shares in random order, the rest in the last group."""
    sizes = [max(1, round(count * share)) for share in shares]
    groups = np.full(count, len(shares), dtype=np.int64)
    groups[: sum(sizes)] = np.repeat(np.arange(len(sizes)), sizes)[:count]
    return rng.permutation(groups)


def _tempers(rng: np.random.Generator, count: int) -> dict[str, pl.Series]:
    """How fast, how sure, how well liked: what the product is to find out."""
    group = _shares(rng, count, tuple(share for share, _ in PACES.values()))
    paces = [*PACES, "ordinary"]
    factor = np.array([factor for _, factor in PACES.values()] + [1.0])
    columns: dict[str, Floats] = {
        "speed": factor[group] * rng.lognormal(0.0, 0.18, count),
        "spread": rng.uniform(0.55, 0.95, count),
        "digital_ceiling": rng.uniform(0.4, 0.85, count),
        "complaints_per_1000": np.clip(rng.lognormal(np.log(95), 0.35, count), 20, 300),
        "complaint_speed": rng.lognormal(0.0, 0.3, count),
        "satisfaction": np.clip(rng.normal(3.25, 0.22, count), 2.3, 3.8),
        "outages": rng.lognormal(np.log(9), 0.6, count),
        "outage_hours": rng.lognormal(np.log(3.0), 0.5, count),
        "latency_seconds": rng.lognormal(np.log(0.35), 0.4, count),
    }
    series = {name: pl.Series(np.round(values, 4)) for name, values in columns.items()}
    return {"pace": pl.Series([paces[index] for index in group]), **series}
