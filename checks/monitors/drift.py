"""Drift: what a field holds has become something else, beyond chance and beyond a least effect.

Population stability index (PSI) and Jensen-Shannon divergence (JS, in bits), both of which must be
exceeded. With nothing changed PSI is not zero: times n*m / (n + m) it is distributed about as chi-square with
one degree of freedom less than there are values, so small regions need a larger PSI.
Source: Yurdakul and Naranjo (2020), Journal of Risk Model Validation 14, 89-100; Lin (1991), IEEE
Transactions on Information Theory 37, 145-151.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checks.monitors.blocks import KEY, compared, days_of
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from checks.monitors.profile import FILLED, HOUR, STRAIGHT
from checks.monitors.statistics import chi_square_bound
from metrics.model import Severity
from metrics.observation import Cause, Finding

LEAST_PSI, LEAST_JS = 0.3, 0.04
"""Smallest effect that is worth anybody's time; 0.25 is commonly called a major shift."""
QUANTILE = 5.5
"""Quantile of the normal distribution: a chance of one in fifty million."""
FEWEST, FEWEST_BEFORE = 25, 60
RARE = 8.0
"""Records, before and now, under which values are put together."""

ABOUT = About(
    id="drift",
    dimension="accuracy",
    severity=Severity.WARNING,
    watches=(
        "Four weeks of each field that holds words (channel, service, status, class, ratings, reasons) or "
        "durations (in steps of a factor of two), of each region."
    ),
    baseline=(
        "The region's twelve weeks before, at the same mix of working days and closed days. Outcomes and "
        "durations stand in the week in which a case ends."
    ),
    threshold=(
        "PSI above 0.3 and above what chance makes of so few records (one in fifty million), and JS above "
        "0.04 bits; at least 25 records, and 60 before, else learning. A value that goes from 10 % to half "
        "of 100 records is found."
    ),
    blind=(
        "Which of the two periods is right; a change that comes over many months; a real change, such as "
        "the first digital channel, which it reports like any other."
    ),
    remedy="Ask what changed at the source, and look at the mapping of this field.",
)


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each field and block that drifted."""
    wanted = ~pl.col("field").is_in([HOUR, STRAIGHT]) & ~pl.col("field").str.starts_with(FILLED)
    values = compared(evidence, wanted & pl.col("value").is_not_null())
    scored = _scored(values)
    enough = (pl.col("total") >= FEWEST) & (pl.col("was_total") >= FEWEST_BEFORE)
    done = scored.filter(enough)
    judged = {
        (dataset, region): n
        for dataset, region, n in done.group_by("dataset", "region").agg(pl.col("total").sum()).iter_rows()
    }
    return ABOUT.told(judged, [*_drifts(done), *_learning(scored, judged)])


def _scored(values: pl.DataFrame) -> pl.DataFrame:
    """One row a field and block: psi, js, bound, and the value that moved most."""
    rare = pl.col("n") + pl.col("was") < RARE
    pooled = values.group_by(
        *KEY, pl.when(rare).then(pl.lit("(rare)")).otherwise("value").alias("value")
    ).agg(pl.col("n", "was").sum(), pl.col("total", "was_total", "from_day").first())
    kinds = pl.len().over(KEY)
    p = (pl.col("n") + 0.5) / (pl.col("total") + 0.5 * kinds)
    q = (pl.col("was") + 0.5) / (pl.col("was_total") + 0.5 * kinds)
    shared = pooled.with_columns(p.alias("p"), q.alias("q"))
    middle = (pl.col("p") + pl.col("q")) / 2
    parts = shared.with_columns(
        ((pl.col("p") - pl.col("q")) * (pl.col("p") / pl.col("q")).log()).alias("psi"),
        (
            (pl.col("p") * (pl.col("p") / middle).log(2) + pl.col("q") * (pl.col("q") / middle).log(2)) / 2
        ).alias("js"),
    ).sort(*KEY, "psi", "value")
    scored = parts.group_by(KEY).agg(
        pl.col("psi", "js").sum(),
        pl.col("total", "was_total", "from_day").first(),
        pl.len().alias("kinds"),
        pl.col("value", "p", "q").last(),
    )
    chance = (1.0 / pl.col("total") + 1.0 / pl.col("was_total")) * chi_square_bound(
        (pl.col("kinds") - 1).clip(1, None).cast(pl.Float64), QUANTILE
    )
    return scored.with_columns(pl.max_horizontal(pl.lit(LEAST_PSI), chance).alias("bound"))


def _drifts(done: pl.DataFrame) -> Iterator[Finding]:
    moved = done.filter((pl.col("psi") > pl.col("bound")) & (pl.col("js") > LEAST_JS))
    for row in moved.iter_rows(named=True):
        yield ABOUT.fail(
            row["dataset"],
            row["region"],
            row["field"],
            days_of(row),
            f"'{row['value']}' went from {row['q']:.0%} to {row['p']:.0%}; "
            f"PSI {row['psi']:.2f}, JS {row['js']:.2f}",
            value=row["psi"],
            bound=row["bound"],
            n=row["total"],
            bad=row["total"],
        )


def _learning(scored: pl.DataFrame, judged: dict[tuple[str, str], int]) -> Iterator[Finding]:
    groups = scored.group_by("dataset", "region").agg(pl.col("total", "was_total").max())
    for dataset, region, total, before in groups.iter_rows():
        if (dataset, region) not in judged:
            text = f"{total} records in four weeks and {before} before; {FEWEST} and {FEWEST_BEFORE} needed"
            yield ABOUT.unchecked(dataset, region, Cause.LEARNING, text, n=total)
