"""Roll-up of traffic: requests and errors by day, and the latency histogram.

A source's bucket says only that a request took at most its bound, so its requests are put
at the bound (those over the last finite bound, at that bound): the percentiles are upper
bounds, as good as the source's own buckets.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from metrics.calendar import DAY_US
from metrics.rollup.context import Context, bucket, total
from metrics.rollup.packed import packed_sums

_KEYS = ["partition", "region", "target", "simulated"]


def traffic_rollup(dataset: str, context: Context) -> pa.Table:
    """Rows of ``traffic_rollup`` for the month that is loaded."""
    rows = context.run(dataset, "totals", _totals)
    latency = context.run(dataset, "latency", _latency)
    columns = {name: rows.column(name).combine_chunks() for name in rows.column_names}
    columns["days"] = packed_sums(columns["days"], ["day"], ["requests", "errors"])
    blobs = packed_sums(latency.column("latency").combine_chunks(), ["bucket"], ["n"])
    by_key = dict(zip(_keys(latency), blobs.to_pylist(), strict=True))
    columns["latency"] = pa.array([by_key.get(key, b"") for key in _keys(rows)], pa.binary())
    return pa.table(columns)


def _keys(rows: pa.Table) -> list[tuple[str, ...]]:
    return list(zip(*(rows.column(name).to_pylist() for name in _KEYS), strict=True))


def _keyed(records: ir.Table, context: Context) -> ir.Table:
    return records.mutate(
        partition=records.month,
        target=records.target.fill_null(""),
        day=(context.local_us(records, "started") // DAY_US).cast("int64"),
        observed_us=context.epoch_us(records.observed_at),
    )


def _totals(records: ir.Table, context: Context) -> ir.Table:
    keyed = _keyed(records, context)
    day = ibis.struct({"day": keyed.day, "requests": keyed.requests, "errors": keyed.errors})
    seconds = (keyed.latency_sum_seconds * 1_000_000).round().cast("int64")
    totals = keyed.group_by(_KEYS).aggregate(
        days=day.collect(),
        latency_total_us=total(seconds),
        last_observed_us=keyed.observed_us.max(),
    )
    return totals.order_by(_KEYS)


def _latency(records: ir.Table, context: Context) -> ir.Table:
    """Requests by bucket of ours: each source bucket at its upper bound."""
    keyed = _keyed(records, context)
    pairs = keyed.select(*_KEYS, pair=keyed.latency_le.zip(keyed.latency_counts).unnest())
    flat = pairs.select(*_KEYS, le=pairs.pair["f1"].cast("float64"), n=pairs.pair["f2"].cast("int64"))
    finite = flat.filter(flat.le < float("inf"))
    ceiling = finite.group_by(_KEYS).aggregate(top=finite.le.max())
    bounded = flat.join(ceiling, _KEYS)
    bound_us = (ibis.least(bounded.le, bounded.top) * 1_000_000).round().cast("int64")
    counted = bounded.mutate(bucket=bucket(bound_us)).filter(bounded.n > 0)
    summed = counted.group_by([*_KEYS, "bucket"]).aggregate(n=total(counted.n))
    pair = ibis.struct({"bucket": summed.bucket, "n": summed.n})
    return summed.group_by(_KEYS).aggregate(latency=pair.collect()).order_by(_KEYS)
