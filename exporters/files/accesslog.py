"""Access logs of nginx and Apache: lines are folded into rows of requests, one for each interval.

As with the event logs of ``exporters.grouping``, a record is a row and not a line: ``_row`` is the
number of its first line, ``_lines`` how many it was made from. A line that is no request passes as
a malformed record, masked. Neither addresses nor users, referrers or what was asked go further
than the line they stand in.

Lines may come late, as servers write a line when a request ends: rows stay open until
``open_rows`` others are. A row's ``id`` tells its interval and when the log begins, so the same log
read again, longer or under another name, gives the same ids, and another log others, also
where an interval is cut in two by a rotation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from exporters.errors import SourceEmpty, SourceTooLarge
from exporters.files.accesslogline import LineReader, Request, masked
from exporters.files.format import LINE, LINES, PROBLEM, ROW, AccessLog, FileFormat, Limits
from exporters.files.stream import ByteStream

_PIECE = 1 << 18
_BLANK = b" \t\r\n\f\v"
COLUMNS = (
    "id",
    "started",
    "interval_seconds",
    "requests",
    "errors",
    "latency_le",
    "latency_counts",
    "latency_sum_seconds",
    "out_of_order",
)
HOST = "host"


def read_access_log(
    stream: ByteStream, fmt: FileFormat, limits: Limits, chunk_rows: int
) -> Iterator[pl.DataFrame]:
    """Frames of the rows that are complete, and of the lines that are no request.

    Raises ``SourceEmpty`` for a log without a line, ``SourceTooLarge`` for a line or a number of
    hosts beyond the limits.
    """
    folding = Folding(stream.name, fmt.access_log)
    empty = True
    for number, line in _lines(stream, limits, fmt.encoding or "utf-8"):
        empty = False
        folding.add(number, line)
        if len(folding.done) >= chunk_rows:
            yield folding.frame()
    if empty:
        raise SourceEmpty(f"{stream.name} holds no line. Was it rotated just now? Take the one before.")
    folding.close_all()
    for first in range(0, len(folding.done), chunk_rows):
        yield folding.frame(first, first + chunk_rows)


def _lines(stream: ByteStream, limits: Limits, encoding: str) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers. Bytes that are no text are marked as such."""
    number, pending = 0, b""
    while data := stream.read(_PIECE):
        *whole, pending = (pending + data).split(b"\n")
        for number, line in enumerate(whole, start=number + 1):  # noqa: B020 - it goes on counting
            if text := line.strip(_BLANK):
                yield number, decoded(text, encoding)
        if len(pending) > limits.max_record_bytes:
            raise SourceTooLarge(
                f"{stream.name}, line {number + 1}: a line of more than {limits.max_record_bytes:,} bytes. "
                "Is it an access log? If so, raise format.limits.max_record_bytes."
            )
    if text := pending.strip(_BLANK):
        yield number + 1, decoded(text, encoding)


def decoded(line: bytes, encoding: str) -> str:
    """Text of a line; bytes that are none are marked as such."""
    return line.decode(encoding, "replace").removeprefix("\ufeff")


@dataclass(slots=True)
class _Row:
    """Requests of one interval and host so far."""

    first_line: int
    counts: list[int]
    requests: int = 0
    errors: int = 0
    out_of_order: int = 0
    timed: bool = False
    microseconds: int = 0


Done = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of the lines before the first that is read.

    ``begins``: instant of the log's first request. ``last``: second of the last one, for telling which
    come out of order. ``closed_before``: second before which no interval is open any more.
    """

    begins: str | None = None
    last: int | None = None
    closed_before: int | None = None


class Folding:
    """Rows that are open, by interval and host, and those that are done.

    ``patience``: entry of the settings that says how long intervals are open, for messages.
    """

    def __init__(
        self,
        name: str,
        log: AccessLog,
        before: Before = Before(),
        *,
        patience: str = "format.access_log.open_rows",
    ) -> None:
        self._name = name
        self._log = log
        self._patience = patience
        self._read = LineReader(log).read
        self._bounds = [round(bound * 1_000_000) for bound in log.bounds]
        self._le = f"[{', '.join(map(str, log.bounds))}, inf]"
        self._open: dict[int, dict[str, _Row]] = {}
        self._count = 0
        self.begins, self.last, self.closed_before = before.begins, before.last, before.closed_before
        self.done: list[Done] = []

    def add(self, number: int, line: str, *, again: bool = False) -> int | None:
        """Count a line, or set it aside; the interval that it is counted in, ``None`` where it is in none.

        ``again``: it was read before, so that it is not set aside, nor counted where its interval is closed.
        """
        request = self._read(line)
        if isinstance(request, str):
            self._set_aside(number, line, request, again=again)
            return None
        interval = request.second - request.second % self._log.interval_seconds
        if self.closed_before is not None and interval < self.closed_before:
            why = f"it comes too late: its interval is closed ({self._patience})"
            self._set_aside(number, line, why, again=again)
            self.last = request.second if again else self.last
            return None
        if self.begins is None:
            self.begins = _iso(request.second)
        self._fold(number, interval, request)
        if self._count > self._log.open_rows:
            self._close_earliest()
        return interval

    def is_open(self, interval: int) -> bool:
        """Whether an interval has rows that are not done."""
        return interval in self._open

    def close_before(self, second: int) -> None:
        """End the rows of all intervals that are over at a second since 1970."""
        bound = second - second % self._log.interval_seconds
        if self.closed_before is not None and bound <= self.closed_before:
            return
        for interval in sorted(one for one in self._open if one < bound):
            self._close(interval)
        self.closed_before = bound

    def close_all(self) -> None:
        """End the rows that are open: the log has ended."""
        for interval in sorted(self._open):
            self._close(interval)

    def frame(self, first: int = 0, last: int | None = None) -> pl.DataFrame:
        """Frame of what is done. Without bounds it is taken: it will not be given again."""
        done = sorted(self.done[first:last], key=lambda row: int(row[ROW] or 0))
        if last is None:
            self.done = []
        names = [*COLUMNS, *([HOST] if self._log.by_host else [])]
        if any(LINE in row for row in done):
            names += [LINE, PROBLEM]
        schema = dict.fromkeys(names, pl.String()) | {ROW: pl.Int64(), LINES: pl.Int64()}
        return pl.DataFrame({name: [row.get(name) for row in done] for name in schema}, schema=schema)

    def _set_aside(self, number: int, line: str, problem: str, *, again: bool) -> None:
        if again:
            return
        self.done.append({ROW: number, LINES: 1, LINE: masked(line), PROBLEM: problem})

    def _fold(self, number: int, interval: int, request: Request) -> None:
        hosts = self._open.setdefault(interval, {})
        row = hosts.get(request.host)
        if row is None:
            row = hosts[request.host] = _Row(number, [0] * (len(self._bounds) + 1))
            self._count += 1
        row.requests += 1
        row.errors += request.is_failed
        row.out_of_order += self.last is not None and request.second < self.last
        self.last = request.second
        if request.microseconds is not None:
            row.timed = True
            row.microseconds += request.microseconds
            row.counts[bisect_left(self._bounds, request.microseconds)] += 1

    def _close_earliest(self) -> None:
        if len(self._open) == 1:
            raise SourceTooLarge(
                f"{self._name}: more than {self._log.open_rows:,} hosts in one interval. Is the host what "
                "users send? Log the server's own name ($server_name, %v), or raise "
                "format.access_log.open_rows."
            )
        earliest = min(self._open)
        self._close(earliest)
        self.closed_before = earliest + self._log.interval_seconds

    def _close(self, interval: int) -> None:
        hosts = self._open.pop(interval)
        self._count -= len(hosts)
        self.done.extend(self._record(interval, host, row) for host, row in hosts.items())

    def _record(self, interval: int, host: str, row: _Row) -> Done:
        started = _iso(interval)
        latency: Done = {}
        if row.timed:
            latency = {
                "latency_le": self._le,
                "latency_counts": str(row.counts),
                "latency_sum_seconds": f"{row.microseconds / 1_000_000:.6f}",
            }
        return latency | {
            ROW: row.first_line,
            LINES: row.requests,
            "id": "/".join(filter(None, (self._log.log, host, started, self.begins))),
            HOST: host,
            "started": started,
            "interval_seconds": str(self._log.interval_seconds),
            "requests": str(row.requests),
            "errors": str(row.errors),
            "out_of_order": str(row.out_of_order),
        }


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
