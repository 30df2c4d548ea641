"""What a push holds becomes records of the contract, or rows with a reason; nothing is guessed."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exporters.files.format import Kind
from exporters.mapping import Mapping
from exporters.push import parquet
from exporters.push.reading import Reader, Records, own_mapping
from exporters.push.refusal import Refusal
from exporters.push.settings import PushSettings
from exporters.push.tokens import Grant
from metrics.datasets import DATASETS
from metrics.regions import indonesia
from tests.exporters.push.serving import FOREIGN, MINE, lines, record

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
GRANT = Grant("mppi", frozenset({MINE}), frozenset(DATASETS), None, simulated=False)


def read(
    folder: Path,
    body: bytes,
    kind: Kind = "jsonl",
    dataset: str = "transactions",
    grant: Grant = GRANT,
    **settings: Any,
) -> Records:
    content = folder / "body"
    content.write_bytes(body)
    return Reader(indonesia()).records(content, kind, dataset, grant, PushSettings(**settings), NOW)


def refused(folder: Path, body: bytes, kind: Kind = "jsonl", **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(folder, body, kind, **more)
    return caught.value


def found(records: Records) -> list[tuple[int, str, str]]:
    """Row, rule and field of each issue."""
    issues = pl.concat([chunk.issues for chunk in records.chunks])
    return issues.select("_row", "rule", "field").rows()


def as_parquet(frame: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    frame.write_parquet(sink)
    return sink.getvalue()


def test_the_three_formats_give_the_same_records(tmp_path: Path) -> None:
    rows = [record(n, completed=None if n % 2 else "2025-12-24T09:30:00.5+07:00") for n in range(50)]
    frame = pl.DataFrame(rows)
    typed = frame.with_columns(
        pl.col("submitted", "observed_at", "completed").str.to_datetime(time_zone="UTC", time_unit="us")
    )
    bodies: dict[Kind, bytes] = {
        "jsonl": lines(*rows),
        "csv": frame.write_csv().encode(),
        "parquet": as_parquet(typed),
    }
    read_ones = [read(tmp_path, body, kind) for kind, body in bodies.items()]
    assert [found(one) for one in read_ones] == [[]] * 3
    first, *others = (one.chunks[0].frame for one in read_ones)
    assert all(first.equals(other) for other in others)
    assert first["completed"].null_count() == 25


def test_lists_and_numbers_and_truths_are_read_from_json(tmp_path: Path) -> None:
    row = {
        "region": MINE, "id": "t", "observed_at": "2026-01-02T00:00:00Z", "started": "2026-01-01T00:00:00Z",
        "interval_seconds": 300, "requests": 5, "errors": 0,
        "latency_le": [0.1, 1, "inf"], "latency_counts": [3, 2, 0], "latency_sum_seconds": 1.25,
    }  # fmt: skip
    records = read(tmp_path, lines(row), dataset="traffic")
    assert found(records) == []
    (read_row,) = records.chunks[0].frame.to_dicts()
    assert read_row["latency_le"] == [0.1, 1.0, float("inf")]
    assert read_row["latency_counts"] == [3, 2, 0]
    probe = {
        "region": MINE, "id": "p", "observed_at": "2026-01-02T00:00:00Z", "target": "portal",
        "checked": "2026-01-01T00:00:00Z", "up": True, "status_code": 200,
    }  # fmt: skip
    assert found(read(tmp_path, lines(probe), dataset="probes")) == []
    assert found(read(tmp_path, lines({**probe, "up": "ya", "status_code": 20.5}), dataset="probes")) == [
        (1, "word-unknown", "up"),
        (1, "number-unreadable", "status_code"),
    ]


@pytest.mark.parametrize(
    "instant",
    [
        "2025-12-01T08:00:00",
        "2025-12-01",
        "2025-12-01 08:00",
        "1764550800",
        "01/12/2025 08:00+07:00",
        "2025-13-01T00:00Z",
    ],
)
def test_instant_says_its_offset_or_the_record_is_rejected(tmp_path: Path, instant: str) -> None:
    records = read(tmp_path, lines(record(submitted=instant)))
    assert set(found(records)) == {(1, "date-unreadable", "submitted")}
    reason = records.chunks[0].issues["reason"][0]
    assert reason.startswith(f"'{instant}' in submitted")
    assert "mapping" not in reason


@pytest.mark.parametrize(
    "instant", ["2025-12-01T08:00Z", "2025-12-01 08:00:00.123456+0700", "2025-12-01t08:00:00z"]
)
def test_instant_with_an_offset_is_read(tmp_path: Path, instant: str) -> None:
    assert found(read(tmp_path, lines(record(submitted=instant)))) == []


def test_record_of_another_region_counts_for_no_region(tmp_path: Path) -> None:
    records = read(
        tmp_path, lines(record(1), record(2, region=FOREIGN), record(3, region="99.99"), {"id": "x"})
    )
    assert found(records) == [
        (2, "region-foreign", "region"),
        (3, "region-unknown", "region"),
        (4, "region-missing", "region"),
    ]
    assert records.chunks[0].frame["region"].to_list() == [MINE, None, None, None]


def test_token_says_what_is_simulated_and_a_record_that_says_otherwise_is_rejected(tmp_path: Path) -> None:
    rows = [record(n, simulated=value) for n, value in enumerate([True, False, None, "yes", "1", "0"])]
    real = read(tmp_path, lines(*rows))
    assert [row for row, rule, _ in found(real) if rule == "simulation-foreign"] == [1, 4, 5]
    assert not real.chunks[0].frame["simulated"].any()
    grant = Grant("mppi", frozenset({MINE}), frozenset(DATASETS), None, simulated=True)
    simulated = read(tmp_path, lines(*rows), grant=grant)
    assert [row for row, rule, _ in found(simulated) if rule == "simulation-foreign"] == [2, 4, 6]
    assert simulated.chunks[0].frame["simulated"].all()


def test_what_no_database_keeps_is_rejected(tmp_path: Path) -> None:
    records = read(tmp_path, lines(record(1, service="a\0b"), record(2)))
    assert found(records) == [(1, "text-unreadable", "service")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": "\\ud800"}', "half of a character"),
        (b'{"id": ' + b"[" * 600 + b"]" * 600 + b"}", "recursion"),
        (b'{"id": ' + b"[" * 100_000, "recursion"),
        (b'{"id": NaN}', "NaN is no JSON"),
        (b'[{"id": 1}]', "not an object"),
        (b'{"id": 1,}', "column 10"),
        (b"<id>1</id>", "Expecting value"),
    ],
)
def test_line_that_is_no_record_is_one_rejected_row(tmp_path: Path, line: bytes, says: str) -> None:
    records = read(tmp_path, lines(record(1)) + line + b"\n\n" + lines(record(2)))
    assert found(records) == [(2, "line-malformed", "")]
    assert says in records.chunks[0].issues["reason"][0]
    assert records.rows == 3


def test_columns_of_nobody_are_named_and_those_of_ours_cannot_be_forged(tmp_path: Path) -> None:
    records = read(tmp_path, lines(record(_row=7, _problem="x", extra=1, nested={"a": 1})))
    assert records.ignored == ("extra", "nested.a")
    assert records.chunks[0].frame["_row"].to_list() == [1]
    csv = b"_row,_line,region,id\n9,x,32.73,A1\n"
    assert read(tmp_path, csv, "csv").chunks[0].frame.select("_row", "id").rows() == [(1, "A1")]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "jsonl", 422),
        (b"\n \n", "jsonl", 422),
        (b"region,id\n", "csv", 422),
        (b'{"id": "\xff"}\n', "jsonl", 400),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "csv", 400),
        (b"<!doctype html><html></html>", "jsonl", 400),
        (b"PK\x03\x04" + b"\0" * 100, "csv", 400),
        (b"PAR1" + b"\0" * 100, "jsonl", 400),
        (b"PAR1" + b"\0" * 100, "parquet", 400),
        (b"region,id\n", "parquet", 400),
        (lines(*(record(n) for n in range(11))), "jsonl", 413),
        (as_parquet(pl.DataFrame([record(n) for n in range(11)])), "parquet", 413),
        (b"{" + b'"a":1,' * 10 + b'"' + b"x" * (5 << 20), "jsonl", 413),
        (b",".join(b"c%d" % n for n in range(501)) + b"\n" + b"," * 500 + b"\n", "csv", 413),
    ],
)  # fmt: skip
def test_body_that_cannot_be_read_as_a_whole_is_refused(
    tmp_path: Path, body: bytes, kind: Kind, status: int
) -> None:
    refusal = refused(tmp_path, body, kind, max_rows=10)
    assert refusal.status == status
    assert "mapping" not in str(refusal)


def test_parquet_that_grows_beyond_its_bounds_is_refused_and_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = pa.array(["x" * 1_000_000]).dictionary_encode()
    bomb = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000, pa.int32()), text.dictionary)
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": bomb}), sink)
    assert len(sink.getvalue()) < 100_000
    assert refused(tmp_path, sink.getvalue(), "parquet").status == 413
    monkeypatch.setattr(parquet, "MEMORY_BYTES", 2_600 << 20)
    monkeypatch.setattr(parquet, "SMALL_ROWS", 3_000)
    assert refused(tmp_path, sink.getvalue(), "parquet").status in {400, 413}


def test_mapping_of_the_token_reads_its_own_words_and_columns(tmp_path: Path) -> None:
    text = json.dumps(
        {
            "version": "1", "dataset": "transactions", "source": "dinas", "timezone": "Asia/Jakarta",
            "region": {"column": "kode"},
            "fields": {
                "id": "nomor",
                "submitted": {"column": "diajukan", "formats": "%d/%m/%Y %H:%M"},
                "status": {"column": "status", "words": {"Selesai": "completed"}},
            },
        }
    )  # fmt: skip
    mapping = Mapping.parse(text, "dinas.yaml")
    grant = Grant("dinas", frozenset({MINE}), frozenset({"transactions"}), mapping, simulated=True)
    row = {"kode": MINE, "nomor": 7, "diajukan": "01/12/2025 08:00", "status": "selesai"}
    records = read(tmp_path, lines(row, {**row, "kode": FOREIGN}, {**row, "status": "Batal"}), grant=grant)
    assert found(records) == [(2, "region-foreign", "region"), (3, "word-unknown", "status")]
    first = records.chunks[0].frame.row(0, named=True)
    assert (first["id"], first["status"], first["simulated"]) == ("7", "completed", True)
    assert first["submitted"] == dt.datetime(2025, 12, 1, 1, tzinfo=dt.UTC)
    assert first["observed_at"] == NOW
    lacking = refused(tmp_path, lines({"kode": MINE}), grant=grant)
    assert lacking.status == 422
    assert "has no column 'nomor'" in str(lacking)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_record_set_can_be_pushed_by_its_own_columns(tmp_path: Path, dataset: str) -> None:
    assert own_mapping(dataset).dataset == dataset
    records = read(tmp_path, lines({"region": MINE, "id": "1"}), dataset=dataset)
    assert found(records) == []
    assert records.chunks[0].frame["id"].to_list() == ["1"]
