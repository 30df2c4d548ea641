"""Schema drift: columns of a batch as it came, against those of the batch before and the contract's."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from checks.contract import Contract
from checks.monitors.evidence import Evidence
from checks.monitors.kind import About
from metrics.model import Severity
from metrics.observation import Cause, Finding

SEVERITIES: dict[str, Severity] = {
    "removed": Severity.CRITICAL,
    "renamed": Severity.CRITICAL,
    "type changed": Severity.CRITICAL,
    "dates written otherwise": Severity.CRITICAL,
    "new word": Severity.WARNING,
    "blanks jumped": Severity.WARNING,
    "added": Severity.INFO,
    "type widened": Severity.INFO,
    "word vanished": Severity.INFO,
}
"""What each kind of change is worth. What no mapping can go on reading is critical."""
ALIKE = 0.6
"""How alike two names must be to be taken for one column renamed."""
BLANKS = 0.3
FEWEST = 30
"""Rows with which words and blanks of two batches are compared."""
WIDER = {
    ("Int64", "Float64"),
    ("Int32", "Int64"),
    ("Int32", "Float64"),
    ("Float32", "Float64"),
    ("Date", "Datetime"),
}

ABOUT = About(
    id="schema",
    dimension="conformity",
    severity=Severity.CRITICAL,
    watches="Names, types, blanks, lists of words and shapes of dates of the columns of a batch as it came.",
    baseline="The batch before from the same source; without one, the contract's columns.",
    threshold=(
        "Any change, by kind: "
        + "; ".join(f"{kind} ({severity})" for kind, severity in SEVERITIES.items())
        + ". Blanks jump by 30 points of at least 30 rows. The contract tells of columns and types only."
    ),
    blind="A column that keeps its name and changes its meaning; words of columns of free text.",
    remedy="Compare the source's notes of the release; mend the mapping, and replay what was rejected.",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a batch, as ``profile.columns`` describes it."""

    type: str
    rows: int
    nulls: int
    words: frozenset[str] | None
    formats: frozenset[str] | None


Columns = Mapping[str, Column]


def findings(evidence: Evidence) -> list[Finding]:
    """One finding for each change of each source. ``n``: rows of the batch."""
    found: list[Finding] = []
    judged: dict[tuple[str, str | None], int] = {}
    now, before = _sources(evidence.columns), _sources(evidence.columns_before)
    for (dataset, source), columns in sorted(now.items()):
        rows = max(column.rows for column in columns.values())
        place = source.partition("/")[0]
        region = place if place in evidence.codes else None
        if (dataset, source) in before:
            changes = [*_changes(before[dataset, source], columns)]
        elif dataset in evidence.contracts:
            changes = [*_against(evidence.contracts[dataset], columns)]
        else:
            text = f"{source}: no batch before, and no contract"
            found.append(ABOUT.unchecked(dataset, region, Cause.LEARNING, text))
            continue
        judged[dataset, region] = rows
        for kind, field, text in changes:
            where = "" if region else f"{source}: "
            detail = f"{where}{kind}: {text}"
            found.append(
                ABOUT.fail(dataset, region, field, None, detail, n=rows, bad=rows, severity=SEVERITIES[kind])
            )
    return ABOUT.told(judged, found)


def _sources(frame: pl.DataFrame) -> dict[tuple[str, str], dict[str, Column]]:
    sources: dict[tuple[str, str], dict[str, Column]] = {}
    for dataset, source, field, kind, rows, nulls, words, formats in frame.iter_rows():
        sources.setdefault((dataset, source), {})[field] = Column(
            kind,
            rows,
            nulls,
            frozenset(words) if words is not None else None,
            frozenset(formats) if formats is not None else None,
        )
    return sources


def _changes(before: Columns, now: Columns) -> Iterator[tuple[str, str, str]]:
    gone, new = sorted(before.keys() - now.keys()), sorted(now.keys() - before.keys())
    renamed = _renamed(gone, new, before, now)
    for old, name in renamed.items():
        yield "renamed", old, f"'{old}' is gone and '{name}' is new and alike"
    yield from (("removed", name, f"'{name}' is gone") for name in gone if name not in renamed)
    yield from (("added", name, f"'{name}' is new") for name in new if name not in renamed.values())
    for name in sorted(before.keys() & now.keys()):
        yield from _column(name, before[name], now[name])


def _renamed(gone: list[str], new: list[str], before: Columns, now: Columns) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for old in gone:
        free = [name for name in new if name not in pairs.values() and now[name].type == before[old].type]
        words = before[old].words
        same = [name for name in free if words and now[name].words == words]
        close = difflib.get_close_matches(old.lower(), [name.lower() for name in free], n=1, cutoff=ALIKE)
        alike = [name for name in free if close and name.lower() == close[0]]
        for name in (same or alike)[:1]:
            pairs[old] = name
    return pairs


def _column(name: str, before: Column, now: Column) -> Iterator[tuple[str, str, str]]:
    if before.type != now.type:
        wider = (before.type.split("(")[0], now.type.split("(")[0]) in WIDER
        yield (
            "type widened" if wider else "type changed",
            name,
            f"'{name}' was {before.type} and is {now.type}",
        )
    if before.formats and now.formats and now.formats - before.formats:
        was, new = (" or ".join(sorted(shapes)) for shapes in (before.formats, now.formats - before.formats))
        yield "dates written otherwise", name, f"'{name}' was {was}, now also {new}"
    if min(before.rows, now.rows) < FEWEST:
        return
    if before.words is not None and now.words is not None:
        for kind, words in (
            ("new word", now.words - before.words),
            ("word vanished", before.words - now.words),
        ):
            if words:
                yield kind, name, f"'{name}': {', '.join(sorted(words)[:5])}"
    if now.nulls / now.rows - before.nulls / before.rows >= BLANKS:
        yield (
            "blanks jumped",
            name,
            f"'{name}' was blank in {before.nulls / before.rows:.0%}, is in {now.nulls / now.rows:.0%}",
        )


def _against(contract: Contract, now: Columns) -> Iterator[tuple[str, str, str]]:
    for item in contract.properties:
        kind = str(contract.polars_schema[item.name])
        if item.name not in now:
            if item.required:
                yield "removed", item.name, f"the contract asks for '{item.name}'"
        elif now[item.name].type not in {kind, "Null"}:
            yield (
                "type changed",
                item.name,
                f"'{item.name}' is {now[item.name].type}, the contract says {kind}",
            )
    names = {item.name for item in contract.properties}
    yield from (("added", name, f"the contract knows no '{name}'") for name in sorted(now.keys() - names))
