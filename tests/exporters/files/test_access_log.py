"""Access logs: what is counted of them, what is set aside, and what is never told."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from exporters.errors import MappingError, SourceEmpty, SourceTooLarge, UnreadableFormat
from exporters.files.accesslogline import LineReader, Request
from exporters.files.file import read_file
from exporters.files.format import AccessLog, FileFormat, Limits
from exporters.mapping import Mapping
from tests.exporters.files.logs import line
from tests.exporters.files.reading import read_all, refusal
from tests.exporters.realdata import ROOT, real

SECRETS = ("203.0.113.77", "2001:db8::77", "siti.aminah", "nik=3273", "example.org", "Mozilla")


def log_format(**stated: Any) -> FileFormat:
    return FileFormat(kind="access_log", access_log=AccessLog(**stated))


def put(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{text}\n" for text in lines), encoding="utf-8")
    return path


def rows(path: Path, fmt: FileFormat | None = None) -> list[dict[str, Any]]:
    """Rows of a log that tell requests, each with what it has."""
    frame = read_all(path, fmt or log_format())
    if "_line" in frame.columns:
        frame = frame.filter(pl.col("_line").is_null())
    return [{k: v for k, v in row.items() if v is not None} for row in frame.to_dicts()]


def set_aside(path: Path, fmt: FileFormat | None = None) -> dict[int, tuple[str, str]]:
    """Lines that tell none: their masked text and why, by number."""
    frame = read_all(path, fmt or log_format())
    if "_line" not in frame.columns:
        return {}
    bad = frame.filter(pl.col("_line").is_not_null())
    return {number: (text, why) for number, text, why in bad.select("_row", "_line", "_problem").rows()}


def test_lines_of_an_interval_become_one_row(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", line(10), line(299, 404), line(299, 503), line(300, 500), line(900))
    assert rows(path) == [
        {
            "id": "2025-01-01T00:00:00Z/2025-01-01T00:00:10Z",
            "started": "2025-01-01T00:00:00Z",
            "interval_seconds": "300",
            "requests": "3",
            "errors": "1",
            "out_of_order": "0",
            "_row": 1,
            "_lines": 3,
        }
    ] + [
        {
            "id": f"{started}/2025-01-01T00:00:10Z",
            "started": started,
            "interval_seconds": "300",
            "requests": "1",
            "errors": errors,
            "out_of_order": "0",
            "_row": number,
            "_lines": 1,
        }
        for started, errors, number in (("2025-01-01T00:05:00Z", "1", 4), ("2025-01-01T00:15:00Z", "0", 5))
    ]


def test_byte_order_mark_windows_line_ends_and_bytes_that_are_no_text_are_borne(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(
        b"\xef\xbb\xbf" + f"{line(0)}\r\n".encode() + line(1).encode().replace(b"/izin", b"/\xff")
    )
    assert [row["requests"] for row in rows(path)] == ["2"]


def test_intervals_have_the_length_that_is_stated(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", line(59), line(60), line(119))
    found = rows(path, log_format(interval_seconds=60))
    assert [(row["started"], row["requests"]) for row in found] == [
        ("2025-01-01T00:00:00Z", "1"),
        ("2025-01-01T00:01:00Z", "2"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (line(0)[:-1], "cut off"),
        (line(0)[:40], "cut off"),
        (line(0).replace("Jan", "Jam"), "its time is no instant"),
        (line(0).replace("01/Jan", "31/Feb"), "its time is no instant"),
        (line(0).replace("+0000", "+9999"), "its time is no instant"),
        (line(0).replace(" +0000", ""), "its time is no instant"),
        (line(0, 0).replace(" 0 512", " 000 512"), "its status is no number"),
        ('{"time": "2025-01-01T00:00:00", "status": 200}', "its time is no instant with an offset"),
        ('{"time": "2025-01-01T00:00:00Z", "status": "OK"}', "its status is no number"),
        ('{"time": "2025-01-01T00:00:00Z"}', "it has no status (keys status,"),
        ('{"status": 200}', "it has no time (keys time_iso8601,"),
        ('{"status": 200, "request": "\\x16"}', "it is invalid JSON in column 29"),
        ('{"a":' * 100_000, "it is invalid JSON"),
        ("\0\0\0\0", "cut off"),
    ],
)
def test_line_that_tells_no_request_is_set_aside_with_its_number(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = put(tmp_path / "a.log", line(0), "", text, line(1))
    ((number, (_, why)),) = set_aside(path).items()
    assert number == 3
    assert problem in why
    assert [row["requests"] for row in rows(path)] == ["2"]


def test_nothing_of_a_user_is_told_by_rows_or_by_lines_set_aside(tmp_path: Path) -> None:
    broken = [
        line(5)[:-1],
        line(6).replace("[", ""),
        line(7).replace('"GET', "GET"),
        "203.0.113.77",
        "2001:db8::77",
    ]
    as_json = {"remote_addr": "203.0.113.77", "user": "siti.aminah", "args": "nik=3273", "time": "2025-01-01"}
    path = put(tmp_path / "a.log", line(0), *broken, json.dumps(as_json), json.dumps(as_json)[:-1])
    frame = read_all(path, log_format())
    everything = json.dumps(frame.to_dicts())
    assert len(set_aside(path)) == 7
    assert [secret for secret in (*SECRETS, "aminah", "3273", "0113", "db8") if secret in everything] == []


def test_latency_in_seconds_as_nginx_logs_it(tmp_path: Path) -> None:
    times = ("0.000", "0.005", "0.006", "0.100", "1.500", "60.000", "-")
    path = put(tmp_path / "a.log", *(line(n, rest=f'"-" "M" {took}') for n, took in enumerate(times)))
    (row,) = rows(path, log_format(time_unit="s", bounds=(0.005, 0.1, 2)))
    assert (row["requests"], row["latency_le"]) == ("7", "[0.005, 0.1, 2.0, inf]")
    assert (row["latency_counts"], row["latency_sum_seconds"]) == ("[2, 2, 1, 1]", "61.611000")


def test_latency_in_microseconds_as_apache_logs_it(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", line(0, rest='"-" "M" 5000'), line(1, rest="1500000"))
    (row,) = rows(path, log_format(time_unit="us", bounds=(0.005, 1)))
    assert (row["latency_counts"], row["latency_sum_seconds"]) == ("[1, 0, 1]", "1.505000")


def test_latency_behind_a_word_or_a_key_that_is_stated(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.log",
        line(0, rest='"-" "M" uct="0.001" rt="0.250" x'),
        '{"time": "2025-01-01T00:00:01Z", "status": 502, "rt": 0.75}',
    )
    (row,) = rows(path, log_format(time_unit="s", duration_key="rt"))
    assert (row["requests"], row["errors"], row["latency_sum_seconds"]) == ("2", "1", "1.000000")


def test_unit_that_is_stated_for_lines_without_a_time_sets_them_aside(tmp_path: Path) -> None:
    path = put(
        tmp_path / "a.log",
        line(0, rest=""),
        line(0),
        line(0, rest="-0.1"),
        '{"time": "2025-01-01T00:00:01Z", "status": 200}',
    )
    reasons = [why for _, why in set_aside(path, log_format(time_unit="s")).values()]
    assert [why[:23] for why in reasons] == [
        "it has no request time,",
        "its request time is no ",
        "its request time is no ",
        "it has no request time ",
    ]


def test_each_host_may_have_rows_of_its_own(tmp_path: Path) -> None:
    hosts = (
        "mpp.bandung.go.id:443",
        "MPP.Bandung.go.id",
        "mpp.bogor.go.id",
        "203.0.113.9:80",
        "[2001:db8::1]:80",
    )
    path = put(
        tmp_path / "a.log",
        *(f"{host} {line(n)}" for n, host in enumerate(hosts)),
        '{"server_name": "mpp.bogor.go.id", "time": "2025-01-01T00:00:01Z", "status": 200}',
        '{"host": "a b", "time": "2025-01-01T00:00:01Z", "status": 200}',
        f"http://siti.aminah@x {line(9)}",
    )
    found = rows(path, log_format(by_host=True, log="web1"))
    assert {row["host"]: row["requests"] for row in found} == {
        "mpp.bandung.go.id": "2",
        "mpp.bogor.go.id": "2",
        "(address)": "2",
    }
    assert found[1]["id"] == "web1/mpp.bogor.go.id/2025-01-01T00:00:00Z/2025-01-01T00:00:00Z"
    assert {why for _, why in set_aside(path, log_format(by_host=True)).values()} == {"its host is no name"}


def test_line_that_comes_late_is_counted_where_it_belongs_and_as_out_of_order(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", line(290), line(310), line(295), line(600), line(305), line(606))
    found = rows(path)
    assert [(row["requests"], row["out_of_order"]) for row in found] == [("2", "1"), ("2", "1"), ("2", "0")]


def test_line_later_than_the_window_is_set_aside_and_no_interval_is_told_twice(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", *(line(300 * n) for n in range(6)), line(3), line(903), line(1203))
    fmt = log_format(open_rows=3)
    assert {n: why for n, (_, why) in set_aside(path, fmt).items()} == {
        7: "it comes too late: its interval is closed (format.access_log.open_rows)"
    }
    found = rows(path, fmt)
    assert [row["requests"] for row in found] == ["1", "1", "1", "2", "2", "1"]
    assert len({row["id"] for row in found}) == 6


def test_instant_far_in_the_future_does_not_close_the_others(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", line(0), line(1).replace("2025", "2099"), line(2))
    assert [row["requests"] for row in rows(path)] == ["2", "1"]


def test_log_that_has_grown_gives_the_same_ids(tmp_path: Path) -> None:
    lines = [line(n * 7) for n in range(200)]
    some, more = (
        rows(put(tmp_path / "access.log", *lines[:100])),
        rows(put(tmp_path / "access.log.1", *lines)),
    )
    assert some[:-1] == more[: len(some) - 1]
    assert (some[-1]["id"], some[-1]["requests"]) == (more[len(some) - 1]["id"], "14")
    assert more[len(some) - 1]["requests"] == "43"


def test_interval_cut_in_two_by_a_rotation_has_two_ids(tmp_path: Path) -> None:
    before = rows(put(tmp_path / "access.log.1", line(0), line(10)))
    after = rows(put(tmp_path / "access.log", line(11), line(12)))
    assert before[0]["started"] == after[0]["started"]
    assert before[0]["id"] != after[0]["id"]


def test_gzipped_log_gives_the_rows_of_the_plain_one(tmp_path: Path) -> None:
    path = put(tmp_path / "access.log", line(0), line(400))
    (tmp_path / "access.log.2.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert rows(tmp_path / "access.log.2.gz") == rows(path)


def test_every_line_is_in_one_row_whatever_the_chunks(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - made-up seconds, no secrets
    lines = [line(chance.randrange(86_400)) if n % 10 else "broken" for n in range(3_000)]
    path = put(tmp_path / "a.log", *lines)
    chunks = list(read_file(path, log_format(open_rows=400), chunk_rows=50))
    assert max(chunk.height for chunk in chunks) <= 50
    frame = pl.concat(chunks, how="diagonal")
    assert frame["_lines"].sum() == 3_000
    assert frame["_row"].is_unique().all()
    assert frame.filter(pl.col("_line").is_null())["requests"].cast(pl.Int64).sum() == 2_700


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line(n // 2 % 86_400)}\n" for n in range(40_000))
    tracemalloc.start()
    chunks = read_file(path, log_format(interval_seconds=1, open_rows=100), chunk_rows=1_000)
    counted = sum(chunk["_lines"].sum() for chunk in chunks)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted == 40_000
    assert peak < 8 << 20


def test_more_hosts_than_rows_may_be_open_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", *(f"h{n}.example.org {line(n)}" for n in range(20)))
    message = refusal(path, SourceTooLarge, log_format(by_host=True, open_rows=10))
    assert "more than 10 hosts in one interval" in message
    assert "Log the server's own name ($server_name, %v)" in message


def test_line_without_end_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.log", line(0), "x" * 400_000)
    message = refusal(path, SourceTooLarge, log_format(), limits=Limits(max_record_bytes=10_000))
    assert "line 2: a line of more than 10,000 bytes" in message


def test_long_line_made_to_be_slow_is_read_once(tmp_path: Path) -> None:
    """Half a million quotes, brackets and blanks: quadratic time would not end within the test's time."""
    head = "203.0.113.77 - - [01/Jan/2025:00:00:00 +0000] "
    slow = ('"\\' * 250_000, '" ' * 250_000, "[" * 500_000, head + '" ' * 250_000, "a " * 250_000)
    assert len(set_aside(put(tmp_path / "a.log", *slow, *(head * 10_000 for _ in range(2))))) == 7


def test_log_without_a_line_is_empty(tmp_path: Path) -> None:
    assert "Was it rotated just now?" in refusal(put(tmp_path / "a.log", "", " "), SourceEmpty, log_format())


def test_web_page_or_picture_is_no_log(tmp_path: Path) -> None:
    page = put(tmp_path / "a.log", "<!doctype html><html></html>")
    assert "a web page (HTML)" in refusal(page, UnreadableFormat, log_format())


def test_entries_for_logs_are_held_to_their_form() -> None:
    text = (ROOT / "tests" / "mappings" / "access-log.yaml").read_text(encoding="utf-8")
    kind = "format: {kind: access_log"
    assert kind in text
    for stated, problem in (
        ("format: {kind: csv, access_log: {log: a}", "access_log needs 'kind: access_log'"),
        (f"{kind}, access_log: {{bounds: [1, 1]}}", "the bounds do not ascend"),
        (f"{kind}, access_log: {{bounds: [nan]}}", "format.access_log.bounds"),
        (f"{kind}, access_log: {{unit: s}}", "there is no such entry. Did you mean 'time_unit'?"),
        (f"{kind}, access_log: {{time_unit: minutes}}", "format.access_log.time_unit"),
        (f"{kind}, access_log: {{interval_seconds: 0}}", "format.access_log.interval_seconds"),
    ):
        with pytest.raises(MappingError) as caught:
            Mapping.parse(text.replace(kind, stated))
        assert problem in str(caught.value)


def test_apache_log_has_the_counts_that_are_known_of_it() -> None:
    path = real("access-logs/apache_logs")
    reader = LineReader(AccessLog())
    lines = path.read_text(encoding="utf-8").splitlines()
    read = {number: reader.read(text) for number, text in enumerate(lines, start=1)}
    assert [number for number, request in read.items() if isinstance(request, str)] == [8899]
    seconds = [request.second for request in read.values() if isinstance(request, Request)]
    assert sum(later < earlier for earlier, later in pairwise(seconds)) == 4_915
    found = read_all(path, log_format()).filter(pl.col("_line").is_null())
    totals = {name: found[name].cast(pl.Int64).sum() for name in ("requests", "errors", "out_of_order")}
    assert totals == {"requests": 9_999, "errors": 3, "out_of_order": 4_915}


def test_counters_of_the_nginx_plus_snapshots_are_not_taken_for_requests() -> None:
    """One worker's counter falls when the other answers: a difference of two lines is no count of requests."""
    path = real("access-logs/nginxplus_json_logs")
    snapshots = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    totals = [item["requests"]["total"] for item in snapshots]
    handshakes = [item["ssl"]["handshakes"] for item in snapshots]
    assert all(earlier <= later for earlier, later in pairwise(totals))
    assert sum(later < earlier for earlier, later in pairwise(handshakes)) == 51
    aside = set_aside(path)
    assert len(aside) == 500
    assert {why.split(" (")[0] for _, why in aside.values()} == {"it has no status"}
