"""Copies between regions: one region's records under another's code."""

from __future__ import annotations

import polars as pl

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.rows import PEOPLE, alarms, by_region, dated, without_times
from checks.monitors.signatures import repeated, signed
from metrics.model import Severity
from metrics.observation import Finding

FEWEST, SHARE = 8, 0.3

ABOUT = About(
    id="copied-regions",
    dimension="plausibility",
    severity=Severity.CRITICAL,
    watches=(
        "Records of a region that have the same local instants and content as a record of another region."
    ),
    baseline="None.",
    threshold="8 records, on days of which 30 % of the records are copied; both regions are named.",
    blind=(
        "Which of the two is the copy; copies moved to other days; records of probes and traffic; records "
        "with a date but no time of their own (could not be checked)."
    ),
    remedy="Ask both regions for their original lists; look whether one file was delivered under two codes.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region that shares records with another."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset in PEOPLE:
        every = dated(evidence, dataset)
        if every is not None:
            rows = signed(every, dataset)
            found += without_times(ABOUT, dataset, every)
            judged |= {(dataset, region): n for region, n in by_region(rows).items()}
            again = pl.col("region").n_unique().over("day", "signature") > 1
            broken = repeated(rows, again, FEWEST, SHARE)
            found += alarms(
                ABOUT, dataset, broken, None, lambda row: f"{row['bad']} records are another region's too"
            )
    return ABOUT.told(judged, found)
