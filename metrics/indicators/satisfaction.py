"""Public satisfaction index (IKM) by PermenPANRB 14/2017: nine elements, each exactly 1/9, times 25.

Elements are keyed by name, because sources number them differently. With the printed weight of
0.11 a perfect score is 99.00: the exact ninth is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import polars as pl

from metrics.datasets import SURVEY_ELEMENTS
from metrics.indicators.measures import Measured
from metrics.indicators.panel import GROUP, Panel
from metrics.indicators.unpacking import flatten
from metrics.statistics.intervals import student

SCALE = 25
LOWEST, HIGHEST = 25.0, 100.0
CENT = Decimal("0.01")
LETTERS = ((Decimal("88.31"), "A"), (Decimal("76.61"), "B"), (Decimal("65.00"), "C"), (Decimal("25.00"), "D"))
"""Lower bounds of the categories, on two decimals."""


def ikm_rounded(value: float | Decimal | Fraction) -> Decimal:
    """Index on two decimals, halves upwards, in decimal arithmetic: 88.305 is 88.31."""
    if isinstance(value, Fraction):
        cents, rest = divmod(value * 100, 1)
        return Decimal(int(cents) + (rest >= Fraction(1, 2))) * CENT
    return Decimal(str(value)).quantize(CENT, rounding=ROUND_HALF_UP)


def ikm_letter(value: float | Decimal | Fraction) -> str:
    """Category of an index, A (best) to D, after rounding. Raises ``ValueError`` outside 25 to 100."""
    rounded = ikm_rounded(value)
    if not LETTERS[-1][0] <= rounded <= 100:  # noqa: PLR2004 - the scale's end
        raise ValueError(f"an index of {rounded} lies outside 25 to 100: check the scale of the answers")
    return next(letter for bound, letter in LETTERS if rounded >= bound)


def ikm_exact(answers: Sequence[int], sums: Sequence[int]) -> Fraction:
    """Index from the number of answers (none zero) and their sum, for each of the nine elements."""
    total = sum((Fraction(total, n) for n, total in zip(answers, sums, strict=True)), Fraction(0))
    return total * SCALE / len(SURVEY_ELEMENTS)


def satisfaction(rollup: pl.DataFrame, panel: Panel) -> Measured:
    """Public satisfaction index of each group, with the interval over its respondents' scores."""
    rows = panel.placed(rollup)
    present = panel.pooled(rows.select("place", "month", "respondents"), ("respondents",))
    long = flatten(rows, "elements", ("element", "n", "total"), ("place", "month"))
    elements = panel.pooled(long, ("n", "total"), by=("element",)).filter(pl.col("n") > 0)
    groups = (
        elements.sort([*GROUP, "element"]).group_by(GROUP, maintain_order=True).agg("element", "n", "total")
    )
    index = groups.select(*GROUP, *_indices(groups))
    table = index.join(present, on=list(GROUP), how="left").join(
        _spread(rows, panel), on=list(GROUP), how="left"
    )
    value, variance, size = (
        table[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("value", "variance", "scored")
    )
    low, high = student(value, variance, np.nan_to_num(size))
    frame = table.select(*GROUP, "value", "code", "detail", n="respondents").with_columns(
        pl.Series("low", np.maximum(low, LOWEST)), pl.Series("high", np.minimum(high, HIGHEST))
    )
    return Measured("ikm", frame, present.select(GROUP), "element-unanswered")


def _indices(groups: pl.DataFrame) -> list[pl.Series]:
    """Return value, code and detail of each group of elements."""
    values: list[float | None] = []
    details: list[str | None] = []
    for element, n, total in groups.select("element", "n", "total").iter_rows():
        missing = [name for place, name in enumerate(SURVEY_ELEMENTS) if place not in element]
        details.append(f"element={missing[0]}" if missing else None)
        values.append(None if missing else _index(n, total))
    codes = [None if detail is None else "element-unanswered" for detail in details]
    return [
        pl.Series("value", values, pl.Float64),
        pl.Series("code", codes, pl.String),
        pl.Series("detail", details, pl.String),
    ]


def _index(answers: list[int], sums: list[int]) -> float:
    """Index as the float nearest to the exact one: one division where all were answered as often."""
    if min(answers) == max(answers):
        return sum(sums) * SCALE / (answers[0] * len(SURVEY_ELEMENTS))
    return float(ikm_exact(answers, sums))


def _spread(rows: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Variance of the respondents' own scores (of what they answered, 25 to 100) by group."""
    long = flatten(rows, "scores", ("total", "answered", "scored"), ("place", "month"))
    score = pl.col("total") * SCALE / pl.col("answered")
    cells = long.filter(pl.col("answered") > 0).with_columns(
        first=score * pl.col("scored"), second=score**2 * pl.col("scored")
    )
    sums = panel.pooled(cells, ("scored", "first", "second"))
    size = pl.col("scored")
    spread = (pl.col("second") - pl.col("first") ** 2 / size) / (size - 1)
    return sums.select(*GROUP, "scored", variance=pl.when(size > 1).then(spread.clip(0)))
