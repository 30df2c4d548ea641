"""What batches look like as they come, kept until somebody compares them with those before.

Of each source at most one batch an hour, and of that the first rows: what a source calls its columns,
how it writes dates and which words it uses shows in a few thousand rows, and describing the batches of
2,000 sources costs seconds. Words are kept of columns that hold words out of a list, and of no others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from checks.chunk import MappedChunk
from checks.monitors.profile import columns
from metrics.store.profiles import Shape

ROWS = 5_000
"""Rows of a batch that are looked at."""
AGAIN = dt.timedelta(hours=1)
"""How long a source is not looked at again."""
_OWN = ("source", "mapping_hash")
_Key = tuple[str, str]


@dataclass
class Shapes:
    """Shapes of the batches that a process takes in. ``take`` gives them away."""

    _seen: dict[_Key, dt.datetime] = field(default_factory=dict)
    _found: dict[_Key, Shape] = field(default_factory=dict)

    def look(self, dataset: str, source: str, mapping_hash: str, chunk: MappedChunk, at: dt.datetime) -> None:
        """Look at a chunk: at each source in it that has not been looked at for a while."""
        for name, digest, rows in _sources(source, mapping_hash, chunk):
            key = (dataset, name)
            if key in self._seen and at - self._seen[key] < AGAIN:
                continue
            self._seen[key] = at
            described = columns(dataset, name, rows).to_dicts()
            for column in described:
                column["values"] = column["values"] if column["field"] in chunk.listed else None
            self._found[key] = Shape(dataset, name, at, digest, described, described)

    def take(self, known: Iterable[Shape]) -> list[Shape]:
        """Give what was found, each beside what it is to be compared with.

        That is what is known of the same source under the same mapping: whoever wrote another mapping has
        seen the columns. A first batch stands beside itself.
        """
        before = {(one.dataset, one.source): one for one in known}
        found, self._found = self._found, {}
        return [_beside(shape, before.get(key)) for key, shape in found.items()]


def _beside(shape: Shape, known: Shape | None) -> Shape:
    if known is None or known.mapping_hash != shape.mapping_hash:
        return shape
    return replace(shape, before=known.before)


def _sources(source: str, mapping_hash: str, chunk: MappedChunk) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Each source of a chunk, with its mapping and its first rows as they came.

    Of several sources together, a column in which one has nothing is none of its columns.
    """
    if chunk.origins is None:
        yield source, mapping_hash, chunk.raw.head(ROWS)
        return
    own = {name: f"\0{name}" for name in _OWN}  # no column of a source is called so
    joined = chunk.raw.join(chunk.origins.select("_row", *_OWN).rename(own), on="_row", maintain_order="left")
    for (name, digest), rows in joined.group_by([*own.values()], maintain_order=True):
        first = rows.head(ROWS).drop(own.values())
        filled = [one.name for one in first if one.null_count() < first.height]
        yield str(name or source), str(digest or mapping_hash), first.select(filled)
