"""Completeness over time: a field that used to be filled in no longer is."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import DURATION, HOUR, STRAIGHT
from checks.monitors.rises import Rise, risen
from metrics.model import Severity
from metrics.observation import Finding

RISE = Rise(effect=0.2, quantile=5.5, fewest=25, fewest_before=60)

ABOUT = About(
    id="completeness",
    dimension="completeness",
    severity=Severity.WARNING,
    watches="Share of records without a value, of each field that may be blank, over four weeks of a region.",
    baseline="The region's twelve weeks before, at the same mix of working days and closed days.",
    threshold=(
        "20 points more blanks than before and more than chance explains (5.5 spreads on the arcsine "
        "scale); at least 25 records, and 60 before, else learning."
    ),
    blind=(
        "A field that was never filled in; a loss of less than a fifth of the values; instants that a case "
        "lacks yet."
    ),
    remedy="Ask whether a form or an export changed; map the field's new name if it has one.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each field and block in which blanks have become more."""
    wanted = ~pl.col("field").is_in([DURATION, HOUR, STRAIGHT])
    return risen(ABOUT, evidence, wanted, pl.col("value").is_null(), RISE, "no value")
