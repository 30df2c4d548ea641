"""Roll-up of rollout events: each event as it stands now."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from metrics.rollup.context import Context


def event_rollup(dataset: str, context: Context) -> pa.Table:
    """Rows of ``rollout_event`` for the month that is loaded."""
    return context.run(dataset, "events", _events)


def _events(current: ir.Table, context: Context) -> ir.Table:
    del context
    events = current.select(
        "id",
        "region",
        "track",
        "stage",
        "authority",
        "source",
        "verified",
        "simulated",
        partition=current.month,
        date=current.occurred,
        platform=current.platform.fill_null(""),
        note=current.note.fill_null(""),
    )
    return events.order_by(["partition", "region", "id"])
