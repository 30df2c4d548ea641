"""Straight-lining: surveys in which all nine answers are the same, in an unusual share."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import STRAIGHT
from checks.monitors.rises import Rise, risen
from metrics.model import Severity
from metrics.observation import Finding

RISE = Rise(effect=0.25, quantile=5.0, fewest=25, fewest_before=50, ceiling=0.7)

ABOUT = About(
    id="straight-lining",
    dimension="plausibility",
    severity=Severity.WARNING,
    watches=(
        "Share of surveys with at least eight answers, all of them the same number, over four weeks of a "
        "region."
    ),
    baseline="The region's twelve weeks before; without them only the ceiling.",
    threshold=(
        "25 points more than before, beyond chance (5 spreads), or 70 % and more at any time; at least 25 "
        "surveys, else learning."
    ),
    blind="Whether people or a clerk answered so; answers that are all good but not equal.",
    remedy="Ask how the surveys are taken; look at the answers of these weeks one by one.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each block with too many equal answers."""
    return risen(
        ABOUT, evidence, pl.col("field") == STRAIGHT, pl.col("value") == "yes", RISE, "all answers the same"
    )
