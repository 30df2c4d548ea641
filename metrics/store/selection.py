"""Which rows a caller wants: one value, several, or (``None``) all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select

Wanted = str | Iterable[str] | None
"""One value, several values, or ``None`` for every value there is."""


def matching(statement: Select[Any], column: ColumnElement[Any], wanted: Wanted) -> Select[Any]:
    """Rows whose column is one of those wanted. Of no values there are no rows."""
    if wanted is None:
        return statement
    if isinstance(wanted, str):
        return statement.where(column == wanted)
    return statement.where(column.in_(list(wanted)))
