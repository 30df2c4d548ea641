"""Offsets from UTC: what turns an instant into the day and month of its own region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

_YEARS = range(1995, 2061)


@lru_cache
def constant_offset_minutes(zone: str) -> int | None:
    """Minutes east of UTC of a zone that never changes its clocks between 1995 and 2060."""
    instants = (datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in range(1, 13))
    offsets = {instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in instants}
    only = offsets.pop()
    return int(only.total_seconds() // 60) if only is not None and not offsets else None


def _offset_minutes(instant: str, zone: str) -> pl.Expr:
    constant = constant_offset_minutes(zone)
    if constant is not None:
        return pl.lit(constant, dtype=pl.Int16)
    local = pl.col(instant).dt.convert_time_zone(zone)
    return (local.dt.base_utc_offset() + local.dt.dst_offset()).dt.total_minutes().cast(pl.Int16)


def with_offsets(
    frame: pl.DataFrame, instants: Sequence[str], zone_of_region: Mapping[str, str]
) -> pl.DataFrame:
    """Frame with ``<instant>_offset_minutes`` (Int16, null with the instant) for each instant.

    The order of the rows may change: rows of one zone stand together.
    """
    zones = pl.col("region").replace_strict(zone_of_region, return_dtype=pl.String)
    names = sorted({zone_of_region[region] for region in frame["region"].unique()})
    parts = [frame] if len(names) == 1 else [frame.filter(zones == zone) for zone in names]
    return pl.concat(
        [
            part.with_columns(
                pl.when(pl.col(instant).is_not_null())
                .then(_offset_minutes(instant, zone))
                .alias(f"{instant}_offset_minutes")
                for instant in instants
            )
            for part, zone in zip(parts, names, strict=True)
        ]
        or [frame.with_columns(pl.lit(None, pl.Int16).alias(f"{name}_offset_minutes") for name in instants)]
    )


def local_month(anchor: str, *, is_date: bool) -> pl.Expr:
    """Month "YYYY-MM" of the anchor in the region's own time (its offset column must be there)."""
    if is_date:
        return pl.col(anchor).dt.to_string("%Y-%m")
    shift = pl.duration(minutes=pl.col(f"{anchor}_offset_minutes"))
    local = (pl.col(anchor) + shift).dt
    year, month = local.year().cast(pl.Int32), local.month().cast(pl.Int32)
    key = year * 100 + month
    return key.cast(pl.String).str.replace(r"^(\d{4})(\d{2})$", "${1}-${2}")
