"""Personal data in text columns: what the gate masks, and what it cannot be sure of."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.masking import NAMES, personal
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from metrics.datasets import DATASETS
from metrics.model import Severity
from metrics.observation import Finding

SIXTEEN = r"(?:^|[^0-9])([0-9]{16})(?:$|[^0-9])"
WOMEN = 40
"""Added to the day of birth in the NIK of a woman. Source: Permendagri 72/2022 on the NIK's make-up."""
DAYS, MONTHS = (1, 31), (1, 12)
MASKED = r"\[(?:nik|phone|email|name)(?::[a-p]+)?\]"
"""What ``checks.masking.mask`` leaves."""
EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]"

ABOUT = About(
    id="personal-data",
    dimension="privacy",
    severity=Severity.CRITICAL,
    watches=(
        "Every text column: what the gate has masked; numbers of sixteen digits whose parts are a region "
        "of the registry, a day (women: plus 40) and a month, as a NIK has; other numbers as long; telephone "
        "numbers; e-mail addresses; names that follow a form of address."
    ),
    baseline="None: no such text may be stored, and none should be sent.",
    threshold=(
        "One record. What is stored unmasked is critical, a name by its form of address, and all that was "
        "masked on its way in, a warning: nobody can read it, and the source goes on sending it."
    ),
    blind=(
        "Names without a form of address, in small letters or abbreviated; addresses; NIK of regions that "
        "the registry no longer lists (found as a number of sixteen digits)."
    ),
    remedy="Leave the column out of the mapping, or declare it restricted; ask the source not to send it.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each region, column and kind of personal data. The data themselves are not in it."""
    prefixes = sorted({code.replace(".", "") for code in evidence.codes})
    found: list[Finding] = []
    judged: dict[tuple[str, str], int] = {}
    for dataset, rows in evidence.records.items():
        texts = [name for name, kind in rows.schema.items() if kind == pl.String and name != "region"]
        judged |= {(dataset, region): n for region, n in rows.group_by("region").len().iter_rows() if region}
        for name in texts:
            found += _column(dataset, name, rows, prefixes)
    return ABOUT.told(judged, found)


def is_nik(digits: pl.Expr, prefixes: list[str]) -> pl.Expr:
    """Whether sixteen digits are built like a NIK: a region of ours, a day and a month of birth."""
    day = digits.str.slice(6, 2).cast(pl.Int64, strict=False)
    month = digits.str.slice(8, 2).cast(pl.Int64, strict=False)
    plain = pl.when(day > WOMEN).then(day - WOMEN).otherwise(day)
    return (
        digits.str.slice(0, 4).is_in(prefixes) & plain.is_between(*DAYS) & month.is_between(*MONTHS)
    ).fill_null(value=False)


def _column(dataset: str, name: str, rows: pl.DataFrame, prefixes: list[str]) -> Iterator[Finding]:
    text = pl.col(name)
    looks = personal(name) | text.str.contains(NAMES) | text.str.contains(MASKED)
    suspect = rows.filter(looks.fill_null(value=False))
    if suspect.is_empty():
        return
    digits = (
        text.str.replace_all(r"([0-9])[ .-]{1,2}([0-9])", "$1$2")
        .str.replace_all(r"([0-9])[ .-]{1,2}([0-9])", "$1$2")
        .str.extract(SIXTEEN)
    )
    kinds = _kinds(name, digits, prefixes)
    anchor = pl.col(DATASETS[dataset].anchor).cast(pl.Date)
    for kind, (has, severity) in kinds.items():
        groups = (
            suspect.filter(has.fill_null(value=False))
            .group_by("region")
            .agg(pl.len().alias("bad"), anchor.min().alias("first"), anchor.max().alias("last"))
        )
        for region, bad, first, last in groups.iter_rows():
            days = (first, last) if first else None
            detail = f"{bad} records with {kind}"
            yield ABOUT.fail(
                dataset,
                region,
                name,
                days,
                detail,
                value=float(bad),
                bound=0.0,
                n=bad,
                bad=bad,
                severity=severity,
            )


def _kinds(name: str, digits: pl.Expr, prefixes: list[str]) -> dict[str, tuple[pl.Expr, Severity]]:
    """Kinds of personal data, each with what tells it and how grave it is."""
    text = pl.col(name)
    nik = is_nik(digits, prefixes)
    email, named = text.str.contains(EMAIL), text.str.contains(NAMES)
    return {
        "a NIK": (nik, Severity.CRITICAL),
        "a number of sixteen digits": (digits.is_not_null() & ~nik, Severity.WARNING),
        "an e-mail address": (email, Severity.CRITICAL),
        "a telephone number": (digits.is_null() & ~email & personal(name) & ~named, Severity.CRITICAL),
        "a name": (named, Severity.WARNING),
        "personal data, masked when they came": (text.str.contains(MASKED), Severity.WARNING),
    }
