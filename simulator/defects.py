"""Defects that the simulator can plant: a table of what is wrong and which rule should find it.

A rejected defect is a further record, copied from one of the region and spoilt, so that the
region's true counts stay as they are. A warning is written into records that are there, and
changes nothing that ``truth.json`` counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from simulator.surveys import ELEMENTS

REJECTED, WARNED, MASKED, SUPERSEDED, SILENT = "rejected", "warned", "masked", "superseded", "silent"

MADE_UP_NIK = "9901014101900001"
"""No province has the code 99: nobody's NIK."""
UNKNOWN_CODE = "99.99"
MAPPING_RULES = frozenset(
    {"date-unreadable", "word-unknown", "region-unknown", "region-ambiguous", "line-malformed"}
)
"""Rules by which a mapping refuses a record; one check counts them all."""
UNREADABLE = "values-readable"
NEVER = pl.lit(None, dtype=pl.Datetime("us", "UTC"))


@dataclass(frozen=True)
class Defect:
    """A kind of defect in one file.

    ``typed``: what to put into columns of the contract; ``text``: what to write into them as
    text that no type would hold; ``where``: which records it can be made from; ``tail``: what to
    append to the line. ``nameless``: the record no longer tells its region.
    """

    kind: str
    sheet: str
    rule: str | None
    outcome: str = REJECTED
    typed: dict[str, pl.Expr] = field(default_factory=dict)
    text: dict[str, str | None] = field(default_factory=dict)
    where: pl.Expr | None = None
    tail: str = ""
    nameless: bool = False
    shared_name: bool = False

    @property
    def check(self) -> str | None:
        """Check of the batch that should fail for the region."""
        return UNREADABLE if self.rule in MAPPING_RULES else self.rule

    @property
    def in_place(self) -> bool:
        """Whether it is written into records that are there, rather than into copies."""
        return self.outcome in {WARNED, MASKED}


CLOSED = pl.col("completed").is_not_null() & (pl.col("status") == "completed")
WAITED = CLOSED & (pl.col("completed") - pl.col("submitted") > pl.duration(hours=2))
RESOLVED = pl.col("resolved").is_not_null() & (pl.col("status") == "resolved")
BEGINNING = pl.datetime(1970, 1, 1, time_unit="us", time_zone="UTC")
LATER = pl.col("observed_at") + pl.duration(days=400)
OPEN_CASE = {"status": pl.lit("open"), "file_complete": NEVER, "completed": NEVER, "due": NEVER}

TRANSACTIONS = (
    Defect(
        "date-unreadable", "transactions-mppdn", "date-unreadable", text={"submitted": "31-02-2025 09:00:00"}
    ),
    Defect("date-in-words", "transactions-own", "date-unreadable", text={"submitted": "kemarin sore"}),
    Defect("status-unknown", "transactions-mppi", "word-unknown", text={"status": "LIMBO"}),
    Defect(
        "region-unknown", "transactions-mppdn", "region-unknown", text={"region": UNKNOWN_CODE}, nameless=True
    ),
    Defect(
        "region-ambiguous",
        "transactions-own",
        "region-ambiguous",
        text={"kind": None},
        nameless=True,
        shared_name=True,
    ),
    Defect("line-malformed", "transactions-mppdn", "line-malformed", tail=";;rusak;", nameless=True),
    Defect("id-missing", "transactions-own", "required-id", typed={"id": pl.lit(None, dtype=pl.String)}),
    Defect("submitted-missing", "transactions-mppi", "required-submitted", typed={"submitted": NEVER}),
    Defect(
        "completed-before-submitted",
        "transactions-mppdn",
        "completed-not-before-submitted",
        typed={"completed": pl.col("submitted") - pl.duration(days=3)},
        where=CLOSED,
    ),
    Defect(
        "submitted-in-future",
        "transactions-mppdn",
        "submitted-not-in-future",
        typed={"submitted": LATER, **OPEN_CASE},
    ),
    Defect(
        "submitted-in-1970",
        "transactions-mppi",
        "submitted-not-ancient",
        typed={"submitted": BEGINNING, **OPEN_CASE},
    ),
    Defect(
        "promise-negative",
        "transactions-mppdn",
        "promise-value-not-negative",
        typed={"promise_value": pl.lit(-1.0)},
    ),
    Defect(
        "open-with-end-date",
        "transactions-mppdn",
        "status-agrees-with-dates",
        WARNED,
        typed={"status": pl.lit("open")},
        where=CLOSED,
    ),
    Defect(
        "planned-end-date",
        "transactions-own",
        "completed-not-after-observed",
        WARNED,
        typed={"observed_at": pl.col("submitted")},
        where=WAITED,
    ),
    Defect(
        "nik-in-service",
        "transactions-own",
        None,
        MASKED,
        typed={"service": pl.col("service") + f" {MADE_UP_NIK}"},
    ),
    Defect(
        "newer-version",
        "transactions-mppi",
        None,
        SUPERSEDED,
        typed={
            "observed_at": pl.col("observed_at") + pl.duration(seconds=1),
            "service": pl.col("service") + " (diperbaiki)",
        },
    ),
    Defect(
        "key-twice",
        "transactions-mppdn",
        "key-unique",
        SUPERSEDED,
        typed={"service": pl.col("service") + " (lain)"},
    ),
)

COMPLAINTS = (
    Defect(
        "resolved-before-received",
        "complaints-lapor",
        "resolved-not-before-received",
        typed={"resolved": pl.col("received") - pl.duration(days=2), "responded": NEVER},
        where=RESOLVED,
    ),
    Defect("class-unknown", "complaints-lapor", "word-unknown", text={"class": "entah"}),
    Defect("status-outside-domain", "complaints-own", "domain-status", text={"status": "vanished"}),
    Defect(
        "received-in-1970",
        "complaints-own",
        "received-not-ancient",
        typed={"received": BEGINNING},
    ),
    Defect(
        "answer-after-end",
        "complaints-lapor",
        "responded-not-after-resolved",
        WARNED,
        typed={"responded": pl.col("resolved") + pl.duration(days=1)},
        where=RESOLVED,
    ),
    Defect(
        "waiting-with-end-date",
        "complaints-own",
        "status-agrees-with-dates",
        WARNED,
        typed={"status": pl.lit("in_process")},
        where=RESOLVED,
    ),
    Defect(
        "nik-in-category",
        "complaints-lapor",
        None,
        MASKED,
        typed={"category": pl.col("category") + f" NIK {MADE_UP_NIK}"},
    ),
)

SURVEYS = (
    Defect("mark-of-five", "surveys-mppdn", "conduct-in-range", typed={"conduct": pl.lit(5, dtype=pl.Int64)}),
    Defect("mark-of-zero", "surveys-own", "cost-in-range", typed={"cost": pl.lit(0, dtype=pl.Int64)}),
    Defect(
        "no-element-answered",
        "surveys-mppdn",
        "elements-answered",
        typed=dict.fromkeys(ELEMENTS, pl.lit(None, dtype=pl.Int64)),
    ),
)

MEASUREMENTS = (
    Defect(
        "negative-seconds",
        "probes",
        "total-seconds-not-negative",
        typed={"total_seconds": -pl.col("total_seconds")},
    ),
    Defect("up-unreadable", "probes", "word-unknown", text={"up": "mungkin"}),
    Defect(
        "probe-without-target", "probes", "required-target", typed={"target": pl.lit(None, dtype=pl.String)}
    ),
    Defect(
        "more-errors-than-requests",
        "traffic",
        "errors-not-over-requests",
        typed={"errors": pl.col("requests") + 7},
    ),
    Defect(
        "histogram-cut-short",
        "traffic",
        "latency-same-length",
        typed={"latency_counts": pl.col("latency_counts").list.head(4)},
    ),
    Defect("stage-unknown", "rollout-events", "domain-stage", text={"stage": "hampir"}),
)

DEFECTS: tuple[Defect, ...] = (*TRANSACTIONS, *COMPLAINTS, *SURVEYS, *MEASUREMENTS)
"""Every kind, in the order in which they are planted. A new kind is a line here."""
