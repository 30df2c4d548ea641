"""Families are declared once, and a scrape shows what was set in it, within the budget, or fails."""

from __future__ import annotations

import math
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics

from exporters.exposition import (
    ExpositionError,
    Family,
    FamilyError,
    Kind,
    LabelError,
    Labels,
    Scrape,
    SeriesRepeated,
    TooManySeries,
    ValueRefused,
    render_openmetrics,
    render_text,
)
from tests.services.programs import require

LAG = Family("pantau_source_lag_seconds", "Age of the newest record.", Kind.GAUGE, ("source",), max_series=3)
RUNS = Family("pantau_runs_total", "Runs that were begun.", Kind.COUNTER, max_series=1)
TOOK = Family(
    "pantau_run_duration_seconds",
    "Time that runs took.",
    Kind.HISTOGRAM,
    ("source",),
    buckets=(0.5, 2),
    max_series=10,
)
SIZE = Family("pantau_answer_bytes", "Size of answers.", Kind.SUMMARY, quantiles=(0.5,), max_series=3)
BUILD = Family("pantau_build_info", "Version that runs.", Kind.INFO, ("version",), max_series=1)
ODD = Family("pantau_source_value", "Number whose type the source hides.", Kind.UNKNOWN, max_series=1)
FAMILIES = (LAG, RUNS, TOOK, SIZE, BUILD, ODD)


def filled() -> Scrape:
    scrape = Scrape(FAMILIES)
    scrape.set(LAG, ('a"b\\c\nd',), 12.5)
    scrape.set(RUNS, (), 7)
    scrape.set_histogram(TOOK, ("rest",), (1, 3, 4), 9.25)
    scrape.set_summary(SIZE, (), 2, 300, [140])
    scrape.set_info(BUILD, ("0.1.0",))
    scrape.set(ODD, (), math.inf)
    return scrape


def test_text_of_every_type() -> None:
    assert render_text(filled()).decode() == (
        "# HELP pantau_source_lag_seconds Age of the newest record.\n"
        "# TYPE pantau_source_lag_seconds gauge\n"
        'pantau_source_lag_seconds{source="a\\"b\\\\c\\nd"} 12.5\n'
        "# HELP pantau_runs_total Runs that were begun.\n"
        "# TYPE pantau_runs_total counter\n"
        "pantau_runs_total 7.0\n"
        "# HELP pantau_run_duration_seconds Time that runs took.\n"
        "# TYPE pantau_run_duration_seconds histogram\n"
        'pantau_run_duration_seconds_bucket{le="0.5",source="rest"} 1.0\n'
        'pantau_run_duration_seconds_bucket{le="2.0",source="rest"} 3.0\n'
        'pantau_run_duration_seconds_bucket{le="+Inf",source="rest"} 4.0\n'
        'pantau_run_duration_seconds_count{source="rest"} 4.0\n'
        'pantau_run_duration_seconds_sum{source="rest"} 9.25\n'
        "# HELP pantau_answer_bytes Size of answers.\n"
        "# TYPE pantau_answer_bytes summary\n"
        'pantau_answer_bytes{quantile="0.5"} 140.0\n'
        "pantau_answer_bytes_count 2.0\n"
        "pantau_answer_bytes_sum 300.0\n"
        "# HELP pantau_build_info Version that runs.\n"
        "# TYPE pantau_build_info gauge\n"
        'pantau_build_info{version="0.1.0"} 1.0\n'
        "# HELP pantau_source_value Number whose type the source hides.\n"
        "# TYPE pantau_source_value untyped\n"
        "pantau_source_value +Inf\n"
    )


def test_openmetrics_names_counters_without_total_states_units_and_ends_with_eof() -> None:
    lines = render_openmetrics(filled()).decode().splitlines()
    assert "# TYPE pantau_runs counter" in lines
    assert "pantau_runs_total 7.0" in lines
    assert "# TYPE pantau_build info" in lines
    assert "# UNIT pantau_source_lag_seconds seconds" in lines
    assert "# TYPE pantau_source_value unknown" in lines
    assert lines[-1] == "# EOF"


def test_the_strict_parser_reads_every_type_back() -> None:
    parsed = read_openmetrics(render_openmetrics(filled()).decode())  # type: ignore[no-untyped-call]  # it has no annotations
    read = {metric.name: metric for metric in parsed}
    assert {name: metric.type for name, metric in read.items()} == {
        family.stem: str(family.kind) for family in FAMILIES
    }
    assert read["pantau_source_lag_seconds"].samples[0].labels == {"source": 'a"b\\c\nd'}
    assert all(sample.timestamp is None for metric in read.values() for sample in metric.samples)


def test_promtool_finds_nothing_to_say() -> None:
    promtool = require("promtool", "prometheus")
    done = subprocess.run(
        [promtool, "check", "metrics"], input=render_text(filled()), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_series_that_is_not_set_in_this_scrape_is_not_shown() -> None:
    first = Scrape([LAG])
    first.set(LAG, ("gone",), 1)
    first.set(LAG, ("stays",), 1)
    second = Scrape([LAG])
    second.set(LAG, ("stays",), 2)
    assert b"gone" in render_text(first)
    assert render_text(second).splitlines()[2:] == [b'pantau_source_lag_seconds{source="stays"} 2.0']


def test_arrays_leave_out_series_without_a_value() -> None:
    scrape = Scrape([LAG])
    scrape.fill(LAG.series([("a",), ("b",), ("c",)]), [1, 2, 3], where=[True, False, True])
    scrape.set(LAG, ("b",), 9)
    assert [line.rpartition(b" ")[2] for line in render_text(scrape).splitlines()[2:]] == [
        b"1.0",
        b"3.0",
        b"9.0",
    ]


def test_arrays_of_histograms_leave_out_whole_label_sets() -> None:
    scrape = Scrape([TOOK])
    counts = np.array([[1, 2, 3], [4, 5, 6]])
    scrape.fill_histograms(TOOK.series([("a",), ("b",)]), counts, [1, 2], where=np.array([False, True]))
    single = Scrape([TOOK])
    single.set_histogram(TOOK, ("b",), (4, 5, 6), 2)
    assert render_text(scrape) == render_text(single)


def test_more_series_than_declared_fail_with_family_and_number() -> None:
    scrape = Scrape([LAG])
    for name in "abc":
        scrape.set(LAG, (name,), 1)
    with pytest.raises(TooManySeries, match=r"pantau_source_lag_seconds: 4 series .* at most 3"):
        scrape.set(LAG, ("d",), 1)
    assert len(render_text(scrape).splitlines()) == 2 + 3


def test_each_bucket_counts_against_the_budget() -> None:
    scrape = Scrape([TOOK])
    scrape.set_histogram(TOOK, ("a",), (1, 1, 1), 1)
    scrape.set_histogram(TOOK, ("b",), (1, 1, 1), 1)
    with pytest.raises(TooManySeries, match=r"pantau_run_duration_seconds: 15 series \(3 label sets\)"):
        scrape.set_histogram(TOOK, ("c",), (1, 1, 1), 1)


def test_arrays_count_against_the_budget_with_what_was_set_before() -> None:
    scrape = Scrape([LAG])
    scrape.fill(LAG.series([("a",), ("b",)]), [1, 2])
    with pytest.raises(TooManySeries, match="4 series"):
        scrape.fill(LAG.series([("c",), ("d",)]), [1, 2])
    with pytest.raises(TooManySeries, match="5 series"):
        LAG.series([(name,) for name in "abcde"])


def test_label_sets_that_come_and_go_do_not_fill_the_memory() -> None:
    family = Family("pantau_lag_seconds", "Lag.", Kind.GAUGE, ("source",), max_series=5)
    for number in range(1000):
        Scrape([family]).set(family, (str(number),), 1)
    assert len(family._prefixes) <= 20


def test_scrapes_at_the_same_time_do_not_see_each_other() -> None:
    family = Family("pantau_lag_seconds", "Lag.", Kind.GAUGE, ("source",), max_series=5)

    def scraped(number: int) -> list[bytes]:
        scrape = Scrape([family])
        for place in range(5):
            scrape.set(family, (f"{number}-{place}",), number)
        return render_text(scrape).splitlines()[2:]

    with ThreadPoolExecutor(8) as pool:
        for number, lines in enumerate(pool.map(scraped, range(400))):
            assert lines == [
                b'pantau_lag_seconds{source="%d-%d"} %d.0' % (number, place, number) for place in range(5)
            ]


@pytest.mark.parametrize("labels", [(), ("a", "b"), (1,), (None,), ("\ud800",)])
def test_labels_other_than_declared_are_refused(labels: Labels) -> None:
    with pytest.raises(LabelError, match="pantau_source_lag_seconds"):
        Scrape([LAG]).set(LAG, labels, 1)


def test_one_series_twice_is_refused_however_it_was_set() -> None:
    scrape = Scrape([LAG])
    series = LAG.series([("a",)])
    scrape.fill(series, [1])
    with pytest.raises(SeriesRepeated, match="pantau_source_lag_seconds"):
        scrape.set(LAG, ("a",), 1)
    scrape = Scrape([LAG])
    scrape.set(LAG, ("a",), 1)
    for again in (
        lambda: scrape.set(LAG, ("a",), 1),
        lambda: scrape.fill(series, [1]),
        lambda: LAG.series([("b",)] * 2),
    ):
        with pytest.raises(SeriesRepeated):
            again()
    assert len(render_text(scrape).splitlines()) == 3


@pytest.mark.parametrize("value", [None, "1", 10**400, 1j])
def test_what_is_no_number_is_refused_and_leaves_no_trace(value: float) -> None:
    scrape = Scrape([LAG])
    with pytest.raises(ValueRefused, match="pantau_source_lag_seconds"):
        scrape.set(LAG, ("a",), value)
    with pytest.raises(ValueRefused):
        scrape.fill(LAG.series([("a",)]), [value])
    with pytest.raises(ValueRefused):
        scrape.fill(LAG.series([("a",)]), np.array([value], dtype=object))
    scrape.set(LAG, ("a",), 1)
    assert len(render_text(scrape).splitlines()) == 3


@pytest.mark.parametrize("counts", [(), (1, 2), (1, 2, 3, 4), (2, 1, 3)])
def test_buckets_that_do_not_accumulate_or_do_not_fit_are_refused(counts: tuple[float, ...]) -> None:
    scrape = Scrape([TOOK])
    with pytest.raises(ValueRefused, match="3 counts"):
        scrape.set_histogram(TOOK, ("a",), counts, 1)
    with pytest.raises(ValueRefused, match="3 counts"):
        scrape.fill_histograms(TOOK.series([("a",)]), np.array([counts], dtype=np.float64), [1])


def test_arrays_that_do_not_fit_are_refused() -> None:
    scrape = Scrape(FAMILIES)
    series = LAG.series([("a",), ("b",)])
    for values, where in (([1], None), ([1, 2, 3], None), ([1, 2], [True])):
        with pytest.raises(ValueRefused, match="pantau_source_lag_seconds"):
            scrape.fill(series, values, where=where)
    with pytest.raises(ValueRefused, match="pantau_answer_bytes: a value for each"):
        scrape.set_summary(SIZE, (), 1, 1)
    assert render_text(scrape) == render_text(Scrape(FAMILIES))


def test_a_family_of_another_type_or_another_scrape_is_refused() -> None:
    with pytest.raises(ExpositionError, match="is of type histogram"):
        Scrape(FAMILIES).set(TOOK, ("a",), 1)
    with pytest.raises(ExpositionError, match="is of type gauge"):
        Scrape(FAMILIES).set_info(LAG, ("a",))
    with pytest.raises(ExpositionError, match="none of this scrape's"):
        Scrape([RUNS]).set(LAG, ("a",), 1)


def test_two_families_of_one_name_are_refused() -> None:
    gauge = Family("pantau_runs", "Runs under way.", Kind.GAUGE, max_series=1)
    with pytest.raises(FamilyError, match="same name"):
        Scrape([RUNS, gauge])  # in OpenMetrics both are pantau_runs


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        ("name", {"name": "pantau-lag"}),
        ("name", {"name": "pantau_läg"}),
        ("name", {"name": "_total", "kind": Kind.COUNTER}),
        ("help", {"help": "\ud800"}),
        ("label name", {"label_names": ("a-b",)}),
        ("__", {"label_names": ("__name__",)}),
        ("twice", {"label_names": ("a", "a")}),
        ("le and quantile", {"label_names": ("le",)}),
        ("histogram has buckets", {"kind": Kind.HISTOGRAM}),
        ("histogram has buckets", {"buckets": (1.0,)}),
        ("ascending", {"kind": Kind.HISTOGRAM, "buckets": (2.0, 1.0)}),
        ("ascending", {"kind": Kind.HISTOGRAM, "buckets": (1.0, math.inf)}),
        ("ascending", {"kind": Kind.HISTOGRAM, "buckets": (-1.0, 1.0)}),
        ("ascending", {"kind": Kind.HISTOGRAM, "buckets": (math.nan,)}),
        ("quantiles", {"quantiles": (0.5,)}),
        ("quantiles", {"kind": Kind.SUMMARY, "quantiles": (0.5, 1.5)}),
        ("budget", {"max_series": 0}),
        ("budget", {"kind": Kind.HISTOGRAM, "buckets": (1.0,), "max_series": 3}),
    ],
)
def test_declarations_that_cannot_be_are_refused_with_the_fault(fault: str, changed: dict[str, Any]) -> None:
    usual: dict[str, Any] = {
        "name": "pantau_lag_seconds",
        "help": "Lag.",
        "kind": Kind.GAUGE,
        "max_series": 9,
    }
    with pytest.raises(FamilyError, match=fault):
        Family(**(usual | changed))
