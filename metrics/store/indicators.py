"""Rows of indicator values: all of them as last computed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, delete, select

from metrics.errors import StoreError
from metrics.model import IndicatorValue
from metrics.store import bulk
from metrics.store.selection import Wanted, matching
from metrics.store.tables import INDICATOR_VALUE

_FIELDS = tuple(f.name for f in fields(IndicatorValue))
_KEY = [column.name for column in INDICATOR_VALUE.primary_key]


def put(connection: Connection, values: Sequence[IndicatorValue], computed: datetime) -> None:
    """Write values in place of all that were there. A figure that is not a number is refused."""
    for value in values:
        if any(figure is not None and math.isnan(figure) for figure in (value.value, value.low, value.high)):
            msg = (
                f"indicator {value.indicator}, {value.level} {value.region}, period {value.period}: "
                "not a number; a figure that does not exist is None, with a status and a reason"
            )
            raise StoreError(msg)
    connection.execute(delete(INDICATOR_VALUE))
    columns: dict[str, Sequence[Any]] = {name: [getattr(v, name) for v in values] for name in _FIELDS}
    columns["status"] = [status.value for status in columns["status"]]
    columns["computed"] = [computed] * len(values)
    bulk.insert(connection, INDICATOR_VALUE, columns)


def get(connection: Connection, wanted: Mapping[str, Wanted]) -> pl.DataFrame:
    """Values in order of indicator, level, region and period; with ``computed``."""
    statement = select(INDICATOR_VALUE)
    for column, values in wanted.items():
        statement = matching(statement, INDICATOR_VALUE.c[column], values)
    return bulk.read_frame(connection, statement).sort(_KEY)
