"""Totals: what a source says it has, against what was taken in."""

from __future__ import annotations

from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from metrics.model import Severity
from metrics.observation import Cause, Finding

TOLERANCE = 0.005
"""Share by which a total may be off: a source goes on counting while it is read."""

ABOUT = About(
    id="totals",
    dimension="completeness",
    severity=Severity.CRITICAL,
    watches="The number of records that a source itself gives for what was fetched, and the number taken in.",
    baseline="The source's own total.",
    threshold="More than 0.5 % (and more than one record) missing or too many.",
    blind="Sources that give no total; records that are missing at the source too.",
    remedy="Fetch again from the first page; too many: look for pages that were read twice.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region and record set whose numbers differ."""
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset, region, total, taken in evidence.totals.sort("dataset", "region").iter_rows():
        if total is None or taken is None:
            found.append(ABOUT.unchecked(dataset, region, Cause.ABSENT, "the source gives no total"))
            continue
        judged[dataset, region] = taken
        allowed = max(1.0, TOLERANCE * total)
        if abs(taken - total) > allowed:
            word = "missing" if taken < total else "too many"
            text = f"the source has {total} records, {taken} were taken in: {abs(taken - total)} {word}"
            found.append(
                ABOUT.fail(
                    dataset, region, None, None, text,
                    value=float(taken), bound=float(total), n=taken, bad=abs(taken - total),
                )
            )  # fmt: skip
    return ABOUT.told(judged, found)
