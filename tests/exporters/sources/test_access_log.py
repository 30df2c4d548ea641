"""Logs that are followed while they are written and rotated: what an import of the whole log would give."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from checks.compile import load_contract
from exporters.errors import FetchReason
from exporters.files.accesslogline import LineReader
from exporters.files.format import AccessLog, FileFormat
from exporters.mapper import Mapper
from exporters.mapping import Mapping
from exporters.sources import READY_MAPPINGS
from exporters.sources.access_log_tail import AccessLogSettings, AccessLogTail
from exporters.sources.source import REGION, Want, Window
from tests.exporters.files.logs import line
from tests.exporters.files.reading import read_all
from tests.exporters.realdata import real, registry_of
from tests.exporters.sources.fetching import fetched, refused, surroundings, table

APACHE = "access-logs/apache_logs"
NAME = "web"
SECRETS = ("203.0.113.77", "siti", "aminah", "nik=3273", "example.org", "Mozilla")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC).timestamp()


@dataclass
class Server:
    """A server that writes a log, and whoever rotates it; and the tail, with the cursor that is kept of it."""

    folder: Path
    stated: dict[str, Any] = field(default_factory=dict)
    clock: float = BEGIN
    cursor: str | None = None
    rows: list[pl.DataFrame] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.folder / "access.log"

    def write(self, *lines: str, end: str = "\n") -> None:
        with self.path.open("a", encoding="utf-8") as log:
            log.write("".join(f"{text}{end}" for text in lines))

    def rotate(self, how: str) -> None:
        """By renaming, or copying and truncating; ``gz``: what was rotated before is compressed."""
        for number in range(30, 0, -1):
            for suffix in ("", ".gz"):
                old = self.folder / f"access.log.{number}{suffix}"
                if old.exists():
                    old.rename(self.folder / f"access.log.{number + 1}{suffix}")
        newest = self.folder / "access.log.1"
        if how == "copy":
            shutil.copy(self.path, newest)
            os.truncate(self.path, 0)
        else:
            self.path.rename(newest)
            self.path.touch()
        if how == "gz":
            for path in self.folder.glob("access.log.?"):
                (self.folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
                path.unlink()

    def fetch(self, *, now: float | None = None, kept: int | None = None) -> pl.DataFrame | None:
        """Rows of a fetch; only those of the first pieces arrive where ``kept`` says so."""
        clock = datetime.fromtimestamp(self.clock if now is None else now, UTC)
        document = {"path": self.path, "late_seconds": 120, "format": {"log": NAME}} | self.stated
        with surroundings(now=lambda: clock) as around:
            tail = AccessLogTail(AccessLogSettings.model_validate(document), around)
            pieces = fetched(tail, Want(since=self.cursor))[:kept]
        if not pieces:
            return None
        self.cursor = pieces[-1].cursor
        self.rows += [piece.rows for piece in pieces]
        return table(pieces)

    def all_rows(self) -> pl.DataFrame:
        return sorted_rows(pl.concat(self.rows, how="diagonal"))


def sorted_rows(rows: pl.DataFrame) -> pl.DataFrame:
    bare = rows.select(sorted(rows.columns))
    return bare.sort("_row", "id")


def imported(path: Path, **stated: Any) -> pl.DataFrame:
    """Rows as the import of a whole file gives them."""
    fmt = FileFormat(kind="access_log", access_log=AccessLog(log=NAME, **stated))
    return sorted_rows(read_all(path, fmt))


def seconds(lines: Sequence[str]) -> list[float]:
    """The latest second that is told up to each line."""
    read, newest, found = LineReader(AccessLog()).read, 0, []
    for text in lines:
        request = read(text)
        newest = newest if isinstance(request, str) else max(newest, request.second)
        found.append(float(newest))
    return found


def test_interval_is_given_once_no_line_of_it_may_come_any_more(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.write(line(10), line(299))
    assert server.fetch(now=BEGIN + 419) is None
    server.write(line(301), line(298, 500))
    rows = server.fetch(now=BEGIN + 420)
    assert rows is not None
    assert rows.select("id", "requests", "errors").rows() == [
        ("web/2025-01-01T00:00:00Z/2025-01-01T00:00:10Z", "3", "1")
    ]
    server.write(line(302))
    later = server.fetch(now=BEGIN + 720)
    assert later is not None
    assert later["requests"].to_list() == ["2"]
    assert server.fetch(now=BEGIN + 9_999) is None


def test_line_that_is_being_written_waits_for_its_end(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.write(line(1))
    server.write(line(302)[:40], end="")
    rows = server.fetch(now=BEGIN + 420)
    assert rows is not None
    assert rows["requests"].to_list() == ["1"]
    server.write(line(302)[40:])
    server.fetch(now=BEGIN + 720)
    rows = server.all_rows()
    assert rows["requests"].to_list() == ["1", "1"]
    assert "_line" not in rows.columns


def test_line_that_comes_too_late_is_set_aside_once_and_masked(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.write(line(1))
    server.fetch(now=BEGIN + 420)
    server.write(line(2), line(700))
    first = server.fetch(now=BEGIN + 720)
    assert first is not None
    assert first["_problem"].to_list() == ["it comes too late: its interval is closed (late_seconds)"]
    assert [secret for secret in SECRETS if secret in str(first.to_dicts())] == []
    second = server.fetch(now=BEGIN + 1_300)
    assert second is not None
    assert second["requests"].to_list() == ["1"]
    assert "_line" not in second.columns


def test_lines_that_are_no_request_are_set_aside_once(tmp_path: Path) -> None:
    server = Server(tmp_path)
    for second in range(0, 3_000, 100):
        server.write(line(second), f"203.0.113.77 broken {second}")
        server.fetch(now=BEGIN + second)
    server.fetch(now=BEGIN + 9_999)
    rows = server.all_rows()
    assert rows["_line"].drop_nulls().len() == 30
    assert rows["requests"].drop_nulls().cast(pl.Int64).sum() == 30


def test_nothing_of_a_user_is_in_rows_or_cursor(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.write(line(1), line(2)[:-1], line(3))
    server.fetch(now=BEGIN + 9_999)
    everything = f"{server.cursor}{server.all_rows().to_dicts()}"
    assert [secret for secret in SECRETS if secret in everything] == []


def test_rows_are_those_of_an_import_with_latency_by_host_and_of_json(tmp_path: Path) -> None:
    server = Server(tmp_path)
    stated = {"time_unit": "s", "bounds": (0.01, 0.02), "by_host": True, "interval_seconds": 60}
    server.stated = {"format": {"log": NAME} | stated}
    for n in range(40):
        told = {"ts": BEGIN + n * 7, "status": 200 if n % 4 else 503, "host": f"h{n % 3}.example"}
        server.write(json.dumps(told | {"request_time": f"0.{n:03d}"}))
        server.fetch(now=BEGIN + n * 7)
        if n % 9 == 8:
            server.rotate("move")
    server.fetch(now=BEGIN + 9_999)
    whole = tmp_path / "whole"
    files = sorted(
        tmp_path.glob("access.log*"), key=lambda path: -int(path.suffix[1:]) if path.suffix != ".log" else 0
    )
    whole.write_bytes(b"".join(path.read_bytes() for path in files))
    assert server.all_rows().equals(imported(whole, **stated))


@pytest.mark.parametrize("how", ["move", "copy", "gz"])
def test_lines_written_to_a_file_after_it_was_rotated_are_not_lost(tmp_path: Path, how: str) -> None:
    """As by a server that was not yet told to open the new one."""
    server = Server(tmp_path)
    server.write(line(1))
    server.fetch(now=BEGIN + 420)
    if how == "copy":
        server.write(line(401))
        server.rotate(how)
    else:
        held = server.path.open("a", encoding="utf-8")
        server.rotate("move")
        assert server.fetch(now=BEGIN + 430) is None
        held.write(f"{line(401)}\n")
        held.close()
        if how == "gz":
            server.rotate("gz")
    server.write(line(402))
    server.fetch(now=BEGIN + 9_999)
    assert server.all_rows()["requests"].to_list() == ["1", "2"]


def test_file_that_is_gone_is_told_and_the_rest_is_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(tmp_path)
    server.write(line(1), line(301))
    server.fetch(now=BEGIN + 420)
    server.path.unlink()
    server.write(line(700))
    server.fetch(now=BEGIN + 9_999)
    assert server.all_rows()["requests"].to_list() == ["1", "1"]
    assert "is gone, with what was written to it since" in caplog.text


def test_inode_that_is_used_again_is_not_taken_for_the_old_file(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.write(line(1), line(2))
    server.fetch(now=BEGIN + 420)
    os.truncate(server.path, 0)
    server.write(line(500), line(501), line(502))
    server.fetch(now=BEGIN + 9_999)
    assert server.all_rows()["requests"].to_list() == ["2", "3"]


def test_dated_names_of_rotated_files_are_known_and_others_are_not(tmp_path: Path) -> None:
    server = Server(tmp_path)
    (tmp_path / "access.log-20250101").write_text(f"{line(1)}\n")
    (tmp_path / "access.log-20250102.gz").write_bytes(gzip.compress(f"{line(301)}\n".encode()))
    (tmp_path / "access.log.bak").write_text(f"{line(1)}\n")
    (tmp_path / "access.log.2").mkdir()
    server.write(line(601))
    server.fetch(now=BEGIN + 9_999)
    assert server.all_rows()["requests"].to_list() == ["1", "1", "1"]


def test_log_that_is_not_there_or_broken_is_told(tmp_path: Path) -> None:
    with surroundings() as around:
        tail = AccessLogTail(AccessLogSettings(path=tmp_path / "access.log"), around)
        assert "there is no" in refused(tail, FetchReason.FILE)
        (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(line(1).encode() * 999)[:-9])
        assert "cannot be read any further: Compressed file ended" in refused(tail, FetchReason.FILE)
        (tmp_path / "access.log.1.gz").unlink()
        (tmp_path / "access.log").write_bytes(b"x" * (5 << 20))
        assert "Is it an access log?" in refused(tail, FetchReason.TOO_LARGE)
        assert "cannot be used" in refused(tail, FetchReason.INTERNAL, Want(since="{}"))


def test_of_a_stretch_of_time_it_has_none(tmp_path: Path) -> None:
    window = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    with surroundings() as around:
        tail = AccessLogTail(AccessLogSettings(path=tmp_path / "access.log"), around)
        assert fetched(tail, Want(window=window)) == []
    with pytest.raises(ValidationError):
        AccessLogSettings(path=tmp_path, encoding="utf-16")


def test_rows_are_records_of_the_contract_by_the_mapping_of_the_kind(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.stated = {"format": {"log": NAME, "time_unit": "s", "by_host": True}}
    told = {"ts": BEGIN + 7, "status": 503, "host": "mpp.example", "request_time": "0.3"}
    server.write(json.dumps(told))
    rows = server.fetch(now=BEGIN + 9_999)
    assert rows is not None
    mapper = Mapper(
        Mapping.load(READY_MAPPINGS["access_log"]),
        load_contract("traffic"),
        registry_of("open311"),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    mapped = mapper.map(rows.with_columns(pl.lit("US-CHI").alias(REGION)))
    assert mapped.issues.is_empty()
    (record,) = mapped.frame.to_dicts()
    assert (record["region"], record["target"]) == ("US-CHI", "mpp.example")
    assert (record["requests"], record["errors"], sum(record["latency_counts"])) == (1, 1, 1)


STEP = st.tuples(
    st.integers(1, 80), st.sampled_from(["fetch", "crash", "half", "move", "copy", "gz", "write"])
)


@settings(max_examples=40)
@given(first=st.integers(0, 9_000), steps=st.lists(STEP, min_size=1, max_size=10))
def test_tail_over_a_log_that_is_rotated_anywhere_equals_an_import_of_it(
    tmp_path_factory: pytest.TempPathFactory, first: int, steps: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    lines = real(APACHE).read_text(encoding="utf-8").splitlines()[first : first + 900]
    newest = seconds(lines)
    server = Server(folder, {"piece_rows": 1})
    at, half = 0, ""
    for count, step in steps:
        for text in lines[at : at + count]:
            server.write(text.removeprefix(half))
            half = ""
        at = min(at + count, len(lines))
        server.clock = newest[at - 1]
        if step == "half" and at < len(lines):
            half = lines[at][:50]
            server.write(half, end="")
            server.fetch()
            server.write(lines[at].removeprefix(half))
            at, half = at + 1, ""
        elif step in {"fetch", "crash"}:
            server.fetch(kept=1 if step == "crash" else None)
        elif step in {"move", "copy", "gz"}:
            server.rotate(step)
    server.clock = newest[at - 1] + 9_999
    server.fetch()
    whole = folder / "whole"
    whole.write_text("".join(f"{text}\n" for text in lines[:at]), encoding="utf-8")
    assert server.all_rows().equals(imported(whole))


def test_tail_over_the_whole_log_equals_an_import_of_it(tmp_path: Path) -> None:
    lines = real(APACHE).read_text(encoding="utf-8").splitlines()
    newest = seconds(lines)
    server = Server(tmp_path, {"piece_rows": 10})
    for at in range(0, len(lines), 500):
        server.write(*lines[at : at + 500])
        server.clock = newest[min(at + 499, len(lines) - 1)]
        server.fetch(kept=2 if at == 4_000 else None)
        if at % 1_500 == 1_000:
            server.rotate(("move", "copy", "gz")[at // 1_500 % 3])
    server.fetch(now=server.clock + 9_999)
    assert server.all_rows().equals(imported(real(APACHE)))
    assert server.fetch(now=server.clock + 99_999) is None


def test_first_reading_of_a_long_log_gives_it_in_pieces_as_an_import_would(tmp_path: Path) -> None:
    """Each piece has a cursor, so that a crash in the middle loses nothing."""
    server = Server(tmp_path, {"piece_rows": 5})
    shutil.copy(real(APACHE), server.path)
    server.clock = seconds(server.path.read_text(encoding="utf-8").splitlines())[-1] + 9_999
    server.fetch(kept=1)
    assert 5 <= server.all_rows().height < 84
    server.fetch()
    assert server.all_rows().equals(imported(real(APACHE)))
