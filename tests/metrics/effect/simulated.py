"""Panels with a known effect. Simulated: they say something about the method, nothing about a region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

NEVER = 1 << 20
SCHEMA = {"region": pl.String, "period": pl.String, "value": pl.Float64, "n": pl.Int64}


@dataclass(frozen=True)
class World:
    """How panels are drawn. ``share``: chance of each start (place of its month; ``NEVER``).

    The effect of a start in month g is ``first + late * g + growth * months since``, and differs from
    region to region by ``between``. ``missing``: chance that a region-month has no value. ``shared``:
    spread of what the regions of a province have in common; with ``provinces`` all regions of a
    province start together. ``drift``: change a month before the start that has nothing to do with it.
    """

    regions: int
    months: int
    share: Mapping[int, float]
    first: float = 0.3
    late: float = 0.05
    growth: float = 0.15
    between: float = 0.3
    missing: float = 0.0
    provinces: int = 0
    shared: float = 0.0
    drift: float = 0.0

    def of(self, start: int, since: int) -> float:
        """True effect so many months after a start."""
        return self.first + self.late * start + self.growth * since if since >= 0 else 0.0

    def without_effect(self) -> World:
        """Return the same world, where the start changes nothing."""
        return replace(self, first=0.0, late=0.0, growth=0.0, between=0.0)

    @cached_property
    def overall(self) -> float:
        """True mean over regions of each one's mean effect since its start."""
        inside = {start: share for start, share in self.share.items() if start < self.months}
        means = [np.mean([self.of(g, since) for since in range(self.months - g)]) for g in inside]
        return float(np.average(means, weights=list(inside.values())))

    def since(self, months: int) -> float:
        """True effect by months since the start, over the starts that were so long ago."""
        inside = {g: share for g, share in self.share.items() if 0 <= g + months < self.months}
        return float(np.average([self.of(g, months) for g in inside], weights=list(inside.values())))


@dataclass(frozen=True)
class Drawn:
    """A panel and starts as the estimator wants them, with the province of each region."""

    panel: pl.DataFrame
    starts: pl.DataFrame
    provinces: dict[str, str]


def draw(world: World, seed: int) -> Drawn:
    """Draw a panel: levels that go with the start, months in common, errors that follow on each other."""
    rng = np.random.default_rng(seed)
    n, months = world.regions, np.arange(world.months)
    province = np.arange(n) % (world.provinces or n)
    chances = list(world.share.values())
    start = rng.choice(list(world.share), size=province.max() + 1, p=chances)[province]
    level = rng.normal(0, 2, n) + 1.5 * (start < world.months)
    value = level[:, None] + np.cumsum(rng.normal(0.1, 0.3, world.months))
    value += _chained(rng, n, world.months)
    value += world.shared * _chained(rng, province.max() + 1, world.months)[province]
    since = months - start[:, None]
    own = rng.normal(0, world.between, n) if world.between else np.zeros(n)
    effect = world.first + world.late * start[:, None] + world.growth * since + own[:, None]
    value += np.where(since >= 0, effect, 0.0) + world.drift * (start < world.months)[:, None] * months
    gone = rng.random(value.shape) < world.missing
    return drawn([f"{1 + p:03d}.{i:04d}" for i, p in enumerate(province)], value, start, gone)


def drawn(names: list[str], value: np.ndarray, start: np.ndarray, gone: np.ndarray | None = None) -> Drawn:
    """Frames of a matrix regions x months and of the place of each start; a province before the dot."""
    rows = [(name, month(int(g)) if g < NEVER else None) for name, g in zip(names, start, strict=True)]
    starts = pl.DataFrame(rows, schema={"region": pl.String, "start": pl.String}, orient="row")
    return Drawn(frame(names, value, gone), starts, {name: name.partition(".")[0] for name in names})


def frame(names: list[str], value: np.ndarray, gone: np.ndarray | None = None) -> pl.DataFrame:
    """Panel of a matrix regions x months from 2024-01 on; without the cells that are gone."""
    kept = np.ones(value.shape, dtype=bool) if gone is None else ~gone
    row, column = np.nonzero(kept)
    data = {
        "region": np.array(names)[row],
        "period": np.array([month(at) for at in range(value.shape[1])])[column],
        "value": value[kept],
        "n": np.full(len(row), 50),
    }
    return pl.DataFrame(data, schema=SCHEMA)


def month(place: int) -> str:
    """Name of a month, counted from 2024-01."""
    return f"{2024 + place // 12}-{place % 12 + 1:02d}"


def _chained(rng: np.random.Generator, rows: int, months: int) -> np.ndarray:
    """Errors with spread 1 of which each keeps half of the one before."""
    found = rng.normal(0, 1, (rows, months))
    for at in range(1, months):
        found[:, at] = 0.5 * found[:, at - 1] + 0.75**0.5 * found[:, at]
    return found
