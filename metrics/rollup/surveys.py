"""Roll-up of satisfaction surveys: sums by element, and each respondent's own total."""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from metrics.datasets import SURVEY_ELEMENTS
from metrics.packing import pack
from metrics.rollup.context import Context, total
from metrics.rollup.packed import packed_counts

_KEYS = ["partition", "region", "service", "channel", "simulated"]


def survey_rollup(dataset: str, context: Context) -> pa.Table:
    """Rows of ``survey_rollup`` for the month that is loaded."""
    rows = context.run(dataset, "surveys", _aggregate)
    columns = {name: rows.column(name).combine_chunks() for name in rows.column_names}
    counts = np.stack([columns.pop(f"n_{name}").to_numpy() for name in SURVEY_ELEMENTS], axis=1)
    sums = np.stack([columns.pop(f"sum_{name}").to_numpy() for name in SURVEY_ELEMENTS], axis=1)
    index = np.arange(len(SURVEY_ELEMENTS), dtype=np.int64)
    columns["elements"] = pa.array(
        [pack(index, n, added) for n, added in zip(counts, sums, strict=True)], pa.binary()
    )
    columns["scores"] = packed_counts(columns["scores"], ["sum", "answered"])
    return pa.table(columns)


def _aggregate(records: ir.Table, context: Context) -> ir.Table:
    answers = [records[name].cast("int64") for name in SURVEY_ELEMENTS]
    keyed = records.mutate(
        partition=records.month,
        service=records.service.fill_null(""),
        channel=records.channel.fill_null(""),
        answered_elements=functools.reduce(operator.add, [a.notnull().ifelse(1, 0) for a in answers]),
        sum_of_answers=functools.reduce(operator.add, [a.fill_null(0) for a in answers]),
        observed_us=context.epoch_us(records.observed_at),
    )
    score = ibis.struct(
        {
            "sum": keyed.sum_of_answers.cast("int64"),
            "answered": keyed.answered_elements.cast("int64"),
        }
    )
    return (
        keyed.group_by(_KEYS)
        .aggregate(
            respondents=keyed.count().cast("int64"),
            **{f"n_{name}": keyed[name].count().cast("int64") for name in SURVEY_ELEMENTS},
            **{f"sum_{name}": total(keyed[name].cast("int64")) for name in SURVEY_ELEMENTS},
            scores=score.collect(),
            last_observed_us=keyed.observed_us.max(),
        )
        .order_by(_KEYS)
    )
