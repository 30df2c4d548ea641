"""Simultaneous rank sets and the sensitivity of a ranking, against a bare NumPy kernel.

    python -m benchmarks.ranking [--rounds 3]

514 units x 12 indicators: rank sets of every indicator with 2,000 bootstrap draws, step-down
included, and 1,000 draws of other weights and choices. The floor makes the same draws and
compares every pair in every draw, one draw at a time in one buffer, without step-down; its 1,000
sensitivity draws are a product with random weights and a sort. Both run alternately, each in a
process of its own that times itself after its imports; each is given by its best round.

The curve goes from 38 to 5,140 units. Where the floor would take too long (beyond 514 units) it
makes few draws and is scaled up by their number; such a ratio is marked and is not the worst case.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass

from benchmarks.measure import python

CURVE = (38, 128, 514, 1_542, 5_140)
MEASURED = 514
FEW_DRAWS = 20
LIMIT_RATIO = 2.0
LIMIT_MIB = 1024

_COUNTRY = """
import json, sys, time
import numpy as np
units, draws = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(5)
errors = np.exp(rng.normal(0.5, 0.4, (units, 12)))
values = 50 + 8 * rng.standard_normal((units, 12)) + errors * rng.standard_normal((units, 12))
"""

_OURS = (
    _COUNTRY
    + """
from metrics.statistics.ranksets import marginal, simultaneous
from metrics.statistics.sensitivity import Choices, rank_range
from metrics.statistics import special
special.ndtri(0.5)
begun = time.perf_counter()
for k in range(12):
    sets = simultaneous(values[:, k], errors[:, k], seed=k, draws=draws)
ranked = time.perf_counter()
choices = Choices(values, ["up"] * 12, np.ones(12), np.zeros(12), np.full(12, 100.0))
rank_range(choices, seed=1, runs=1000)
done = time.perf_counter()
print(json.dumps({"seconds": done - begun, "sets": ranked - begun}))
"""
)

_FLOOR = (
    _COUNTRY
    + """
pair = np.empty((units, units))
begun = time.perf_counter()
for k in range(12):
    x, s = values[:, k], errors[:, k]
    z = np.random.default_rng(k).standard_normal((draws, units)) * s
    spread = 1 / np.sqrt(s[:, None] ** 2 + s ** 2)
    largest = np.empty(draws)
    for b in range(draws):
        np.subtract(z[b][:, None], z[b], out=pair)
        np.multiply(pair, spread, out=pair)
        largest[b] = pair.max()
    surely = (x[:, None] - x) * spread > np.quantile(largest, 0.95)
    low, high = 1 + surely.sum(axis=0), units - surely.sum(axis=1)
ranked = time.perf_counter()
weights = np.random.default_rng(1).uniform(0.75, 1.25, (1000, 12))
scores = weights @ values.T / weights.sum(axis=1)[:, None]
ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)
np.quantile(ranks, [0.05, 0.95], axis=0)
done = time.perf_counter()
print(json.dumps({"seconds": done - begun, "sets": ranked - begun}))
"""
)
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Point:
    """One size: best seconds of ours and of the floor (scaled where it made fewer draws), highest memory."""

    units: int
    ours_seconds: float
    reference_seconds: float
    reference_draws: int
    ratio: float
    peak_mib: float
    reference_peak_mib: float


def measure(units: int, rounds: int) -> Point:
    """Measure one size some rounds, alternately; the largest ones once."""
    draws = DRAWS if units <= MEASURED else FEW_DRAWS
    ours, floor, peaks, floor_peaks = [], [], [], []
    for _ in range(rounds if units <= MEASURED else 1):
        bare = python(_FLOOR, str(units), str(draws))
        mine = python(_OURS, str(units), str(DRAWS))
        said = json.loads(bare.output)
        floor.append(said["sets"] * DRAWS / draws + said["seconds"] - said["sets"])
        ours.append(json.loads(mine.output)["seconds"])
        peaks.append(mine.peak_mib)
        floor_peaks.append(bare.peak_mib)
    return Point(
        units=units,
        ours_seconds=round(min(ours), 3),
        reference_seconds=round(min(floor), 3),
        reference_draws=draws,
        ratio=round(min(ours) / min(floor), 3),
        peak_mib=round(max(peaks), 1),
        reference_peak_mib=round(max(floor_peaks), 1),
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure every size; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    curve = []
    for units in CURVE:
        curve.append(measure(units, given.rounds))
        sys.stdout.write(f"{json.dumps(asdict(curve[-1]))}\n")
    worst = max((point for point in curve if point.reference_draws == DRAWS), key=lambda point: point.ratio)
    answer = {
        "name": "ranking",
        "ours_seconds": worst.ours_seconds,
        "reference": "NumPy: every pair in every draw, one buffer, no step-down; weights and a sort",
        "reference_seconds": worst.reference_seconds,
        "ratio": worst.ratio,
        "limit_ratio": LIMIT_RATIO,
        "peak_mib": max(point.peak_mib for point in curve),
        "limit_mib": LIMIT_MIB,
        "indicators": 12,
        "draws": DRAWS,
        "sensitivity_draws": 1_000,
        "units": worst.units,
        "curve": [asdict(point) for point in curve],
    }
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
