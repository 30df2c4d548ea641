"""A scrape of 102,800 samples, from values to bytes, against prometheus_client's generate_latest.

    python -m benchmarks.exposition [--rounds 7]

514 x 200 series with four labels, about a hundred bytes each: as one gauge family in the text format
and in OpenMetrics, as a counter family with large numbers, and as histograms of 17 buckets. Every
round has new values, and both give the same bytes or the benchmark fails. Ours is timed from arrays
of values to bytes, an empty scrape included. The reference is timed for rendering alone: its families
and samples lie ready, with the new values in them. Both run alternately; each is given by its best round.

Two more cases show what it costs to hand over values one by one, for both: the same gauge family, and
a scrape of a single target with 40 samples in 20 families. They do not count towards the ratio.

Peak memory is that of a process that renders the gauge family once with ours; with the reference it
is given beside it.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

import numpy as np
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector

from benchmarks.measure import python
from exporters.exposition import Family, Kind, Labels, Scrape, render_openmetrics, render_text

REGIONS = 514
SERIES_OF_A_REGION = 200
SAMPLES = REGIONS * SERIES_OF_A_REGION
LIMIT_RATIO = 0.1
LABELS = ("module", "phase", "source", "track")
WHY = "a benchmark"
GAUGE = Family(
    "pantau_probe_phase_seconds", "Phase of a probe.", Kind.GAUGE, LABELS, max_series=SAMPLES, reason=WHY
)
COUNTER = Family("pantau_rows_total", "Rows taken.", Kind.COUNTER, LABELS, max_series=SAMPLES, reason=WHY)
BUCKETS = tuple(float(f"{0.005 * 1.7**step:.3g}") for step in range(17))
HISTOGRAM = Family(
    "pantau_probe_duration_seconds",
    "Time that probes took.",
    Kind.HISTOGRAM,
    LABELS,
    buckets=BUCKETS,
    max_series=SAMPLES,
    reason=WHY,
)
PROBE = tuple(
    Family(f"pantau_probe_{n}_seconds", "Phase.", Kind.GAUGE, ("phase",), max_series=9) for n in range(20)
)
_MEMORY = "import benchmarks.exposition as b; b.once(ours={ours})"

Single = CounterMetricFamily | GaugeMetricFamily
Work = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """``ready`` takes new values and gives ours and the reference; whether it ``counts`` for the ratio."""

    name: str
    ready: Callable[[np.random.Generator], tuple[Work, Work]]
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Measured:
    """One case: best seconds of ours and of the reference, and how much was rendered."""

    case: str
    samples: int
    mib: float
    ours_seconds: float
    reference_seconds: float
    ratio: float
    counts: bool


class Ready(Collector):
    """Families of prometheus_client that lie ready."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        """What lies ready."""
        return iter(self._metrics)


def label_sets(count: int) -> list[Labels]:
    """So many label sets of about eighty bytes."""
    return [
        (f"module-{place % 200:03}", f"phase-{place // 200:03}", "own-application", "digital")
        for place in range(count)
    ]


def text_of(metrics: Iterable[Metric]) -> bytes:
    """Text format by prometheus_client."""
    return generate_latest(Ready(metrics))


def openmetrics_of(metrics: Iterable[Metric]) -> bytes:
    """OpenMetrics by prometheus_client."""
    return bytes(generate_openmetrics(Ready(metrics)))  # type: ignore[no-untyped-call]  # it has no annotations


def with_values(metric: Single, labels: Iterable[Labels], values: Iterable[float]) -> Metric:
    """The family of prometheus_client, with a value for each label set."""
    for given, value in zip(labels, values, strict=True):
        metric.add_metric(given, value)
    return metric


def arrays(family: Family, theirs: Single, largest: float, *, openmetrics: bool = False) -> Case:
    """One value a series: ours from an array, theirs lying ready."""
    labels = label_sets(SAMPLES)
    series = family.series(labels)
    ours_of, theirs_of = (render_openmetrics, openmetrics_of) if openmetrics else (render_text, text_of)

    def ready(generator: np.random.Generator) -> tuple[Work, Work]:
        values = generator.random(SAMPLES) * largest
        values = np.floor(values) if family.kind is Kind.COUNTER else values
        theirs.samples.clear()
        metric = with_values(theirs, labels, values.tolist())

        def ours() -> bytes:
            scrape = Scrape([family])
            scrape.fill(series, values)
            return ours_of(scrape)

        return ours, lambda: theirs_of([metric])

    return Case(f"{family.kind}, {'OpenMetrics' if openmetrics else 'text'}", ready)


def histograms() -> Case:
    """Rows of cumulative counts and a sum: ours from arrays, theirs lying ready."""
    labels = label_sets(SAMPLES // HISTOGRAM.width)
    series = HISTOGRAM.series(labels)
    bounds = [*map(str, BUCKETS), "+Inf"]

    def ready(generator: np.random.Generator) -> tuple[Work, Work]:
        counts = np.cumsum(generator.integers(0, 5000, (len(labels), len(bounds))), axis=1)
        sums = generator.random(len(labels)) * 1e5
        metric = HistogramMetricFamily(HISTOGRAM.name, HISTOGRAM.help, labels=LABELS, unit="seconds")
        for given, row, total in zip(labels, counts.tolist(), sums.tolist(), strict=True):
            metric.add_metric(given, list(zip(bounds, row, strict=True)), total)

        def ours() -> bytes:
            scrape = Scrape([HISTOGRAM])
            scrape.fill_histograms(series, counts, sums)
            return render_text(scrape)

        return ours, lambda: text_of([metric])

    return Case("histogram, text", ready)


def one_by_one(name: str, families: tuple[Family, ...], labels: list[Labels]) -> Case:
    """Values handed over one at a time, for both: what a collector does on each scrape."""

    def ready(generator: np.random.Generator) -> tuple[Work, Work]:
        values = generator.random(len(labels)).tolist()

        def ours() -> bytes:
            scrape = Scrape(families)
            for family in families:
                for given, value in zip(labels, values, strict=True):
                    scrape.set(family, given, value)
            return render_text(scrape)

        def theirs() -> bytes:
            made = (
                GaugeMetricFamily(family.name, family.help, labels=family.label_names) for family in families
            )
            return text_of(with_values(metric, labels, values) for metric in made)

        return ours, theirs

    return Case(name, ready, counts=False)


def cases() -> list[Case]:
    """Every case, in the order in which they are measured."""
    gauge = GaugeMetricFamily(GAUGE.name, GAUGE.help, labels=LABELS, unit="seconds")
    counter = CounterMetricFamily(COUNTER.name, COUNTER.help, labels=LABELS)
    return [
        arrays(GAUGE, gauge, 10.0),
        arrays(GAUGE, gauge, 10.0, openmetrics=True),
        arrays(COUNTER, counter, 3e6),
        histograms(),
        one_by_one("gauge one by one, text", (GAUGE,), label_sets(SAMPLES)),
        one_by_one("one target one by one, text", PROBE, [("connect",), ("first byte",)]),
    ]


def seconds(work: Work) -> tuple[float, bytes]:
    """Time of a piece of work, and what it gave. The garbage collector waits meanwhile."""
    gc.collect()
    gc.disable()
    try:
        begun = time.perf_counter()
        given = work()
        return time.perf_counter() - begun, given
    finally:
        gc.enable()


def measure(case: Case, rounds: int) -> Measured:
    """Measure one case some rounds, alternately. Raises ``RuntimeError`` if the bytes differ."""
    generator = np.random.default_rng(1)
    times: list[tuple[float, float]] = []
    before = body = b""
    for _ in range(rounds):
        ours, theirs = case.ready(generator)
        (mine, body), (reference, expected) = seconds(ours), seconds(theirs)
        if body != expected or body == before:
            raise RuntimeError(
                f"{case.name}: not the bytes of prometheus_client, or those of the round before"
            )
        before = body
        times.append((mine, reference))
    best, reference = (min(column) for column in zip(*times, strict=True))
    return Measured(
        case=case.name,
        samples=sum(not line.startswith(b"#") for line in body.splitlines()),
        mib=round(len(body) / (1 << 20), 2),
        ours_seconds=round(best, 6),
        reference_seconds=round(reference, 6),
        ratio=round(best / reference, 4),
        counts=case.counts,
    )


def once(*, ours: bool) -> None:
    """Render the gauge family once, with ours or with the reference: for a look at the memory."""
    labels, values = label_sets(SAMPLES), np.random.default_rng(1).random(SAMPLES)
    if ours:
        scrape = Scrape([GAUGE])
        scrape.fill(GAUGE.series(labels), values)
        render_text(scrape)
    else:
        text_of(
            [with_values(GaugeMetricFamily(GAUGE.name, GAUGE.help, labels=LABELS), labels, values.tolist())]
        )


def main(arguments: list[str] | None = None) -> int:
    """Measure every case; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exposition", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args(arguments).rounds
    measured = []
    for case in cases():
        measured.append(measure(case, rounds))
        sys.stdout.write(f"{json.dumps(asdict(measured[-1]))}\n")
    worst = max((one for one in measured if one.counts), key=lambda one: one.ratio)
    peak, reference_peak = (python(_MEMORY.format(ours=ours)).peak_mib for ours in (True, False))
    answer = {
        "name": "exposition",
        "ours_seconds": worst.ours_seconds,
        "reference": "prometheus_client's generate_latest of families that lie ready",
        "reference_seconds": worst.reference_seconds,
        "ratio": worst.ratio,
        "limit_ratio": LIMIT_RATIO,
        "peak_mib": round(peak, 1),
        "reference_peak_mib": round(reference_peak, 1),
        "cases": [asdict(one) for one in measured],
    }
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
