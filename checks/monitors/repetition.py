"""Copied days: a day of a region whose records repeat those of another day of it."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.rows import CONTENT, alarms, by_region, dated, without_times
from checks.monitors.signatures import repeated, signed
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, SHARE = 5, 0.8
"""Records that are repeated, and their share of the records of the days they are on."""

ABOUT = About(
    id="repeated-days",
    dimension="plausibility",
    severity=Severity.CRITICAL,
    watches=(
        "Records of a region with the same time of day, content and duration as a record of another day; of "
        "traffic, three days in a row with the same figures."
    ),
    baseline="None: to the second, two days are never alike.",
    threshold="5 records, on days of which at least 80 % of the records are repeated.",
    blind=(
        "Copies in which times or contents were changed; single copied records; which day is the original; "
        "records with a date but no time of their own (could not be checked)."
    ),
    remedy="Ask for the original list of these days; until then the days do not count.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region with copied days."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset in CONTENT:
        every = dated(evidence, dataset)
        if every is not None:
            rows = signed(every, dataset)
            found += without_times(ABOUT, dataset, every)
            judged |= {(dataset, region): n for region, n in by_region(rows).items()}
            again = pl.col("day").n_unique().over("region", "signature") > 1
            broken = repeated(rows, again, FEWEST, SHARE)
            found += alarms(
                ABOUT, dataset, broken, None, lambda row: f"{row['bad']} records repeat another day's"
            )
    return ABOUT.told(judged, found)
