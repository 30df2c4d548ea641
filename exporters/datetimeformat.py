"""Formats of instants that a mapping may name."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from polars.exceptions import PolarsError

NAMED = ("iso", "excel", "epoch_s", "epoch_ms")
_PROBE = pl.Series(
    [datetime(2023, 10, 29, 13, 14, 15, tzinfo=UTC), datetime(2024, 11, 30, 13, 14, 15, tzinfo=UTC)]
)
_TIME = ("%H", "%I", "%M", "%S", "%T", "%R", "%X", "%c", "%s", "%p", "%P", "%k", "%l", "%r", "%f", "%.f")
_ZONE = ("%z", "%:z", "%#z", "%+", "%s")


def is_format(text: str) -> str:
    """Tell what is wrong with a format; empty if nothing is."""
    if text in NAMED:
        return ""
    if "%" not in text:
        return f"{text!r} is no format. Write {', '.join(NAMED)}, or directives such as %d/%m/%Y %H:%M"
    try:
        written = _PROBE.dt.to_string(text)
        read = parsed(written, text)
        readable = read.null_count() == 0 and read.dt.year().to_list() == [2023, 2024]
    except PolarsError:
        readable = False
    return (
        ""
        if readable
        else f"{text!r} is no format that can be read, with a year. See the directives of strptime"
    )


def has_time(text: str) -> bool:
    """Whether a format has a time of day."""
    return any(directive in text for directive in _TIME)


def has_zone(text: str) -> bool:
    """Whether a format has an offset from UTC."""
    return any(directive in text for directive in _ZONE)


def parsed(text: pl.Series, form: str) -> pl.Series:
    """Instants in microseconds (naive, or UTC where the format has an offset); null where it does not fit."""
    if not has_time(form):
        return text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    return text.str.to_datetime(form, time_unit="us", strict=False)
