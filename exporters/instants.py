"""Instants as they are written, to UTC. Vectorised; nothing raises: what cannot be read is null.

An instant is read to one of two columns: ``utc`` where its offset is written with it, ``local``
where it is not and a time zone must say. A date without a time of day is its local midnight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from exporters.datetimeformat import has_zone, parsed
from metrics.local_time import constant_offset_minutes

NAIVE = pl.Datetime("us")
UTC = pl.Datetime("us", "UTC")
_HEAD = 19
"""Length of ``2024-01-31T10:20:30``."""
_TAIL = re.compile(r"(?:[.,](\d{1,9}))?\s?(?:([Zz]|UTC)|([+-])(\d{2}):?(\d{2})?)?")
_ISO = (
    r"^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s?([Zz]|UTC|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_FEW = 1_000
_MAX_HOURS, _MAX_MINUTES = 18, 59
EXCEL_EPOCH = pl.datetime(1899, 12, 30)
EXCEL_DAYS = (61.0, 2_958_466.0)
"""Serial numbers from 1900-03-01 (before it Excel counts a day that never was) to 9999-12-31."""


@dataclass(frozen=True, slots=True)
class Moments:
    """``utc`` and ``local``: in each row one of the two, or neither where it cannot be read."""

    utc: pl.Series
    local: pl.Series

    def unread(self) -> pl.Series:
        """Whether a row has neither."""
        return self.utc.is_null() & self.local.is_null()


def none(height: int, kind: pl.DataType) -> pl.Series:
    """Column of nulls."""
    return pl.Series([None], dtype=kind).new_from_index(0, height)


def read_moments(text: pl.Series, formats: Sequence[str]) -> Moments:
    """Moments of texts (null where absent), by the first format that fits."""
    few = _distinct(text)
    if few is not None:
        return _spread(text, few, read_moments(few, formats))
    moments = _by_format(text, formats[0])
    for form in formats[1:]:
        moments = _patched(moments, text, form)
    return moments


def _distinct(text: pl.Series) -> pl.Series | None:
    """Return the distinct texts if they are few, as constants and dates are."""
    if text.len() <= _FEW or text.head(_FEW).n_unique() > _FEW / 2:
        return None
    distinct = text.drop_nulls().unique()
    return distinct if distinct.len() * 4 < text.len() else None


def _spread(text: pl.Series, few: pl.Series, moments: Moments) -> Moments:
    if few.len() == 1 and not text.null_count():
        return Moments(moments.utc.new_from_index(0, text.len()), moments.local.new_from_index(0, text.len()))
    codes = text.cast(pl.Enum(few)).to_physical()
    return Moments(moments.utc.gather(codes), moments.local.gather(codes))


def _patched(moments: Moments, text: pl.Series, form: str) -> Moments:
    """Read with one more format what could not be read so far."""
    gap = moments.unread() & text.is_not_null()
    if not gap.any():
        return moments
    read = _by_format(text.filter(gap), form)
    return _scattered(moments, gap, read)


def _scattered(moments: Moments, gap: pl.Series, read: Moments) -> Moments:
    rows = gap.arg_true()
    return Moments(moments.utc.scatter(rows, read.utc), moments.local.scatter(rows, read.local))


def _by_format(text: pl.Series, form: str) -> Moments:
    match form:
        case "iso":
            return _iso(text)
        case "excel":
            return _excel(text)
        case "epoch_s":
            return _epoch(text, 1_000_000)
        case "epoch_ms":
            return _epoch(text, 1_000)
        case _:
            read = parsed(text.str.strip_chars(), form)
            if has_zone(form):
                return Moments(read.cast(UTC), none(len(read), NAIVE))
            return Moments(none(len(read), UTC), read)


def _iso(text: pl.Series) -> Moments:
    """ISO 8601 with a date at least. The common form is read by its fixed places, others by a pattern."""
    first = text.drop_nulls().head(1)
    space = first.len() > 0 and first[0][10:11] == " "
    head = text.str.slice(0, _HEAD).str.to_datetime(
        "%Y-%m-%d %H:%M:%S" if space else "%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False
    )
    moments = _with_tails(head, text.str.slice(_HEAD))
    gap = moments.unread() & text.is_not_null()
    if not gap.any():
        return moments
    return _scattered(moments, gap, _iso_by_pattern(text.filter(gap)))


def _with_tails(head: pl.Series, tail: pl.Series) -> Moments:
    """Moments from the first 19 characters, read, and what follows them: fraction and offset."""
    tails = tail.filter(head.is_not_null()).unique()
    if tails.len() > _FEW:
        return Moments(none(head.len(), UTC), none(head.len(), NAIVE))
    read = [_tail(value) for value in tails]
    table = pl.DataFrame(
        {
            "tail": tails,
            "shift": [shift for shift, _ in read],
            "zoned": [zoned for _, zoned in read],
        },
        schema={"tail": pl.String, "shift": pl.Int64, "zoned": pl.Boolean},
    )
    if table.height == 1 and table["zoned"][0]:
        return Moments(
            (head + timedelta(microseconds=table["shift"][0])).dt.replace_time_zone("UTC"),
            none(head.len(), NAIVE),
        )
    frame = (
        pl.DataFrame({"head": head, "tail": tail})
        .join(table, on="tail", how="left", maintain_order="left")
        .drop("tail")
    )
    shift, zoned = pl.col("shift"), pl.col("zoned")
    moment = (pl.col("head").to_physical() + shift).cast(NAIVE)
    done = frame.select(
        utc=pl.when(zoned).then(moment).dt.replace_time_zone("UTC"), local=pl.when(~zoned).then(moment)
    )
    return Moments(done["utc"], done["local"])


def _tail(text: str) -> tuple[int | None, bool | None]:
    """Microseconds to add for a tail such as ``.5+07:00``, and whether it tells the offset."""
    match = _TAIL.fullmatch(text)
    if match is None:
        return None, None
    fraction, utc, sign, hours, minutes = match.groups()
    micros = int((fraction or "0").ljust(6, "0")[:6])
    if sign is None:
        return micros, utc is not None
    if int(hours) > _MAX_HOURS or int(minutes or 0) > _MAX_MINUTES:
        return None, None
    east = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    return micros - east * 60_000_000, True


def _iso_by_pattern(text: pl.Series) -> Moments:
    parts = text.str.strip_chars().str.extract_groups(_ISO).struct.unnest()
    date, clock, second, fraction, zone = (parts[:, n] for n in range(5))
    frame = pl.DataFrame({"date": date, "clock": clock, "second": second, "fraction": fraction, "zone": zone})
    offset = (
        pl.when(pl.col("zone").str.contains("^[Zz]|UTC"))
        .then(0)
        .otherwise(
            (
                pl.col("zone").str.slice(1, 2).cast(pl.Int64) * 60
                + pl.col("zone").str.replace(":", "").str.slice(3, 2).str.replace("^$", "0").cast(pl.Int64)
            )
            * pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
        )
    )
    head = pl.format(
        "{}T{}:{}", pl.col("date"), pl.col("clock").fill_null("00:00"), pl.col("second").fill_null("00")
    ).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us", strict=False)
    micros = pl.col("fraction").fill_null("0").str.pad_end(6, "0").str.slice(0, 6).cast(pl.Int64)
    done = frame.select(
        moment=(head.to_physical() + micros).cast(NAIVE), offset=offset, zoned=pl.col("zone").is_not_null()
    )
    limit = _MAX_HOURS * 60 + _MAX_MINUTES
    shifted = (pl.col("moment").to_physical() - pl.col("offset") * 60_000_000).cast(NAIVE)
    fits = pl.col("offset").abs() <= limit
    done = done.select(
        utc=pl.when(pl.col("zoned") & fits).then(shifted).dt.replace_time_zone("UTC"),
        local=pl.when(~pl.col("zoned")).then(pl.col("moment")),
    )
    return Moments(done["utc"], done["local"])


def _excel(text: pl.Series) -> Moments:
    days = text.str.strip_chars().cast(pl.Float64, strict=False)
    low, high = EXCEL_DAYS
    frame = days.alias("days").to_frame()
    micros = (pl.col("days") * 86_400).round().cast(pl.Int64) * 1_000_000
    local = (
        frame.select(
            pl.when((pl.col("days") >= low) & (pl.col("days") < high)).then(
                EXCEL_EPOCH + pl.duration(microseconds=micros)
            )
        )
        .to_series()
        .cast(NAIVE)
    )
    return Moments(none(len(local), UTC), local)


def _epoch(text: pl.Series, micros: int) -> Moments:
    number = text.str.strip_chars().cast(pl.Float64, strict=False)
    largest = 253_402_300_800_000_000 / micros
    kept = pl.select(pl.when(number.is_finite() & (number.abs() < largest)).then(number)).to_series()
    utc = (kept * micros).round().cast(pl.Int64).cast(NAIVE).dt.replace_time_zone("UTC")
    return Moments(utc, none(len(utc), NAIVE))


def localise(local: pl.Series, zones: pl.Series | str) -> pl.Series:
    """UTC of local instants. ``zones``: the zone of all, or of each (null gives null).

    An hour that occurs twice, when clocks go back, is taken as the first of the two. A time that
    does not occur, when they go forward, is null, except midnight: the day begins after the gap.
    """
    names = (
        [zones] if isinstance(zones, str) else sorted(zones.filter(local.is_not_null()).drop_nulls().unique())
    )
    frame = pl.DataFrame({"local": local})
    if not isinstance(zones, str):
        frame = frame.with_columns(zones.alias("zone"))
    out = pl.lit(None, UTC)
    for name in names:
        here = _in_zone(pl.col("local"), name)
        out = here if isinstance(zones, str) else pl.when(pl.col("zone") == name).then(here).otherwise(out)
    return frame.select(out.alias("utc")).to_series() if names else none(len(local), UTC)


def _in_zone(local: pl.Expr, zone: str) -> pl.Expr:
    constant = constant_offset_minutes(zone)
    if constant is not None:
        return (local - pl.duration(minutes=constant)).dt.replace_time_zone("UTC")
    placed = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = (local + pl.duration(hours=1)).dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    )
    midnight = local.dt.time() == pl.time(0)
    return pl.coalesce(placed, pl.when(midnight).then(later)).dt.convert_time_zone("UTC")
