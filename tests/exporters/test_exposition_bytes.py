"""The exposition's bytes are those of prometheus_client, for whatever can be exposed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client import exposition as their_text
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
    UnknownMetricFamily,
)
from prometheus_client.openmetrics import exposition as their_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.utils import floatToGoString

from exporters.exposition import Family, Kind, Labels, Scrape, render_openmetrics, render_text
from exporters.exposition.numerals import go_format, go_format_all

ENOUGH = 10_000
SPECIAL = (
    0.0, -0.0, 1.0, -1.0, 1e21, -1e21, 1e-21, 5e-324, 1.7976931348623157e308, 999999.0, 999999.9999999999, 1e6,
    1000000.5, -1e6, 1234567.875, 1e15, 1e16, 9007199254740993.0, -1e15, -1e16, 0.0001, 0.00009999999999999999,
    1e-5, 0.1 + 0.2, 1732492800.123456, math.nan, math.inf, -math.inf,
)  # fmt: skip
TEXTS = ('"', "\\", "\n", "\\n", '\\"', "a,b={}", "%s", "{0}", "é", "Kabupaten 蘭", "😀", "", " ", "\r\t\0")


@dataclass(frozen=True)
class Case:
    """A family and its values: one number, or those of a histogram or summary with the sum last."""

    family: Family
    rows: dict[Labels, tuple[float, ...]]


def go_string(value: float) -> str:
    """A number as prometheus_client writes it."""
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]  # it has no annotations


class Collected(Collector):
    """Metrics of prometheus_client, as its registry would give them."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


def theirs(case: Case) -> Metric:
    """The same family, made with prometheus_client's own classes."""
    family, labels = case.family, case.family.label_names
    name, told = family.name, family.help
    stem = name.removesuffix("_total") if family.kind is Kind.COUNTER else name
    unit = next((unit for unit in ("seconds", "bytes", "ratio") if stem.endswith(f"_{unit}")), "")
    if family.kind is Kind.INFO:
        info = InfoMetricFamily(name.removesuffix("_info"), told, labels=labels)
        for values in case.rows:
            info.add_metric(values, {})
        return info
    if family.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(name, told, labels=labels, unit=unit)
        bounds = [*(go_string(bound) for bound in family.buckets), "+Inf"]
        for values, (*counts, total) in case.rows.items():
            histogram.add_metric(values, list(zip(bounds, counts, strict=True)), total)
        return histogram
    if family.kind is Kind.SUMMARY:
        summary = SummaryMetricFamily(name, told, labels=labels, unit=unit)
        for values, (*shares, count, total) in case.rows.items():
            named = dict(zip(labels, values, strict=True))
            for quantile, value in zip(family.quantiles, shares, strict=True):
                summary.add_sample(name, {**named, "quantile": go_string(quantile)}, value)
            summary.add_metric(values, count, total)  # type: ignore[arg-type]  # a count may be a float here
        return summary
    plain: dict[Kind, type[GaugeMetricFamily | CounterMetricFamily | UnknownMetricFamily]] = {
        Kind.GAUGE: GaugeMetricFamily,
        Kind.COUNTER: CounterMetricFamily,
        Kind.UNKNOWN: UnknownMetricFamily,
    }
    metric = plain[family.kind](name, told, labels=labels, unit=unit)
    for values, (value,) in case.rows.items():
        metric.add_metric(values, value)
    return metric


def ours(cases: Iterable[Case]) -> Scrape:
    """A scrape filled one by one."""
    listed = list(cases)
    scrape = Scrape(case.family for case in listed)
    for case in listed:
        family = case.family
        for labels, row in case.rows.items():
            if family.kind is Kind.INFO:
                scrape.set_info(family, labels)
            elif family.kind is Kind.HISTOGRAM:
                scrape.set_histogram(family, labels, row[:-1], row[-1])
            elif family.kind is Kind.SUMMARY:
                scrape.set_summary(family, labels, row[-2], row[-1], row[:-2])
            else:
                scrape.set(family, labels, row[0])
    return scrape


def assert_same(cases: list[Case]) -> None:
    scrape, registry = ours(cases), Collected(map(theirs, cases))
    assert render_text(scrape) == their_text.generate_latest(registry)
    assert render_openmetrics(scrape) == their_openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]  # it has no annotations


numbers = (
    st.sampled_from(SPECIAL) | st.floats() | st.integers(min_value=-(2**70), max_value=2**70) | st.booleans()
)
texts = st.sampled_from(TEXTS) | st.text(max_size=8)
names = st.from_regex(
    r"[a-zA-Z_][a-zA-Z0-9_]{0,12}(_seconds|_bytes|_ratio)?(_total|_info)?", fullmatch=True
).filter(lambda name: name not in {"_total", "_info"})
label_names = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,6}", fullmatch=True).filter(
    lambda name: name not in {"le", "quantile"}
)
ascending = st.floats(min_value=0, allow_infinity=False).map(abs)


@st.composite
def families_with_values(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(Kind))
    labels = tuple(draw(st.lists(label_names, unique=True, max_size=4)))
    bounds = st.lists(ascending, min_size=1, max_size=4, unique=True).map(sorted).map(tuple)
    shares = st.lists(st.floats(0, 1).map(abs), max_size=3, unique=True).map(sorted).map(tuple)
    family = Family(
        draw(names),
        draw(texts),
        kind,
        labels,
        buckets=draw(bounds) if kind is Kind.HISTOGRAM else (),
        quantiles=draw(shares) if kind is Kind.SUMMARY else (),
        max_series=ENOUGH,
    )
    rows = {}
    for values in draw(st.lists(st.tuples(*(texts for _ in labels)), unique=True, max_size=4)):
        if kind is Kind.HISTOGRAM:
            counts = st.integers(min_value=0, max_value=2**60)
            size = len(family.buckets) + 1
            row = (*sorted(draw(st.lists(counts, min_size=size, max_size=size))), draw(numbers))
        else:
            size = {Kind.SUMMARY: len(family.quantiles) + 2}.get(kind, 1)
            row = tuple(draw(st.lists(numbers, min_size=size, max_size=size)))
        rows[values] = row
    return Case(family, rows)


@given(st.lists(families_with_values(), max_size=4, unique_by=lambda case: case.family.stem))
def test_bytes_are_those_of_prometheus_client(cases: list[Case]) -> None:
    assert_same(cases)


@pytest.mark.parametrize("value", SPECIAL)
@pytest.mark.parametrize("kind", [Kind.GAUGE, Kind.COUNTER, Kind.UNKNOWN])
def test_special_numbers_are_written_as_prometheus_client_does(kind: Kind, value: float) -> None:
    name = "pantau_rows_total" if kind is Kind.COUNTER else "pantau_rows"
    assert_same([Case(Family(name, "Rows.", kind, max_series=1), {(): (value,)})])


@pytest.mark.parametrize("text", TEXTS)
def test_special_texts_are_escaped_as_prometheus_client_does(text: str) -> None:
    family = Family("pantau_rows", text, Kind.GAUGE, ("z", "a"), max_series=9)
    assert_same([Case(family, {(text, "left"): (1,), ("right", text): (2,)})])


def test_numbers_that_are_read_by_a_person() -> None:
    numbers = np.array([1e21, -0.0, math.nan, math.inf, -math.inf, 5.0, 1234567.0, 0.00001, 0.1])
    written = [b"1e+21", b"-0.0", b"NaN", b"+Inf", b"-Inf", b"5.0", b"1.234567e+06", b"1e-05", b"0.1"]
    assert go_format_all(numbers) == written


@given(st.lists(st.floats() | st.sampled_from(SPECIAL)))
@example([])
@example(list(SPECIAL))
def test_many_numbers_are_written_as_one_is(values: list[float]) -> None:
    expected = [go_string(value) for value in values]
    assert [text.decode() for text in go_format_all(np.array(values, dtype=np.float64))] == expected
    assert [go_format(value) for value in values] == expected


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_thousand_numbers_of_every_size_are_written_as_prometheus_client_does(seed: int) -> None:
    generator = np.random.default_rng(seed)
    bits = generator.integers(0, 2**64, 20_000, dtype=np.uint64).view(np.float64)
    sizes = generator.uniform(-1, 1, 50_000) * 10.0 ** generator.integers(-8, 20, 50_000)
    decimals = np.round(generator.uniform(0, 1e5, 30_000), 3)
    values = np.concatenate([bits, sizes, decimals])
    written = [go_string(value) for value in values.tolist()]
    assert go_format_all(values) == [text.encode() for text in written]


@given(families_with_values())
def test_arrays_give_the_bytes_of_single_values(case: Case) -> None:
    family, rows = case.family, list(case.rows.values())
    scrape = Scrape([family])
    series = family.series(case.rows)
    if family.kind in {Kind.GAUGE, Kind.COUNTER, Kind.UNKNOWN}:
        scrape.fill(series, [value for (value,) in rows])
    elif family.kind is Kind.HISTOGRAM:
        counts = np.array([row[:-1] for row in rows], dtype=np.float64).reshape(
            len(rows), len(family.buckets) + 1
        )
        scrape.fill_histograms(series, counts, [row[-1] for row in rows])
    else:
        scrape = ours([case])
    assert render_text(scrape) == render_text(ours([case]))


def test_a_second_scrape_formats_its_own_values_with_the_prefixes_of_the_first() -> None:
    family = Family("pantau_lag_seconds", "Lag.", Kind.GAUGE, ("source",), max_series=3)
    for values in ([1.0, 2.0, 3.0], [3.5, 1e9, math.nan]):
        assert_same([Case(family, {(str(place),): (value,) for place, value in enumerate(values)})])


@pytest.mark.parametrize(
    ("render", "read"), [(render_text, read_text), (render_openmetrics, read_openmetrics)]
)
def test_what_prometheus_client_counts_itself_comes_after_ours(
    render: Callable[[Scrape, CollectorRegistry], bytes], read: Callable[[str], Iterable[Metric]]
) -> None:
    registry = CollectorRegistry()
    registry.register(Collected([GaugeMetricFamily("process_open_fds", "Open files.", 12)]))
    family = Family("pantau_lag_seconds", "Lag.", Kind.GAUGE, max_series=1)
    scrape = Scrape([family])
    scrape.set(family, (), 1.5)
    found = {
        sample.name: sample.value
        for metric in read(render(scrape, registry).decode())
        for sample in metric.samples
    }
    assert found == {"pantau_lag_seconds": 1.5, "process_open_fds": 12.0}
