"""``pantau quarantine``: rejected rows looked at, handed to whom can mend them, kept as long as allowed."""

from __future__ import annotations

import csv
import getpass
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import polars as pl
import typer

from metrics.quarantine import Quarantine
from metrics.quarantine.retention import Policy, Retention
from metrics.quarantine.table import Wanted
from pantau.installation import Installation
from pantau.session import HomeOption, JsonOption, Session

DatasetOption = Annotated[str | None, typer.Option(help="Only this record set.")]
SourceOption = Annotated[str | None, typer.Option(help="Only this source.")]
RegionOption = Annotated[str | None, typer.Option(help="Only this region, by its code.")]
RuleOption = Annotated[str | None, typer.Option(help="Only rows that this rule rejected.")]
StateOption = Annotated[
    Literal["open", "resolved", "all"], typer.Option(help="Rows that are open, or resolved, or all.")
]

OWN = "pantau_"
"""Beginning of the columns of an export that are not the source's own."""
_TOLD = ("rejected_id", "dataset", "source", "origin", "row", "region", "rule", "reason", "rules", "seen_at")
_OF_A_VERSION = ("observed_at", "state", "rule", "reason", "batch", "mapping_hash", "contract_version")

_SIGNS = tuple("=+-@＝＋－＠")  # noqa: RUF001 - spreadsheets take the wide ones for the others
_CONTROLS = ("\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)

_REPLAY = "try it with 'pantau replay --mapping FILE'"
_AT_THE_SOURCE = (
    "correct it at the source and deliver it again; 'pantau replay' then marks the row as resolved"
)
_MAPPED = f"Add the word, name, format or column to the mapping and {_REPLAY}; or {_AT_THE_SOURCE}"
REMEDIES: Mapping[str, str] = {
    "line-malformed": "Have the source write the line whole, and deliver it again; no replay can mend it",
    "region-foreign": "Let the sender tell of this region, or have it leave these records out",
    "simulation-foreign": "Have the sender mark all its records as simulated, or none; deliver them again",
    **dict.fromkeys(
        (
            "date-unreadable",
            "list-unreadable",
            "number-unreadable",
            "region-ambiguous",
            "region-known",
            "region-missing",
            "region-unknown",
            "word-unknown",
        ),
        _MAPPED,
    ),
}
"""What to do about a rule that is not of the kinds below."""
_MAPPED_KINDS = ("domain-", "required-")


def groups(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ctx: typer.Context,
    dataset: DatasetOption = None,
    source: SourceOption = None,
    region: RegionOption = None,
    rule: RuleOption = None,
    state: StateOption = "all",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was rejected, by record set, source, region and rule: how many rows, and what to do."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        found = _quarantine(installation).groups(**_wanted(dataset, source, region, rule, state))
    columns = ["dataset", "source", "region", "rule", "open", "resolved", "removed"]
    session.answer(
        [{**group, "remedy": remedy(group["rule"])} for group in found.to_dicts()],
        columns=[*columns, "first_seen", "last_seen", "example", "remedy"],
    )


def show(
    ctx: typer.Context,
    rejected_id: Annotated[
        str,
        typer.Argument(metavar="REJECTED_ID", help="Id of the row, or as much of its beginning as needed."),
    ],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one rejected row: what was read, every rule it breaks, and what became of it."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        versions = _quarantine(installation).versions(rejected_id)
    newest = versions.row(-1, named=True)
    facts = {
        **{name: newest[name] for name in _TOLD},
        "rules": (newest["rules"] or newest["rule"]).split(","),
        "state": newest["state"],
        "simulated": newest["simulated"],
        "remedy": remedy(newest["rule"]),
    }
    history = versions.select(_OF_A_VERSION).to_dicts()
    records = list(_records(newest["payload"]))
    if session.as_json:
        session.answer({**facts, "records": records, "versions": history})
        return
    session.answer(facts)
    for record in records:
        session.answer([{"column": name, "value": value} for name, value in record.items()])
    session.answer(history)


def export(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option(metavar="FILE.csv", help="File to write; one that is there is replaced.")
    ],
    dataset: DatasetOption = None,
    source: SourceOption = None,
    region: RegionOption = None,
    rule: RuleOption = None,
    state: StateOption = "open",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write rejected rows to a CSV file, for whom can mend them: the source's own columns, and the reason."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        rows = _quarantine(installation).rows(**_wanted(dataset, source, region, rule, state))
    whole = rows.filter(pl.col("payload").is_not_null())
    lines = [
        {**{OWN + name: row[name] for name in _TOLD}, **record}
        for row in whole.iter_rows(named=True)
        for record in _records(row["payload"])
    ]
    names = dict.fromkeys([*(OWN + name for name in _TOLD), *(name for line in lines for name in line)])
    with out.open("w", newline="", encoding="utf-8-sig") as file:  # the mark tells spreadsheets it is UTF-8
        writer = csv.writer(file)
        writer.writerow(map(harmless, names))
        writer.writerows([harmless(line.get(name)) for name in names] for line in lines)
    session.answer({"file": str(out), "rows": len(whole), "without_content": len(rows) - len(whole)})


def retain(
    ctx: typer.Context,
    keep_days: Annotated[
        int, typer.Option(min=0, help="Days after a row was seen for which its content is kept.")
    ],
    state: Annotated[
        Literal["resolved", "all"], typer.Option(help="Content of which rows goes: resolved ones, or all.")
    ] = "resolved",
    by: Annotated[
        str | None, typer.Option(help="Who decided it, for the record; by default this system's user.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove the content of old rejected rows for good. The account of them, and a record of it, stay."""
    session = Session(ctx, home, as_json=as_json)
    policy = Policy(keep_days, state)
    with Installation(session.home) as installation:
        retention, who, now = _retention(installation), by or _user(), installation.clock()
        if dry_run:
            removal = retention.due(policy, by=who, now=now)
        else:
            with session.home.writing():
                removal = retention.apply(policy, by=who, now=now)
                shutil.rmtree(session.home.scratch / "rejected", ignore_errors=True)  # of a killed import
    session.answer({**asdict(removal), "dry_run": dry_run})


def log(ctx: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List what retention removed: when, by whom, under which policy, how many rows of which sources."""
    session = Session(ctx, home, as_json=as_json)
    with Installation(session.home) as installation:
        entries = _retention(installation).log()
    session.answer(
        [
            {**asdict(entry.removal), "version_after": entry.version, "files_gone_at": entry.purged}
            for entry in entries
        ]
    )


def remedy(rule: str) -> str:
    """What to do about rows that a rule rejected."""
    if rule.startswith(_MAPPED_KINDS):
        return _MAPPED
    return REMEDIES.get(rule, _AT_THE_SOURCE[0].upper() + _AT_THE_SOURCE[1:])


def harmless(value: object) -> str:
    """Text of a cell; an apostrophe stands before one that a spreadsheet would take for a formula."""
    text = "" if value is None else str(value)
    begins = text.startswith(_CONTROLS) or text.lstrip().startswith(_SIGNS)
    return f"'{text}" if begins and not _NUMBER.fullmatch(text) else text


def _quarantine(installation: Installation) -> Quarantine:
    return Quarantine(installation.archive, installation.home.scratch / "spill")


def _retention(installation: Installation) -> Retention:
    return Retention(installation.archive, installation.home.scratch / "spill")


def _wanted(
    dataset: str | None, source: str | None, region: str | None, rule: str | None, state: str
) -> Wanted:
    return {
        "dataset": dataset,
        "source": source,
        "region": region,
        "rule": rule,
        "state": None if state == "all" else state,
    }


def _records(payload: str | None) -> Iterator[dict[str, Any]]:
    """The source's own records that became the row: none once retention removed them, mostly one."""
    content = orjson.loads(payload) if payload is not None else []
    yield from content if isinstance(content, list) else [content]


def _user() -> str:
    """Name of the user that runs this process, or its number where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
