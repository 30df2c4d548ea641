"""Defects that show over time: in how many records there are, and in what they hold."""

from __future__ import annotations

import datetime as dt

import polars as pl

from metrics.datasets import DATASETS
from tests.checks.defects.kind import SIX_WEEKS, TO_THE_END, Defect, Plant, Site, changed, copied, some

TUESDAY = dt.date(2025, 9, 16)
ENDED = pl.col("completed").is_not_null()


def lost(dataset: str, share: float, where: pl.Expr | None = None) -> Plant:
    """Plant a loss of a share of the records."""

    def plant(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        gone = site.chosen(frame, dataset, share)
        if where is not None:
            gone = gone & frame.select(where.fill_null(value=False)).to_series()
        return frame.filter(~gone)

    return plant


def surge(dataset: str, times: int) -> Plant:
    """Plant further records, each some seconds after one that is there."""

    def plant(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        anchor = DATASETS[dataset].anchor
        mine = site.chosen(frame, dataset)
        for number in range(1, times):
            later = pl.duration(seconds=7 * number)
            frame = copied(frame, _within(mine, frame), f"V{number}", **{anchor: pl.col(anchor) + later})
        return frame

    return plant


def _within(flags: pl.Series, frame: pl.DataFrame) -> pl.Series:
    return flags.extend_constant(value=False, n=frame.height - len(flags))


def written(dataset: str, share: float, **columns: pl.Expr) -> Plant:
    """Plant values into a share of the records that begin on the days."""
    return _written(DATASETS[dataset].anchor, share, columns)


def written_at_end(share: float, **columns: pl.Expr) -> Plant:
    """Plant values into a share of the cases that end on the days."""
    return _written("completed", share, columns)


def _written(instant: str, share: float, columns: dict[str, pl.Expr]) -> Plant:
    def plant(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        lucky = pl.Series(site.rng.random(frame.height) < share)
        return changed(frame, site.inside(frame, instant) & lucky, **columns)

    return plant


def shifted(dataset: str, hours: int, *columns: str) -> Plant:
    """Plant a clock that is wrong by whole hours."""
    wrong = {name: pl.col(name) + pl.duration(hours=hours) for name in columns}
    return written(dataset, 1.0, **wrong)


def slower(start: str, end: str, times: float) -> pl.Expr:
    """Give an end that took so many times as long."""
    return pl.col(start) + (pl.col(end) - pl.col(start)) * times


def anomaly(
    name: str,
    dataset: str,
    found_by: str,
    plant: Plant,
    effect: str,
    field: str | None = None,
    *,
    days: tuple[dt.date, dt.date] = SIX_WEEKS,
    elsewhere: str | None = None,
) -> Defect:
    """Give a defect that is found by statistics."""
    return Defect(name, dataset, found_by, plant, effect, field, days, anomaly=True, elsewhere=elsewhere)


CASE = ("submitted", "file_complete", "completed", "observed_at")
NO_TEXT = pl.lit(None, pl.String)
FOUR = pl.lit(4)
GOOD = dict.fromkeys(
    (
        "requirements",
        "procedure",
        "completion_time",
        "cost",
        "product",
        "competence",
        "conduct",
        "facilities",
        "complaint_handling",
    ),
    FOUR,
)

BY_TIME: tuple[Defect, ...] = (
    anomaly(
        "day lost",
        "transactions",
        "volume",
        lost("transactions", 1.0),
        "a day without records",
        days=some(TUESDAY, 1),
    ),
    anomaly(
        "most of a day lost",
        "transactions",
        "volume",
        lost("transactions", 0.85),
        "85 % of a day",
        days=some(TUESDAY, 1),
    ),
    anomaly(
        "day three times",
        "transactions",
        "volume",
        surge("transactions", 3),
        "3 times a day's records",
        days=some(TUESDAY, 1),
    ),
    anomaly("lasting loss", "transactions", "sustained", lost("transactions", 0.4), "40 % of six weeks"),
    anomaly(
        "requests lost",
        "traffic",
        "sustained",
        written("traffic", 1.0, requests=(pl.col("requests") * 0.6).floor()),
        "40 % of six weeks",
    ),
    anomaly("surveys lost", "surveys", "sustained", lost("surveys", 0.7), "70 % of six weeks"),
    anomaly(
        "region silent for a fortnight",
        "transactions",
        "silence",
        lost("transactions", 1.0),
        "14 days",
        days=some(TUESDAY, 14),
    ),
    anomaly(
        "region silent to the end",
        "transactions",
        "silence",
        lost("transactions", 1.0),
        "from a day on",
        days=TO_THE_END,
    ),
    anomaly("probes silent", "probes", "silence", lost("probes", 1.0), "4 days", days=some(TUESDAY, 4)),
    anomaly("traffic silent", "traffic", "silence", lost("traffic", 1.0), "4 days", days=some(TUESDAY, 4)),
    anomaly(
        "channel swapped",
        "transactions",
        "drift",
        written("transactions", 0.6, channel=pl.lit("post")),
        "60 % of six weeks",
        "channel",
    ),
    anomaly(
        "all the same service",
        "transactions",
        "drift",
        written("transactions", 0.5, service=pl.lit("Kartu Keluarga")),
        "50 % of six weeks",
        "service",
    ),
    anomaly(
        "rejected by the dozen",
        "transactions",
        "drift",
        written_at_end(0.4, status=pl.lit("rejected")),
        "from 5 % to 43 %",
        "status",
    ),
    anomaly(
        "durations in another unit",
        "transactions",
        "drift",
        written_at_end(
            1.0,
            submitted=pl.col("completed") - (pl.col("completed") - pl.col("submitted")) * 0.1,
        ),
        "a tenth, six weeks",
        "duration",
    ),
    anomaly(
        "complaints all of a class",
        "complaints",
        "drift",
        written("complaints", 0.7, **{"class": pl.lit("other")}),
        "70 % of six weeks",
        "class",
    ),
    anomaly(
        "an element all bad",
        "surveys",
        "drift",
        written("surveys", 0.9, cost=pl.lit(1)),
        "90 % of six weeks",
        "cost",
    ),
    anomaly(
        "probes eight times as slow",
        "probes",
        "drift",
        written("probes", 1.0, total_seconds=pl.col("total_seconds") * 8),
        "8 times, six weeks",
        "duration",
    ),
    anomaly(
        "channel blank",
        "transactions",
        "completeness",
        written("transactions", 0.5, channel=NO_TEXT),
        "50 % of six weeks",
        "channel",
    ),
    anomaly(
        "service blank",
        "transactions",
        "completeness",
        written("transactions", 1.0, service=NO_TEXT),
        "all of six weeks",
        "service",
    ),
    anomaly(
        "file date blank",
        "transactions",
        "completeness",
        written_at_end(0.5, file_complete=pl.lit(None, pl.Datetime("us", "UTC"))),
        "50 % of six weeks",
        "file_complete",
    ),
    anomaly(
        "element blank",
        "surveys",
        "completeness",
        written("surveys", 0.6, facilities=pl.lit(None, pl.Int64)),
        "60 % of six weeks",
        "facilities",
    ),
    anomaly(
        "histogram blank",
        "traffic",
        "completeness",
        written(
            "traffic",
            1.0,
            latency_le=pl.lit(None, pl.List(pl.Float64)),
            latency_counts=pl.lit(None, pl.List(pl.Int64)),
        ),
        "all of six weeks",
        "latency_le",
    ),
    anomaly(
        "all answers four",
        "surveys",
        "straight-lining",
        written("surveys", 0.7, **GOOD),
        "70 % of six weeks",
        "straight",
    ),
    anomaly(
        "service by a new name",
        "transactions",
        "referential",
        written("transactions", 0.3, service=pl.lit("Layanan Baru")),
        "30 % of six weeks",
        "service",
    ),
    anomaly(
        "category by a new name",
        "complaints",
        "referential",
        written("complaints", 0.5, category=pl.lit("Lainnya")),
        "50 % of six weeks",
        "category",
    ),
    anomaly(
        "clock an hour ahead",
        "transactions",
        "shift",
        shifted("transactions", 1, *CASE),
        "+1 h, six weeks",
        "hour",
    ),
    anomaly(
        "UTC taken for WIB",
        "transactions",
        "shift",
        shifted("transactions", 7, *CASE),
        "+7 h, six weeks",
        "hour",
    ),
    anomaly(
        "WITA taken for UTC",
        "transactions",
        "shift",
        shifted("transactions", -8, *CASE),
        "-8 h, six weeks",
        "hour",
    ),
    anomaly(
        "WIT taken for UTC",
        "complaints",
        "shift",
        shifted("complaints", -9, "received", "verified", "responded", "resolved", "observed_at"),
        "-9 h, six weeks",
        "hour",
    ),
    anomaly("surveys without cases", "surveys", "ratios", surge("surveys", 4), "4 times, six weeks"),
    anomaly(
        "complaints delivered again", "complaints", "ratios", surge("complaints", 4), "4 times, six weeks"
    ),
    anomaly(
        "requests of another site",
        "traffic",
        "ratios",
        written("traffic", 1.0, requests=(pl.col("requests") * 0.1).floor()),
        "a tenth, six weeks",
    ),
)
"""Found by statistics, at the size of the effect that is stated."""
