"""Rejected rows that no longer matter: their source gave the record anew, and it was accepted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl

from metrics.archive import Archive
from metrics.versioning import connect

REPLAY = "replay of"
"""How the origin of a batch of rows from the quarantine begins: such a batch is no delivery of a source."""

_ACCOUNT = ("mapping_hash", "contract_version")
_SCHEMA = dict.fromkeys(("rejected_id", "batch", *_ACCOUNT), pl.String)


def superseded(
    rows: pl.DataFrame, archive: Archive, scratch: Path, *, dataset: str, source: str
) -> pl.DataFrame:
    """Rows whose record their source has delivered anew and that was accepted; with the batch it was in.

    ``rows``: rejected_id, the key (region, id), ``observed_at`` of the version that was rejected, and
    ``set_aside``. Told are those with a version in the archive that the same source delivered after the
    row was set aside, and that is not older by its own ``observed_at``. What was accepted before, or
    comes again with what the archive has already, leaves no version behind and cannot be told.
    Returns rejected_id, batch, and the batch's mapping_hash and contract_version.
    """
    archived = archive.records(dataset)
    keyed = rows.drop_nulls(["region", "id", "observed_at"])
    if archived is None or keyed.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    con = connect(scratch)
    con.register("archived", archived)
    con.register("keyed", keyed.to_arrow())
    found = con.sql(
        """select distinct k.rejected_id, k.set_aside, a.batch
        from archived a join keyed k on a.region = k.region and a.id = k.id
        where a.delivered_by = $source and a.observed_at >= k.observed_at""",
        params={"source": source},
    )
    later = pl.DataFrame(found.to_arrow_table()).with_columns(pl.col("set_aside").dt.convert_time_zone("UTC"))
    return (
        later.join(_deliveries(archive, dataset), on="batch")
        .filter(pl.col("started") > pl.col("set_aside"))
        .sort("started")
        .unique("rejected_id", keep="first", maintain_order=True)
        .select(*_SCHEMA)
    )


def _deliveries(archive: Archive, dataset: str) -> pl.DataFrame:
    """Batches of a record set that a source delivered: batch, started, mapping_hash, contract_version."""
    accounts = [commit.batch for commit in archive.commits(dataset, after=-1) if commit.batch]
    return pl.DataFrame(
        [
            {
                "batch": account["id"],
                "started": datetime.fromisoformat(account["started"]),
                **{name: account[name] for name in _ACCOUNT},
            }
            for account in accounts
            if not account["origin"].startswith(REPLAY)
        ],
        schema={
            "batch": pl.String,
            "started": pl.Datetime("us", "UTC"),
            **dict.fromkeys(_ACCOUNT, pl.String),
        },
    )
