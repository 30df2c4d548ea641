"""Records that the exporter collected itself, as a delivery for the intake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from checks.chunk import ISSUES_SCHEMA, MappedChunk
from checks.compile import load_contract
from exporters.intake import Delivery

SOURCE = "pantau-exporter"


def delivery_of(
    dataset: str, records: Sequence[Mapping[str, object]], *, origin: str, now: datetime, simulated: bool
) -> Delivery:
    """Delivery of records that have the contract's columns and types already."""
    contract = load_contract(dataset)
    frame = pl.DataFrame(list(records), schema=contract.polars_schema).with_row_index("_row", offset=1)
    numbered = frame.with_columns(pl.col("_row").cast(pl.Int64))
    chunk = MappedChunk(
        numbered,
        pl.DataFrame(schema=ISSUES_SCHEMA),
        numbered.with_columns(pl.exclude("_row").cast(pl.String)),
    )
    return Delivery(
        contract=contract,
        source=SOURCE,
        origin=origin,
        chunks=[chunk],
        observed=now,
        simulated=simulated,
    )
