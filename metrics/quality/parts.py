"""What a region's data are good for, part by part, each counted as so much good out of so much.

Counts, not shares, so that a province's part comes from the sums of its regions. Pure: frames in, frames out.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from metrics.model import Outcome, Severity

ALLOWED_DAYS, LOST_DAYS = 2, 10
"""Working days since the last report within which nothing is lost, and from which on all is."""

COST = {Severity.CRITICAL.value: 1.0, Severity.WARNING.value: 0.5, Severity.INFO.value: 0.25}
"""What a finding takes of a day. Halves, as the step of the timeliness, add up exactly in any order."""

DELIVERED = ("transactions", "complaints", "surveys")
"""Record sets that people write. What is measured all day long would outnumber them in every share."""

SPOKEN = (Outcome.PASS.value, Outcome.FAIL.value)
"""Outcomes that are a verdict. Of what could not be checked nothing is said."""

SCHEMA = {"region": pl.String, "part": pl.String, "good": pl.Float64, "n": pl.Float64}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the gate and the monitors say; ``None`` where it is not known.

    ``rejections``: dataset, region (null: none that is known), rule, n. ``findings``: dataset, region
    (null: of no region in particular), check, severity, outcome, first_day and last_day (dates, null
    for all days); a pass stands there too, because without it nobody knows that a region was judged.
    """

    rejections: pl.DataFrame | None = None
    findings: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What the regions reported.

    ``days``: region, due and reported (working days), lag_days (working days since the last one).
    ``records``: of the sets in ``DELIVERED``: region, accepted, warned (null where it is not counted).
    ``first_days``: dataset, region, first (epoch day of the first record). ``last``: the last epoch
    day that is known of any region, ``None`` without records.
    """

    days: pl.DataFrame
    records: pl.DataFrame
    first_days: pl.DataFrame
    last: int | None


def parts(reported: Reported, verdicts: Verdicts) -> pl.DataFrame:
    """Parts of each region's quality: region, part, good, n, share (good / n). What is not known is left out.

    Completeness: working days that were reported. Conformity: records that were accepted, of those
    accepted and rejected. Consistency: accepted records without a warning. Plausibility: days, of each
    record set that was judged, less what findings take of them. Timeliness: one a region, whole up to
    ``ALLOWED_DAYS`` and gone at ``LOST_DAYS``. What is of no known region is in no part.
    """
    days = reported.days
    late = (LOST_DAYS - pl.col("lag_days")) / (LOST_DAYS - ALLOWED_DAYS)
    cases = reported.records.drop_nulls("warned").group_by("region").agg(pl.col("accepted", "warned").sum())
    clean = cases.select("region", good=pl.col("accepted") - pl.col("warned"), n="accepted")
    found = [
        _part("completeness", days.select("region", good="reported", n="due")),
        _part("consistency", clean),
        _part("timeliness", days.drop_nulls("lag_days").select("region", good=late.clip(0, 1), n=pl.lit(1))),
    ]
    if verdicts.rejections is not None:
        found.append(_part("conformity", _conformity(reported.records, verdicts.rejections)))
    if verdicts.findings is not None and reported.last is not None:
        found.append(_part("plausibility", _plausibility(reported, verdicts.findings)))
    together = pl.concat(found).filter(pl.col("n") > 0)
    return together.with_columns(share=pl.col("good") / pl.col("n")).sort("region", "part")


def _part(name: str, counted: pl.DataFrame) -> pl.DataFrame:
    return counted.with_columns(part=pl.lit(name)).select(
        pl.col(key).cast(kind) for key, kind in SCHEMA.items()
    )


def _conformity(records: pl.DataFrame, rejections: pl.DataFrame) -> pl.DataFrame:
    rejected = rejections.filter(pl.col("dataset").is_in(DELIVERED)).drop_nulls("region")
    rows = pl.concat(
        [
            records.select(
                "region", good=pl.col("accepted").cast(pl.Int64), n=pl.col("accepted").cast(pl.Int64)
            ),
            rejected.select("region", good=pl.lit(0, pl.Int64), n=pl.col("n").cast(pl.Int64)),
        ]
    )
    return rows.group_by("region").agg(pl.col("good", "n").sum())


def _plausibility(reported: Reported, findings: pl.DataFrame) -> pl.DataFrame:
    """Days from the first record to the last day, less what the gravest finding of each day takes."""
    keys = ["dataset", "region"]
    judged = findings.filter(pl.col("outcome").is_in(SPOKEN)).select(keys).unique()
    spans = (
        judged.join(reported.first_days, on=keys)
        .with_columns(last=pl.lit(reported.last, pl.Int64))
        .filter(pl.col("first") <= pl.col("last"))
    )
    dates = (pl.col(name).cast(pl.Date).cast(pl.Int32) for name in ("first_day", "last_day"))
    begin, end = (date.cast(pl.Int64) for date in dates)
    failed = (
        findings.filter(pl.col("outcome") == Outcome.FAIL.value)
        .join(spans, on=keys)
        .select(
            *keys,
            begin=pl.max_horizontal("first", begin),
            end=pl.min_horizontal("last", end),
            cost=pl.col("severity").replace_strict(COST, return_dtype=pl.Float64),
        )
        .filter(pl.col("begin") <= pl.col("end"))
    )
    lost = (
        failed.with_columns(day=pl.int_ranges("begin", pl.col("end") + 1))
        .explode("day")
        .group_by(*keys, "day")
        .agg(pl.col("cost").max())
        .group_by("region")
        .agg(pl.col("cost").sum())
    )
    size = spans.group_by("region").agg(n=(pl.col("last") - pl.col("first") + 1).sum())
    return size.join(lost, on="region", how="left").select(
        "region", good=pl.col("n") - pl.col("cost").fill_null(0.0), n="n"
    )
