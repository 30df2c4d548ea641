"""Defects of single records, which a rule of the contract finds."""

from __future__ import annotations

import datetime as dt

import polars as pl

from tests.checks.defects.kind import Defect, Plant, Site, changed

ROWS = 12
"""Records that are spoilt where any number is too many."""
SHARE_OF_WARNINGS = 0.2
NO_TEXT = pl.lit(None, pl.String)
NEVER = pl.lit(None, pl.Datetime("us", "UTC"))
BEGINNING = pl.lit(dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
ENDED = pl.col("completed").is_not_null() & (pl.col("status") == "completed")
RESOLVED = pl.col("resolved").is_not_null() & (pl.col("status") == "resolved")


def days(number: int) -> pl.Expr:
    """So many days."""
    return pl.duration(days=number)


def spoil(dataset: str, where: pl.Expr | None = None, **columns: pl.Expr) -> Plant:
    """Plant values into a few records."""

    def plant(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
        return changed(frame, site.few(frame, dataset, ROWS, where), **columns)

    return plant


def rule(name: str, dataset: str, found_by: str, where: pl.Expr | None = None, **columns: pl.Expr) -> Defect:
    """Give a defect of ``ROWS`` records. The column planted last is the one at fault."""
    field = list(columns)[-1]
    return Defect(name, dataset, found_by, spoil(dataset, where, **columns), f"{ROWS} records", field)


def _stage(frame: pl.DataFrame, site: Site) -> pl.DataFrame:
    mine = (frame["region"] == site.region) & (frame["track"] == "physical")
    return changed(frame, mine, stage=pl.lit("live"))


SUBMITTED, RECEIVED = pl.col("submitted"), pl.col("received")

BY_RULE: tuple[Defect, ...] = (
    rule("id missing", "transactions", "required-id", id=NO_TEXT),
    rule("status missing", "transactions", "required-status", status=NO_TEXT),
    rule("no date of submission", "transactions", "required-submitted", submitted=NEVER),
    rule("status not agreed on", "transactions", "domain-status", status=pl.lit("selesai")),
    rule("channel not agreed on", "transactions", "domain-channel", channel=pl.lit("WA")),
    rule("unit not agreed on", "transactions", "domain-promise-unit", promise_unit=pl.lit("hari")),
    rule("start not agreed on", "transactions", "domain-promise-from", promise_from=pl.lit("lengkap")),
    rule("submitted next year", "transactions", "submitted-not-in-future", submitted=SUBMITTED + days(400)),
    rule("submitted in 1970", "transactions", "submitted-not-ancient", submitted=BEGINNING),
    rule(
        "completed before submitted",
        "transactions",
        "completed-not-before-submitted",
        ENDED,
        completed=SUBMITTED - days(3),
    ),
    rule("negative promise", "transactions", "promise-value-not-negative", promise_value=pl.lit(-1.0)),
    rule(
        "seen in the future",
        "transactions",
        "observed-at-not-in-future",
        observed_at=pl.col("observed_at") + days(400),
    ),
    rule(
        "planned end",
        "transactions",
        "completed-not-after-observed",
        ENDED,
        completed=pl.col("observed_at") + days(9),
    ),
    rule("open with an end", "transactions", "status-agrees-with-dates", ENDED, status=pl.lit("open")),
    rule("completed without an end", "transactions", "status-agrees-with-dates", ENDED, completed=NEVER),
    rule(
        "file before submission",
        "transactions",
        "file-complete-not-before-submitted",
        file_complete=SUBMITTED - days(2),
    ),
    rule("due before submission", "transactions", "due-not-before-submitted", due=SUBMITTED - days(2)),
    rule("promise without a unit", "transactions", "promise-complete", promise_unit=NO_TEXT),
    Defect(
        "region of no registry",
        "transactions",
        "region-known",
        spoil("transactions", region=pl.lit("99.99")),
        f"{ROWS} records",
        "region",
        nameless=True,
    ),
    rule("class not agreed on", "complaints", "domain-class", **{"class": pl.lit("entah")}),
    rule(
        "resolved before received",
        "complaints",
        "resolved-not-before-received",
        RESOLVED,
        resolved=RECEIVED - days(2),
    ),
    rule(
        "answer after the end",
        "complaints",
        "responded-not-after-resolved",
        RESOLVED,
        responded=pl.col("resolved") + days(1),
    ),
    rule("received in 1970", "complaints", "received-not-ancient", received=BEGINNING),
    rule("complaint due before received", "complaints", "due-not-before-received", due=RECEIVED - days(3)),
    rule(
        "verified before received", "complaints", "verified-not-before-received", verified=RECEIVED - days(1)
    ),
    rule(
        "waiting with an end", "complaints", "status-agrees-with-dates", RESOLVED, status=pl.lit("in_process")
    ),
    rule("mark of five", "surveys", "conduct-in-range", conduct=pl.lit(5)),
    rule("mark of zero", "surveys", "cost-in-range", cost=pl.lit(0)),
    rule(
        "survey in 1900",
        "surveys",
        "answered-not-ancient",
        answered=pl.lit(dt.datetime(1900, 1, 1, tzinfo=dt.UTC)),
    ),
    rule("negative seconds", "probes", "total-seconds-not-negative", total_seconds=-pl.col("total_seconds")),
    rule("reason of a success", "probes", "reason-agrees-with-up", pl.col("up"), reason=pl.lit("timeout")),
    rule("probe of nothing", "probes", "required-target", target=NO_TEXT),
    rule("more errors than requests", "traffic", "errors-not-over-requests", errors=pl.col("requests") + 7),
    rule(
        "histogram cut short",
        "traffic",
        "latency-same-length",
        latency_counts=pl.col("latency_counts").list.head(4),
    ),
    rule(
        "bounds that descend",
        "traffic",
        "latency-bounds-ascend",
        latency_le=pl.col("latency_le").list.reverse(),
    ),
    rule("no interval", "traffic", "interval-seconds-positive", interval_seconds=pl.lit(0.0)),
    Defect(
        "stage of the other track",
        "rollout_events",
        "stage-of-track",
        _stage,
        "a region's events",
        "stage",
        days=(dt.date(2015, 1, 1), dt.date(2025, 12, 31)),
    ),
)
"""Found whatever chance does: by a rule of the contract, in each record."""
