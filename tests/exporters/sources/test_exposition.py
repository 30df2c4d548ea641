"""Scrapes of a region's own endpoint: what was added between two looks, and never less than nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as openmetrics_of
from pydantic import ValidationError

from checks.compile import load_contract
from exporters.errors import FetchError, FetchReason
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from exporters.sources import READY_MAPPINGS
from exporters.sources.client import Client
from exporters.sources.exposition import ExpositionScrape, ExpositionSettings
from exporters.sources.source import REGION, Piece, Want, Window
from tests.exporters.realdata import registry_of
from tests.exporters.sources.asking import HIDDEN, with_client
from tests.exporters.sources.fetching import pieces_of, surroundings

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4"


@dataclass
class System:
    """A region's system, and the cursor that is kept of it."""

    url: str = ""
    body: bytes = b""
    kind: str = TEXT
    status: int = 200
    heard: list[dict[str, str]] = field(default_factory=list)
    stated: dict[str, Any] = field(default_factory=dict)
    cursor: str | None = None

    def look(self, text: str | bytes, seconds: float = 0, want: Want | None = None) -> list[dict[str, Any]]:
        """Rows of a look, so many seconds after the beginning; the cursor of its last piece is kept."""
        self.body = text.encode() if isinstance(text, str) else text
        document: dict[str, Any] = {
            "url": self.url,
            "allow": "127.0.0.1",
            "requests": "asked_total",
        } | self.stated
        made = ExpositionSettings.model_validate(document)
        got: list[Piece] = []

        async def work(client: Client) -> None:
            with surroundings(client=client, now=lambda: BEGIN + timedelta(seconds=seconds)) as around:
                source = ExpositionScrape(made, around)
                async for piece in source.fetch(want or Want(since=self.cursor)):
                    got.append(piece)
                    self.cursor = piece.cursor
                await source.close()

        with_client(work)
        return [row for piece in got for row in piece.rows.to_dicts()]

    def refusal(self, text: str | bytes, seconds: float = 0) -> FetchError:
        """How a look fails."""
        with pytest.raises(FetchError) as caught:
            self.look(text, seconds)
        assert str(caught.value).startswith("32.11/test: ")
        assert str(caught.value).endswith((".", "?"))
        return caught.value


@contextmanager
def serving(system: System) -> Iterator[System]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            system.heard.append(dict(self.headers))
            self.send_response(system.status)
            self.send_header("Content-Type", system.kind)
            self.send_header("Content-Length", str(len(system.body)))
            self.end_headers()
            self.wfile.write(system.body)

        def log_message(self, format: str, *given: object) -> None:  # noqa: A002 - the name in the parent
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        system.url = f"http://127.0.0.1:{server.server_port}/metrics"
        try:
            yield system
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def system() -> Iterator[System]:
    with serving(System()) as made:
        yield made


def test_first_look_gives_no_row_and_the_next_what_was_added(system: System) -> None:
    system.stated = {"errors": 'asked_total{code=~"5.."}', "target": "portal"}
    counted = '# TYPE asked_total counter\nasked_total{{code="200"}} {}\nasked_total{{code="503"}} {}\n'
    assert system.look(counted.format(100, 7)) == []
    assert system.look(counted.format(130, 9), 60) == [
        {
            "id": "32.11/test/portal/2026-01-01T00:00:00+00:00",
            "target": "portal",
            "started": "2026-01-01T00:00:00+00:00",
            "interval_seconds": "60.0",
            "requests": "32",
            "errors": "2",
            "resets": "0",
            "latency_le": None,
            "latency_counts": None,
            "latency_sum_seconds": None,
            "_row": 1,
        }
    ]
    (quiet,) = system.look(counted.format(130, 9), 120)
    assert (quiet["requests"], quiet["errors"]) == ("0", "0")


def test_counter_that_fell_is_counted_from_zero(system: System) -> None:
    system.look("asked_total 100\n")
    (row,) = system.look("asked_total 30\n", 60)
    assert (row["requests"], row["resets"]) == ("30", "1")


def test_counter_that_says_when_it_began_again_is_counted_from_zero_though_it_is_higher(
    system: System,
) -> None:
    system.kind = OPENMETRICS
    text = "# TYPE asked counter\nasked_total {}\nasked_created {}\n# EOF\n"
    system.look(text.format(100, 1))
    (same,) = system.look(text.format(150, 1), 60)
    assert (same["requests"], same["resets"]) == ("50", "0")
    (anew,) = system.look(text.format(160, 1_800_000_000), 120)
    assert (anew["requests"], anew["resets"]) == ("160", "1")


def test_process_that_began_again_is_counted_from_zero(system: System) -> None:
    text = "asked_total {}\nprocess_start_time_seconds {}\n"
    system.look(text.format(100, 1))
    (row,) = system.look(text.format(120, 2), 60)
    assert (row["requests"], row["resets"]) == ("120", "1")


def test_series_that_is_new_counts_from_zero_unless_it_is_old(system: System) -> None:
    system.kind = OPENMETRICS
    long_ago, just_now = BEGIN.timestamp() - 9, BEGIN.timestamp() + 9
    head = '# TYPE asked counter\nasked_total{x="1"} 5\n'
    system.look(f"{head}# EOF\n")
    (row,) = system.look(
        f'{head}asked_total{{x="2"}} 7\nasked_created{{x="2"}} {just_now}\n'
        f'asked_total{{x="3"}} 1000\nasked_created{{x="3"}} {long_ago}\n# EOF\n',
        60,
    )
    assert row["requests"] == "7"


def test_metric_that_is_declared_and_has_no_series_yet_counts_nothing(system: System) -> None:
    declared = "# TYPE asked_total counter\n"
    assert system.look(declared) == []
    (none,) = system.look(declared, 60)
    assert none["requests"] == "0"
    (some,) = system.look(f'{declared}asked_total{{x="1"}} 4\n', 120)
    assert some["requests"] == "4"


def histogram(
    buckets: Dictionary[str, float], total: float, name: str = "took_seconds", labels: str = ""
) -> str:
    return (
        "asked_total 1\n"
        + "".join(f'{name}_bucket{{{labels}le="{le}"}} {count}\n' for le, count in buckets.items())
        + f"{name}_sum{{{labels}}} {total}\n"
    )


def test_latency_is_told_by_bucket_and_not_cumulative(system: System) -> None:
    system.stated = {"latency": "took_seconds"}
    system.look(histogram({"0.1": 10, "1": 15, "+Inf": 16}, 9.5))
    (row,) = system.look(histogram({"0.1": 12, "1": 20, "+Inf": 22}, 14.25), 60)
    assert row["latency_le"] == "[0.1, 1.0, inf]"
    assert row["latency_counts"] == "[2, 3, 1]"
    assert row["latency_sum_seconds"] == "4.75"
    (reset,) = system.look(histogram({"0.1": 1, "1": 1, "+Inf": 2}, 7), 120)
    assert (reset["latency_counts"], reset["latency_sum_seconds"]) == ("[1, 0, 1]", "7.0")


def test_latency_of_several_series_is_merged_and_of_those_that_are_not_meant_left_out(
    system: System,
) -> None:
    system.stated = {"latency": 'took_seconds{path!="/health"}'}

    def text(one: int, other: int, health: int) -> str:
        parts = {"/a": one, "/b": other, "/health": health}
        return "asked_total 1\n" + "".join(
            f'took_seconds_bucket{{path="{path}",le="+Inf"}} {count}\n' for path, count in parts.items()
        )

    system.look(text(1, 1, 1))
    (row,) = system.look(text(3, 4, 100), 60)
    assert row["latency_counts"] == "[5]"
    assert row["latency_sum_seconds"] is None


def test_buckets_that_change_are_refused_once_and_counting_goes_on(system: System) -> None:
    system.stated = {"latency": "took_seconds"}
    system.look(histogram({"0.1": 10, "+Inf": 16}, 9))
    wider = {"0.1": 11, "1": 15, "+Inf": 17}
    error = system.refusal(histogram(wider, 10), 60)
    assert error.reason is FetchReason.SCHEMA
    assert "buckets of the histogram changed" in str(error)
    (row,) = system.look(histogram(wider | {"+Inf": 18}, 12), 120)
    assert (row["started"], row["latency_counts"]) == ("2026-01-01T00:01:00+00:00", "[0, 0, 1]")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("answered_total 1\n", "there is no asked_total"),
        ("# TYPE asked_total gauge\nasked_total 1\n", "is a gauge and no counter"),
        ("asked_total -1\n", "no count"),
        ("asked_total NaN\n", "no count"),
        ("asked_total 1\n", "no histogram took_seconds"),
        ("asked_total 1\n# TYPE took_seconds summary\n", "is a summary and no histogram"),
        (histogram({"1": 2}, 1), "no bucket +Inf"),
        (histogram({"1": 2, "+Inf": 1}, 1), "less than the one below it"),
        (histogram({"x": 2, "+Inf": 2}, 1), "has no bound"),
        (histogram({"-1": 2, "+Inf": 2}, 1), "is no duration"),
        (
            histogram({"+Inf": 2}, 1, labels='a="1",')
            + 'took_seconds_bucket{le="1"} 1\ntook_seconds_bucket{le="+Inf"} 1\n',
            "different buckets",
        ),
    ],
)
def test_metrics_that_do_not_fit_are_refused_with_the_remedy(system: System, text: str, told: str) -> None:
    system.stated = {"latency": "took_seconds"}
    error = system.refusal(text)
    assert error.reason is FetchReason.SCHEMA
    assert told in str(error)
    assert "correct requests, errors or latency" in str(error)


def test_native_histogram_is_refused_because_its_buckets_cannot_be_read(system: System) -> None:
    system.kind, system.stated = OPENMETRICS, {"latency": "took_seconds"}
    error = system.refusal(
        "# TYPE asked counter\nasked_total 1\n# TYPE took_seconds histogram\ntook_seconds "
        "{count:24,sum:100,schema:0,zero_threshold:0.001,zero_count:4,positive_spans:[0:2],positive_deltas:[2,1]}\n"
        "# EOF\n"
    )
    assert "no histogram took_seconds with buckets of its own" in str(error)


@pytest.mark.parametrize(
    ("kind", "body", "reason", "told"),
    [
        (TEXT, b"asked_total 1\nasked_total x\n", FetchReason.UNREADABLE, "line 2 of the metrics"),
        (TEXT, b"asked_total 1\nb 1", FetchReason.UNREADABLE, "cut off"),
        (TEXT, b"a 1\nb 1\n\xff\n", FetchReason.UNREADABLE, "line 3 is not UTF-8"),
        (OPENMETRICS, b"# TYPE a counter\na_total 1\n", FetchReason.UNREADABLE, "line 2"),
        ("text/html", b"<html>", FetchReason.UNREADABLE, "did a login page come?"),
        (TEXT, b"".join(b'a{x="%d"} 1\n' % n for n in range(99)), FetchReason.TOO_LARGE, "50 series"),
        (
            TEXT,
            b"".join(b'asked_total{x="%d"} 1\n' % n for n in range(40)),
            FetchReason.TOO_LARGE,
            "selected",
        ),
        (TEXT, b'a{x="1",y="1",z="1"} 1\n', FetchReason.TOO_LARGE, "2 labels"),
        (TEXT, b"# " * 9_999 + b"\n", FetchReason.TOO_LARGE, "bytes"),
    ],
)
def test_answer_that_cannot_be_read_or_holds_too_much_is_refused(
    system: System, kind: str, body: bytes, reason: FetchReason, told: str
) -> None:
    system.kind = kind
    system.stated = {"max_series": 50, "max_selected": 30, "max_labels": 2, "limits": {"body_bytes": 9_000}}
    error = system.refusal(body)
    assert error.reason is reason
    assert told in str(error)


def test_status_of_an_error_is_told(system: System) -> None:
    system.status = 401
    assert system.refusal("").reason is FetchReason.AUTH


def test_openmetrics_is_asked_for_and_the_secret_goes_along_and_nowhere_else(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", HIDDEN)
    system.stated = {"auth": {"kind": "bearer", "token": "env:TOKEN"}}
    system.look("asked_total 1\n")
    assert system.heard[0]["Authorization"] == f"Bearer {HIDDEN}"
    assert system.heard[0]["Accept"].startswith("application/openmetrics-text;version=1.0.0")
    assert HIDDEN not in f"{system.cursor}{system.refusal(f'b 1 {HIDDEN}')}"


def test_labels_are_not_kept(system: System) -> None:
    system.look('asked_total{user="Siti Aminah",nik="3273010101900001"} 1\n')
    assert system.cursor is not None
    assert "Siti" not in system.cursor
    assert "3273" not in system.cursor


@pytest.mark.parametrize("seconds", [-5, 0, 21_601], ids=["back", "same", "long"])
def test_time_that_is_none_or_too_long_has_no_row_and_counting_begins_anew(
    system: System, seconds: float
) -> None:
    system.look("asked_total 1\n")
    assert system.look("asked_total 5\n", seconds) == []
    (row,) = system.look("asked_total 6\n", seconds + 60)
    assert row["requests"] == "1"


def test_other_selection_begins_anew_and_a_cursor_that_is_none_is_refused(system: System) -> None:
    system.look("asked_total 1\nother_total 500\n")
    system.stated = {"requests": "other_total"}
    assert system.look("asked_total 2\nother_total 501\n", 60) == []
    system.cursor = json.dumps({"at": 1})
    assert system.refusal("asked_total 1\nother_total 1\n").reason is FetchReason.INTERNAL


def test_of_a_stretch_of_time_it_has_none(system: System) -> None:
    window = Window(BEGIN, BEGIN + timedelta(days=1))
    assert system.look("asked_total 1\n", want=Want(window=window)) == []
    assert system.heard == []


@pytest.mark.parametrize(
    "stated", [{"requests": "{"}, {"latency": 'a{x=~"("}'}, {"wrong": "1"}, {"url": "x"}]
)
def test_settings_are_strict(stated: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ExpositionSettings.model_validate({"url": "https://example.org/metrics", "requests": "a"} | stated)


def test_rows_are_records_of_the_contract_by_the_mapping_of_the_kind(system: System) -> None:
    system.stated = {"latency": "took_seconds"}
    system.look(histogram({"0.1": 1, "+Inf": 2}, 9))
    system.look(histogram({"0.1": 1, "+Inf": 2}, 9), 60)
    mapping = Mapping.load(READY_MAPPINGS["exposition"])
    got = pieces(
        system, histogram({"0.1": 2, "+Inf": 4}, 10.5).replace("asked_total 1", "asked_total 4"), 120
    )
    rows = got[0].rows.with_columns(pl.lit("US-CHI").alias(REGION))
    mapped = Mapper(mapping, load_contract("traffic"), registry_of("open311"), got[0].seen).map(rows)
    assert mapped.issues.is_empty()
    (record,) = mapped.frame.to_dicts()
    assert (record["region"], record["requests"], record["errors"]) == ("US-CHI", 3, 0)
    assert record["latency_counts"] == [1, 1]
    assert record["latency_le"] == [0.1, float("inf")]
    assert record["started"] == BEGIN + timedelta(seconds=60)


def pieces(system: System, text: str, seconds: float) -> list[Piece]:
    system.body = text.encode()
    document = {"url": system.url, "allow": "127.0.0.1", "requests": "asked_total"} | system.stated

    async def work(client: Client) -> list[Piece]:
        with surroundings(client=client, now=lambda: BEGIN + timedelta(seconds=seconds)) as around:
            source = ExpositionScrape(ExpositionSettings.model_validate(document), around)
            return await pieces_of(source, Want(since=system.cursor))

    return with_client(work)


@settings(max_examples=25)
@given(
    steps=st.lists(
        st.one_of(st.lists(st.floats(0, 20), max_size=8), st.sampled_from(["look", "restart"])), max_size=15
    ),
    openmetrics=st.booleans(),
)
def test_sum_of_the_rows_is_what_was_counted_less_what_nobody_saw_before_a_restart(
    steps: list[Any], *, openmetrics: bool
) -> None:
    """A real client library counts; no row has a negative count, and requests and histogram agree."""

    def fresh() -> tuple[CollectorRegistry, Counter, Histogram]:
        registry = CollectorRegistry()
        asked = Counter("asked", "Requests.", registry=registry)
        return registry, asked, Histogram("took_seconds", "Latency.", registry=registry)

    with serving(System(kind=OPENMETRICS if openmetrics else TEXT)) as system:
        system.stated = {"latency": "took_seconds"}
        registry, asked, took = fresh()
        seen, waiting, looks, rows = 0, 0, 0, list[dict[str, Any]]()
        for step in ["look", *steps, "look"]:
            if step == "restart":
                registry, asked, took = fresh()
                waiting = 0
            elif step == "look":
                looks += 1
                text = (openmetrics_of if openmetrics else generate_latest)(registry)
                rows += system.look(text, looks * 60)
                seen, waiting = seen + waiting, 0
            else:
                for seconds in step:
                    asked.inc()
                    took.observe(seconds)
                waiting += len(step)
    counts = [json.loads(row["latency_counts"]) for row in rows]
    assert sum(int(row["requests"]) for row in rows) == seen
    assert [sum(one) for one in counts] == [int(row["requests"]) for row in rows]
    assert all(count >= 0 for one in counts for count in one)
