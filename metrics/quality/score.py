"""The data-quality score: one figure from 0 to 100 out of the parts that are known.

A weighted *arithmetic* mean. A geometric one would not let good punctuality pay for invented records,
but one part at zero would hide all others, and nobody could say what a part costs. Here what is lost
adds up (100 less the score is the sum of what each part lost), so that a region sees what to mend
first. That nothing can be paid for is the business of the holds, which keep figures out whatever
the score says.

The weights are ours. Whether records come at all, and whether they can be true, weighs most, because
every other figure rests on these two; a warning, or a delay, leaves the figures usable.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

PARTS: dict[str, int] = {
    "completeness": 25,
    "conformity": 20,
    "consistency": 15,
    "plausibility": 25,
    "timeliness": 15,
}
"""Weight of each part. Uniqueness is none of its own: the roll-ups keep one version of each record."""

MINIMUM_PARTS = 3
"""With fewer parts than this there is no score: it would be one of something else."""

BEST = 100.0


def scored(parts: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Score of each group of parts.

    ``parts``: the columns ``keys``, part, good and n; a part without n is not known. Gives ``keys``, score
    (null with fewer than ``MINIMUM_PARTS``), known (number of parts) and missing (names of the others, in
    the order of ``PARTS``). A part that is not known counts neither as 0 nor as 1: the weights of the others
    are stretched to the whole.
    """
    weight = pl.col("part").replace_strict(PARTS, return_dtype=pl.Int64)
    known = (
        parts.filter(pl.col("n") > 0)
        .with_columns(weight=weight, gained=weight * pl.col("good") / pl.col("n"))
        .group_by(keys)
        .agg(pl.col("gained").sort_by("part").sum(), pl.col("weight").sum(), pl.col("part"))
    )
    score = pl.when(pl.col("part").list.len() >= MINIMUM_PARTS).then(
        BEST * pl.col("gained") / pl.col("weight")
    )
    absent = (pl.when(~pl.col("part").list.contains(part)).then(pl.lit(part)) for part in PARTS)
    missing = pl.concat_list(*absent).list.drop_nulls()
    number = pl.col("part").list.len().cast(pl.Int64)
    return known.select(*keys, score=score, known=number, missing=missing).sort(keys)
