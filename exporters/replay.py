"""Try rejected rows again, after a mapping or a contract was mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import orjson
import polars as pl

from exporters.deliver import deliver_rows
from exporters.intake import Intake
from exporters.mapping import Mapping
from metrics.model import Batch
from metrics.quarantine import RESOLVED
from metrics.regions import Registry

_SEEN = "\0seen"  # no column of a source is called so


def replay(
    intake: Intake, mapping: Mapping, registry: Registry, *, clock: Callable[[], datetime]
) -> Batch | None:
    """Take in what the mapping and the contract accept now; ``None`` where no row is set aside.

    Rows of the mapping's record set and source. What is accepted is marked as resolved; what is
    rejected again stays, under its newest rule and reason. The account is of the rows tried.
    """
    rows = intake.quarantine.rows(dataset=mapping.dataset, source=mapping.source)
    rows = rows.filter(pl.col("rule") != "line-malformed")
    if rows.is_empty():
        return None
    now = clock()
    numbered = (
        _payloads(rows["payload"])
        .with_row_index("_row", offset=1)
        .with_columns(pl.col("_row").cast(pl.Int64))
    )
    delivery = deliver_rows(
        _by_time_seen(numbered, rows["seen_at"]),
        mapping,
        registry,
        now=now,
        origin=f"replay of {len(rows)} rejected rows",
    )
    batch, again = intake.retake(delivery)
    verdicts = (
        pl.DataFrame({"_row": numbered["_row"], "rejected_id": rows["rejected_id"]})
        .join(again, on="_row", how="left")
        .select("rejected_id", "rule", "reason", "rules")
    )
    refused = verdicts.filter(pl.col("rule").is_not_null())
    resolved = rows.join(refused, on="rejected_id", how="anti")
    intake.quarantine.replace(resolved, {"state": pl.lit(RESOLVED)}, now=now)
    changed = rows.join(refused, on="rejected_id", suffix="_now").filter(
        (pl.col("rule") != pl.col("rule_now")) | (pl.col("reason") != pl.col("reason_now"))
    )
    newest = {name: pl.col(f"{name}_now") for name in ("rule", "reason", "rules")}
    intake.quarantine.replace(changed, newest, now=now)
    return batch


def _payloads(payloads: pl.Series) -> pl.DataFrame:
    """Rows as they were read, every column as text."""
    return pl.DataFrame(
        [orjson.loads(payload) for payload in payloads], infer_schema_length=None
    ).with_columns(pl.all().cast(pl.String))


def _by_time_seen(rows: pl.DataFrame, seen: pl.Series) -> list[tuple[datetime, pl.DataFrame]]:
    parts = rows.with_columns(seen.alias(_SEEN)).partition_by(_SEEN, as_dict=True, include_key=False)
    return [(instant, part) for (instant,), part in sorted(parts.items())]
