"""What every command takes: ``--home`` and ``--json``, before the command's name or after it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Folder of the installation (PANTAU_HOME, or ./var)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]


DIGITS = 6
"""Significant digits of a number that is printed for a person."""

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
        names = list(columns) or (list(rows[0]) if rows else [])
        cells = [[_cell(row.get(name)) for name in names] for row in rows]
        console = Console(highlight=False)
        if console.is_terminal:
            console.print(_table(names, cells, title))
        else:  # a pipe or a file: nothing is cut to the width of a screen
            heads = [names] if any(map(str.strip, names)) else []
            sys.stdout.writelines("\t".join(line) + "\n" for line in [*heads, *cells])


def _cell(value: object) -> str:
    """Value as a person reads it, on one line. JSON has the exact one."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.{DIGITS}g}"
        case Mapping():
            return ", ".join(f"{_cell(key)} {_cell(one)}" for key, one in value.items())
        case list() | tuple():
            return "; ".join(map(_cell, value))
        case _:
            return " ".join(str(value).split())


def _table(names: Sequence[str], cells: Sequence[Sequence[str]], title: str) -> Table:
    table = Table(title=title or None, show_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for line in cells:
        table.add_row(*map(escape, line))
    return table
