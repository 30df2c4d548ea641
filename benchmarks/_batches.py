"""Batches of made-up transactions, clean and dirty, on disk as chunks that a mapping has read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from checks.chunk import ISSUES_SCHEMA
from checks.compile import load_contract
from metrics.regions import indonesia

CHUNK_ROWS = 200_000
DIRTY_EVERY = 5
TOLD_EVERY = 1_001
NOW = datetime(2025, 7, 1, tzinfo=UTC)
_BEGUN = datetime(2025, 1, 1, tzinfo=UTC)
_SEEN = datetime(2025, 6, 30, tzinfo=UTC)
_DAY = 86_400


def _names(rows: pl.Expr, names: Iterable[str]) -> pl.Expr:
    """One of the names for each row, by its number."""
    listed = pl.Series([*names], dtype=pl.String)
    return pl.lit(listed).gather((rows % len(listed)).cast(pl.UInt32))


def clean(rows: int, regions: int) -> pl.DataFrame:
    """Transactions that keep every rule, in a hash's order; the same ones for any number of regions."""
    chance = pl.col("_row").hash(seed=11)
    services = (f"{verb} {what}" for verb in ("Penerbitan", "Perubahan", "Pencabutan") for what in _SERVICES)
    schema = load_contract("transactions").polars_schema
    ended = pl.col("submitted") + pl.duration(seconds=60 + (chance // 13) % (20 * _DAY))
    frame = pl.int_range(1, rows + 1, dtype=pl.Int64, eager=True).alias("_row").to_frame()
    return (
        frame.with_columns(
            region=_names(chance // 3, sorted(indonesia().regions)[:regions]),
            id=pl.format("MPP-2025-{}", pl.col("_row").cast(pl.String).str.zfill(8)),
            observed_at=pl.lit(_SEEN),
            simulated=pl.lit(value=True),
            submitted=pl.lit(_BEGUN) + pl.duration(seconds=(chance // 7) % (150 * _DAY)),
            status=_names(chance // 5, ("completed", "open", "completed", "rejected", "completed")),
            channel=_names(chance // 17, ("digital", "counter", "digital", "phone", "other", "email")),
            service=_names(chance // 19, services),
            promise_value=(1 + chance // 23 % 14).cast(pl.Float64),
            promise_unit=_names(chance // 29, ("days", "working_days")),
            promise_from=pl.lit("submitted"),
        )
        .with_columns(
            file_complete=pl.col("submitted") + pl.duration(hours=1),
            completed=pl.when(pl.col("status") != "open").then(ended),
            due=pl.col("submitted") + pl.duration(days=15),
        )
        .select(pl.col("_row"), *(pl.col(name).cast(kind) for name, kind in schema.items()))
    )


_SERVICES = (
    "Kartu Keluarga", "Kartu Identitas Anak", "Akta Kelahiran", "Akta Kematian", "Akta Perkawinan",
    "Surat Pindah", "Nomor Induk Berusaha", "Izin Praktik Dokter", "Izin Praktik Bidan",
    "Izin Apotek", "Izin Reklame", "Izin Trayek", "Izin Lokasi", "Persetujuan Bangunan Gedung",
    "Kartu Pencari Kerja", "Surat Keterangan Catatan Kepolisian", "Paspor", "Sertifikat Tanah",
    "Pajak Kendaraan", "Pajak Bumi dan Bangunan", "Rekomendasi Penelitian", "Jaminan Kesehatan",
)  # fmt: skip

_OUR_OWN = ("_row", "observed_at", "simulated", "promise_from")
"""Columns that no source has: the mapping fills them in."""
_NOTHING = pl.lit(None)
_AN_HOUR_BEFORE = pl.col("submitted") - pl.duration(hours=1)
_LATER = pl.lit(NOW) + pl.duration(days=3)
_FAULTS: Mapping[str, Mapping[str, pl.Expr]] = {
    "required-region": {"region": _NOTHING},
    "required-id": {"id": _NOTHING},
    "required-observed-at": {"observed_at": _NOTHING},
    "required-simulated": {"simulated": _NOTHING},
    "required-submitted": {"submitted": _NOTHING},
    "required-status": {"status": _NOTHING},
    "domain-status": {"status": pl.lit("selesai")},
    "domain-channel": {"channel": pl.lit("loket")},
    "domain-promise-unit": {"promise_unit": pl.lit("hari")},
    "domain-promise-from": {"promise_from": pl.lit("berkas")},
    "values-readable": {"completed": _NOTHING},
    "region-known": {"region": pl.lit("99.99")},
    "observed-at-not-in-future": {"observed_at": _LATER},
    "submitted-not-in-future": {"submitted": _LATER},
    "submitted-not-ancient": {"submitted": pl.lit(datetime(1900, 1, 1, tzinfo=UTC))},
    "completed-not-before-submitted": {"completed": _AN_HOUR_BEFORE},
    "promise-value-not-negative": {"promise_value": pl.lit(-1.0)},
    "completed-not-after-observed": {"completed": _LATER},
    "status-agrees-with-dates": {"status": pl.lit("completed"), "completed": _NOTHING},
    "file-complete-not-before-submitted": {"file_complete": _AN_HOUR_BEFORE},
    "due-not-before-submitted": {"due": _AN_HOUR_BEFORE},
    "promise-complete": {"promise_unit": _NOTHING},
}
"""What makes a row break each rule of the contract."""


def dirty(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make a fifth of the rows break a rule, all rules of the contract in turn; the frame, and its issues.

    17 of the 22 rules reject a row, 5 warn. In one row of a thousand a person's telephone number, each
    another one, stands in the name of the service.
    """
    rules = load_contract("transactions").rules
    kind = pl.when(pl.col("_row") % DIRTY_EVERY == 0).then(pl.col("_row") // DIRTY_EVERY % len(rules))
    for number, rule in enumerate(rules):
        frame = frame.with_columns(
            pl.when(kind == number).then(value).otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
            for name, value in _FAULTS[rule.id].items()
        )
    told = pl.format("{} a.n. Contoh, 0812{}", "service", 10_000_000 + pl.col("_row"))
    frame = frame.with_columns(
        pl.when(pl.col("_row") % TOLD_EVERY == 0).then(told).otherwise("service").alias("service")
    )
    unread = frame.filter(kind == [rule.id for rule in rules].index("values-readable")).select(
        "_row",
        rule=pl.lit("date-unreadable"),
        field=pl.lit("completed"),
        value=pl.lit("31/31/2025"),
        reason=pl.lit("completed '31/31/2025' is no date"),
    )
    return frame, unread.select(ISSUES_SCHEMA.names())


def write(folder: Path, frame: pl.DataFrame, issues: pl.DataFrame) -> Path:
    """Write a batch as mapped chunks: frame, issues, and the source's own columns as text."""
    folder.mkdir()
    texts = [
        (
            pl.col(name).dt.to_string("%d/%m/%Y %H:%M")
            if kind.is_temporal()
            else pl.col(name).cast(pl.String)
        ).alias(f"kolom_{name}")
        for name, kind in frame.schema.items()
        if name not in _OUR_OWN
    ]
    for number, part in enumerate(frame.iter_slices(CHUNK_ROWS)):
        of_part = issues.filter(pl.col("_row").is_in(part["_row"].implode()))
        part.write_ipc(folder / f"{number:03d}-frame.arrow")
        of_part.write_ipc(folder / f"{number:03d}-issues.arrow")
        part.select("_row", *texts).write_ipc(folder / f"{number:03d}-raw.arrow")
    return folder
