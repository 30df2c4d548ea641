"""Defects of many records together that chance cannot make: copies, batches, invented figures, people's data."""

from __future__ import annotations

import datetime as dt

import polars as pl

from metrics.datasets import DATASETS
from tests.checks.defects.by_time import ENDED, lost, written
from tests.checks.defects.kind import SIX_WEEKS, TO_THE_END, Defect, Plant, Site, changed, copied, some

TUESDAY = dt.date(2025, 9, 16)
SUNDAY_NOON = dt.datetime(2025, 9, 21, 5, 0, tzinfo=dt.UTC)
WORKDAY_NOON = dt.datetime(2025, 9, 22, 4, 30, 30, tzinfo=dt.UTC)
TAKEN = (pl.col("completed") - pl.col("submitted")).dt.total_seconds()


def few(dataset: str, number: int, where: pl.Expr | None = None, **columns: pl.Expr) -> Plant:
    """Plant values into so many records."""

    def plant(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        return changed(frame, site.few(frame, dataset, number, where), **columns)

    return plant


def taking(seconds: pl.Expr, share: float = 0.7) -> Plant:
    """Plant durations into a share of the cases that ended."""
    end = pl.col("submitted") + pl.duration(seconds=seconds)
    later = pl.when(ENDED).then(end)
    return written(
        "transactions",
        share,
        completed=later,
        file_complete=pl.when(ENDED).then("submitted").otherwise("file_complete"),
        observed_at=pl.max_horizontal("observed_at", later),
    )


def twice(dataset: str, number: int) -> Plant:
    """Plant records under a second id."""
    return lambda frame, site: copied(frame, site.few(frame, dataset, number), "W")


def again_after(dataset: str, days: int, *instants: str) -> Plant:
    """Plant the days once more, so many days later, in place of what was there."""

    def plant(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        anchor = DATASETS[dataset].anchor
        source = site.chosen(frame, dataset)
        later = Site(site.region, site.other, _moved(site.days, days), site.regions, site.rng)
        kept = ~later.inside(frame, anchor)
        moved = {name: pl.col(name) + pl.duration(days=days) for name in instants}
        return copied(frame.filter(kept), source.filter(kept), "R", **moved)

    return plant


def _moved(days: tuple[dt.date, dt.date], by: int) -> tuple[dt.date, dt.date]:
    first, last = (day + dt.timedelta(days=by) for day in days)
    return first, last


def under_another_code(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Plant a region's records into another region, on its clock."""
    zones = dict(site.regions.select("region", "zone").iter_rows())
    names = ("submitted", "file_complete", "completed", "observed_at")
    moved = {
        name: pl.col(name)
        .dt.convert_time_zone(zones[site.region])
        .dt.replace_time_zone(None)
        .dt.replace_time_zone(zones[site.other])
        .dt.convert_time_zone("UTC")
        for name in names
    }
    return copied(frame, site.chosen(frame, "transactions"), "C", region=pl.lit(site.other), **moved)


def digits(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Plant durations that end in the digit seven, to the minute."""
    minutes = (TAKEN // 600) * 10 + 7
    return taking(minutes * 60 + TAKEN % 60)(frame, site)


def more_online(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Plant requests that are fewer than the digital cases."""
    return changed(frame, site.chosen(frame, "traffic"), requests=pl.lit(1), errors=pl.lit(0))


BIRTH_AND_NUMBER = "450190" + "0001"
"""The fifth of January 1990, of a woman, and a running number. The district 99 does not exist."""


def with_nik(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Plant numbers built like a NIK of the region, of nobody."""
    nik = site.region.replace(".", "") + "99" + BIRTH_AND_NUMBER
    return changed(frame, site.few(frame, "transactions", 3), service=pl.col("service") + f" {nik}")


def days_off(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Plant records that were seen three hours before they began."""
    here = site.chosen(frame, "transactions", 0.5)
    return changed(frame, here, observed_at=pl.col("submitted") - pl.duration(hours=3))


def hung(dataset: str, field: str) -> Plant:
    """Plant a measurement that stays at its value of the first day."""

    def plant(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        here = site.chosen(frame, dataset)
        stuck = frame.filter(here)[field].drop_nulls()[0]
        return changed(frame, here, **{field: pl.lit(stuck)})

    return plant


HALF_A_YEAR = (dt.date(2025, 7, 1), dt.date(2025, 12, 31))
SPRING = (dt.date(2025, 4, 1), dt.date(2025, 7, 31))


def dates_only(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Plant instants of which the export keeps the date alone."""
    zone = dict(site.regions.select("region", "zone").iter_rows())[site.region]
    midnight = pl.col("submitted").dt.convert_time_zone(zone).dt.truncate("1d").dt.convert_time_zone("UTC")
    return changed(frame, site.chosen(frame, "transactions"), submitted=midnight)


def changes_of_state(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Plant outages of a minute, each with the record of its beginning and that of its end."""
    for letter, up, minutes in (("D", False, 60), ("U", True, 61)):
        later = {name: pl.col(name) + pl.duration(minutes=minutes) for name in ("checked", "observed_at")}
        own = site.chosen(frame, "probes") & ~frame["id"].str.starts_with("D")
        frame = copied(frame, own, letter, up=pl.lit(up), **later)
    return frame


def sure(
    name: str,
    dataset: str,
    found_by: str,
    plant: Plant,
    effect: str,
    field: str | None = None,
    days: tuple[dt.date, dt.date] = SIX_WEEKS,
    *,
    both: bool = False,
    elsewhere: str | None = None,
) -> Defect:
    """Give a defect that is always found."""
    return Defect(name, dataset, found_by, plant, effect, field, days, both=both, elsewhere=elsewhere)


def minutes_of(step: int) -> pl.Expr:
    """Give the duration in seconds, rounded up to whole steps of minutes."""
    return ((TAKEN / (60 * step)).ceil().clip(1, None) * 60 * step).cast(pl.Int64)


BY_FIGURES: tuple[Defect, ...] = (
    sure("seen before it began", "transactions", "clock", days_off, "half of six weeks", "submitted"),
    sure(
        "done in the same second",
        "transactions",
        "impossible-speed",
        few("transactions", 200, ENDED, completed=pl.col("submitted"), file_complete=pl.col("submitted")),
        "200 cases",
        "completed",
    ),
    sure(
        "complaints done in the same second",
        "complaints",
        "impossible-speed",
        few(
            "complaints",
            30,
            pl.col("resolved").is_not_null(),
            resolved=pl.col("received"),
            responded=pl.col("received"),
            verified=pl.col("received"),
        ),
        "30 complaints",
        "resolved",
    ),
    sure(
        "all take the same time",
        "transactions",
        "identical-durations",
        taking(pl.lit(4711), 0.5),
        "half of six weeks",
        "completed",
    ),
    sure(
        "list closed at once",
        "transactions",
        "batch-closing",
        few("transactions", 15, ENDED, completed=pl.lit(WORKDAY_NOON), observed_at=pl.lit(WORKDAY_NOON)),
        "15 cases in a minute",
        "completed",
        some(dt.date(2025, 9, 10), 13),
    ),
    sure(
        "list closed on a Sunday",
        "transactions",
        "batch-closing",
        few("transactions", 8, ENDED, completed=pl.lit(SUNDAY_NOON), observed_at=pl.lit(SUNDAY_NOON)),
        "8 cases in a minute",
        "completed",
        some(dt.date(2025, 9, 10), 12),
    ),
    sure(
        "days delivered again as others",
        "transactions",
        "repeated-days",
        again_after("transactions", 7, "submitted", "file_complete", "completed", "observed_at"),
        "2 days",
        days=some(TUESDAY, 2),
    ),
    sure(
        "surveys of a day copied",
        "surveys",
        "repeated-days",
        again_after("surveys", 7, "answered", "observed_at"),
        "3 days",
        days=some(TUESDAY, 3),
    ),
    sure(
        "traffic of a week copied",
        "traffic",
        "repeated-days",
        again_after("traffic", 14, "started", "observed_at"),
        "10 days",
        days=some(TUESDAY, 10),
    ),
    sure(
        "one region's file under two codes",
        "transactions",
        "copied-regions",
        under_another_code,
        "six weeks",
        both=True,
    ),
    sure(
        "whole hours",
        "transactions",
        "round-numbers",
        taking(minutes_of(60)),
        "70 % of six weeks",
        "completed",
    ),
    sure(
        "every ten minutes",
        "transactions",
        "round-numbers",
        taking(minutes_of(10)),
        "70 % of six weeks",
        "completed",
    ),
    sure(
        "every five minutes",
        "transactions",
        "round-numbers",
        taking(minutes_of(5), 0.9),
        "90 % of six weeks",
        "completed",
    ),
    sure(
        "minutes that end in seven",
        "transactions",
        "digit-preference",
        digits,
        "70 % of six weeks",
        "completed",
    ),
    sure(
        "exporter hangs",
        "traffic",
        "constant-values",
        hung("traffic", "requests"),
        "10 days",
        "requests",
        some(TUESDAY, 10),
    ),
    sure(
        "probe hangs",
        "probes",
        "constant-values",
        hung("probes", "total_seconds"),
        "14 days",
        "total_seconds",
        some(TUESDAY, 14),
    ),
    sure("cases under a second id", "transactions", "twins", twice("transactions", 150), "150 cases", "id"),
    sure(
        "complaints under a second id", "complaints", "twins", twice("complaints", 30), "30 complaints", "id"
    ),
    sure("surveys under a second id", "surveys", "twins", twice("surveys", 30), "30 surveys", "id"),
    sure("NIK in the service", "transactions", "personal-data", with_nik, "3 records", "service"),
    sure(
        "telephone number in the category",
        "complaints",
        "personal-data",
        few("complaints", 3, category=pl.lit("hubungi 0812-0000-1234")),
        "3 records",
        "category",
    ),
    sure(
        "e-mail address in the service",
        "complaints",
        "personal-data",
        few("complaints", 3, service=pl.lit("warga@contoh.example")),
        "3 records",
        "service",
    ),
    sure(
        "name in the service",
        "transactions",
        "personal-data",
        few("transactions", 3, service=pl.lit("KTP a.n. Contoh Nama")),
        "3 records",
        "service",
    ),
    sure(
        "surveys of no case",
        "transactions",
        "contradictions",
        lost("transactions", 1.0),
        "cases gone for three months",
        None,
        TO_THE_END,
        elsewhere="surveys",
    ),
    sure(
        "complaints about nothing on offer",
        "complaints",
        "contradictions",
        few("complaints", 30, service=pl.lit("Paspor")),
        "30 complaints",
        "service",
    ),
    sure(
        "export that keeps dates",
        "transactions",
        "placeholder-times",
        dates_only,
        "half a year",
        "submitted",
        HALF_A_YEAR,
    ),
    sure(
        "cases never closed",
        "transactions",
        "left-open",
        written("transactions", 0.9, completed=pl.lit(None), status=pl.lit("open")),
        "90 % of four months",
        "completed",
        SPRING,
    ),
    sure(
        "outages recorded, probes not",
        "probes",
        "uneven-sampling",
        changes_of_state,
        "half a year",
        "up",
        HALF_A_YEAR,
    ),
    sure(
        "more digital cases than requests", "traffic", "contradictions", more_online, "six weeks", "requests"
    ),
)
"""Found whatever chance does, by a monitor."""
