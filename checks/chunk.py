"""What goes into the gate and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

ISSUES_SCHEMA = pl.Schema(
    {
        "_row": pl.Int64(),
        "rule": pl.String(),
        "field": pl.String(),
        "value": pl.String(),
        "reason": pl.String(),
    }
)
"""Columns of ``MappedChunk.issues``."""

REJECTED_SCHEMA = pl.Schema(
    {
        "_row": pl.Int64(),
        "region": pl.String(),
        "rule": pl.String(),
        "reason": pl.String(),
        "rules": pl.String(),
        "payload": pl.String(),
    }
)
"""Columns of ``Verdict.rejected``."""


ORIGINS_SCHEMA = pl.Schema(
    {
        "_row": pl.Int64(),
        "row": pl.Int64(),
        "source": pl.String(),
        "origin": pl.String(),
        "mapping_hash": pl.String(),
    }
)
"""Columns of ``MappedChunk.origins``."""


@dataclass(frozen=True, slots=True)
class MappedChunk:
    """Some records of one batch, mapped to the contract's columns.

    ``frame``: the contract's columns with the contract's types, and ``_row`` (i64, unique: the
    1-based number of the record in its source). ``issues``: one row for each value that could not
    be read (``ISSUES_SCHEMA``); the records they name are rejected, also those that are not in
    ``frame`` because nothing of them could be read. ``raw``: ``_row`` and the source's own
    columns, the payload of rejected records. ``origins``: where each record is from
    (``ORIGINS_SCHEMA``; ``row`` is its number there), ``None`` where the batch is from one source.
    ``listed``: columns of ``raw`` that hold words out of a list, such as a channel, and nobody's name.
    """

    frame: pl.DataFrame
    issues: pl.DataFrame
    raw: pl.DataFrame
    origins: pl.DataFrame | None = None
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate made of a chunk. Each record read is in exactly one of the two frames.

    ``accepted``: the chunk's columns and ``warnings`` (the ids of the warning rules that the row
    breaks, joined by ","; null if none), in the order read, personal data masked.
    ``rejected``: ``REJECTED_SCHEMA``; ``rule`` and ``reason`` tell the first fault, ``rules`` all of
    them, ``payload`` is the source's own record as JSON, personal data masked.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame

    @property
    def read(self) -> int:
        """Records that the verdict is about."""
        return self.accepted.height + self.rejected.height
