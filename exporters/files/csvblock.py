"""A block of CSV, from the start of one record to the start of another, as a frame of text.

The fast way, all vectorised: every line gets a mark as one more field, so that a line with too
few or too many fields shows by a mark out of place. It is taken only where quoting is regular
(each quote opens a field, closes one, or is doubled inside one), which is checked first. A
block with irregular quoting is read record by record (``csvrepair``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from exporters.files.csvrepair import Badline, read_carefully
from exporters.files.dialect import Dialect
from exporters.files.format import LINE, PROBLEM

Positions = np.ndarray[tuple[int], np.dtype[np.int64]]
NEWLINE, RETURN = b"\n", b"\r"
_MARKS = (b"\x1f", b"\x1e", b"\x1d", b"\x1c", b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x0e", b"\x0f")
_EXTRA = "_extra"


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records, and how many bytes of the input they took; the rest belongs to the next block."""

    frame: pl.DataFrame
    used: int


def quotes_of(data: bytes, dialect: Dialect) -> Positions | None:
    """Positions of quotes in ``data``; ``None`` where quoting is irregular. Data begin with a record."""
    if not dialect.quote or dialect.quote not in data:
        return np.empty(0, np.int64)
    text = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(text == dialect.quote[0])
    ends = (dialect.delimiter[0], NEWLINE[0])
    opening, closing = quotes[::2], quotes[1::2]
    before = text[np.maximum(opening - 1, 0)]
    doubled = np.concatenate(([False], opening[1:] == closing[: len(opening) - 1] + 1))
    opens = (opening == 0) | (before == ends[0]) | (before == ends[1]) | doubled
    last = len(text) - 1
    after, next_but_one = text[np.minimum(closing + 1, last)], text[np.minimum(closing + 2, last)]
    redoubled = np.concatenate((doubled[1:], [False]))[: len(closing)]
    line_ends = (after == ends[1]) | ((after == RETURN[0]) & (next_but_one == ends[1])) | (closing + 2 > last)
    closes = (closing == last) | (after == ends[0]) | line_ends | redoubled
    return quotes if opens.all() and closes.all() else None


def end_of_records(data: bytes, quotes: Positions) -> int:
    """Where the last whole record of ``data`` ends; 0 where there is none."""
    end = len(data)
    while (at := data.rfind(NEWLINE, 0, end)) >= 0:
        if np.searchsorted(quotes, at) % 2 == 0:
            return at + 1
        end = int(quotes[np.searchsorted(quotes, at) - 1])
    return 0


def read_block(data: bytes, names: list[str], dialect: Dialect, *, final: bool, patience: int) -> Block:
    """Frame of the records in ``data``, which begin where a record begins.

    ``final``: nothing comes after. ``patience``: bytes that a record may have before its first
    line is given up as malformed. Malformed lines stand in their order, with ``LINE`` and ``PROBLEM``.
    """
    quotes = quotes_of(data, dialect)
    if final and data and not data.endswith(NEWLINE):
        data += NEWLINE
    end = end_of_records(data, quotes) if quotes is not None else 0
    open_end = final and end < len(data)
    if quotes is not None and not open_end and (end > 0 or len(data) < patience):
        frame = _fast(data[:end], quotes, names, dialect) if end else pl.DataFrame()
        if frame is not None:
            return Block(frame, end)
    rows, used = read_carefully(data, len(names), dialect, final=final, patience=patience)
    return Block(_frame(rows, names), used)


def _fast(data: bytes, quotes: Positions, names: list[str], dialect: Dialect) -> pl.DataFrame | None:
    """Frame of whole records with regular quoting, ``None`` if polars sees them otherwise."""
    sep = dialect.delimiter
    free = list(islice((mark for mark in _MARKS if mark != sep and mark not in data), 2))
    if len(free) < len(("mark", "swap")):
        return None
    mark, swap = free
    returns = RETURN in data
    joined = data.replace(b"\r\n", swap) if returns else data
    text = joined.replace(NEWLINE, sep + mark + NEWLINE)
    lines = (len(text) - len(joined)) // 2
    if returns:
        lines += len(data) - len(joined)
        text = text.replace(swap, sep + swap + NEWLINE)
    schema = dict.fromkeys([*names, _EXTRA], pl.String())
    try:
        frame = pl.read_csv(
            text,
            has_header=False,
            schema=schema,
            separator=sep.decode(),
            quote_char=dialect.quote.decode() if len(quotes) else None,
            missing_columns="insert",
            extra_columns="ignore",
        )
    except PolarsError:
        return None
    marks = [m.decode() for m in ((mark, swap) if returns else (mark,))]
    good = (frame[_EXTRA].is_in(marks) if returns else frame[_EXTRA] == marks[0]).fill_null(value=False)
    frame = frame.drop(_EXTRA)
    if len(quotes) and dialect.quote * 2 in data:
        frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    if frame.height != lines:
        if frame.height != len(_ends(data, quotes)):
            return None
        frame = _unmarked(frame, sep.decode(), marks)
    return frame if good.all() else _with_bad_lines(frame, good, data, quotes, names, dialect)


def _ends(data: bytes, quotes: Positions) -> Positions:
    """Positions of the newlines that end a record."""
    newlines = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE[0])
    return newlines[np.searchsorted(quotes, newlines) % 2 == 0] if len(quotes) else newlines


def _unmarked(frame: pl.DataFrame, sep: str, marks: list[str]) -> pl.DataFrame:
    """Take the marks out of the line breaks inside fields."""
    text = pl.all()
    for mark, line_break in zip(marks, ("\n", "\r\n"), strict=False):
        text = text.str.replace_all(f"{sep}{mark}\n", line_break, literal=True)
    return frame.with_columns(text)


def _with_bad_lines(
    frame: pl.DataFrame,
    good: pl.Series,
    data: bytes,
    quotes: Positions,
    names: list[str],
    dialect: Dialect,
) -> pl.DataFrame | None:
    """Frame with the raw text of the records that have the wrong number of fields, blank lines left out.

    ``None`` if such a record has several lines: perhaps only its first line is to blame.
    """
    ends = _ends(data, quotes)
    if len(ends) != frame.height:
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    lines: list[str | None] = [None] * frame.height
    problems: list[str | None] = [None] * frame.height
    blank = np.zeros(frame.height, dtype=bool)
    for at in np.flatnonzero(~good.to_numpy()):
        raw = data[starts[at] : ends[at]].decode().removesuffix("\r")
        if "\n" in raw:
            return None
        blank[at] = not raw
        found = Badline.of(raw, len(names), dialect)
        lines[at], problems[at] = found.text, found.problem
    bad = pl.DataFrame({LINE: lines, PROBLEM: problems}, schema={LINE: pl.String, PROBLEM: pl.String})
    whole = frame.with_columns(pl.when(pl.Series(good)).then(pl.all())).with_columns(bad)
    kept = whole.filter(pl.Series(~blank))
    return kept if kept[LINE].null_count() < kept.height else kept.drop(LINE, PROBLEM)


def _frame(rows: list[list[str] | Badline], names: list[str]) -> pl.DataFrame:
    width = len(names)
    schema = dict.fromkeys([*names, LINE, PROBLEM], pl.String())
    table = [
        [*([None] * width), row.text, row.problem]
        if isinstance(row, Badline)
        else [*(field or None for field in row), None, None]
        for row in rows
    ]
    frame = pl.DataFrame(table, schema=schema, orient="row")
    return frame if any(isinstance(row, Badline) for row in rows) else frame.drop(LINE, PROBLEM)
