"""Try rejected rows again, after a mapping or a contract was mended."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import orjson
import polars as pl

from checks.chunk import MappedChunk
from exporters.deliver import deliver_rows
from exporters.intake import Intake
from exporters.mapping import Mapping
from metrics.datasets import KEY, VERSION
from metrics.model import Batch
from metrics.quarantine import RESOLVED, Quarantine
from metrics.quarantine.superseded import REPLAY
from metrics.regions import Registry

_SEEN = "\0seen"  # no column of a source is called so


def replay(
    intake: Intake, mapping: Mapping, registry: Registry, *, clock: Callable[[], datetime]
) -> Batch | None:
    """Take in what the mapping and the contract accept now; ``None`` where no row is set aside.

    Rows of the mapping's record set and source, but for those whose content retention removed. What
    is accepted is marked as resolved, and so is what the source itself has delivered anew since and
    was accepted then (``metrics.quarantine.superseded``), each with the batch, mapping and contract
    that took it in. What is rejected again stays, under its newest rule and reason. The account is of
    the rows tried.
    """
    rows = intake.quarantine.rows(dataset=mapping.dataset, source=mapping.source)
    rows = rows.filter(pl.col("rule") != "line-malformed", pl.col("payload").is_not_null())
    if rows.is_empty():
        return None
    now = clock()
    rows = rows.with_row_index("_row", offset=1).with_columns(pl.col("_row").cast(pl.Int64))
    delivery = deliver_rows(
        _by_time_seen(_payloads(rows["payload"]).with_columns(rows["_row"]), rows["seen_at"]),
        mapping,
        registry,
        now=now,
        origin=f"{REPLAY} {len(rows)} rejected rows",
    )
    versions: list[pl.DataFrame] = []
    batch, again = intake.retake(dataclasses.replace(delivery, chunks=_noted(delivery.chunks, versions)))
    refused = rows.join(again, on="_row", suffix="_now")
    keyed = refused.select("_row", "rejected_id", "set_aside").join(pl.concat(versions), on="_row")
    moot = intake.quarantine.superseded(keyed, dataset=mapping.dataset, source=mapping.source)
    accepted = rows.join(again, on="_row", how="anti")
    _mark(intake.quarantine, batch, now, accepted=accepted, refused=refused, moot=moot)
    return batch


def _mark(
    quarantine: Quarantine,
    batch: Batch,
    now: datetime,
    *,
    accepted: pl.DataFrame,
    refused: pl.DataFrame,
    moot: pl.DataFrame,
) -> None:
    """Give each row whose verdict is another one a later version, with the batch that it is from."""
    by_this = {name: pl.lit(getattr(batch, name)) for name in ("mapping_hash", "contract_version")}
    by_this["batch"] = pl.lit(batch.id)
    by_theirs = {name: pl.col(f"{name}_later") for name in by_this}
    verdict = {name: pl.col(f"{name}_now") for name in ("rule", "reason", "rules")}
    resolved = {"state": pl.lit(RESOLVED)}
    still = refused.join(moot, on="rejected_id", how="anti").filter(
        (pl.col("rule") != pl.col("rule_now")) | (pl.col("reason") != pl.col("reason_now"))
    )
    for rows, changes in (
        (accepted, resolved | by_this),
        (refused.join(moot, on="rejected_id", suffix="_later"), resolved | by_theirs),
        (still, verdict | by_this),
    ):
        quarantine.replace(rows, changes, batch=batch.id, now=now)


def _noted(chunks: Iterable[MappedChunk], versions: list[pl.DataFrame]) -> Iterator[MappedChunk]:
    """Chunks as they are; which versions of which records they tell of is noted on the way."""
    for chunk in chunks:
        versions.append(chunk.frame.select("_row", *KEY, VERSION))
        yield chunk


def _payloads(payloads: pl.Series) -> pl.DataFrame:
    """Rows as they were read, every column as text."""
    return pl.DataFrame(
        [orjson.loads(payload) for payload in payloads], infer_schema_length=None
    ).with_columns(pl.all().cast(pl.String))


def _by_time_seen(rows: pl.DataFrame, seen: pl.Series) -> list[tuple[datetime, pl.DataFrame]]:
    parts = rows.with_columns(seen.alias(_SEEN)).partition_by(_SEEN, as_dict=True, include_key=False)
    return [(instant, part) for (instant,), part in sorted(parts.items())]
