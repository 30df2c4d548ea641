"""docs/reference/store.md, out of the tables' own comments.

Written anew by ``python -m metrics.store.reference docs/reference/store.md``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import Column, Table, make_url

from metrics.store.metadata import METADATA
from metrics.store.migrations import REVISIONS
from metrics.store.tables import DATASET_TABLES, SEED

_HEAD = f"""# The store

What the dashboard reads, and nothing else does it read: a SQLite file, or a PostgreSQL database
by URL. This page is generated from `metrics/store/tables.py` by
`python -m metrics.store.reference docs/reference/store.md`; a test holds it current.

- Migration: `{REVISIONS[-1]}`. `pantau db upgrade` brings an older store to it.
- Instants are UTC. `*_us` are microseconds: durations, or instants counted from 1970 UTC.
- Packed columns hold little-endian int64, column after column (`metrics/packing.py`); what the
  columns are stands in brackets. Histograms: `metrics/histogram.py`.
- A blank means: not known. Only the columns marked so may be blank.
- The rows of a roll-up are replaced together, partition by partition, in the transaction that
  writes their batches and their watermark. Partition `{SEED}` of `rollout_event` holds the events
  that came with the program.

"""
_DIALECTS = tuple(make_url(f"{name}://").get_dialect()() for name in ("postgresql+psycopg", "sqlite"))


def reference() -> str:
    """Whole page: the record sets' roll-up tables, then every table with its columns."""
    return _HEAD + _record_sets() + "".join(_section(table) for table in METADATA.tables.values())


def _record_sets() -> str:
    lines = [
        f"| {name} | {', '.join(f'`{t.name}`' for t in tables)} |" for name, tables in DATASET_TABLES.items()
    ]
    return "## Record sets\n\n| record set | roll-up |\n| --- | --- |\n" + "\n".join(lines) + "\n"


def _section(table: Table) -> str:
    key = ", ".join(f"`{column.name}`" for column in table.primary_key)
    lines = [f"\n## {table.name}\n", f"{table.comment} Key: {key}.\n"]
    lines += ["| column | PostgreSQL | SQLite | blank | meaning |", "| --- | --- | --- | --- | --- |"]
    lines += [_line(column) for column in table.columns]
    return "\n".join(lines) + "\n"


def _line(column: Column[object]) -> str:
    kinds = " | ".join(column.type.compile(dialect).lower() for dialect in _DIALECTS)
    return f"| `{column.name}` | {kinds} | {'yes' if column.nullable else ''} | {column.comment} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
