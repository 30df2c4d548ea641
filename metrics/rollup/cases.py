"""Roll-up of cases: applications (transactions) and complaints, which run from a start to an end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from metrics.calendar import DAY_US
from metrics.rollup.context import MINUTE_US, Context, bucket, count, day_key, total
from metrics.rollup.packed import packed_counts, packed_sorted

NO_DUE = -1
_UNIT_US = {"minutes": MINUTE_US, "hours": 60 * MINUTE_US, "days": DAY_US}
_KEYS = ["partition", "region", "service", "channel", "class", "simulated"]


@dataclass(frozen=True, slots=True)
class CaseShape:
    """What a record set calls the start, the end, the first answer and the states of a case."""

    start: str
    end: str
    answered: str | None
    still_open: tuple[str, ...]
    rejected: tuple[str, ...]
    withdrawn: tuple[str, ...]


SHAPES = {
    "transactions": CaseShape("submitted", "completed", None, ("open",), ("rejected",), ("withdrawn",)),
    "complaints": CaseShape(
        "received",
        "resolved",
        "responded",
        ("received", "in_process", "awaiting_reporter", "awaiting_confirmation", "unresolved"),
        ("out_of_scope",),
        ("closed",),
    ),
}


def case_rollup(dataset: str, context: Context) -> pa.Table:
    """Rows of ``case_rollup`` for the month that is loaded."""
    rows = context.run(dataset, "cases", partial(_expression, dataset))
    columns = {name: rows.column(name).combine_chunks() for name in rows.column_names}
    for name in ("elapsed", "working", "response", "received_days", "finished_days"):
        columns[name] = packed_counts(columns[name])
    columns["open_cases"] = packed_sorted(columns["open_cases"], ["start", "due"])
    return pa.table(columns)


def _expression(dataset: str, records: ir.Table, context: Context) -> ir.Table:
    timed = _timed(_with_promise(dataset, records, context), SHAPES[dataset], context)
    return _aggregate(dataset, _with_due(timed, context), context)


def _with_promise(dataset: str, records: ir.Table, context: Context) -> ir.Table:
    """Records with promise_value, promise_unit, clock (when the promise begins to run) and class."""
    if dataset == "transactions":
        complete = records.promise_from == "file_complete"
        clock = complete.ifelse(records.file_complete, records.submitted)
        offset = complete.ifelse(records.file_complete_offset_minutes, records.submitted_offset_minutes)
        return records.mutate(**{"clock": clock, "clock_offset_minutes": offset, "class": ibis.literal("")})
    classes = context.class_days.select(
        of_class=context.class_days["class"], promise_value=context.class_days.working_days
    )
    joined = records.left_join(classes, [("class", "of_class")]).drop("of_class")
    return joined.mutate(
        promise_unit=ibis.literal("working_days"),
        clock=joined.received,
        clock_offset_minutes=joined.received_offset_minutes,
    )


def _timed(records: ir.Table, shape: CaseShape, context: Context) -> ir.Table:
    """Records with their start, end and clock in microseconds and the working time before each."""
    regions = context.regions.select(of_region="region", calendar="calendar")
    joined = records.left_join(regions, [("region", "of_region")]).drop("of_region")
    answered = joined[shape.answered] if shape.answered else None
    timed = joined.mutate(
        start_us=context.epoch_us(joined[shape.start]),
        end_us=context.epoch_us(joined[shape.end]),
        answered_us=ibis.null("int64") if answered is None else context.epoch_us(answered),
        clock_us=context.epoch_us(joined.clock),
        given_due_us=context.epoch_us(joined.due),
        start_local=context.local_us(joined, shape.start),
        end_local=context.local_us(joined, shape.end),
        clock_local=context.local_us(joined, "clock"),
        is_open=joined[shape.end].isnull() & joined.status.isin(shape.still_open),
        is_rejected=joined.status.isin(shape.rejected),
        is_withdrawn=joined.status.isin(shape.withdrawn),
    )
    for name, local in (("worked_start", "start_local"), ("worked_end", "end_local")):
        timed = context.working_time(timed, name, local)
    return timed


def _with_due(timed: ir.Table, context: Context) -> ir.Table:
    """Records with ``due_us``: as given, or the promise counted from its clock. Null: no promise.

    "1 day" is 24 hours; a working day ends with the local day, and the day of the clock's start
    does not count.
    """
    days = context.days
    clock_day = (timed.clock_local // DAY_US).cast("int64")
    on_clock = timed.mutate(clock_key=day_key(timed.calendar, clock_day)).left_join(
        days.select(of_clock="day_key", clock_workday="workday_index"), [("clock_key", "of_clock")]
    )
    wanted = on_clock.clock_workday + on_clock.promise_value.ceil().cast("int64")
    last = days.filter(days.is_working).select(of_workday="workday_key", due_day="day")
    joined = on_clock.mutate(wanted_key=day_key(on_clock.calendar, wanted)).left_join(
        last, [("wanted_key", "of_workday")]
    )
    end_of_day = (joined.due_day + 1) * DAY_US - joined.clock_offset_minutes.cast("int64") * MINUTE_US
    promised = ibis.cases(
        *(
            (
                joined.promise_unit == unit,
                joined.clock_us + (joined.promise_value * us).round().cast("int64"),
            )
            for unit, us in _UNIT_US.items()
        ),
        (joined.promise_unit == "working_days", end_of_day),
        else_=ibis.null("int64"),
    )
    return joined.mutate(due_us=ibis.coalesce(joined.given_due_us, promised))


def _aggregate(dataset: str, timed: ir.Table, context: Context) -> ir.Table:
    keyed = timed.mutate(
        **{"partition": timed.month, "class": timed["class"].fill_null("")},
        service=timed.service.fill_null(""),
        channel=timed.channel.fill_null(""),
        finished=timed.end_us.notnull(),
        elapsed_us=timed.end_us - timed.start_us,
        working_us=timed.worked_end_us - timed.worked_start_us,
        response_us=_not_negative(timed.answered_us - timed.start_us),
        observed_us=context.epoch_us(timed.observed_at),
    )
    rows = keyed.group_by(_KEYS).aggregate(
        **_counts(keyed),
        **_durations(keyed),
        received_days=(keyed.start_local // DAY_US).cast("int64").collect(),
        finished_days=(keyed.end_local // DAY_US).cast("int64").collect(where=keyed.finished),
        open_cases=_open_cases(keyed),
        first_anchor_us=keyed.start_us.min(),
        last_anchor_us=keyed.start_us.max(),
        last_observed_us=keyed.observed_us.max(),
    )
    return rows.mutate(dataset=ibis.literal(dataset)).order_by(_KEYS)


def _not_negative(us: ir.IntegerValue) -> ir.IntegerValue:
    return (us >= 0).ifelse(us, ibis.null("int64"))


def _counts(keyed: ir.Table) -> dict[str, ir.Value]:
    """Numbers of cases by what became of them and of their promise."""
    finished, has_due = keyed.finished, keyed.due_us.notnull()
    return {
        "received": keyed.count().cast("int64"),
        "finished": count(finished),
        "rejected": count(keyed.is_rejected),
        "withdrawn": count(keyed.is_withdrawn),
        "open": count(keyed.is_open),
        "undated": count(~finished & ~keyed.is_open),
        "with_due": count(has_due),
        "on_time": count(finished & has_due & (keyed.end_us <= keyed.due_us)),
        "late": count(finished & has_due & (keyed.end_us > keyed.due_us)),
        "warnings": count(keyed.warnings.notnull()),
    }


def _durations(keyed: ir.Table) -> dict[str, ir.Value]:
    """Histogram buckets of the durations, and their exact sums in microseconds."""
    return {
        "elapsed": bucket(keyed.elapsed_us).collect(where=keyed.finished),
        "elapsed_total_us": total(keyed.elapsed_us),
        "working": bucket(keyed.working_us).collect(where=keyed.finished),
        "working_total_us": total(keyed.working_us),
        "response": bucket(keyed.response_us).collect(where=keyed.response_us.notnull()),
        "response_total_us": total(keyed.response_us),
    }


def _open_cases(keyed: ir.Table) -> ir.Value:
    """Start and due time of each open case: they age between one roll-up and the next."""
    case = ibis.struct({"start": keyed.start_us, "due": keyed.due_us.fill_null(NO_DUE)})
    return case.collect(where=keyed.is_open)
