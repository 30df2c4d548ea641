"""What every command takes: ``--home`` and ``--json``, before the command's name or after it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Folder of the installation (PANTAU_HOME, or ./var)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


Answer = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Given:
    """What stood before the command's name."""

    home: Path | None
    as_json: bool


class Session:
    """Where a command works and how it answers. Messages go to standard error, answers to standard output."""

    def __init__(self, ctx: typer.Context, home: Path | None, *, as_json: bool) -> None:
        from pantau.home import Home, Settings  # noqa: PLC0415 - 0.2 s that --help need not wait for

        given: Given = ctx.obj or Given(None, as_json=False)
        settings = Settings()
        self.as_json = as_json or given.as_json
        self.home = Home(home or given.home or settings.home, settings, tell=self.say)
        self.messages = Console(stderr=True, highlight=False)

    def say(self, text: str) -> None:
        """Tell a person what happened; silent with ``--json``."""
        if not self.as_json:
            self.messages.print(text, soft_wrap=True, markup=False)

    def answer(self, content: Answer, *, columns: Sequence[str] = (), title: str = "") -> None:
        """Print JSON, or a table of a list of mappings, or the entries of one mapping."""
        if self.as_json:
            sys.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")
            return
        rows = [{"": k, " ": v} for k, v in content.items()] if isinstance(content, Mapping) else content
        Console(highlight=False).print(_table(rows, columns, title))


def _table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], title: str) -> Table:
    listed = list(rows)
    names = list(columns) or (list(listed[0]) if listed else [])
    table = Table(*names, title=title or None, show_edge=False)
    for row in listed:
        table.add_row(*("" if row.get(name) is None else str(row[name]) for name in names))
    return table
