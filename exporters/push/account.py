"""A push, and what its sender is told of it: how many records became what, and why some were rejected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import polars as pl

from checks.compile import load_contract
from exporters.intake import Taken
from exporters.push.reading import Records

LISTED = 1_000
"""Rejected rows that an account lists; of more it says how many are left off."""


@dataclass(frozen=True, slots=True)
class Push:
    """A push on its way in.

    ``key``: SHA-256 of its idempotency key, ``digest``: of what was pushed. ``source``: name that its
    records are kept under.
    """

    id: str
    token: str
    key: str
    digest: str
    dataset: str
    source: str
    mapping_hash: str
    simulated: bool
    seen_on_arrival: bool
    records: Records


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A record that was rejected. ``region``: ``None`` where it names none that counts."""

    row: int
    region: str | None
    rule: str
    field: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """Account of one push: ``read`` = accepted + rejected, ``accepted`` = new + updated + unchanged."""

    push: str
    record_set: str
    read: int
    accepted: int
    rejected: int
    new: int
    updated: int
    unchanged: int
    rows: tuple[RejectedRow, ...]
    rows_left_off: int
    ignored_columns: tuple[str, ...]

    @property
    def json(self) -> str:
        """The account as it is answered."""
        return orjson.dumps(self).decode()

    @property
    def status(self) -> int:
        """Status of the answer: 422 where nothing was accepted."""
        return 200 if self.accepted else 422


def account_of(push: Push, taken: Taken, begin: int) -> Account:
    """Account of a push whose records had the numbers after ``begin`` in the delivery."""
    end = begin + push.records.last
    mine = taken.rejected.filter((pl.col("_row") > begin) & (pl.col("_row") <= end)).sort("_row")
    updated, unchanged = (_within(rows, begin, end) for rows in (taken.updated, taken.unchanged))
    accepted = push.records.rows - mine.height
    return Account(
        push=push.id,
        record_set=push.dataset,
        read=push.records.rows,
        accepted=accepted,
        rejected=mine.height,
        new=accepted - updated - unchanged,
        updated=updated,
        unchanged=unchanged,
        rows=tuple(_rejected(push, mine.head(LISTED), begin)),
        rows_left_off=max(0, mine.height - LISTED),
        ignored_columns=push.records.ignored,
    )


def _within(rows: pl.Series, begin: int, end: int) -> int:
    return int(((rows > begin) & (rows <= end)).sum())


def _rejected(push: Push, rows: pl.DataFrame, begin: int) -> Iterator[RejectedRow]:
    issues = pl.concat([chunk.issues for chunk in push.records.chunks])
    unread = dict(issues.unique("_row", keep="first").select("_row", "field").iter_rows())
    columns = {rule.id: rule.columns for rule in load_contract(push.dataset).rules}
    for number, region, rule, reason in rows.iter_rows():
        row = number - begin
        field = unread[row] if row in unread else next(iter(columns.get(rule, ())), None)
        yield RejectedRow(row, region, rule, field or None, reason)
