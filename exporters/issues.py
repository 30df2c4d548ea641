"""Values that could not be read, as rows: which record, which rule, what was found, what to do."""

from __future__ import annotations

import polars as pl

from checks.chunk import ISSUES_SCHEMA

RULES: dict[str, str] = {
    "line-malformed": "The line has more or fewer fields than the header, or broken quoting or JSON.",
    "date-unreadable": "The text is no instant in any of the formats of its field.",
    "number-unreadable": "The text is no number with the decimal mark of the mapping, or not a whole one.",
    "word-unknown": "The word is not among the words of its field.",
    "list-unreadable": "The text is no list of numbers.",
    "region-missing": "The record does not tell its region.",
    "region-unknown": "No region of the registry has this code or name.",
    "region-ambiguous": "Several regions of the registry have this name.",
    "region-foreign": "The region is none of those that the sender may tell of.",
    "simulation-foreign": "The record says that it is simulated, its sender not, or the other way round.",
    "text-unreadable": "The text holds the character NUL, which no database keeps.",
}
"""Rules of the mapping itself, which come before those of the contract."""


def no_issues() -> pl.DataFrame:
    """Table of issues without a row."""
    return pl.DataFrame(schema=ISSUES_SCHEMA)


def issues(
    rows: pl.Series, rule: str, field: str, values: pl.Series | None, reason: pl.Expr | str
) -> pl.DataFrame:
    """Issues for records. ``reason`` may use the columns ``value`` and ``field``."""
    frame = pl.DataFrame({"_row": rows}).with_columns(
        pl.lit(rule).alias("rule"),
        pl.lit(field).alias("field"),
        (pl.lit(None, pl.String) if values is None else pl.lit(values.cast(pl.String))).alias("value"),
    )
    reason = pl.lit(reason) if isinstance(reason, str) else reason
    return frame.with_columns(reason.alias("reason")).select(ISSUES_SCHEMA.names())
