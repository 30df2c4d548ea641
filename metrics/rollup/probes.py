"""Roll-up of probes: how long each target was up and down, day by day.

A state stands from its probe to the next one of the same target, and at most for
``valid_seconds``; the last one stands so long. What lies beyond is unknown, which is neither up
nor down, and so is what lies in a month without a probe. Counting probes instead would weigh the
moments of trouble, which are probed more often, several times over.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import orjson
import pyarrow as pa

from metrics.calendar import DAY_US
from metrics.rollup.context import Context, bucket, count, total
from metrics.rollup.packed import packed_counts, packed_sums

_TARGET = ["region", "target"]
_DAY = ["day", "up_us", "down_us", "probes", "failures"]


def probe_rollup(dataset: str, context: Context) -> pa.Table:
    """Rows of ``probe_rollup`` for the context's month; its neighbours are loaded too."""
    days = context.run(dataset, "days", _days)
    facts = context.run(dataset, "facts", _facts)
    reasons = context.run(dataset, "reasons", _reasons)
    month = context.engine.run("month", lambda: context.month).column("month")[0].as_py()
    return _joined(days, facts, reasons, month)


def _states(records: ir.Table, context: Context) -> ir.Table:
    """Records with the span of the state that each found, in microseconds."""
    timed = records.mutate(
        at_us=context.epoch_us(records.checked),
        at_local=context.local_us(records, "checked"),
        observed_us=context.epoch_us(records.observed_at),
    )
    following = timed.at_us.lead().over(group_by=_TARGET, order_by=[timed.at_us, timed.id])
    longest = (timed.valid_seconds.fill_null(3600.0) * 1_000_000).round().cast("int64")
    span = following.isnull().ifelse(longest, ibis.least(following - timed.at_us, longest))
    return timed.mutate(span_us=span)


def _of_month(states: ir.Table, context: Context) -> ir.Table:
    return states.semi_join(context.month, "month")


def _days(records: ir.Table, context: Context) -> ir.Table:
    """Time up and down of each target on each day of the month, with the day's probes."""
    states = _states(records, context)
    end = states.at_local + states.span_us
    started = (states.at_local // DAY_US).cast("int64")
    touched = ((ibis.greatest(end - 1, states.at_local)) // DAY_US).cast("int64")
    each = states.mutate(started=started, end_local=end, day=ibis.range(started, touched + 1).unnest())
    begin_of_day = each.day * DAY_US
    within = ibis.least(each.end_local, begin_of_day + DAY_US) - ibis.greatest(each.at_local, begin_of_day)
    probed = each.day == each.started
    month = context.month
    spans = each.mutate(within_us=within, probed=probed)
    parts = spans.semi_join(month, (spans.day >= month.first_day) & (spans.day <= month.last_day))
    daily = parts.group_by([*_TARGET, "day"]).aggregate(
        up_us=total(parts.up.ifelse(parts.within_us, 0)),
        down_us=total(parts.up.ifelse(0, parts.within_us)),
        probes=count(parts.probed),
        failures=count(parts.probed & ~parts.up),
    )
    packed = ibis.struct({name: daily[name] for name in _DAY})
    return daily.group_by(_TARGET).aggregate(days=packed.collect()).order_by(_TARGET)


def _facts(records: ir.Table, context: Context) -> ir.Table:
    """Facts of each target from its probes of the month; where it has none, the times of those before."""
    month, states = context.month, _states(records, context)
    known = states.semi_join(month, states.month <= month.month)
    own = known.month == known.month.max().over()
    marked = known.mutate(own=own)
    total_us = (marked.total_seconds * 1_000_000).round().cast("int64")
    answered = marked.own & marked.up & marked.total_seconds.notnull()
    timed = marked.mutate(latency_us=answered.ifelse(total_us, ibis.null("int64")))

    def of_own(value: ir.Value) -> ir.Value:
        return ibis.coalesce(timed.own.ifelse(value, ibis.null("int64")).max(), value.max())

    facts = timed.group_by(_TARGET).aggregate(
        latency=bucket(timed.latency_us).collect(where=timed.latency_us.notnull()),
        latency_total_us=total(timed.latency_us),
        last_checked_us=of_own(timed.at_us),
        last_observed_us=of_own(timed.observed_us),
        simulated=(timed.own & timed.simulated).any() | (~timed.own.any() & timed.simulated.any()),
    )
    return facts.order_by(_TARGET)


def _reasons(records: ir.Table, context: Context) -> ir.Table:
    own = _of_month(_states(records, context), context)
    failed = own.filter(~own.up).mutate(why=own.reason.fill_null("other"))
    return failed.group_by([*_TARGET, "why"]).aggregate(n=failed.count().cast("int64"))


def _joined(days: pa.Table, facts: pa.Table, reasons: pa.Table, month: str) -> pa.Table:
    """Put the three together, for each target with a state in the month."""
    texts: dict[tuple[str, str], dict[str, int]] = {}
    for row in reasons.to_pylist():
        texts.setdefault((row["region"], row["target"]), {})[row["why"]] = row["n"]
    wide = days.set_column(2, "days", packed_sums(_column(days, "days"), ["day"], _DAY[1:]))
    packed = facts.set_column(2, "latency", packed_counts(_column(facts, "latency")))
    joined = wide.join(packed, _TARGET, join_type="left outer").sort_by(
        [(key, "ascending") for key in _TARGET]
    )
    keys = zip(joined.column("region").to_pylist(), joined.column("target").to_pylist(), strict=True)
    reason_texts = [orjson.dumps(texts.get(key, {}), option=orjson.OPT_SORT_KEYS).decode() for key in keys]
    filled = {
        "days": b"",
        "latency": b"",
        "latency_total_us": 0,
        "simulated": False,
    }
    columns = {
        name: joined.column(name).combine_chunks().fill_null(filled[name])
        if name in filled
        else joined.column(name).combine_chunks()
        for name in joined.column_names
    }
    return pa.table(
        {
            "partition": pa.array([month] * len(joined), pa.string()),
            **columns,
            "reasons": pa.array(reason_texts, pa.string()),
        }
    )


def _column(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).combine_chunks()
