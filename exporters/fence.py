"""What a sender may not tell, whatever its records say: other regions, and what is simulated."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from checks.chunk import MappedChunk
from exporters.issues import issues
from exporters.values import read_truth


def of_regions(chunk: MappedChunk, regions: Collection[str], sender: str) -> MappedChunk:
    """The chunk, in which records of other regions have an issue, and no region that they could count for."""
    return of_foreign(chunk, ~chunk.frame["region"].is_in(list(regions)), sender)


def of_foreign(chunk: MappedChunk, foreign: pl.Series, sender: str | pl.Series) -> MappedChunk:
    """The chunk, in which records that are foreign to their sender have an issue, and no region.

    ``foreign``: a truth for each record of the frame; those without a region have an issue already.
    ``sender``: of all records, or of each.
    """
    foreign = foreign & chunk.frame["region"].is_not_null()
    found = chunk.frame.filter(foreign)
    if found.is_empty():
        return chunk
    reason = pl.format(
        "The region {} is none of those of {}. Leave the record out, or have the region added.",
        pl.lit(found["region"]),
        pl.lit(sender if isinstance(sender, str) else sender.filter(foreign)),
    )
    rejected = issues(found["_row"], "region-foreign", "region", found["region"], reason)
    kept = pl.select(pl.when(~foreign).then(chunk.frame["region"]).alias("region")).to_series()
    return replace(chunk, frame=chunk.frame.with_columns(kept), issues=pl.concat([rejected, chunk.issues]))


def of_simulation(chunk: MappedChunk, *, simulated: bool) -> MappedChunk:
    """The chunk, in which records whose column ``simulated`` says something else have an issue."""
    if "simulated" not in chunk.raw.columns:
        return chunk
    stated = chunk.raw["simulated"].str.strip_chars()
    other = stated.is_not_null() & (stated != "") & read_truth(stated, {}, None).ne_missing(simulated)
    if not other.any():
        return chunk
    word = "simulated" if simulated else "real"
    rejected = issues(
        chunk.raw["_row"].filter(other),
        "simulation-foreign",
        "simulated",
        stated.filter(other),
        f"The token is for {word} records. Write simulated: {str(simulated).lower()}, or leave it out.",
    )
    return replace(chunk, issues=pl.concat([rejected, chunk.issues]))


def of_text(chunk: MappedChunk) -> MappedChunk:
    """The chunk, in which records with the character NUL, which no database keeps, have an issue."""
    found = []
    for name, kind in chunk.frame.schema.items():
        if kind != pl.String:
            continue
        held = chunk.frame[name].str.contains("\0", literal=True).fill_null(value=False)
        if held.any():
            rows = chunk.frame["_row"].filter(held)
            reason = f"{name} holds the character NUL. Write the text without it."
            found.append(issues(rows, "text-unreadable", name, None, reason))
    if not found:
        return chunk
    return replace(chunk, issues=pl.concat([*found, chunk.issues]))
