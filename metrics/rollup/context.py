"""What the expressions of all record sets share: the newest version, local days, working time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from metrics.calendar import DAY_US
from metrics.datasets import KEY
from metrics.histogram import GAMMA, ZERO
from metrics.rollup.engine import Engine

MINUTE_US = 60_000_000
DAYS_OF_CALENDAR = 50_000
"""More than a calendar has days since 1970, or working days."""


@dataclass(frozen=True, slots=True)
class Context:
    """Tables that stand beside the records.

    ``regions``: region, calendar (its number). ``days``: ``Calendar.day_table`` of every calendar
    in use, with ``day_key`` and ``workday_key`` (see ``day_key``).
    ``class_days``: class, working_days (deadline of a complaint that brings none of its own).
    ``month``: one row, the month to roll up: month, first_day, last_day.
    ``wanted``: regions whose records are read, where not all are.
    """

    engine: Engine
    regions: ir.Table
    days: ir.Table
    class_days: ir.Table
    month: ir.Table
    wanted: ir.Table

    def run(self, dataset: str, part: str, build: Callable[[ir.Table, Context], ir.Table]) -> pa.Table:
        """Rows of what ``build`` makes of the current version of each record of a record set."""
        engine = self.engine
        alone = engine.run(f"{dataset}.alone", lambda: _alone(engine.records(dataset)))
        current = _single if alone.column("alone")[0].as_py() else newest
        name = f"{dataset}.{part}.{current.__name__}"
        return plain(engine.run(name, lambda: build(current(engine.records(dataset)), self)))

    def epoch_us(self, instant: ir.Value) -> ir.IntegerValue:
        """Microseconds since 1970-01-01 UTC."""
        return self.engine.epoch_us(instant)

    def local_us(self, records: ir.Table, instant: str) -> ir.IntegerValue:
        """Microseconds since 1970-01-01 00:00 on the clock of the region."""
        offset = records[f"{instant}_offset_minutes"].cast("int64") * MINUTE_US
        return self.epoch_us(records[instant]) + offset

    def working_time(self, records: ir.Table, name: str, local: str) -> ir.Table:
        """Records with ``<name>_us``, the working time before a local instant.

        The records must have the columns ``calendar`` and ``local`` (null gives null).
        """
        day = (records[local] // DAY_US).cast("int64")
        days = self.days.select(
            **{f"{name}_key": self.days.day_key, f"{name}_before": self.days.before_us},
            **{f"{name}_{edge}": self.days[f"{edge}_us"] for edge in ("open1", "close1", "open2", "close2")},
        )
        on = records.mutate(**{f"{name}_on": day_key(records.calendar, day)})
        joined = on.left_join(days, [(f"{name}_on", f"{name}_key")])
        within = joined[local] % DAY_US

        def session(number: int) -> ir.Value:
            opened, closed = joined[f"{name}_open{number}"], joined[f"{name}_close{number}"]
            return ibis.greatest(ibis.least(within, closed), opened) - opened

        return joined.mutate(**{f"{name}_us": joined[f"{name}_before"] + session(1) + session(2)}).drop(
            f"{name}_on",
            f"{name}_key",
            f"{name}_before",
            *(f"{name}_{edge}" for edge in ("open1", "close1", "open2", "close2")),
        )


def day_key(calendar: ir.IntegerValue, day: ir.IntegerValue) -> ir.IntegerValue:
    """One whole number for a day (or a count of working days) of a calendar: joins on it are fast."""
    return calendar * DAYS_OF_CALENDAR + day


def _alone(records: ir.Table) -> ir.Table:
    """Whether each record has one version: a cheap look that saves sorting all of them."""
    return records.aggregate(alone=records.first_seen.all())


def _single(records: ir.Table) -> ir.Table:
    return records


def newest(records: ir.Table) -> ir.Table:
    """Return the current version of each record, each month looked at alone.

    Only records that have several versions are sorted. Each of their rows but the first that
    came says so (``first_seen``).
    """
    key = ["month", *KEY]
    again = records.filter(~records.first_seen).select(*key).distinct()
    order = [ibis.desc(name) for name in ("observed_at", "sequence", "row")]
    nth = ibis.row_number().over(group_by=key, order_by=order)
    versions = records.semi_join(again, key).mutate(nth=nth)
    latest = versions.filter((versions.nth == 0) & ~versions.moved).drop("nth")
    return records.anti_join(again, key).union(latest)


def plain(rows: pa.Table) -> pa.Table:
    """Rows with the types that the store expects, whatever the engine's own sums and texts are."""

    def type_of(field: pa.Field) -> pa.DataType:
        if pa.types.is_decimal(field.type) or pa.types.is_integer(field.type):
            return pa.int64()
        return pa.string() if pa.types.is_large_string(field.type) else field.type

    return rows.cast(pa.schema([pa.field(field.name, type_of(field)) for field in rows.schema]))


def bucket(us: ir.IntegerValue) -> ir.IntegerValue:
    """Bucket of ``metrics.histogram`` of a duration in microseconds."""
    logarithm = ibis.greatest(us, 1).cast("float64").ln() / math.log(GAMMA)
    return ibis.ifelse(us < 1, ZERO, logarithm.ceil().cast("int64"))


def total(us: ir.IntegerValue) -> ir.IntegerValue:
    """Sum as a whole number, zero of nothing."""
    return us.sum().fill_null(0).cast("int64")


def count(condition: ir.BooleanValue) -> ir.IntegerValue:
    """How many rows fulfil a condition."""
    return condition.ifelse(1, 0).sum().fill_null(0).cast("int64")
